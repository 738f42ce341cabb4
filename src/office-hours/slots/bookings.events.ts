/** What happens to bookings and slots, in the document of the slot, and to what is kept beside them. `dueAt` in the future makes a timer. */
export type BookingEvent =
  | { type: 'booking.held'; data: { booking: string } }
  | { type: 'booking.unconfirmed'; data: { booking: string }; dueAt: Date }
  | { type: 'booking.confirmed'; data: { booking: string } }
  | { type: 'booking.changed'; data: { booking: string; revision: number } }
  | { type: 'booking.joined'; data: { booking: string; from: string } }
  | { type: 'booking.cancelled'; data: { booking: string; revision: number } }
  | { type: 'booking.reminder-due'; data: { booking: string; minutes: number; moves: number }; dueAt: Date }
  | { type: 'booking.over'; data: { booking: string; moves: number }; dueAt: Date }
  | { type: 'booking.forgotten'; data: { booking: string; moves: number }; dueAt: Date }
  | { type: 'booking.deleted'; data: { booking: string; moves: number } }
  /** A seat that everyone can have again. `booking`: the one that gave it up */
  | { type: 'booking.freed'; data: { officeHours: string; host: string; start: Date; booking: string } }
  | { type: 'slot.offered'; data: { offer: string } }
  | { type: 'slot.offer-over'; data: { offer: string }; dueAt: Date }
  | { type: 'letter.written'; data: { letter: string } }
  | { type: 'no-shows.closing'; data: Record<string, never>; dueAt: Date };

/** What bookings and, of theirs alone, invitations report. */
export const BOOKING_EVENTS: readonly (BookingEvent['type'] | 'invitation.declined')[] = [
  'booking.held',
  'booking.unconfirmed',
  'booking.confirmed',
  'booking.changed',
  'booking.joined',
  'booking.cancelled',
  'booking.reminder-due',
  'booking.over',
  'booking.forgotten',
  'booking.deleted',
  'booking.freed',
  'slot.offered',
  'slot.offer-over',
  'letter.written',
  'no-shows.closing',
  'invitation.declined',
];

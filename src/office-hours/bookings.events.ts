/** What happens to a booking, in the document of its slot. `dueAt` in the future makes a timer. */
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
  | { type: 'booking.deleted'; data: { booking: string; moves: number } };

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
  'invitation.declined',
];

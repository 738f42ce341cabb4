import type { Id } from '../../../libs/privacy/ids.js';
import { DAY, MINUTE, plus } from '../../../libs/time/clock.js';
import type { BookingEvent } from './bookings.events.js';

/** Minutes before the start at which both sides are reminded. */
const REMINDERS: readonly number[] = [1440, 60];
/** A booking and all about it is forgotten this long after its end. */
export const FORGET_DAYS = 30;

interface Moved {
  readonly id: Id;
  readonly moves: number;
}

export const changed = ({ id, revision }: { readonly id: Id; readonly revision: number }): BookingEvent => ({
  type: 'booking.changed',
  data: { booking: id, revision },
});

/** A seat can be had again, whoever gave it up. */
export const freed = (
  { officeHours, host, start }: { readonly officeHours: Id; readonly host: Id; readonly start: Date },
  booking: Id,
): BookingEvent => ({ type: 'booking.freed', data: { officeHours, host, start, booking } });

export const forgottenAt = ({ id, moves }: Moved, dueAt: Date): BookingEvent => ({
  type: 'booking.forgotten',
  data: { booking: id, moves },
  dueAt,
});

/** A moved booking gets new timers; the old ones see other `moves` and do nothing. */
export const timers = (
  slot: { readonly start: Date; readonly end: Date },
  booking: Moved,
  now: Date,
): BookingEvent[] => {
  const { id, moves } = booking;
  return [
    ...REMINDERS.map((minutes) => ({ minutes, dueAt: plus(slot.start, -minutes * MINUTE) }))
      .filter(({ dueAt }) => dueAt > now)
      .map(({ minutes, dueAt }) => ({
        type: 'booking.reminder-due' as const,
        data: { booking: id, minutes, moves },
        dueAt,
      })),
    { type: 'booking.over', data: { booking: id, moves }, dueAt: slot.end },
    forgottenAt(booking, plus(slot.end, FORGET_DAYS * DAY)),
  ];
};

import { accept, refuse, type Decision } from '../../../libs/rules/decision.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { DAY, MINUTE, plus } from '../../../libs/time/clock.js';
import { MOST_BOOKINGS } from '../../contacts/contact.js';
import { HELD_MINUTES } from '../../deliveries/delivery.js';
import { FORGET_DAYS, forgottenAt, timers } from './booking-timers.js';
import type { BookingEvent } from './bookings.events.js';
import {
  type Booking,
  closedTo,
  bookingOf,
  given,
  givenUp,
  having,
  isLive,
  keyed,
  outcome,
  type Outcome,
  type Slot,
  type SlotDecision,
  type SlotTime,
  without,
} from './slot.js';

/**
 * The numbers of a contact's bookings to come: one more than there may be, so that who moves to a shared slot has the new
 * place before giving up the old one.
 */
export const PLACE_NUMBERS: readonly number[] = Array.from({ length: MOST_BOOKINGS + 1 }, (_, index) => index + 1);
/** A number that a contact's next booking may take; undefined when it has all of them. */
export const freeNumber = (used: readonly number[]): number | undefined =>
  PLACE_NUMBERS.find((number) => !used.includes(number));

export type NewBooking = Pick<
  Booking,
  'id' | 'contact' | 'language' | 'topic' | 'region' | 'country' | 'note' | 'place' | 'earlierSince'
>;

/** Takes a free time for a visitor. @param known whether it is their own address beyond doubt: nothing is to be confirmed */
export const claim = (
  free: SlotTime & Pick<Slot, 'id' | 'officeHours' | 'seats' | 'room'>,
  given: NewBooking,
  now: Date,
  known = false,
): Outcome => holding({ ...free, bookings: [] }, given, now, known);

/** Joins those who booked the same time of group hours before. */
export function join(
  slot: Slot,
  given: NewBooking,
  now: Date,
  known = false,
): SlotDecision<'full' | 'over' | 'in-already'> {
  const closed = closedTo(slot, given, now);
  return closed ? refuse(closed) : holding(slot, given, now, known);
}

/** The one button of the mail. Pressed again, it changes nothing. */
export function confirm(slot: Slot, id: Id, now: Date): SlotDecision<'unknown' | 'expired' | 'cancelled' | 'over'> {
  const booking = bookingOf(slot, id);
  if (!booking) return refuse('unknown');
  if (booking.status === 'confirmed') return outcome(slot);
  if (booking.status !== 'held') return refuse(booking.status);
  // As long as nobody let go of it, nobody else can have it; but what was promised ends at its time.
  if (booking.heldUntil <= now) return refuse('expired');
  return slot.start <= now ? refuse('over') : confirming(slot, booking, now);
}

/** Nobody confirmed in time: the slot is free again. @param keep as {@link givenUp} */
export function expire(slot: Slot, id: Id, now: Date, keep?: Id): SlotDecision<'unknown'> {
  const booking = bookingOf(slot, id);
  if (!booking) return refuse('unknown');
  if (booking.status !== 'held' || booking.heldUntil > now) return outcome(slot);
  const expired: Booking = { ...given(booking, slot), status: 'expired', changedAt: now };
  const { state, events } = givenUp({ ...slot, bookings: having(slot, expired).bookings }, id, now, keep);
  return outcome(state, forgottenAt(expired, plus(now, DAY)), ...events);
}

/** Gives a booking up, whoever does. The slot is free again when it was the last. @param keep as {@link givenUp} */
export function cancel(
  slot: Slot,
  id: Id,
  reason: string,
  now: Date,
  keep?: Id,
): SlotDecision<'unknown' | 'expired' | 'over'> {
  const booking = bookingOf(slot, id);
  if (!booking) return refuse('unknown');
  if (booking.status === 'cancelled') return outcome(slot);
  if (booking.status === 'expired') return refuse('expired');
  if (slot.end <= now) return refuse('over');
  const cancelled: Booking = {
    ...given(booking, slot),
    status: 'cancelled',
    cancelReason: reason,
    changedAt: now,
    revision: booking.revision + 1,
    sequence: booking.sequence + 1,
  };
  const { state, events } = givenUp({ ...slot, bookings: having(slot, cancelled).bookings }, id, now, keep);
  return outcome(
    state,
    { type: 'booking.cancelled', data: { booking: id, revision: cancelled.revision } },
    ...events,
    // What was never confirmed has no timer yet.
    ...(booking.status === 'held' ? [forgottenAt(cancelled, plus(slot.end, FORGET_DAYS * DAY))] : []),
  );
}

/** After its end a slot keeps nobody from anything. @param moves those of the timer: an earlier time's does nothing */
export function release(slot: Slot, id: Id, moves: number, now: Date): SlotDecision<never> {
  const booking = bookingOf(slot, id);
  if (booking?.moves !== moves || slot.end > now || slot.released === true) return outcome(slot);
  return outcome(keyed({ ...slot, released: true }));
}

/** Retention: a month after its end nothing of a booking stays. */
export function forget(slot: Slot, id: Id, moves: number): Decision<Slot | undefined, BookingEvent, never> {
  return bookingOf(slot, id)?.moves === moves ? without(slot, id) : accept<Slot | undefined, BookingEvent>(slot);
}

/** A visitor deletes what is over or was given up. */
export function remove(slot: Slot, id: Id, now: Date): Decision<Slot | undefined, BookingEvent, 'unknown' | 'to-come'> {
  const booking = bookingOf(slot, id);
  if (!booking) return refuse('unknown');
  if (isLive(booking) && slot.end > now) return refuse('to-come');
  const { moves } = booking;
  return without(slot, id, { type: 'booking.deleted', data: { booking: id, moves } });
}

/**
 * A visitor is erased: what is to come is cancelled for the host, and nothing leads to the visitor any more.
 * @param keep as {@link givenUp}
 */
export function erase(slot: Slot, contact: Id, now: Date, keep?: Id): Outcome {
  return slot.bookings
    .filter((booking) => booking.contact === contact)
    .reduce<Outcome>((before, { id }) => {
      const gone = cancel(before.state, id, '', now, keep);
      const { state, events } = gone.ok ? gone : outcome(before.state);
      const booking = bookingOf(state, id);
      return outcome(
        booking ? having(state, { ...booking, contact: '', note: null }) : state,
        ...before.events,
        ...events,
      );
    }, outcome(slot));
}

function confirming(slot: Slot, booking: Booking, now: Date): Outcome {
  const confirmed: Booking = { ...booking, status: 'confirmed', revision: 1, changedAt: now };
  return outcome(
    having(slot, confirmed),
    { type: 'booking.confirmed', data: { booking: booking.id } },
    ...timers(slot, confirmed, now),
  );
}

const holding = (slot: Slot, given: NewBooking, now: Date, known: boolean): Outcome => {
  const heldUntil = plus(now, HELD_MINUTES * MINUTE);
  const booking: Booking = {
    ...given,
    status: 'held',
    heldUntil,
    revision: 0,
    sequence: 0,
    moves: 0,
    changedAt: now,
    cancelReason: '',
  };
  if (known) return confirming(slot, booking, now);
  return outcome(
    having(slot, booking),
    { type: 'booking.held', data: { booking: given.id } },
    { type: 'booking.unconfirmed', data: { booking: given.id }, dueAt: heldUntil },
  );
};

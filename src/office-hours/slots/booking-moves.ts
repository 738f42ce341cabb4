import { accept, refuse, type Decision, type Refused } from '../../../libs/rules/decision.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { changed, freed, timers } from './booking-timers.js';
import type { BookingEvent } from './bookings.events.js';
import {
  bookingOf,
  closedTo,
  givenUp,
  having,
  isLive,
  keyed,
  outcome,
  takenSeats,
  without,
  type Booking,
  type Slot,
  type SlotDecision,
  type SlotTime,
} from './slot.js';

type Left = Decision<Slot | undefined, BookingEvent, 'given-up'>;

export type MoveRefusal = 'unknown' | 'not-confirmed' | 'over' | 'same-time';

/** Moves the only booking of a slot, in one write of its claims: the old time is given up as the new one is had. */
export function move(slot: Slot, id: Id, to: SlotTime, now: Date): SlotDecision<MoveRefusal | 'shared'> {
  const movable = movableOf(slot, id, to, now);
  if (!movable.ok) return movable;
  if (takenSeats(slot) > 1) return refuse('shared');
  const moved = movedOnce(movable.booking, now);
  const { ofDay: _before, ...rest } = slot;
  const there: Slot = { ...rest, ...to };
  return outcome(having(there, moved), changed(moved), ...timers(there, moved, now), freed(slot, id));
}

/**
 * Comes into a slot from another one; the old place is left after that.
 * @param from the slot that still holds the booking
 * @param place a number of the contact's that is free beside the old one
 */
export function arrive(
  slot: Slot,
  from: Slot,
  id: Id,
  place: number,
  now: Date,
): SlotDecision<MoveRefusal | 'full' | 'in-already'> {
  const movable = movableOf(from, id, slot, now);
  if (!movable.ok) return movable;
  const { booking } = movable;
  const closed = closedTo(slot, booking, now);
  if (closed) return refuse(closed);
  const moved: Booking = { ...movedOnce(booking, now), place };
  return outcome(
    having(slot, moved),
    { type: 'booking.joined', data: { booking: id, from: from.id } },
    changed(moved),
    ...timers(slot, moved, now),
  );
}

/** Gives the old place up after the new one was had. `given-up`: it was, here, after whoever moved it had looked. */
export function leaveOld(slot: Slot, id: Id, now: Date, keep?: Id): Left {
  const booking = bookingOf(slot, id);
  if (!booking) return accept<Slot | undefined, BookingEvent>(slot);
  if (!isLive(booking)) return refuse('given-up');
  const { state, events } = givenUp(slot, id, now, keep);
  return without(state, id, ...events);
}

/** Another host takes it over as it stands; visitors are told once. */
export function takeOver(
  slot: Slot,
  to: Pick<SlotTime, 'host' | 'ofDay'>,
  now: Date,
): SlotDecision<'same-host' | 'over' | 'nobody'> {
  if (slot.host === to.host) return refuse('same-host');
  if (slot.start <= now) return refuse('over');
  if (!slot.bookings.some(isLive)) return refuse('nobody');
  const bookings = slot.bookings.map((each) =>
    each.status === 'confirmed' ? { ...each, revision: each.revision + 1, changedAt: now } : each,
  );
  const { ofDay: _before, ...rest } = slot;
  return outcome(
    keyed({ ...rest, ...to, bookings }),
    ...bookings.filter(({ status }) => status === 'confirmed').map(changed),
  );
}

function movableOf(
  slot: Slot,
  id: Id,
  to: Pick<SlotTime, 'start' | 'host'>,
  now: Date,
): { readonly ok: true; readonly booking: Booking } | Refused<MoveRefusal> {
  const booking = bookingOf(slot, id);
  if (!booking) return refuse('unknown');
  if (booking.status !== 'confirmed') return refuse('not-confirmed');
  if (slot.end <= now || to.start <= now) return refuse('over');
  if (slot.start.getTime() === to.start.getTime()) return refuse('same-time');
  return { ok: true, booking };
}

const movedOnce = (booking: Booking, now: Date): Booking => ({
  ...booking,
  revision: booking.revision + 1,
  sequence: booking.sequence + 1,
  moves: booking.moves + 1,
  changedAt: now,
});

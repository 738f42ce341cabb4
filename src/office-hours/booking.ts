import { accept, refuse, type Accepted, type Decision, type Refused } from '../../libs/outbox/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, MINUTE, plus } from '../../libs/time/clock.js';
import { cellsOf } from '../../libs/time/slots.js';
import { changed, FORGET_DAYS, forgottenAt, freed, timers } from './booking-timers.js';
import type { BookingEvent } from './bookings.events.js';
import type { Topic } from './office-hours.js';

/** Minutes for which a slot is held until the mailed link is confirmed. */
export const HELD_MINUTES = 15;
/** Bookings to come that one contact may have. */
export const MOST_OPEN = 3;
/** A number more than that, so that who moves to a shared slot has the new place before giving up the old one. */
export const PLACE_NUMBERS: readonly number[] = Array.from({ length: MOST_OPEN + 1 }, (_, index) => index + 1);
/** A number that a contact's next booking may take; undefined when it has all of them. */
export const freeNumber = (used: readonly number[]): number | undefined =>
  PLACE_NUMBERS.find((number) => !used.includes(number));

export interface Booking {
  readonly id: Id;
  /** The visitor's; empty once it was erased. */
  readonly contact: Id;
  readonly status: 'held' | 'confirmed' | 'cancelled' | 'expired';
  readonly heldUntil: Date;
  readonly language: string;
  readonly topic: Topic | null;
  /** Where the visitor is from, as far as the host is told: a known region, or a country. */
  readonly region: string | null;
  readonly country: string | null;
  /** The visitor's note, sealed; null where there is none. */
  readonly note: Uint8Array | null;
  /** Which of the contact's places it takes. */
  readonly place: number;
  readonly revision: number;
  readonly sequence: number;
  readonly moves: number;
  /** When it was last changed. */
  readonly changedAt: Date;
  readonly cancelReason: string;
  /** Since when its visitor waits for an earlier slot; absent where they do not. */
  readonly earlierSince?: Date;
  /** When and with whom it was, once it is given up: its slot may go on without it. */
  readonly was?: Pick<Slot, 'host' | 'start' | 'end'>;
}

/** A slot that is held for one who has a booking already and may move here. */
export interface SlotOffer {
  readonly id: Id;
  /** Whose; empty while it waits for someone's morning. */
  readonly booking: Id;
  /** Its next in the list of those who wait, or a host to one of theirs. */
  readonly by: 'list' | 'host';
  readonly until: Date;
  /** True once its mail was handed on: its time to answer began then. */
  readonly told?: true;
  /** Bookings that it is not for, among them those to which it was offered before. */
  readonly before: readonly Id[];
  /** Seats that were given up beside it since: each is held for the next in the list. Absent where there are none. */
  readonly more?: number;
}

/** A taken slot: one host's time and those who booked it. What keeps it from overlapping any other are its claims. */
export interface Slot {
  readonly id: Id;
  readonly officeHours: Id;
  readonly host: Id;
  readonly start: Date;
  readonly end: Date;
  /** End and buffer. */
  readonly until: Date;
  readonly seats: number;
  readonly bookings: readonly Booking[];
  /** The room's address, sealed. */
  readonly room: Uint8Array;
  /** One of its seats is held for whoever it is offered to. */
  readonly offer?: SlotOffer;
  /** Which of the day's bookings of its host it is, where there is a most per day. */
  readonly ofDay?: string;
  /** True after its end: it keeps nobody from anything any more. */
  readonly released?: boolean;
  /** `host|cell` for every 5 minutes up to `until`, and `ofDay`; no two slots share one. Absent when nobody holds it. */
  readonly claims?: readonly string[];
  /** `contact|number` of everyone who holds it; no two bookings share one. */
  readonly places?: readonly string[];
}

/** Where a booking can be: a host's free time. */
export type SlotTime = Pick<Slot, 'host' | 'start' | 'end' | 'until' | 'ofDay'>;
export type NewBooking = Pick<
  Booking,
  'id' | 'contact' | 'language' | 'topic' | 'region' | 'country' | 'note' | 'place' | 'earlierSince'
>;
export type SlotDecision<Refusal extends string> = Decision<Slot, BookingEvent, Refusal>;
type Left = Decision<Slot | undefined, BookingEvent, 'given-up'>;
type Outcome = Accepted<Slot, BookingEvent>;

const outcome = (slot: Slot, ...events: readonly BookingEvent[]): Outcome =>
  accept<Slot, BookingEvent>(slot, ...events);

export const isLive = ({ status }: Pick<Booking, 'status'>): boolean => status === 'held' || status === 'confirmed';

/** Seats that nobody else can have. */
export const takenSeats = ({ bookings, offer }: Pick<Slot, 'bookings' | 'offer'>): number =>
  bookings.filter(isLive).length + (offer ? 1 + (offer.more ?? 0) : 0);

export const find = (slot: Slot, id: Id): Booking | undefined => slot.bookings.find((booking) => booking.id === id);

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
  const booking = find(slot, id);
  if (!booking) return refuse('unknown');
  if (booking.status === 'confirmed') return outcome(slot);
  if (booking.status !== 'held') return refuse(booking.status);
  // As long as nobody let go of it, nobody else can have it; but what was promised ends at its time.
  if (booking.heldUntil <= now) return refuse('expired');
  return slot.start <= now ? refuse('over') : confirming(slot, booking, now);
}

/** Nobody confirmed in time: the slot is free again. @param keep as {@link givenUp} */
export function expire(slot: Slot, id: Id, now: Date, keep?: Id): SlotDecision<'unknown'> {
  const booking = find(slot, id);
  if (!booking) return refuse('unknown');
  if (booking.status !== 'held' || booking.heldUntil > now) return outcome(slot);
  const expired: Booking = { ...given(booking, slot), status: 'expired', changedAt: now };
  const { state, events } = givenUp({ ...slot, bookings: having(slot, expired).bookings }, id, now, keep);
  return outcome(state, forgottenAt(expired, plus(now, DAY)), ...events);
}

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
  const booking = find(slot, id);
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

/** Gives a booking up, whoever does. The slot is free again when it was the last. @param keep as {@link givenUp} */
export function cancel(
  slot: Slot,
  id: Id,
  reason: string,
  now: Date,
  keep?: Id,
): SlotDecision<'unknown' | 'expired' | 'over'> {
  const booking = find(slot, id);
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
  const booking = find(slot, id);
  if (booking?.moves !== moves || slot.end > now || slot.released === true) return outcome(slot);
  return outcome(keyed({ ...slot, released: true }));
}

/** Retention: a month after its end nothing of a booking stays. */
export function forget(slot: Slot, id: Id, moves: number): Decision<Slot | undefined, BookingEvent, never> {
  return find(slot, id)?.moves === moves ? without(slot, id) : accept<Slot | undefined, BookingEvent>(slot);
}

/** A visitor deletes what is over or was given up. */
export function remove(slot: Slot, id: Id, now: Date): Decision<Slot | undefined, BookingEvent, 'unknown' | 'to-come'> {
  const booking = find(slot, id);
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
      const booking = find(state, id);
      return outcome(
        booking ? having(state, { ...booking, contact: '', note: null }) : state,
        ...before.events,
        ...events,
      );
    }, outcome(slot));
}

/** Times of a booking, which outlive its slot. */
export const timesOf = (slot: Slot, booking: Booking): Pick<Slot, 'host' | 'start' | 'end'> => booking.was ?? slot;

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

function closedTo(
  slot: Slot,
  { contact }: Pick<Booking, 'contact'>,
  now: Date,
): 'full' | 'over' | 'in-already' | undefined {
  if (slot.start <= now) return 'over';
  // One that nobody holds any more has given its claims up, and another may have its time.
  if (takenSeats(slot) >= slot.seats || (slot.claims === undefined && slot.bookings.length > 0)) return 'full';
  return slot.bookings.some((other) => isLive(other) && other.contact === contact) ? 'in-already' : undefined;
}

function movableOf(
  slot: Slot,
  id: Id,
  to: Pick<SlotTime, 'start' | 'host'>,
  now: Date,
): { readonly ok: true; readonly booking: Booking } | Refused<MoveRefusal> {
  const booking = find(slot, id);
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

/**
 * A seat is given up. While somebody waits for something earlier, the write that frees it keeps it, and the entry beside it
 * says at once whose turn it is; nobody else can have it in between. Beside an offer that stands it is kept for the turn after
 * that one; beside a host's, which may stand for a day, and where nobody waits, it is free for all.
 * @param keep id of the offer that begins with it; undefined where nobody waits
 */
function givenUp(slot: Slot, id: Id, now: Date, keep: Id | undefined): Outcome {
  const { offer: standing } = slot;
  if (keep !== undefined && standing?.by === 'list') {
    const before = [...standing.before, id];
    return outcome(keyed({ ...slot, offer: { ...standing, before, more: (standing.more ?? 0) + 1 } }));
  }
  if (keep === undefined || standing) return outcome(keyed(slot), freed(slot, id));
  const offer: SlotOffer = { id: keep, booking: '', by: 'list', until: now, before: [id] };
  return outcome(keyed({ ...slot, offer }), { type: 'slot.offer-over', data: { offer: keep }, dueAt: now });
}

/** What a booking that is given up still knows. */
const given = (booking: Booking, { host, start, end }: Slot): Booking => {
  const { earlierSince: _wish, ...rest } = booking;
  return { ...rest, note: null, was: { host, start, end } };
};

const having = (slot: Slot, booking: Booking): Slot =>
  keyed({ ...slot, bookings: [...slot.bookings.filter(({ id }) => id !== booking.id), booking] });

function without(slot: Slot, id: Id, ...events: readonly BookingEvent[]): Accepted<Slot | undefined, BookingEvent> {
  const bookings = slot.bookings.filter((booking) => booking.id !== id);
  return accept<Slot | undefined, BookingEvent>(
    bookings.length === 0 && !slot.offer ? undefined : keyed({ ...slot, bookings }),
    ...events,
  );
}

/** Claims and places as those who hold the slot make them; none where nobody does, or after its end. */
export function keyed(slot: Slot): Slot {
  const { claims: _claims, places: _places, ...rest } = slot;
  const live = slot.bookings.filter(isLive);
  if (takenSeats(slot) === 0 || slot.released === true) return rest;
  const places = live.flatMap(({ contact, place }) => (contact === '' ? [] : [`${contact}|${String(place)}`]));
  return { ...rest, claims: claimsOf(rest), ...(places.length > 0 && { places }) };
}

const claimsOf = ({ host, start, until, ofDay }: SlotTime): readonly string[] => {
  const minutes = (until.getTime() - start.getTime()) / MINUTE;
  const cells = cellsOf(start.getTime(), { slotMinutes: minutes, bufferMinutes: 0 });
  return [...cells.map((cell) => `${host}|${String(cell)}`), ...(ofDay === undefined ? [] : [ofDay])];
};

import { accept, refuse, type Decision } from '../../../libs/rules/decision.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { DAY, HOUR, latest, MINUTE, plus } from '../../../libs/time/clock.js';
import { arrive, type MoveRefusal } from './booking-moves.js';
import type { BookingEvent } from './bookings.events.js';
import {
  bookingOf,
  keyed,
  takenSeats,
  type Booking,
  type Slot,
  type SlotDecision,
  type SlotOffer,
  type SlotTime,
} from './slot.js';

/** Minutes for which a freed slot is held for one who waits; four times as many where it is more than a day away. */
export const OFFER_MINUTES = 30;
/** Hours for which one that is far enough away is held at most until someone's morning. */
const MOST_NIGHT_HOURS = 12;
/** Hours for which a slot is held that a host offers to one of theirs. */
const HOST_OFFER_HOURS = 24;

/** A slot that can be had again. */
export interface Freed {
  readonly start: Date;
  readonly leadMinutes: number;
  readonly languages: readonly string[];
}

/** One who has a later slot and wants an earlier one. */
export interface Waiting {
  readonly booking: Id;
  readonly start: Date;
  /** Since when they wait. */
  readonly since: Date;
  readonly language: string;
  /** When a mail may reach them at the earliest: not at night in their zone, and not beyond what one gets on a day. */
  readonly reachableFrom: Date;
}

/** Whose turn it is, and how long. */
export type Turn =
  | { readonly kind: 'offer'; readonly booking: Id; readonly until: Date }
  /** Everyone sleeps: it is held for them until the first of them wakes. */
  | { readonly kind: 'wait'; readonly until: Date }
  /** Nobody waits for it, or not with time enough: it is free for all. */
  | { readonly kind: 'free' };

const FREE: Turn = { kind: 'free' };

/**
 * Who is offered a freed slot now.
 *
 * | who waits                                              | then                                            |
 * |--------------------------------------------------------|-------------------------------------------------|
 * | nobody with a later slot, or in no language spoken there | free for all                                    |
 * | it begins too soon for an offer to end before the lead  | free for all                                    |
 * | some whom a mail may reach now                         | the first of them to have asked, for a while    |
 * | none of them, but one will wake with time enough        | held for them until that morning                |
 */
export function whoIsOffered(freed: Freed, waiting: readonly Waiting[], now: Date): Turn {
  const last = plus(freed.start, -freed.leadMinutes * MINUTE);
  const isInTime = (from: Date): boolean => plus(from, OFFER_MINUTES * MINUTE) <= last;
  if (!isInTime(now)) return FREE;
  const inOrder = waiting
    .filter(({ start, language }) => start > freed.start && freed.languages.includes(language))
    .toSorted((a, b) => a.since.getTime() - b.since.getTime() || (a.booking < b.booking ? -1 : 1));
  const first = inOrder.find(({ reachableFrom }) => reachableFrom <= now);
  if (first) return { kind: 'offer', booking: first.booking, until: offeredUntil(freed.start, last, now) };
  const mornings = inOrder
    .map(({ reachableFrom }) => reachableFrom)
    .filter((from) => isInTime(from) && from <= plus(now, MOST_NIGHT_HOURS * HOUR));
  const until = earliest(mornings);
  return until ? { kind: 'wait', until } : FREE;
}

function offeredUntil(start: Date, last: Date, now: Date): Date {
  const minutes = start > plus(now, DAY) ? 4 * OFFER_MINUTES : OFFER_MINUTES;
  const end = plus(now, minutes * MINUTE);
  return end < last ? end : last;
}

const earliest = (instants: readonly Date[]): Date | undefined =>
  instants.reduce<Date | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);

/** How long a host's own offer stands; undefined where there is no time for one. */
export function hostOfferUntil(start: Date, leadMinutes: number, now: Date): Date | undefined {
  const last = plus(start, -leadMinutes * MINUTE);
  if (plus(now, OFFER_MINUTES * MINUTE) > last) return undefined;
  const end = plus(now, HOST_OFFER_HOURS * HOUR);
  return end < last ? end : last;
}

type Held = Pick<SlotOffer, 'id' | 'by' | 'before' | 'more'>;

/** Holds a free time that nobody has part of. */
export const holdFree = (
  free: SlotTime & Pick<Slot, 'id' | 'officeHours' | 'seats' | 'room'>,
  held: Held,
  turn: Exclude<Turn, { kind: 'free' }>,
): SlotDecision<never> => holding({ ...free, bookings: [] }, held, turn);

/** Holds a seat beside those who booked the same time of group hours. */
export function holdSeat(
  slot: Slot,
  held: Held,
  turn: Exclude<Turn, { kind: 'free' }>,
): SlotDecision<'full' | 'offered'> {
  if (slot.offer) return refuse('offered');
  return takenSeats(slot) >= slot.seats || slot.claims === undefined ? refuse('full') : holding(slot, held, turn);
}

/**
 * Its mail is about to be handed on. Time that went by since it was decided is not taken from the time to answer; and whoever
 * has gone to sleep meanwhile is not asked now, and not passed over either: it is decided anew. Run again, it changes nothing.
 * @param isReachable whether a mail may reach them now
 */
export function tell(
  slot: Slot,
  id: Id,
  { leadMinutes, isReachable }: { readonly leadMinutes: number; readonly isReachable: boolean },
  now: Date,
): SlotDecision<never> {
  const { offer } = slot;
  if (offer?.id !== id || offer.booking === '' || offer.by === 'host' || offer.told)
    return accept<Slot, BookingEvent>(slot);
  if (!isReachable)
    return accept<Slot, BookingEvent>({ ...slot, offer: { ...offer, booking: '', until: now } }, over(offer, now));
  const until = latest(offer.until, offeredUntil(slot.start, plus(slot.start, -leadMinutes * MINUTE), now));
  return accept<Slot, BookingEvent>({ ...slot, offer: { ...offer, until, told: true } }, over(offer, until));
}

/** "No thanks": it goes on to the next at once. Said again, or too late, it changes nothing. */
export function decline(slot: Slot, booking: Id, now: Date): SlotDecision<never> {
  const { offer } = slot;
  if (offer?.booking !== booking || booking === '') return accept<Slot, BookingEvent>(slot);
  const before = [...offer.before, booking];
  return accept<Slot, BookingEvent>(
    { ...slot, offer: { ...offer, booking: '', before, until: now } },
    over(offer, now),
  );
}

/**
 * An offer has ended: whoever is next has their turn, or the slot is free for all.
 * @param offer the one that ended; of another nothing is changed
 * @param next id of the offer that follows
 */
export function goOn(
  slot: Slot,
  offer: Id,
  turn: Turn,
  next: Id,
  now: Date,
): Decision<Slot | undefined, BookingEvent, never> {
  const { offer: present, ...rest } = slot;
  if (present?.id !== offer || present.until > now) return accept<Slot | undefined, BookingEvent>(slot);
  if (turn.kind !== 'free') {
    const { by, more } = present;
    return holding(rest, { id: next, by, before: passed(present), ...(more !== undefined && { more }) }, turn);
  }
  return accept<Slot | undefined, BookingEvent>(rest.bookings.length === 0 ? undefined : keyed(rest));
}

/** Those who are not asked again. */
export const passed = ({ before, booking }: SlotOffer): readonly Id[] =>
  booking === '' || before.includes(booking) ? before : [...before, booking];

/**
 * Whoever it is offered to comes here from their slot, which is left after that.
 * @param from the slot that holds the booking until then
 * @param place a number of the contact's that is free beside the old one
 * @param next id of the offer that follows, where more seats are held
 */
export function takeOffer(
  slot: Slot,
  from: Slot,
  booking: Id,
  place: number,
  next: Id,
  now: Date,
): SlotDecision<MoveRefusal | 'gone' | 'full' | 'in-already'> {
  const { offer, ...rest } = slot;
  if (offer?.booking !== booking || offer.until <= now) return refuse('gone');
  const arrived = arrive(rest, from, booking, place, now);
  if (!arrived.ok || offer.by === 'host') return arrived;
  // They have what they waited for.
  const there = wishing(arrived.state, booking, undefined);
  const { more = 0 } = offer;
  if (more === 0) return accept<Slot, BookingEvent>(there, ...arrived.events);
  const left: SlotOffer = {
    ...{ id: next, booking: '', by: 'list', until: now, before: passed(offer) },
    ...(more > 1 && { more: more - 1 }),
  };
  return accept<Slot, BookingEvent>(keyed({ ...there, offer: left }), ...arrived.events, over(left, now));
}

/** "Tell me if something earlier opens", and off again. Who asks twice keeps their place in the order. */
export function wish(
  slot: Slot,
  id: Id,
  wished: boolean,
  now: Date,
): SlotDecision<'unknown' | 'not-confirmed' | 'over'> {
  const booking = bookingOf(slot, id);
  if (!booking) return refuse('unknown');
  if (booking.status !== 'confirmed') return refuse('not-confirmed');
  if (slot.start <= now) return refuse('over');
  if (wished === (booking.earlierSince !== undefined)) return accept<Slot, BookingEvent>(slot);
  return accept<Slot, BookingEvent>(wishing(slot, id, wished ? now : undefined));
}

const wishing = (slot: Slot, id: Id, since: Date | undefined): Slot => ({
  ...slot,
  bookings: slot.bookings.map((booking) => (booking.id === id ? withWish(booking, since) : booking)),
});

function withWish({ earlierSince: _before, ...booking }: Booking, since: Date | undefined): Booking {
  return { ...booking, ...(since && { earlierSince: since }) };
}

function holding(slot: Slot, held: Held, turn: Exclude<Turn, { kind: 'free' }>) {
  const { until } = turn;
  const offer: SlotOffer = { ...held, booking: turn.kind === 'offer' ? turn.booking : '', until };
  const offered: readonly BookingEvent[] =
    turn.kind === 'offer' ? [{ type: 'slot.offered', data: { offer: offer.id } }] : [];
  return accept<Slot, BookingEvent>(keyed({ ...slot, offer }), ...offered, over(offer, until));
}

const over = ({ id }: Pick<SlotOffer, 'id'>, dueAt: Date): BookingEvent => ({
  type: 'slot.offer-over',
  data: { offer: id },
  dueAt,
});

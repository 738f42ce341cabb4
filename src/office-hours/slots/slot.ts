import { accept, type Accepted, type Decision } from '../../../libs/rules/decision.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { MINUTE } from '../../../libs/time/clock.js';
import { cellsOf } from '../../../libs/time/slots.js';
import type { Topic } from '../hours/office-hours.js';
import { freed } from './booking-timers.js';
import type { BookingEvent } from './bookings.events.js';

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

export type SlotDecision<Refusal extends string> = Decision<Slot, BookingEvent, Refusal>;

export type Outcome = Accepted<Slot, BookingEvent>;

export const outcome = (slot: Slot, ...events: readonly BookingEvent[]): Outcome =>
  accept<Slot, BookingEvent>(slot, ...events);

export const isLive = ({ status }: Pick<Booking, 'status'>): boolean => status === 'held' || status === 'confirmed';

/** Whether a booking waits for an earlier slot. @param notFor those whom the slot is not for: they gave it up, or had its offer */
export const waits = (
  booking: Booking,
  notFor: ReadonlySet<Id>,
): booking is Booking & Required<Pick<Booking, 'earlierSince'>> =>
  booking.status === 'confirmed' && booking.earlierSince !== undefined && !notFor.has(booking.id);

/** Seats that nobody else can have. */
export const takenSeats = ({ bookings, offer }: Pick<Slot, 'bookings' | 'offer'>): number =>
  bookings.filter(isLive).length + (offer ? 1 + (offer.more ?? 0) : 0);

/** Undefined where the slot does not know it (any more). */
export const bookingOf = (slot: Slot, id: Id): Booking | undefined =>
  slot.bookings.find((booking) => booking.id === id);

/** Times of a booking, which outlive its slot. */
export const timesOf = (slot: Slot, booking: Booking): Pick<Slot, 'host' | 'start' | 'end'> => booking.was ?? slot;

/** Why a contact cannot come into the slot; undefined where they can. */
export function closedTo(
  slot: Slot,
  { contact }: Pick<Booking, 'contact'>,
  now: Date,
): 'full' | 'over' | 'in-already' | undefined {
  if (slot.start <= now) return 'over';
  // One that nobody holds any more has given its claims up, and another may have its time.
  if (takenSeats(slot) >= slot.seats || (slot.claims === undefined && slot.bookings.length > 0)) return 'full';
  return slot.bookings.some((other) => isLive(other) && other.contact === contact) ? 'in-already' : undefined;
}

/**
 * A seat is given up. While somebody waits for something earlier, the write that frees it keeps it, and the entry beside it
 * says at once whose turn it is; nobody else can have it in between. Beside an offer that stands it is kept for the turn after
 * that one; beside a host's, which may stand for a day, and where nobody waits, it is free for all.
 * @param keep id of the offer that begins with it; undefined where nobody waits
 */
export function givenUp(slot: Slot, id: Id, now: Date, keep: Id | undefined): Outcome {
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
export const given = (booking: Booking, { host, start, end }: Slot): Booking => {
  const { earlierSince: _wish, ...rest } = booking;
  return { ...rest, note: null, was: { host, start, end } };
};

/** With this booking, in the place of what it was before. */
export const having = (slot: Slot, booking: Booking): Slot =>
  keyed({ ...slot, bookings: [...slot.bookings.filter(({ id }) => id !== booking.id), booking] });

/** Without this booking; undefined where nothing is left of the slot. */
export function without(
  slot: Slot,
  id: Id,
  ...events: readonly BookingEvent[]
): Accepted<Slot | undefined, BookingEvent> {
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

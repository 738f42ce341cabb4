import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents, Where } from '../../../libs/database/documents.js';
import type { Stored } from '../../../libs/outbox/aggregate.schema.js';
import { Aggregates, type AggregateStore } from '../../../libs/outbox/aggregates.js';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { DAY } from '../../../libs/time/clock.js';
import type { Interval } from '../../../libs/time/slots.js';
import { leaveOld } from './booking-moves.js';
import { PLACE_NUMBERS } from './booking.js';
import type { BookingEvent } from './bookings.events.js';
import { passed } from './slot-offer.js';
import { bookingOf, waits, type Booking, type Slot } from './slot.js';
import { SLOTS } from './slots.schema.js';

/** A booking and the slot that it holds or held. */
export interface Booked {
  readonly slot: Slot;
  readonly booking: Booking;
}

/** The door to the collection of taken slots. */
@Injectable()
export class SlotsRepository {
  readonly store: AggregateStore<Slot, BookingEvent>;

  constructor(
    @InjectModel(SLOTS) private readonly slots: Documents<Stored<Slot>>,
    private readonly ids: Ids,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Slot, BookingEvent>(slots);
  }

  /** What is taken of these hosts' time in a window; no slot is longer than a day. */
  taken(hosts: readonly Id[], { from, to }: Interval): Promise<Slot[]> {
    return this.list({
      'state.host': trusted({ $in: [...hosts] }),
      'state.start': trusted({ $gt: new Date(from - DAY), $lt: new Date(to) }),
      'state.claims': trusted({ $exists: true }),
    });
  }

  /** Slots of one set of office hours that begin in a window, soonest first. */
  of(officeHours: Id, { from, to }: Interval): Promise<Slot[]> {
    return this.list({
      'state.officeHours': officeHours,
      'state.start': trusted({ $gte: new Date(from), $lt: new Date(to) }),
    });
  }

  /** For a moment, one that moves among group hours is in two slots: the later counts. */
  async ofBooking(id: Id): Promise<Booked | undefined> {
    const slots = await this.list({ 'state.bookings.id': id });
    const booked = slots.flatMap((slot) => {
      const booking = bookingOf(slot, id);
      return booking ? [{ slot, booking }] : [];
    });
    return booked.sort((a, b) => b.booking.moves - a.booking.moves)[0];
  }

  /** The slot that is held for a booking to move to. */
  async offeredTo(booking: Id): Promise<Slot | undefined> {
    return (await this.offersTo(booking))[0];
  }

  /** More than one for a moment, where two are made at once. */
  offersTo(booking: Id): Promise<Slot[]> {
    return this.list({ 'state.offer.booking': booking });
  }

  async ofOffer(offer: Id): Promise<Slot | undefined> {
    return (await this.list({ 'state.offer.id': offer }))[0];
  }

  ofContact(contact: Id): Promise<Slot[]> {
    return this.list({ 'state.bookings.contact': contact });
  }

  /**
   * An id for the offer that begins when a seat of a slot is given up; undefined where nobody with a later slot waits.
   * Whoever waits in vain, as they sleep or speak another language, is known a moment later: here one who waits is enough.
   * @param leaving the booking that gives it up
   */
  async keepFor({ officeHours, start, offer }: Slot, leaving?: Id): Promise<Id | undefined> {
    const later = await this.list({
      'state.officeHours': officeHours,
      'state.start': trusted({ $gt: start }),
      'state.bookings.earlierSince': trusted({ $exists: true }),
    });
    // Whoever has the offer that stands, or let it pass, does not wait for a seat beside it.
    const notFor = new Set([...(leaving === undefined ? [] : [leaving]), ...(offer ? passed(offer) : [])]);
    const isWaited = later.some(({ bookings }) => bookings.some((booking) => waits(booking, notFor)));
    return isWaited ? this.ids.next() : undefined;
  }

  /** Leaves the slot that a booking has come from. */
  leaveOld(slot: Id, booking: Id, now: Date) {
    return this.store.change(slot, async (state) => leaveOld(state, booking, now, await this.keepFor(state, booking)));
  }

  /** The numbers of a contact's bookings to come. */
  async placesOf(contact: Id): Promise<readonly number[]> {
    const numbers = new Map(PLACE_NUMBERS.map((number) => [`${contact}|${String(number)}`, number]));
    const slots = await this.list({ 'state.places': trusted({ $in: [...numbers.keys()] }) });
    return slots.flatMap(({ places = [] }) => places.flatMap((place) => numbers.get(place) ?? []));
  }

  private async list(filter: Where<Stored<Slot>>): Promise<Slot[]> {
    const found = await this.slots.find(filter, { state: 1 }).sort({ 'state.start': 1, _id: 1 }).lean();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }
}

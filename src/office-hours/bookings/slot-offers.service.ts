import { Injectable } from '@nestjs/common';
import { done, refuse, type Result } from '../../../libs/rules/decision.js';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { Clock, DAY } from '../../../libs/time/clock.js';
import type { Contact } from '../../contacts/contact.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { Allowance } from '../../deliveries/allowance.service.js';
import type { MoveRefusal } from '../slots/booking-moves.js';
import { freeNumber } from '../slots/booking.js';
import { FreeSlots } from '../slots/free-slots.service.js';
import { canBeJoined, timeOf } from '../slots/free-times.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { OfficeHoursService } from '../hours/office-hours.service.js';
import * as rules from '../slots/slot-offer.js';
import type { Turn, Waiting } from '../slots/slot-offer.js';
import { SlotRooms } from '../slots/slot-rooms.service.js';
import { bookingOf, waits, type Slot, type SlotOffer } from '../slots/slot.js';
import { SlotsRepository, type Booked } from '../slots/slots.repository.js';

/** A seat that somebody gave up. */
export interface Freed {
  readonly officeHours: Id;
  readonly host: Id;
  readonly start: Date;
  readonly booking: Id;
}

/** Times that a move is tried: a failure means that the contact's number went to another of their bookings. */
const TRIES = 4;

/** The public face of slots that are held for whoever they are offered to. */
@Injectable()
export class SlotOffers {
  constructor(
    private readonly hours: OfficeHoursService,
    private readonly freeSlots: FreeSlots,
    private readonly rooms: SlotRooms,
    private readonly slots: SlotsRepository,
    private readonly contacts: ContactsService,
    private readonly allowance: Allowance,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** What is offered to a booking, while it stands. */
  async to(booking: Id): Promise<{ readonly slot: Slot; readonly offer: SlotOffer } | undefined> {
    const slot = await this.slots.offeredTo(booking);
    return slot?.offer && slot.offer.until > this.clock.now() ? { slot, offer: slot.offer } : undefined;
  }

  get(offer: Id): Promise<Slot | undefined> {
    return this.slots.ofOffer(offer);
  }

  /** The offer whose mail goes out now; undefined where it ended, or where its reader sleeps by now. */
  async tell(id: Id): Promise<SlotOffer | undefined> {
    const slot = await this.slots.ofOffer(id);
    const [booked, hours] = await Promise.all([
      slot?.offer && this.slots.ofBooking(slot.offer.booking),
      slot && this.hours.get(slot.officeHours),
    ]);
    const contact = booked && (await this.contacts.get(booked.booking.contact));
    if (!slot || !hours || !contact) return undefined;
    const now = this.clock.now();
    const isReachable = (await this.allowance.from(contact, now)) <= now;
    const { leadMinutes } = hours;
    const told = await this.slots.store.change(slot.id, (state) =>
      rules.tell(state, id, { leadMinutes, isReachable }, now),
    );
    const offer = told.ok ? told.value.offer : undefined;
    return offer?.id === id && offer.booking === booked.booking.id ? offer : undefined;
  }

  /** "Tell me if something earlier opens." An offer that stands goes with the wish. */
  async wish(booking: Id, wished: boolean): Promise<Result<Slot, 'unknown' | 'not-confirmed' | 'over'>> {
    const booked = await this.slots.ofBooking(booking);
    if (!booked) return refuse('unknown');
    const changed = await this.slots.store.change(booked.slot.id, (slot) =>
      rules.wish(slot, booking, wished, this.clock.now()),
    );
    if (changed.ok) {
      if (!wished) await this.decline(booking);
      return changed;
    }
    return refuse(changed.reason === 'taken' || changed.reason === 'changed-meanwhile' ? 'unknown' : changed.reason);
  }

  async decline(booking: Id): Promise<void> {
    const slot = await this.slots.offeredTo(booking);
    if (slot) await this.slots.store.change(slot.id, (state) => rules.decline(state, booking, this.clock.now()));
  }

  /** Moves a booking to what it is offered. The old slot is left after the new one is had. */
  async take(id: Id): Promise<Result<Booked, MoveRefusal | 'gone'>> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [booked, there] = await Promise.all([this.slots.ofBooking(id), this.slots.offeredTo(id)]);
      if (!booked) return refuse('unknown');
      if (!there) return refuse('gone');
      const { slot: old, booking } = booked;
      const place = freeNumber(await this.slots.placesOf(booking.contact));
      if (place === undefined) return refuse('gone');
      const taken = await this.slots.store.change(there.id, (slot) =>
        rules.takeOffer(slot, old, id, place, this.ids.next(), this.clock.now()),
      );
      if (taken.ok) {
        await this.slots.leaveOld(old.id, id, this.clock.now());
        const moved = bookingOf(taken.value, id);
        return moved ? done({ slot: taken.value, booking: moved }) : refuse('gone');
      }
      if (taken.reason !== 'taken') {
        const { reason } = taken;
        return refuse(reason === 'full' || reason === 'in-already' || reason === 'changed-meanwhile' ? 'gone' : reason);
      }
    }
    return refuse('gone');
  }

  /**
   * Offers a freed seat to whoever waits for it, if it is still to be had.
   * @returns when to look again, where another seat of the same slot is offered already
   */
  async offerFreed({ officeHours, host, start, booking }: Freed): Promise<Date | undefined> {
    const hours = await this.hours.get(officeHours);
    if (!hours) return undefined;
    const turn = await this.turn(hours, start, [booking]);
    if (turn.kind === 'free') return undefined;
    return this.hold(hours, host, start, { id: this.ids.next(), by: 'list', before: [booking] }, turn);
  }

  /** A host offers another free slot to one of theirs. */
  async offerTo(
    { booking, slot: old }: Booked,
    hours: OfficeHours,
    start: Date,
    leadMinutes: number,
  ): Promise<Result<Date, 'taken' | 'too-late' | 'offered' | 'not-confirmed'>> {
    if (booking.status !== 'confirmed') return refuse('not-confirmed');
    const until = rules.hostOfferUntil(start, leadMinutes, this.clock.now());
    if (!until) return refuse('too-late');
    const standing = await this.slots.offeredTo(booking.id);
    if (standing) return standing.start.getTime() === start.getTime() ? done(until) : refuse('offered');
    const at = start.getTime();
    const { free } = await this.freeSlots.within(hours, { from: at, to: at + 1 }, { leadMinutes });
    const able = free[0]?.hosts ?? [];
    for (const host of able.toSorted((a, b) => Number(b === old.host) - Number(a === old.host))) {
      const held = { id: this.ids.next(), by: 'host', before: [] } as const;
      await this.hold(hours, host, start, held, { kind: 'offer', booking: booking.id, until }, leadMinutes);
      const made = await this.slots.ofOffer(held.id);
      if (!made) continue;
      // Another was made meanwhile: whoever sees both takes theirs back.
      if ((await this.slots.offersTo(booking.id)).length === 1) return done(until);
      await this.slots.store.change(made.id, (slot) => rules.decline(slot, booking.id, this.clock.now()));
      return refuse('offered');
    }
    return refuse('taken');
  }

  /**
   * An offer has ended: the next has their turn, or the slot is free for all.
   * @returns when to look again: by this clock, which may be behind that of whoever made it, it has not ended yet
   */
  async goOn(slotId: Id, offer: Id): Promise<Date | undefined> {
    const present = (await this.slots.store.load(slotId))?.state;
    if (present?.offer?.id !== offer) return undefined;
    if (present.offer.until > this.clock.now()) return present.offer.until;
    const hours = await this.hours.get(present.officeHours);
    const isForAll = !hours || present.offer.by === 'host';
    const turn: Turn = isForAll ? { kind: 'free' } : await this.turn(hours, present.start, rules.passed(present.offer));
    const next = this.ids.next();
    await this.slots.store.change(slotId, (slot) => rules.goOn(slot, offer, turn, next, this.clock.now()));
    return undefined;
  }

  private async hold(
    hours: OfficeHours,
    host: Id,
    start: Date,
    held: Pick<SlotOffer, 'id' | 'by' | 'before'>,
    turn: Exclude<Turn, { kind: 'free' }>,
    leadMinutes = hours.leadMinutes,
  ): Promise<Date | undefined> {
    const at = start.getTime();
    const window = { from: at, to: at + 1 };
    const { free, taken } = await this.freeSlots.within(hours, window, { only: host, leadMinutes });
    const there = taken.find((slot) => slot.host === host && slot.start.getTime() === at);
    if (there?.offer) return there.offer.until;
    if (free.length === 0) return undefined;
    if (there) {
      if (canBeJoined(there, hours))
        await this.slots.store.change(there.id, (slot) => rules.holdSeat(slot, held, turn));
      return undefined;
    }
    const id = this.ids.next();
    const room = this.rooms.roomFor(hours, id);
    const time = timeOf(hours, host, start, taken);
    const made = rules.holdFree({ ...time, id, officeHours: hours.id, seats: hours.seats, room }, held, turn);
    // Somebody else may have it already: then there is nothing to offer.
    if (made.ok) await this.slots.store.create(id, made.state, made.events);
    return undefined;
  }

  private async turn(hours: OfficeHours, start: Date, before: readonly Id[]): Promise<Turn> {
    const now = this.clock.now();
    const { leadMinutes, languages } = hours;
    const waiting = await this.waiting(hours, start, before, now);
    return rules.whoIsOffered({ start, leadMinutes, languages }, waiting, now);
  }

  /** Those who have a later slot and want an earlier one, and are offered none at present. */
  private async waiting(hours: OfficeHours, start: Date, before: readonly Id[], now: Date): Promise<Waiting[]> {
    const window = { from: now.getTime(), to: now.getTime() + (hours.horizonDays + 1) * DAY };
    const slots = await this.slots.of(hours.id, window);
    const notFor = new Set([...before, ...slots.flatMap(({ offer }) => offer?.booking ?? [])]);
    const wishes = slots
      .filter((slot) => slot.start > start)
      .flatMap((slot) =>
        slot.bookings.flatMap((booking) =>
          waits(booking, notFor) ? [{ booking, start: slot.start, since: booking.earlierSince }] : [],
        ),
      );
    const contacts = await this.contacts.many(wishes.map(({ booking }) => booking.contact));
    const reached = await Promise.all(
      wishes.map(async ({ booking, start: booked, since }): Promise<Waiting[]> => {
        const contact = contacts.get(booking.contact);
        if (!contact || !isReached(contact, now)) return [];
        const reachableFrom = await this.allowance.from(contact, now);
        return [{ booking: booking.id, start: booked, since, language: booking.language, reachableFrom }];
      }),
    );
    return reached.flat();
  }
}

/** Whether mails of this kind go to someone at all. */
const isReached = ({ status, suppressed, pausedUntil }: Contact, now: Date): boolean =>
  status === 'confirmed' && !suppressed && (pausedUntil === null || pausedUntil <= now);

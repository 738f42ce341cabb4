import { Injectable, type OnModuleInit } from '@nestjs/common';
import { done, refuse, type Result } from '../../../libs/rules/decision.js';
import { openWithRing, sealWithRing, type SealedPlace } from '../../../libs/privacy/envelope.js';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { KeyRing } from '../../../libs/privacy/keys.js';
import { Clock, DAY } from '../../../libs/time/clock.js';
import { leastLoaded } from '../../../libs/time/slots.js';
import { MOST_BOOKINGS } from '../../contacts/contact.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { Subjects, type Subject } from '../../invitations/subject.js';
import * as moves from '../slots/booking-moves.js';
import * as rules from '../slots/booking.js';
import { freeNumber, type NewBooking } from '../slots/booking.js';
import { FreeSlots } from '../slots/free-slots.service.js';
import { loadsOf, timeOf, type Offer } from '../slots/free-times.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { OfficeHoursService } from '../hours/office-hours.service.js';
import { bookingOf, takenSeats, timesOf, type Booking, type Slot, type SlotTime } from '../slots/slot.js';
import { SlotsRepository, type Booked } from '../slots/slots.repository.js';
import { SLOTS } from '../slots/slots.schema.js';
import { SlotClaims } from './slot-claims.service.js';

export type Asked = Omit<NewBooking, 'id' | 'note' | 'place'> & {
  readonly start: Date;
  readonly note: string;
  /** Whoever asks came by their own fresh link: nothing is to be confirmed. */
  readonly known?: boolean;
};
export type MoveRefusal = moves.MoveRefusal | 'taken' | 'too-many';

/** The public face of bookings. */
@Injectable()
export class BookingsService implements OnModuleInit {
  constructor(
    private readonly hours: OfficeHoursService,
    private readonly freeSlots: FreeSlots,
    private readonly slots: SlotsRepository,
    private readonly claims: SlotClaims,
    private readonly contacts: ContactsService,
    private readonly subjects: Subjects,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.subjects.register({ subject: (id) => this.subject(id), upcoming: () => Promise.resolve([]) });
  }

  get(id: Id): Promise<Booked | undefined> {
    return this.slots.ofBooking(id);
  }

  noteOf({ id, note }: Pick<Booking, 'id' | 'note'>): string {
    return note === null ? '' : openWithRing(this.ring, 'note', note, notePlace(id)).toString('utf8');
  }

  /** Holds a slot until its link is confirmed. `taken`: it is not to be had any more, or never was. */
  hold(hours: OfficeHours, asked: Asked): Promise<Result<Booked, 'taken' | 'too-many'>> {
    const { start, note, known = false, ...rest } = asked;
    const id = this.ids.next();
    const sealed = note === '' ? null : sealWithRing(this.ring, 'note', note, notePlace(id));
    return this.claims
      .reach(hours, start, {}, async (time, there) => {
        const used = await this.slots.placesOf(asked.contact);
        const place = freeNumber(used);
        if (used.length >= MOST_BOOKINGS || place === undefined) return refuse('too-many');
        const given: NewBooking = { ...rest, id, note: sealed, place };
        const now = this.clock.now();
        return there
          ? this.slots.store.change(there.id, (slot) => rules.join(slot, given, now, known))
          : this.claims.create(hours, (free) => rules.claim({ ...free, ...time }, given, now, known));
      })
      .then((held) => (held.ok ? this.booked(held.value, id) : held));
  }

  /** The one button of the mail: the address counts as confirmed, too. */
  async confirm(id: Id): Promise<Result<Booked, 'unknown' | 'expired' | 'cancelled' | 'over'>> {
    const booked = await this.slots.ofBooking(id);
    if (!booked) return refuse('unknown');
    const { booking, slot } = booked;
    const tried = rules.confirm(slot, id, this.clock.now());
    if (!tried.ok) return tried;
    // First, as mails that are no confirmation go to confirmed addresses alone.
    const confirmed = await this.contacts.confirm(booking.contact);
    if (!confirmed.ok && confirmed.reason !== 'confirmed-already') return refuse('unknown');
    const changed = await this.slots.store.change(slot.id, (state) => rules.confirm(state, id, this.clock.now()));
    if (changed.ok) return this.booked(changed.value, id);
    return refuse(changed.reason === 'taken' || changed.reason === 'changed-meanwhile' ? 'unknown' : changed.reason);
  }

  /** Moves a booking to another free slot, to the same host where that is possible. The old time is held until then. */
  async move(id: Id, start: Date, offer: Pick<Offer, 'leadMinutes'> = {}): Promise<Result<Booked, MoveRefusal>> {
    const booked = await this.slots.ofBooking(id);
    const hours = booked && (await this.hours.get(booked.slot.officeHours));
    if (!hours) return refuse('unknown');
    const { slot: old } = booked;
    const isAlone = takenSeats(old) === 1;
    // Where somebody waits for its time, that stays behind for them; unless the new one overlaps it, as then it is not free.
    const isLeft = isAlone && (await this.slots.keepFor(old, id)) !== undefined;
    const apart = isLeft ? await this.moveTo(hours, booked, start, offer, false) : refuse('taken');
    const moved =
      apart.ok || (apart.reason !== 'taken' && apart.reason !== 'too-many')
        ? apart
        : await this.moveTo(hours, booked, start, offer, isAlone);
    if (!moved.ok) return moved;
    if (moved.value.id !== old.id) await this.leaveOld(old.id, id);
    return this.booked(moved.value, id);
  }

  /** @param isAlone true for one that takes its time along; beside others, or to others, a booking goes by itself */
  private moveTo(
    hours: OfficeHours,
    { slot: old, booking }: Booked,
    start: Date,
    offer: Pick<Offer, 'leadMinutes'>,
    isAlone: boolean,
  ): Promise<Result<Slot, MoveRefusal>> {
    const { id } = booking;
    return this.claims.reach<MoveRefusal>(
      hours,
      start,
      { ...offer, prefer: old.host, ...(isAlone && { without: old.id }) },
      async (time, there) => {
        const now = this.clock.now();
        if (isAlone && !there) {
          const alone = await this.slots.store.change(old.id, (slot) => moves.move(slot, id, time, now));
          if (alone.ok) return alone;
          return refuse(alone.reason === 'shared' ? 'taken' : alone.reason);
        }
        const place = freeNumber(await this.slots.placesOf(booking.contact));
        if (place === undefined) return refuse('too-many');
        return there
          ? this.slots.store.change(there.id, (slot) => moves.arrive(slot, old, id, place, now))
          : this.claims.create(hours, (free) => moves.arrive({ ...free, ...time, bookings: [] }, old, id, place, now));
      },
    );
  }

  /** Leaves the slot that a booking has come from; where it was given up there, or its visitor erased, it goes here as well. */
  async leaveOld(slot: Id, id: Id): Promise<void> {
    const left = await this.slots.leaveOld(slot, id, this.clock.now());
    if (left.ok || left.reason !== 'given-up') return;
    const [there, here] = await Promise.all([this.slots.store.load(slot), this.slots.ofBooking(id)]);
    const old = there && bookingOf(there.state, id);
    if (!old || !here) return;
    if (old.contact === '') await this.eraseContact(here.booking.contact);
    else await this.cancel(id, old.cancelReason);
    await this.forget(slot, id, old.moves);
  }

  /** Gives a slot to another host of the same office hours; without one, to whoever is free and has least to do. */
  async takeOver(slotId: Id, host?: Id): Promise<Result<Slot, 'taken' | 'over' | 'nobody' | 'same-host' | 'unknown'>> {
    const stored = await this.slots.store.load(slotId);
    const hours = stored && (await this.hours.get(stored.state.officeHours));
    if (!hours) return refuse('unknown');
    const slot = stored.state;
    const others = (await this.freeSlots.hostsOf(hours)).filter((each) => each !== slot.host);
    const chosen = host === undefined ? others : [host];
    const span = { from: slot.start.getTime(), to: slot.until.getTime() };
    const around = { from: span.from - DAY, to: span.to + DAY };
    const [taken, busy] = await Promise.all([
      this.slots.taken(chosen, around),
      // Whoever takes it over themselves knows what else stands in their own calendar.
      host === undefined ? this.freeSlots.busyOf(chosen) : this.freeSlots.meetingsOf(chosen),
    ]);
    const loads = loadsOf(taken);
    const isFree = (each: Id): boolean =>
      !taken.some(({ host, start, until }) => host === each && until > slot.start && start < slot.until) &&
      !busy.get(each)?.some(({ from, to }) => from < span.to && span.from < to);
    let left = chosen.filter(isFree);
    for (let next = leastLoaded(left, loads); next !== undefined; next = leastLoaded(left, loads)) {
      // The most per day holds for whoever takes it over, too: with one of that day's numbers, or not at all.
      const { ofDay } = timeOf(hours, next, slot.start, taken);
      const to: Pick<SlotTime, 'host' | 'ofDay'> = { host: next, ...(ofDay !== undefined && { ofDay }) };
      const changed = await this.slots.store.change(slotId, (state) => moves.takeOver(state, to, this.clock.now()));
      if (changed.ok) return changed;
      if (changed.reason !== 'taken') {
        return refuse(changed.reason === 'changed-meanwhile' ? 'unknown' : changed.reason);
      }
      left = left.filter((each) => each !== next);
    }
    return refuse('taken');
  }

  async cancel(id: Id, reason = ''): Promise<Result<Booked, 'unknown' | 'expired' | 'over'>> {
    const booked = await this.slots.ofBooking(id);
    if (!booked) return refuse('unknown');
    const changed = await this.slots.store.change(booked.slot.id, async (slot) =>
      rules.cancel(slot, id, reason, this.clock.now(), await this.slots.keepFor(slot, id)),
    );
    if (changed.ok) return this.booked(changed.value, id);
    const { reason: refused } = changed;
    // It has moved meanwhile.
    if (refused === 'unknown' && (await this.slots.ofBooking(id))) return this.cancel(id, reason);
    return refuse(refused === 'taken' || refused === 'changed-meanwhile' ? 'unknown' : refused);
  }

  /** Deletes what is over or was given up, with everything about it. */
  async remove(id: Id): Promise<Result<void, 'unknown' | 'to-come'>> {
    const booked = await this.slots.ofBooking(id);
    if (!booked) return refuse('unknown');
    const removed = await this.slots.store.change(booked.slot.id, (slot) => rules.remove(slot, id, this.clock.now()));
    if (removed.ok) return done(undefined);
    return refuse(removed.reason === 'to-come' ? 'to-come' : 'unknown');
  }

  /**
   * Nobody confirmed in time.
   * @returns when to look again: by this clock, which may be behind that of whoever held it, it can still be confirmed
   */
  async expire(slot: Id, id: Id): Promise<Date | undefined> {
    const present = await this.slots.store.load(slot);
    const booking = present && bookingOf(present.state, id);
    if (booking?.status === 'held' && booking.heldUntil > this.clock.now()) return booking.heldUntil;
    await this.slots.store.change(slot, async (state) =>
      rules.expire(state, id, this.clock.now(), await this.slots.keepFor(state, id)),
    );
    return undefined;
  }

  /** A booking is over. @returns when to look again: by this clock, its slot has not ended yet */
  async release(slot: Id, id: Id, moves: number): Promise<Date | undefined> {
    const present = await this.slots.store.load(slot);
    const isMeant = present && bookingOf(present.state, id)?.moves === moves;
    if (isMeant && present.state.end > this.clock.now()) return present.state.end;
    await this.slots.store.change(slot, (state) => rules.release(state, id, moves, this.clock.now()));
    return undefined;
  }

  forget(slot: Id, id: Id, moves: number) {
    return this.slots.store.change(slot, (state) => rules.forget(state, id, moves));
  }

  async idsOf(contact: Id): Promise<readonly Id[]> {
    const slots = await this.slots.ofContact(contact);
    return slots.flatMap(({ bookings }) => bookings.filter((each) => each.contact === contact).map(({ id }) => id));
  }

  /** Frees what an erased contact holds; nothing leads from a booking to them any more. */
  async eraseContact(contact: Id): Promise<void> {
    for (const { id } of await this.slots.ofContact(contact)) {
      await this.slots.store.change(id, async (slot) =>
        rules.erase(slot, contact, this.clock.now(), await this.slots.keepFor(slot)),
      );
    }
  }

  private booked(slot: Slot, id: Id): Result<Booked, never> {
    const booking = bookingOf(slot, id);
    if (!booking) throw new Error('a booking vanished from the slot that was saved with it');
    return done({ slot, booking });
  }

  /** What invitations and mails see: nothing before it is confirmed, as nobody was told of it yet. */
  private async subject(id: Id): Promise<Subject | undefined> {
    const booked = await this.slots.ofBooking(id);
    if (!booked || booked.booking.revision === 0) return undefined;
    const { slot, booking } = booked;
    const hours = await this.hours.get(slot.officeHours);
    if (!hours) return undefined;
    const { host, start, end } = timesOf(slot, booking);
    return {
      kind: 'booking',
      id,
      status: booking.status === 'confirmed' ? 'announced' : 'cancelled',
      revision: booking.revision,
      sequence: booking.sequence,
      moves: booking.moves,
      changedAt: booking.changedAt,
      start,
      end,
      timeZone: hours.timeZone,
      title: hours.title,
      description: hours.description,
      languages: [booking.language],
      dialIn: '',
      capacity: null,
      cancelReason: booking.cancelReason,
      audience: 'everyone',
      host,
    };
  }
}

const notePlace = (id: Id): SealedPlace => ({ collection: SLOTS, id, field: 'note' });

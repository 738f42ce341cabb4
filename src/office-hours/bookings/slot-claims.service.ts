import { Injectable } from '@nestjs/common';
import { refuse, type Accepted, type Result } from '../../../libs/rules/decision.js';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { DAY } from '../../../libs/time/clock.js';
import { leastLoaded } from '../../../libs/time/slots.js';
import type { BookingEvent } from '../slots/bookings.events.js';
import { FreeSlots } from '../slots/free-slots.service.js';
import { canBeJoined, loadsOf, timeOf, type Offer } from '../slots/free-times.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { SlotRooms } from '../slots/slot-rooms.service.js';
import type { Slot, SlotTime } from '../slots/slot.js';
import { SlotsRepository } from '../slots/slots.repository.js';

/** Times that a slot is reached for: each failure means that somebody else had part of it a moment before. */
const TRIES = 8;
/** The days around a slot in which hosts are compared by what they have to do. */
const COMPARED = 7;

/** Why a slot is looked at again: it, or the contact's place, went to another a moment before. */
const RETRIED: ReadonlySet<string> = new Set(['exists', 'full', 'taken', 'in-already', 'changed-meanwhile']);

/** Claims free times while others reach for them too: the unique index of claims decides who has one. */
@Injectable()
export class SlotClaims {
  constructor(
    private readonly freeSlots: FreeSlots,
    private readonly rooms: SlotRooms,
    private readonly slots: SlotsRepository,
    private readonly ids: Ids,
  ) {}

  /**
   * Reaches for a time: of the hosts that are free the one with least to do, then the next. What another process took a
   * moment before shows as a claim that is there already, and everything is looked at anew.
   */
  async reach<Refusal extends string>(
    hours: OfficeHours,
    start: Date,
    { prefer, ...offer }: Omit<Offer, 'hosts'> & { readonly prefer?: Id },
    take: (
      time: SlotTime,
      there: Slot | undefined,
    ) => Promise<
      Result<Slot, Refusal | 'exists' | 'full' | 'over' | 'in-already' | 'unknown' | 'changed-meanwhile' | 'taken'>
    >,
  ): Promise<Result<Slot, Refusal | 'taken'>> {
    const at = start.getTime();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const around = { from: at - COMPARED * DAY, to: at + COMPARED * DAY };
      const { free, taken } = await this.freeSlots.within(hours, around, offer);
      const slot = free.find((each) => each.start === at);
      if (!slot) return refuse('taken');
      const loads = loadsOf(taken);
      let left = slot.hosts;
      while (left.length > 0) {
        const host = prefer !== undefined && left.includes(prefer) ? prefer : leastLoaded(left, loads);
        if (host === undefined) break;
        const there = taken.find(
          (each) =>
            each.host === host && each.start.getTime() === at && each.id !== offer.without && canBeJoined(each, hours),
        );
        const time = timeOf(hours, host, start, taken);
        const outcome = await take(time, there);
        if (outcome.ok) return outcome;
        if (!RETRIED.has(outcome.reason)) return outcome as Result<Slot, Refusal>;
        left = left.filter((each) => each !== host);
      }
    }
    return refuse('taken');
  }

  /** Makes a slot of a free time, with a room and claims of its own. `exists`: another has some of them. */
  async create<Refusal extends string>(
    hours: OfficeHours,
    decide: (
      free: Pick<Slot, 'id' | 'officeHours' | 'seats' | 'room'>,
    ) => Accepted<Slot, BookingEvent> | { readonly ok: false; readonly reason: Refusal },
  ): Promise<Result<Slot, Refusal | 'exists'>> {
    const id = this.ids.next();
    const decided = decide({ id, officeHours: hours.id, seats: hours.seats, room: this.rooms.roomFor(hours, id) });
    return decided.ok ? this.slots.store.create(id, decided.state, decided.events) : decided;
  }
}

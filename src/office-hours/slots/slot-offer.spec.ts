import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE, plus } from '../../../libs/time/clock.js';
import { leaveOld, move } from './booking-moves.js';
import { cancel, claim, erase, expire, join, type NewBooking } from './booking.js';
import {
  decline,
  goOn,
  holdFree,
  holdSeat,
  hostOfferUntil,
  OFFER_MINUTES,
  passed,
  takeOffer,
  tell,
  whoIsOffered,
  wish,
  type Turn,
  type Waiting,
} from './slot-offer.js';
import { bookingOf, isLive, type Slot } from './slot.js';

const now = new Date('2027-01-11T09:00:00Z');
const start = new Date('2027-01-11T15:00:00Z');
const freed = { start, leadMinutes: 60, languages: ['fr', 'en'] };

const waiting = (booking: string, more: Partial<Waiting> = {}): Waiting => ({
  booking,
  start: plus(start, DAY),
  since: plus(now, -DAY),
  language: 'fr',
  reachableFrom: now,
  ...more,
});

const ok = <Value>(decision: { ok: true; state: Value } | { ok: false; reason: string }): Value => {
  if (!decision.ok) throw new Error(decision.reason);
  return decision.state;
};
const typesOf = (decision: { ok: true; events: readonly { type: string }[] } | { ok: false; reason: string }) =>
  decision.ok ? decision.events.map(({ type }) => type) : decision.reason;

const time = (at: Date) => ({ host: 'ada', start: at, end: plus(at, 20 * MINUTE), until: plus(at, 30 * MINUTE) });
const free = (at: Date, id = 'held', seats = 1) => ({
  ...time(at),
  id,
  officeHours: 'hours',
  seats,
  room: new Uint8Array(),
});
const given = (id: string): NewBooking => ({
  ...{ id, contact: `contact-${id}`, language: 'fr', topic: null, region: null, country: null, note: null, place: 1 },
});
const booked = (id: string, at: Date, seats = 1): Slot =>
  claim(free(at, `slot-${id}`, seats), given(id), now, true).state;
const offering = (booking: string, until = plus(now, 30 * MINUTE)): Turn & { kind: 'offer' } => ({
  kind: 'offer',
  booking,
  until,
});
const list = { id: 'offer', by: 'list', before: [] } as const;
const held = (booking = 'one'): Slot => ok(holdFree(free(start), list, offering(booking)));

describe('who is offered a freed slot', () => {
  const early = waiting('early', { since: plus(now, -2 * DAY) });
  const late = waiting('late');
  const night = { reachableFrom: plus(now, 3 * HOUR) };
  it.each([
    ['nobody where nobody waits', [], now, 'free'],
    ['whoever asked first', [late, early], now, 'early'],
    ['not one whose own slot is earlier', [waiting('one', { start: plus(start, -HOUR) }), late], now, 'late'],
    ['not one whose own slot is then', [waiting('one', { start })], now, 'free'],
    ['not in a language that is spoken there no more', [waiting('one', { language: 'de' }), late], now, 'late'],
    ['the next, where the first sleeps', [{ ...early, ...night }, late], now, 'late'],
    [
      'nobody before the first wakes, where all sleep',
      [
        { ...early, ...night },
        { ...late, ...night },
      ],
      now,
      'wait',
    ],
    ['everyone, where no morning comes in time', [waiting('one', { reachableFrom: plus(start, -HOUR) })], now, 'free'],
    ['everyone, where tomorrow only a mail may go', [waiting('one', { reachableFrom: plus(now, DAY) })], now, 'free'],
    ['everyone, where there is no time for an offer', [early], plus(start, -89 * MINUTE), 'free'],
    ['the first, where there just is', [early], plus(start, -90 * MINUTE), 'early'],
  ] as const)('%s', (_, list, at, expected) => {
    const moved = list.map((each) => (at > now ? { ...each, reachableFrom: at } : each));
    const turn = whoIsOffered(freed, moved, at);
    expect(turn.kind === 'offer' ? turn.booking : turn.kind).toBe(expected);
  });

  it('for half an hour, or two where there is more than a day; never beyond the lead', () => {
    const until = (hours: number): unknown =>
      whoIsOffered({ ...freed, start: plus(now, hours * HOUR) }, [waiting('one', { start: plus(now, 9 * DAY) })], now);
    expect(until(6)).toMatchObject({ until: plus(now, OFFER_MINUTES * MINUTE) });
    expect(until(48)).toMatchObject({ until: plus(now, 2 * HOUR) });
    expect(hostOfferUntil(plus(now, 3 * DAY), 30, now)).toEqual(plus(now, DAY));
    expect(hostOfferUntil(plus(now, 2 * HOUR), 30, now)).toEqual(plus(now, 90 * MINUTE));
    expect(hostOfferUntil(plus(now, 50 * MINUTE), 30, now)).toBeUndefined();
  });
});

describe('a seat that is given up while somebody waits', () => {
  const one = booked('one', start);
  const unconfirmed = claim(free(start), given('one'), now).state;
  const late = plus(now, 15 * MINUTE);
  it.each([
    ['cancelled', cancel(one, 'one', '', now, 'kept'), now],
    ['left for another', leaveOld(one, 'one', now, 'kept'), now],
    ['never confirmed', expire(unconfirmed, 'one', late, 'kept'), late],
    ['of one who is erased', erase(one, 'contact-one', now, 'kept'), now],
  ] as const)('is kept by the same write, and asks at once whose turn it is: %s', (_, decision, at) => {
    const kept = ok<Slot | undefined>(decision);
    expect(kept?.claims).toEqual(one.claims);
    expect(kept?.offer).toEqual({ id: 'kept', booking: '', by: 'list', until: at, before: ['one'] });
    expect(typesOf(decision)).toContain('slot.offer-over');
    expect(typesOf(decision)).not.toContain('booking.freed');
    if (!kept) throw new Error('not kept');
    expect(join(kept, given('stranger'), now)).toMatchObject({ reason: 'full' });
    expect(ok(goOn(kept, 'kept', offering('two', plus(at, HOUR)), 'next', at))?.offer).toMatchObject({
      booking: 'two',
    });
    expect(ok(goOn(kept, 'kept', { kind: 'free' }, 'next', at))?.claims).toBeUndefined();
  });

  it('is kept beside an offer that stands, for the turn after that; each taken leads to the next', () => {
    const full = ok(join(ok(join(booked('two', start, 3), given('three'), now, true)), given('four'), now, true));
    const first = ok(cancel(full, 'two', '', now, 'kept'));
    const group = ok(goOn(first, 'kept', offering('one', plus(now, HOUR)), 'offer', now));
    if (!group) throw new Error('not kept');
    const second = cancel(group, 'three', '', now, 'beside');
    expect(typesOf(second)).not.toContain('booking.freed');
    expect(ok(second).offer).toMatchObject({ id: 'offer', booking: 'one', before: ['two', 'three'], more: 1 });
    expect(join(ok(second), given('stranger'), now)).toMatchObject({ reason: 'full' });
    // Declined, both seats go on; where nobody waits, both are free.
    const declined = ok(decline(ok(second), 'one', now));
    const next = ok(goOn(declined, 'offer', offering('five', plus(now, HOUR)), 'next', now));
    expect(next?.offer).toMatchObject({ id: 'next', booking: 'five', before: ['two', 'three', 'one'], more: 1 });
    const free = ok(goOn(declined, 'offer', { kind: 'free' }, 'next', now));
    expect(free && typesOf(join(free, given('stranger'), now))).toContain('booking.held');
    const taken = takeOffer(ok(second), booked('one', plus(start, DAY)), 'one', 2, 'after', now);
    expect(typesOf(taken)).toContain('slot.offer-over');
    expect(ok(taken).offer).toEqual({
      ...{ id: 'after', booking: '', by: 'list', until: now, before: ['two', 'three', 'one'] },
    });
    expect(join(ok(taken), given('stranger'), now)).toMatchObject({ reason: 'full' });
  });

  it('is free beside an offer of a host, and where nobody waits', () => {
    const group = ok(holdSeat(booked('two', start, 2), { ...list, by: 'host' }, offering('one')));
    expect(typesOf(leaveOld(group, 'two', now, 'kept'))).toEqual(['booking.freed']);
    expect(ok(leaveOld(group, 'two', now, 'kept'))?.offer?.id).toBe('offer');
    expect(ok(leaveOld(one, 'one', now))).toBeUndefined();
  });
});

describe('a slot that is offered', () => {
  it('is held: it has its claims, and no seat for anyone else', () => {
    expect(held().claims).toHaveLength(6);
    expect(join(held(), given('other'), now)).toMatchObject({ reason: 'full' });
    expect(typesOf(holdFree(free(start), list, offering('one')))).toEqual(['slot.offered', 'slot.offer-over']);
    expect(typesOf(holdFree(free(start), list, { kind: 'wait', until: plus(now, HOUR) }))).toEqual(['slot.offer-over']);
  });

  it('takes one seat of group hours, once', () => {
    const group = ok(holdSeat(booked('two', start, 2), list, offering('one')));
    expect(holdSeat(group, list, offering('one'))).toMatchObject({ reason: 'offered' });
    expect(join(group, given('other'), now)).toMatchObject({ reason: 'full' });
    expect(holdSeat(booked('two', start), list, offering('one'))).toMatchObject({ reason: 'full' });
    expect(move(group, 'two', time(plus(start, DAY)), now)).toMatchObject({ reason: 'shared' });
    // Whoever was there before may go; the offer stays.
    expect(ok(leaveOld(group, 'two', now))?.claims).toHaveLength(6);
    expect(ok(cancel(group, 'two', '', now)).claims).toHaveLength(6);
    expect(
      ok(takeOffer(ok(cancel(group, 'two', '', now)), booked('one', plus(start, DAY)), 'one', 2, 'after', now)).places,
    ).toEqual(['contact-one|2']);
  });

  it('is told when its mail goes out: the time to answer begins then, and who sleeps by then is not passed over', () => {
    const later = plus(now, 20 * MINUTE);
    const can = { leadMinutes: 60, isReachable: true };
    const told = tell(held(), 'offer', can, later);
    expect(ok(told).offer?.until).toEqual(plus(later, OFFER_MINUTES * MINUTE));
    expect(typesOf(told)).toEqual(['slot.offer-over']);
    const again = tell(ok(told), 'offer', can, plus(later, MINUTE));
    expect(ok(again)).toBe(ok(told));
    const asleep = ok(tell(held(), 'offer', { ...can, isReachable: false }, later));
    expect(asleep.offer).toMatchObject({ booking: '', until: later, before: [] });
    expect(asleep.claims).toEqual(held().claims);
    expect(ok(tell(held(), 'other', can, later))).toEqual(held());
  });

  it('is taken by the one it is for, who keeps the old slot until then and waits no more', () => {
    const old = ok(wish(booked('one', plus(start, DAY)), 'one', true, now));
    const taken = takeOffer(held(), old, 'one', 2, 'after', now);
    expect(typesOf(taken)).toEqual(expect.arrayContaining(['booking.joined', 'booking.changed']));
    expect(bookingOf(ok(taken), 'one')).toMatchObject({ status: 'confirmed', moves: 1, sequence: 1 });
    expect(bookingOf(ok(taken), 'one')?.earlierSince).toBeUndefined();
    expect(ok(taken).offer).toBeUndefined();
    expect(old.claims).toHaveLength(6);
    expect(typesOf(leaveOld(old, 'one', now))).toEqual(['booking.freed']);
  });

  it.each([
    ['another', 'two', now, 'gone'],
    ['too late', 'one', plus(now, 30 * MINUTE), 'gone'],
  ] as const)('is not taken: %s', (_, id, at, reason) => {
    expect(takeOffer(held(), booked(id, plus(start, DAY)), id, 2, 'after', at)).toEqual({ ok: false, reason });
  });

  it('goes on when it is declined or over, not before', () => {
    const declined = decline(held(), 'one', plus(now, MINUTE));
    expect(typesOf(declined)).toEqual(['slot.offer-over']);
    expect(typesOf(decline(ok(declined), 'one', plus(now, MINUTE)))).toEqual([]);
    expect(
      takeOffer(ok(declined), booked('one', plus(start, DAY)), 'one', 2, 'after', plus(now, MINUTE)),
    ).toMatchObject({
      reason: 'gone',
    });
    const next = ok(goOn(ok(declined), 'offer', offering('two', plus(now, HOUR)), 'second', plus(now, MINUTE)));
    expect(next?.offer).toMatchObject({ id: 'second', booking: 'two', before: ['one'] });
    const same = held();
    expect(ok(goOn(same, 'offer', { kind: 'free' }, 'second', plus(now, 29 * MINUTE)))).toBe(same);
    expect(ok(goOn(same, 'other', { kind: 'free' }, 'second', plus(now, HOUR)))).toBe(same);
    expect(ok(goOn(same, 'offer', { kind: 'free' }, 'second', plus(now, HOUR)))).toBeUndefined();
  });

  it('is wished for once, and no more with what is given up', () => {
    const wished = ok(wish(booked('one', start), 'one', true, now));
    expect(ok(wish(wished, 'one', true, plus(now, HOUR)))).toBe(wished);
    expect(bookingOf(ok(move(wished, 'one', time(plus(start, DAY)), now)), 'one')?.earlierSince).toEqual(now);
    expect(bookingOf(ok(wish(wished, 'one', false, now)), 'one')).not.toHaveProperty('earlierSince');
    expect(bookingOf(ok(cancel(wished, 'one', '', now)), 'one')).not.toHaveProperty('earlierSince');
    const unconfirmed = claim(free(start), given('one'), now).state;
    expect(wish(unconfirmed, 'one', true, now)).toMatchObject({ reason: 'not-confirmed' });
    expect(wish(wished, 'one', true, start)).toMatchObject({ reason: 'over' });
  });
});

/**
 * A day of slots with one host, kept as the store keeps them: a claim stands once, what a change frees is offered, and what
 * ends goes on. People wait, sleep, take, decline, or say nothing.
 */
class Day {
  readonly slots = new Map<string, Slot>();
  readonly offered: { readonly start: number; readonly booking: string }[] = [];
  private at = now;
  private next = 0;

  constructor(
    count: number,
    private readonly sleepers: ReadonlySet<string>,
  ) {
    for (let index = 0; index < count; index++) {
      const id = `b${String(index)}`;
      const slot = booked(id, this.startOf(index));
      this.put(index > 0 ? ok(wish(slot, id, true, plus(now, ((index * 7) % count) * MINUTE))) : slot);
    }
  }

  startOf(index: number): Date {
    return plus(now, 4 * HOUR + index * 30 * MINUTE);
  }

  give(id: string): void {
    const slot = this.of(id);
    if (!slot) return;
    const left = ok(cancel(slot, id, '', this.at, this.keep()));
    this.put(left);
    if (left.offer?.until === this.at) this.goOn(left);
  }

  answer(isTaken: boolean): void {
    const slot = [...this.slots.values()].find(({ offer }) => (offer?.booking ?? '') !== '');
    const booking = slot?.offer?.booking ?? '';
    const old = this.of(booking);
    if (!slot || !old) return;
    if (!isTaken) {
      this.goOn(ok(decline(slot, booking, this.at)));
      return;
    }
    const taken = takeOffer(slot, old, booking, 2, 'after', this.at);
    if (!taken.ok) return;
    this.put(taken.state);
    const left = ok(leaveOld(old, booking, this.at, this.keep()));
    if (!left) throw new Error('given up to nobody');
    this.put(left);
    this.goOn(left);
  }

  pass(minutes: number): void {
    this.at = plus(this.at, minutes * MINUTE);
    for (const slot of this.slots.values()) if (slot.offer && slot.offer.until <= this.at) this.goOn(slot);
  }

  holders(): readonly string[] {
    return [...this.slots.values()].flatMap(({ bookings }) => bookings.filter(isLive).map(({ id }) => id));
  }

  private of(id: string): Slot | undefined {
    return [...this.slots.values()].find(({ bookings }) => bookings.some((each) => each.id === id && isLive(each)));
  }

  private put(slot: Slot): void {
    const claims = [...this.slots.values()].flatMap((other) => (other.id === slot.id ? [] : (other.claims ?? [])));
    if (slot.claims?.some((each) => claims.includes(each)) === true) throw new Error('held twice');
    this.slots.set(slot.id, slot);
  }

  private turn(at: Date, before: readonly string[]): Turn {
    const having = [...this.slots.values()].flatMap(({ offer }) => offer?.booking ?? []);
    const list = [...this.slots.values()].flatMap((slot) =>
      slot.bookings
        .filter((each) => isLive(each) && each.earlierSince && !before.includes(each.id) && !having.includes(each.id))
        .map((each) => ({
          ...{ booking: each.id, start: slot.start, since: each.earlierSince ?? now, language: 'fr' },
          reachableFrom: this.sleepers.has(each.id) ? plus(now, 90 * MINUTE) : now,
        })),
    );
    const turn = whoIsOffered({ ...freed, start: at }, list, this.at);
    if (turn.kind !== 'offer') return turn;
    this.offered.push({ start: at.getTime(), booking: turn.booking });
    // Nobody awake who waits for this slot asked before.
    const chosen = list.find(({ booking }) => booking === turn.booking);
    for (const { booking, since, start: own, reachableFrom } of list) {
      if (own > at && reachableFrom <= this.at && chosen && since < chosen.since)
        throw new Error(`${booking} asked before`);
    }
    return turn;
  }

  private keep(): string {
    return `o${String(this.next++)}`;
  }

  private goOn(slot: Slot): void {
    const { offer } = slot;
    if (!offer) return;
    const turn = this.turn(slot.start, passed(offer));
    const next = ok(goOn(slot, offer.id, turn, `o${String(this.next++)}`, this.at));
    if (next) this.put(next);
    else this.slots.delete(slot.id);
  }
}

const act = fc.oneof(
  fc.record({ kind: fc.constant('give' as const), who: fc.nat(9) }),
  fc.record({ kind: fc.constant('answer' as const), taken: fc.boolean() }),
  fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 60 }) }),
);

describe('whatever happens', () => {
  it('a slot has one holder, is offered in order to one at a time and once to each, and nobody loses theirs', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.uniqueArray(fc.nat(9)), (acts, sleepers) => {
        const day = new Day(10, new Set(sleepers.map((index) => `b${String(index)}`)));
        const given = new Set<string>();
        for (const each of acts) {
          if (each.kind === 'give') {
            given.add(`b${String(each.who)}`);
            day.give(`b${String(each.who)}`);
          } else if (each.kind === 'answer') day.answer(each.taken);
          else day.pass(each.minutes);
          expect(day.holders().toSorted()).toEqual(
            Array.from({ length: 10 }, (_, index) => `b${String(index)}`).filter((id) => !given.has(id)),
          );
        }
        // Nobody is asked twice about one freed slot without somebody having had it in between.
        for (const slot of day.slots.values()) {
          const { offer } = slot;
          if (offer) expect(new Set(passed(offer)).size).toBe(passed(offer).length);
        }
      }),
    );
  });
});

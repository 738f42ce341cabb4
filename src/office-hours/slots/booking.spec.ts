import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE, plus } from '../../../libs/time/clock.js';
import { HELD_MINUTES } from '../../deliveries/delivery.js';
import { isOffered, mayBook, openToAllFrom, type OfficeHours } from '../hours/office-hours.js';
import { arrive, leaveOld, move, takeOver } from './booking-moves.js';
import {
  cancel,
  claim,
  confirm,
  erase,
  expire,
  forget,
  freeNumber,
  join,
  release,
  remove,
  type NewBooking,
} from './booking.js';
import { freeTimes, nearest } from './free-times.js';
import { bookingOf, type Slot, type SlotTime } from './slot.js';

const now = new Date('2027-01-11T09:00:00Z');
const start = new Date('2027-01-12T17:00:00Z');

const at = (from: Date, more: Partial<SlotTime> = {}): SlotTime => ({
  host: 'ada',
  start: from,
  end: plus(from, 20 * MINUTE),
  until: plus(from, 30 * MINUTE),
  ...more,
});
const free = (time = at(start), seats = 1) => ({
  ...time,
  id: 'slot',
  officeHours: 'hours',
  seats,
  room: new Uint8Array(),
});
const given = (id: string, more: Partial<NewBooking> = {}): NewBooking => ({
  ...{ id, contact: `contact-${id}`, language: 'fr', topic: 'pilots', region: 'copargo', country: 'BJ' },
  ...{ note: new Uint8Array([1]), place: 1, ...more },
});

const ok = <Value>(decision: { ok: true; state: Value } | { ok: false; reason: string }): Value => {
  if (!decision.ok) throw new Error(decision.reason);
  return decision.state;
};
const typesOf = (decision: { ok: true; events: readonly { type: string }[] } | { ok: false; reason: string }) =>
  decision.ok ? decision.events.map(({ type }) => type) : decision.reason;

const held = (time = at(start), seats = 1): Slot => claim(free(time, seats), given('one'), now).state;
const booked = (seats = 1): Slot => ok(confirm(held(at(start), seats), 'one', now));
const shared = (): Slot => ok(confirm(ok(join(booked(3), given('two'), now)), 'two', now));

describe('a claim', () => {
  it('takes every five minutes of slot and buffer, and a place of its contact', () => {
    const cell = start.getTime() / (5 * MINUTE);
    expect(held().claims).toEqual([0, 1, 2, 3, 4, 5].map((each) => `ada|${String(cell + each)}`));
    expect(held().places).toEqual(['contact-one|1']);
    expect(held(at(start, { ofDay: 'hours|ada|2027-01-12|1' })).claims).toContain('hours|ada|2027-01-12|1');
  });

  it('is held until its time to be confirmed', () => {
    const made = claim(free(), given('one'), now);
    expect(made.events.map(({ type }) => type)).toEqual(['booking.held', 'booking.unconfirmed']);
    expect(bookingOf(made.state, 'one')).toMatchObject({
      ...{ status: 'held', heldUntil: plus(now, HELD_MINUTES * MINUTE) },
      ...{ revision: 0, sequence: 0, moves: 0 },
    });
  });

  it('of someone whose address is known beyond doubt is booked at once, and asks nothing', () => {
    const made = claim(free(), given('one'), now, true);
    expect(made.events.map(({ type }) => type)).not.toContain('booking.held');
    expect(bookingOf(made.state, 'one')).toMatchObject({ status: 'confirmed', revision: 1 });
  });

  it('is joined as long as there are seats, by each contact once', () => {
    expect(join(held(), given('two'), now)).toMatchObject({ reason: 'full' });
    expect(join(booked(3), given('again', { contact: 'contact-one' }), now)).toMatchObject({ reason: 'in-already' });
    expect(join(booked(3), given('two'), plus(start, MINUTE))).toMatchObject({ reason: 'over' });
    expect(ok(join(booked(3), given('two'), now)).places).toEqual(['contact-one|1', 'contact-two|1']);
    const full = ok(join(ok(join(booked(3), given('two'), now)), given('three'), now));
    expect(join(full, given('four'), now)).toMatchObject({ reason: 'full' });
  });

  it.each([
    ['the first', [], 1],
    ['the lowest that is free', [1, 3], 2],
    ['one above three, so that a third booking can move', [1, 2, 3], 4],
    ['none beyond that', [1, 2, 3, 4], undefined],
  ] as const)('has a number of its contact: %s', (_, used, number) => {
    expect(freeNumber(used)).toBe(number);
  });

  it('that everyone gave up is not joined: another may have its time', () => {
    expect(join(ok(cancel(booked(3), 'one', '', now)), given('two'), now)).toMatchObject({ reason: 'full' });
  });
});

describe('confirming', () => {
  it('books, once', () => {
    expect(typesOf(confirm(held(), 'one', now))).toEqual([
      'booking.confirmed',
      'booking.reminder-due',
      'booking.reminder-due',
      'booking.over',
      'booking.forgotten',
    ]);
    const again = confirm(booked(), 'one', now);
    expect(again).toMatchObject({ ok: true, events: [] });
  });

  it.each([
    ['too late', held(), plus(now, HELD_MINUTES * MINUTE), 'expired'],
    ['what was let go', ok(expire(held(), 'one', plus(now, HOUR))), plus(now, HOUR), 'expired'],
    ['what was cancelled', ok(cancel(booked(), 'one', '', now)), now, 'cancelled'],
    ['another', held(), now, 'unknown'],
  ] as const)('refuses %s', (_, slot, when, reason) => {
    expect(confirm(slot, reason === 'unknown' ? 'other' : 'one', when)).toEqual({ ok: false, reason });
  });

  it('does not remind of what is past already', () => {
    const soon = held(at(plus(now, 30 * MINUTE)));
    expect(typesOf(confirm(soon, 'one', now))).not.toContain('booking.reminder-due');
  });

  it('after a move leaves the booking where it went', () => {
    const moved = ok(move(booked(), 'one', at(plus(start, HOUR)), now));
    expect(ok(confirm(moved, 'one', now))).toBe(moved);
  });
});

describe('what is given up', () => {
  it('frees the slot when nobody confirmed, and keeps no note', () => {
    const later = plus(now, HELD_MINUTES * MINUTE);
    expect(ok(expire(held(), 'one', plus(later, -1)))).toMatchObject({ claims: expect.any(Array) });
    const gone = ok(expire(held(), 'one', later));
    expect([gone.claims, gone.places, bookingOf(gone, 'one')?.note]).toEqual([undefined, undefined, null]);
    expect(ok(expire(booked(), 'one', later)).claims).toHaveLength(6);
  });

  it('is cancelled once, by SEQUENCE + 1, and frees the slot with its last', () => {
    const gone = cancel(booked(), 'one', 'ill', now);
    expect(typesOf(gone)).toEqual(['booking.cancelled', 'booking.freed']);
    expect(bookingOf(ok(gone), 'one')).toMatchObject({ sequence: 1, revision: 2, cancelReason: 'ill', note: null });
    expect(ok(gone).claims).toBeUndefined();
    expect(typesOf(cancel(ok(gone), 'one', '', now))).toEqual([]);
    expect(ok(cancel(shared(), 'one', '', now)).claims).toHaveLength(6);
    expect(cancel(booked(), 'one', '', plus(start, HOUR))).toMatchObject({ reason: 'over' });
  });

  it('is deleted by its visitor after it, not before', () => {
    expect(remove(booked(), 'one', now)).toMatchObject({ reason: 'to-come' });
    expect(remove(booked(), 'one', plus(booked().end, -1))).toMatchObject({ reason: 'to-come' });
    expect(remove(booked(), 'one', booked().end)).toMatchObject({ state: undefined });
    expect(ok(remove(ok(cancel(shared(), 'one', '', now)), 'one', now))?.bookings).toHaveLength(1);
  });

  it('is forgotten by the timer of its last time alone', () => {
    const moved = ok(move(booked(), 'one', at(plus(start, HOUR)), now));
    expect(ok(forget(moved, 'one', 0))).toBe(moved);
    expect(ok(forget(moved, 'one', 1))).toBeUndefined();
  });

  it('keeps nobody from anything after its end, nor does it come to life again', () => {
    const over = plus(start, HOUR);
    expect(ok(release(booked(), 'one', 0, now)).claims).toHaveLength(6);
    const released = ok(release(shared(), 'one', 0, over));
    expect([released.claims, released.places]).toEqual([undefined, undefined]);
    expect(ok(release(released, 'one', 0, over))).toBe(released);
    expect(erase(released, 'contact-one', over).state.claims).toBeUndefined();
  });

  it('knows nothing of an erased visitor, and tells the host', () => {
    const erased = erase(shared(), 'contact-one', now);
    expect(erased.events.map(({ type }) => type)).toEqual(['booking.cancelled', 'booking.freed']);
    expect(bookingOf(erased.state, 'one')).toMatchObject({ contact: '', note: null, status: 'cancelled' });
    expect(JSON.stringify(erased.state)).not.toContain('contact-one');
    expect(erased.state.places).toEqual(['contact-two|1']);
  });
});

describe('moving', () => {
  it('of the only booking is one change of its claims', () => {
    const to = at(plus(start, HOUR), { host: 'bea' });
    const moved = move(booked(), 'one', to, now);
    expect(typesOf(moved)).toContain('booking.changed');
    expect(ok(moved)).toMatchObject({ host: 'bea', start: to.start });
    expect(ok(moved).claims?.every((claimed) => claimed.startsWith('bea|'))).toBe(true);
    expect(bookingOf(ok(moved), 'one')).toMatchObject({ sequence: 1, moves: 1, revision: 2 });
  });

  it.each([
    ['what is not confirmed', held(), at(plus(start, HOUR)), 'not-confirmed'],
    ['to the same time', booked(), at(start), 'same-time'],
    ['into the past', booked(), at(plus(now, -HOUR)), 'over'],
    ['to what begins now', booked(), at(now), 'over'],
    ['others along', shared(), at(plus(start, HOUR)), 'shared'],
  ] as const)('does not take %s', (_, slot, to, reason) => {
    expect(move(slot, 'one', to, now)).toEqual({ ok: false, reason });
  });

  it('among group hours has the new place before the old one is left', () => {
    const other = { ...claim(free(at(plus(start, HOUR)), 3), given('host-of-it'), now).state, id: 'other' };
    const there = arrive(other, shared(), 'one', 2, now);
    expect(typesOf(there)).toContain('booking.joined');
    expect(ok(there).places).toEqual(['contact-host-of-it|1', 'contact-one|2']);
    const left = ok(leaveOld(shared(), 'one', now));
    expect(left?.places).toEqual(['contact-two|1']);
    expect(left && ok(leaveOld(left, 'one', now))).toBe(left);
  });

  it('comes too late as soon as it is over', () => {
    const { end } = booked();
    const to = at(plus(start, DAY));
    expect(move(booked(), 'one', to, end)).toEqual({ ok: false, reason: 'over' });
    expect(move(booked(), 'one', to, plus(end, -1)).ok).toBe(true);
    const other = { ...claim(free(to, 3), given('host-of-it'), now).state, id: 'other' };
    expect(arrive(other, booked(), 'one', 2, end)).toEqual({ ok: false, reason: 'over' });
  });

  it('does not leave behind what was given up there meanwhile', () => {
    const cancelled = ok(cancel(shared(), 'one', '', now));
    expect(leaveOld(cancelled, 'one', now)).toEqual({ ok: false, reason: 'given-up' });
  });

  it('a cancelled neighbour keeps its time', () => {
    const alone = ok(cancel(shared(), 'two', '', now));
    expect(bookingOf(ok(move(alone, 'one', at(plus(start, DAY)), now)), 'two')?.was).toMatchObject({ start });
  });
});

describe('taking over', () => {
  it('tells everyone of a slot once and changes no time', () => {
    const taken = takeOver(shared(), { host: 'bea' }, now);
    expect(typesOf(taken)).toEqual(['booking.changed', 'booking.changed']);
    expect(bookingOf(ok(taken), 'one')).toMatchObject({ moves: 0, sequence: 0, revision: 2 });
    expect(takeOver(shared(), { host: 'ada' }, now)).toMatchObject({ reason: 'same-host' });
    expect(takeOver(shared(), { host: 'bea' }, start)).toMatchObject({ reason: 'over' });
    expect(takeOver(ok(cancel(booked(), 'one', '', now)), { host: 'bea' }, now)).toMatchObject({ reason: 'nobody' });
  });
});

const hours: OfficeHours = {
  ...{ id: 'hours', title: 'Pilots', description: '', timeZone: 'Europe/Berlin', everyWeeks: 1, from: '2027-01-01' },
  week: Array.from({ length: 7 }, () => [{ from: 9 * 60, to: 12 * 60 }]),
  ...{ until: null, exceptions: [], slotMinutes: 20, bufferMinutes: 10, leadMinutes: 60, horizonDays: 14, seats: 1 },
  ...{ languages: ['fr'], maxPerDay: null, topics: [], hosts: ['ada', 'bea'], firstRegions: [], firstUntil: null },
  room: new Uint8Array(),
};
const window = { from: now.getTime(), to: plus(now, 3 * DAY).getTime() };

describe('who may book', () => {
  const first: OfficeHours = { ...hours, firstRegions: ['copargo'], firstUntil: '2027-01-12' };
  it('is everyone, or some regions first', () => {
    expect(mayBook(hours, null, now)).toBe(true);
    expect([mayBook(first, 'copargo', now), mayBook(first, 'alfter', now), mayBook(first, null, now)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(openToAllFrom(first)).toEqual(new Date('2027-01-12T23:00:00Z'));
    expect(mayBook(first, null, new Date('2027-01-12T23:00:00Z'))).toBe(true);
  });

  it('nobody after the last day', () => {
    expect(isOffered({ ...hours, until: '2027-01-11' }, now)).toBe(true);
    expect(isOffered({ ...hours, until: '2027-01-10' }, now)).toBe(false);
  });
});

describe('free times', () => {
  it('are those of any host, nearest first where one was taken', () => {
    const all = freeTimes(hours, window, [], now);
    expect(all[0]).toMatchObject({ start: new Date('2027-01-11T10:00:00Z').getTime(), hosts: ['ada', 'bea'] });
    const wanted = all[3]?.start ?? 0;
    expect(nearest(all, wanted, 3).map((slot) => all.indexOf(slot))).toEqual([2, 3, 4]);
  });

  it('are not those of a host who leads a meeting then', () => {
    const [first, second] = freeTimes(hours, window, [], now);
    const meeting = { from: (first?.start ?? 0) + 5 * MINUTE, to: (first?.start ?? 0) + 25 * MINUTE };
    const left = freeTimes(hours, window, [], now, { busy: new Map([['ada', [meeting]]]) });
    expect(left[0]).toEqual({ ...first, hosts: ['bea'] });
    expect(left[1]).toEqual(second);
    const alone = freeTimes(hours, window, [], now, { hosts: ['ada'], busy: new Map([['ada', [meeting]]]) });
    expect(alone[0]?.start).toBe(second?.start);
  });

  it('are none without hosts, nor beyond horizon and lead time', () => {
    expect(freeTimes(hours, window, [], now, { hosts: [] })).toEqual([]);
    const far = { from: plus(now, 20 * DAY).getTime(), to: plus(now, 30 * DAY).getTime() };
    expect(freeTimes(hours, far, [], now)).toEqual([]);
  });

  /** Bookings come, move and go in any order; claims alone decide, as the unique index does. */
  it('never overlap for a host, with buffers, and are just those that can be booked', () => {
    const zones = ['Europe/Berlin', 'Africa/Porto-Novo', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe'];
    const steps = fc.array(fc.tuple(fc.nat(200), fc.constantFrom('book', 'move', 'cancel'), fc.nat(2)), {
      maxLength: 40,
    });
    const grids = fc.array(
      fc.tuple(
        fc.constantFrom(...zones),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 20 }),
        fc.constantFrom(1, 2),
      ),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(
        grids,
        steps,
        fc.constantFrom(now, new Date('2027-03-27T09:00:00Z'), new Date('2027-10-30T09:00:00Z')),
        (made, all, from) => {
          const sets = made.map(([timeZone, slot, buffer, begin, seats], index): OfficeHours => ({
            ...hours,
            ...{ id: `hours-${String(index)}`, timeZone, slotMinutes: slot * 5, bufferMinutes: buffer * 5, seats },
            week: Array.from({ length: 7 }, () => [{ from: begin * 60, to: begin * 60 + 200 }]),
          }));
          const reach = { from: from.getTime(), to: plus(from, 3 * DAY).getTime() };
          const slots = new Map<string, Slot>();
          const save = (slot: Slot): boolean => {
            const others = [...slots.values()].filter(({ id }) => id !== slot.id).flatMap(({ claims = [] }) => claims);
            if (slot.claims?.some((each) => others.includes(each)) === true) return false;
            slots.set(slot.id, slot);
            return true;
          };
          all.forEach(([pick, what, which], step) => {
            const set = sets[which % sets.length] ?? hours;
            const offered = freeTimes(set, reach, [...slots.values()], from);
            const slot = offered[pick % Math.max(1, offered.length)];
            const mine = [...slots.values()].filter(({ claims }) => claims !== undefined);
            const victim = mine[pick % Math.max(1, mine.length)];
            if (what === 'cancel' && victim) {
              save(
                ok(cancel(victim, victim.bookings.find(({ status }) => status === 'confirmed')?.id ?? '', '', from)),
              );
              return;
            }
            if (!slot) return;
            const begin = new Date(slot.start);
            const end = plus(begin, set.slotMinutes * MINUTE);
            const time = { host: slot.hosts[0] ?? '', start: begin, end, until: plus(end, set.bufferMinutes * MINUTE) };
            const id = `b${String(step)}`;
            if (what === 'move' && victim?.seats === 1 && set.seats === 1) {
              const before = victim.claims;
              const moved = move(victim, victim.bookings[0]?.id ?? '', time, from);
              if (moved.ok) expect(save(moved.state)).toBe(true);
              else expect([moved.reason, slots.get(victim.id)?.claims]).toEqual(['same-time', before]);
              return;
            }
            const there = mine.find(
              (each) => each.host === time.host && each.officeHours === set.id && each.start.getTime() === slot.start,
            );
            const taken = there
              ? ok(join(there, given(id), from))
              : claim({ ...free(time, set.seats), id, officeHours: set.id }, given(id), from).state;
            // Every shown slot can be booked.
            expect(save(ok(confirm(taken, id, from)))).toBe(true);
          });
          const live = [...slots.values()].filter(({ claims }) => claims !== undefined);
          for (const a of live) {
            expect(a.bookings.filter(({ status }) => status === 'confirmed').length).toBeLessThanOrEqual(a.seats);
            for (const b of live) {
              if (a.id !== b.id && a.host === b.host) expect(a.until <= b.start || b.until <= a.start).toBe(true);
            }
          }
          // Every bookable slot is shown: what an empty calendar offers and no claim meets is among the free ones.
          for (const set of sets) {
            const shown = new Set(freeTimes(set, reach, live, from).map((slot) => slot.start));
            for (const { start: each } of freeTimes(set, reach, [], from)) {
              const begin = new Date(each);
              const length = (set.slotMinutes + set.bufferMinutes) * MINUTE;
              const anyFree = set.hosts.some((host) => {
                const claims = claim(
                  free({ host, start: begin, end: begin, until: plus(begin, length) }),
                  given('x'),
                  from,
                );
                return !live.some((other) => other.claims?.some((key) => claims.state.claims?.includes(key) === true));
              });
              if (anyFree) expect(shown.has(each)).toBe(true);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE, plus } from '../../../libs/time/clock.js';
import { countedId } from '../../../test/support/ids.js';
import {
  add,
  isStale,
  mayBeUnchanged,
  readAgain,
  readBusy,
  replace,
  standingOf,
  take,
  windowOf,
  writeBusy,
  type HostCalendar,
  type Reading,
} from './host-calendar.js';

const now = new Date('2027-01-11T09:00:00Z');
const source = new Uint8Array([1]);
const fresh = (): HostCalendar =>
  add({ id: countedId(1), contact: countedId(2), source, timeZone: 'Europe/Berlin' }, now).state;

const READ: Reading = { kind: 'read', busy: new Uint8Array([2]), source: new Uint8Array([3]) };
const FAILED: Reading = { kind: 'failed', trouble: 'not-found' };

/** One reading after another, each when it is due; with the minutes between them. */
function readings(calendar: HostCalendar, ...brought: readonly Reading[]) {
  const waits: number[] = [];
  let at = now;
  let state = calendar;
  for (const each of brought) {
    const taken = take(state, state.reading, each, at);
    const dueAt = taken.events.find((event) => event.type === 'host-calendar.read-due')?.dueAt ?? at;
    waits.push((dueAt.getTime() - at.getTime()) / MINUTE);
    [state, at] = [taken.state, dueAt];
  }
  return { state, waits, at };
}

describe('a calendar', () => {
  it('is read at once when its address is given, and when it is another', () => {
    const added = add({ id: countedId(1), contact: countedId(2), source, timeZone: 'UTC' }, now);
    expect(added.events).toEqual([{ type: 'host-calendar.read-due', data: { reading: 1 } }]);
    const { state } = readings(added.state, READ);
    const other = replace(state, { source: new Uint8Array([9]), timeZone: 'Asia/Kathmandu' }, plus(now, HOUR));
    expect(other.events).toEqual([{ type: 'host-calendar.read-due', data: { reading: state.reading + 1 } }]);
    // What was known holds until the other one is read.
    expect(other.state).toMatchObject({ busy: state.busy, readAt: null, trouble: null, timeZone: 'Asia/Kathmandu' });
    expect(standingOf(other.state)).toBe('waiting');
  });

  it('is read every quarter of an hour, give or take two minutes', () => {
    const { waits } = readings(fresh(), ...Array.from({ length: 50 }, () => READ));
    for (const wait of waits) expect(Math.abs(wait - 15)).toBeLessThanOrEqual(2);
    expect(new Set(waits).size).toBeGreaterThan(20);
  });

  it('that fails is tried ever more seldom, and as before once it can be read again', () => {
    const { waits } = readings(fresh(), ...Array.from({ length: 8 }, () => FAILED), READ);
    expect(waits.map((wait) => Math.round(wait / 15))).toEqual([1, 2, 4, 8, 16, 16, 16, 16, 1]);
  });

  it('has one timer: what was not asked for any more changes nothing', () => {
    const first = fresh();
    const again = readAgain(first);
    expect(take(again.state, first.reading, READ, now)).toEqual({ ok: true, state: again.state, events: [] });
    const taken = take(again.state, again.state.reading, READ, now);
    expect(taken.events).toHaveLength(1);
    expect(take(taken.state, again.state.reading, FAILED, now).events).toEqual([]);
  });

  it('keeps what is known while it cannot be read', () => {
    const { state } = readings(fresh(), READ, FAILED, FAILED);
    expect(state.busy).toEqual(new Uint8Array([2]));
    expect(state.readAt).toEqual(now);
    expect(state.trouble).toMatchObject({ kind: 'not-found', times: 2 });
    expect(standingOf(state)).toBe('failing');
    expect(standingOf(readings(state, { kind: 'unchanged' }).state)).toBe('read');
  });

  it('that fails for a day is told to its host, once until it can be read again', () => {
    const told = (calendar: HostCalendar, reading: Reading, hours: number) => {
      const { state, events } = take(calendar, calendar.reading, reading, plus(now, hours * HOUR));
      return { state, data: events.filter(({ type }) => type === 'host-calendar.fails').map(({ data }) => data) };
    };
    const first = told(fresh(), FAILED, 0);
    const nearly = told(first.state, FAILED, 23);
    const after = told(nearly.state, FAILED, 24);
    expect([first.data, nearly.data, after.data]).toEqual([[], [], [{ since: now }]]);
    const other = told(readAgain(after.state).state, { kind: 'failed', trouble: 'server-trouble' }, 30);
    expect(other.data).toEqual([]);
    const read = told(other.state, READ, 31);
    const again = told(read.state, FAILED, 32);
    expect([read.data, again.data]).toEqual([[], []]);
    expect(told(again.state, FAILED, 57).data).toEqual([{ since: plus(now, 32 * HOUR) }]);
  });

  it('of which nothing was ever known says so', () => {
    expect(standingOf(fresh())).toBe('waiting');
    expect(standingOf(readings(fresh(), FAILED).state)).toBe('unknown');
  });

  it.each([
    ['just given', fresh(), 23 * HOUR, false],
    ['never read', fresh(), 25 * HOUR, true],
    ['read a day ago', readings(fresh(), READ).state, 24 * HOUR, false],
    ['read longer ago', readings(fresh(), READ, FAILED).state, 25 * HOUR, true],
  ])('that was %s is stale or not', (_, calendar, later, expected) => {
    expect(isStale(calendar, plus(now, later))).toBe(expected);
  });

  it('is read as a whole once a week, so that what repeats goes on', () => {
    expect(mayBeUnchanged(fresh(), now)).toBe(false);
    const { state } = readings(fresh(), READ, { kind: 'unchanged' });
    expect(mayBeUnchanged(state, plus(now, 6 * DAY))).toBe(true);
    expect(mayBeUnchanged(state, plus(now, 7 * DAY))).toBe(false);
    // From then on the furthest horizon is still within what is known.
    expect(windowOf(now).to).toBeGreaterThan(plus(now, (7 + 180 + 1) * DAY).getTime());
  });
});

describe('busy times as they are kept', () => {
  it('read back as they were written', () => {
    const minutes = fc.integer({ min: 1, max: 200 * 365 * 24 * 60 });
    fc.assert(
      fc.property(fc.array(fc.tuple(minutes, minutes)), (pairs) => {
        const intervals = pairs.map(([a, b]) => ({ from: a * MINUTE, to: (a + b) * MINUTE }));
        expect(readBusy(writeBusy(intervals))).toEqual(intervals);
      }),
    );
  });

  it('do not tell by their length how many there are', () => {
    const some = (count: number) =>
      writeBusy(Array.from({ length: count }, (_, index) => ({ from: index * HOUR, to: index * HOUR + MINUTE })))
        .length;
    expect([some(0), some(1), some(63), some(64)]).toEqual([512, 512, 512, 1_024]);
  });
});

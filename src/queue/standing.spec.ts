import { describe, expect, it } from '@jest/globals';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { actsOf, begin, callNext, close, endTalk, join, runLate, take, type Queue } from './queue.js';
import {
  engagementAt,
  firstChoiceUntil,
  hasFirstChoice,
  hostsOnDuty,
  isHostAway,
  lateUntil,
  likelyWait,
  medianMinutes,
  standingOf,
  waitingIn,
  type Engaged,
} from './standing.js';

const OPENS = new Date('2027-01-11T16:00:00Z');
const at = (minutes: number): Date => plus(OPENS, minutes * MINUTE);
const ROOM = new Uint8Array([1]);
const NOBODY: Engaged = new Map();

const queueOf = (...ids: readonly string[]): Queue => {
  const { state } = begin({
    id: 'q',
    officeHours: 'h',
    day: '2027-01-11',
    slotMinutes: 20,
    opens: OPENS,
    closes: at(120),
  });
  return ids.reduce((queue, id) => {
    const taken = take(queue, { id, language: 'fr', topic: null, region: null, country: null }, at(0));
    return taken.ok ? taken.state : queue;
  }, state);
};
const called = (queue: Queue, host: string, now: Date): Queue => {
  const next = callNext(queue, host, actsOf(queue, host), ROOM, now);
  return next.ok ? next.state : queue;
};
const joined = (queue: Queue, id: string, now: Date): Queue => {
  const came = join(queue, id, now);
  return came.ok ? came.state : queue;
};
/** One host talks to one after another, so many minutes each. */
const talks = (lengths: readonly number[], queue: Queue): Queue => {
  let [now, state] = [0, queue];
  for (const [index, length] of lengths.entries()) {
    state = joined(called(state, 'h1', at(now)), `t${String(index)}`, at(now));
    now += length;
    const ended = endTalk(state, 'h1', actsOf(state, 'h1'), at(now));
    if (ended.ok) state = ended.state;
  }
  return state;
};
const kindOf = (queue: Queue, index: number, now: Date): string => {
  const ticket = queue.tickets[index];
  if (!ticket) throw new Error('no such ticket');
  const standing = standingOf(queue, ticket, now);
  return standing.kind === 'waiting' ? `${String(standing.before)} before` : standing.kind;
};

describe('where a ticket stands', () => {
  it('is a place, a call for three minutes, and then whatever time says, before any timer has run', () => {
    const queue = called(queueOf('a', 'b', 'c'), 'h1', at(1));
    expect([0, 1, 2].map((index) => kindOf(queue, index, at(2)))).toEqual(['called', '0 before', '1 before']);
    expect(kindOf(queue, 0, at(4))).toBe('missed');
    expect(kindOf(queue, 1, at(120))).toBe('closed');
    expect(kindOf(joined(queue, 'a', at(2)), 0, at(130))).toBe('talking');
  });

  it('after closing time leads to the slots first, for a quarter of an hour', () => {
    for (const queue of [queueOf('a'), close(queueOf('a'), at(120)).state]) {
      expect(firstChoiceUntil(queue, at(119))).toBeUndefined();
      expect(firstChoiceUntil(queue, at(120))).toEqual(at(135));
      expect(queue.tickets.map((ticket) => hasFirstChoice(queue, ticket, at(134)))).toEqual([true]);
      expect(firstChoiceUntil(queue, at(135))).toBeUndefined();
      expect(queue.tickets.map((ticket) => hasFirstChoice(queue, ticket, at(135)))).toEqual([false]);
    }
    const served = talks([10], queueOf('t0'));
    expect(firstChoiceUntil(served, at(121))).toBeUndefined();
  });
});

describe('the likely wait', () => {
  it.each([
    [[], 20],
    [[5, 7], 20],
    [[5, 9, 7], 7],
    [[4, 8, 10, 30], 9],
    [[0, 0, 0], 1],
  ])('after talks of %j minutes counts %d for each', (lengths, expected) => {
    const names = lengths.map((_, index) => `t${String(index)}`);
    expect(medianMinutes(talks(lengths, queueOf(...names)))).toBe(expected);
  });

  it('counts on one host before anyone has called', () => {
    const queue = queueOf('a', 'b', 'c');
    expect([0, 1, 2].map((before) => likelyWait(queue, before, at(0), NOBODY))).toEqual([0, 20, 40]);
  });

  it('shares those in front among hosts, and knows how long a talk has gone on', () => {
    let queue = joined(called(queueOf('a', 'b', 'c', 'd', 'e'), 'h1', at(0)), 'a', at(0));
    queue = joined(called(queue, 'h2', at(10)), 'b', at(10));
    expect(hostsOnDuty(queue, at(12))).toEqual(['h1', 'h2']);
    expect([0, 1, 2].map((before) => likelyWait(queue, before, at(12), NOBODY))).toEqual([8, 18, 28]);
    // Longer than most: it may end at any moment.
    expect(likelyWait(queue, 0, at(25), NOBODY)).toBe(0);
  });

  it('moves when a host is late, and around talks that were booked', () => {
    const late = runLate(queueOf('a', 'b'), 'h1', 15, at(0)).state;
    expect([0, 1].map((before) => likelyWait(late, before, at(5), NOBODY))).toEqual([10, 30]);
    expect(lateUntil(late, at(5))).toEqual(at(15));
    expect(lateUntil(late, at(15))).toBeUndefined();
    const engaged = new Map([['h1', [{ from: at(12).getTime(), to: at(40).getTime() }]]]);
    expect(likelyWait(late, 0, at(5), engaged)).toBe(35);
    expect(engagementAt(engaged, 'h1', at(8))).toBeUndefined();
    expect(engagementAt(engaged, 'h1', at(9))).toBeDefined();
    expect(engagementAt(engaged, 'h1', at(40))).toBeUndefined();
    expect(engagementAt(engaged, 'h2', at(20))).toBeUndefined();
  });

  it('does not count on a host who has done nothing for an hour', () => {
    const queue = runLate(runLate(queueOf('a', 'b'), 'h1', 0, at(0)).state, 'h2', 0, at(30)).state;
    expect(hostsOnDuty(queue, at(59))).toEqual(['h1', 'h2']);
    expect(hostsOnDuty(queue, at(60))).toEqual(['h2']);
    const talking = joined(called(queue, 'h1', at(1)), 'a', at(2));
    expect(hostsOnDuty(talking, at(100))).toEqual(['h1']);
  });
});

describe('a host', () => {
  it('is on the way when somebody waits and nothing has happened for ten minutes', () => {
    const queue = queueOf('a', 'b');
    expect([isHostAway(queue, at(9), NOBODY), isHostAway(queue, at(10), NOBODY)]).toEqual([false, true]);
    expect(isHostAway(queueOf(), at(60), NOBODY)).toBe(false);
    expect(isHostAway(called(queue, 'h1', at(5)), at(30), NOBODY)).toBe(false);
    expect(isHostAway(queue, at(20), new Map([['h1', [{ from: at(15).getTime(), to: at(25).getTime() }]]]))).toBe(
      false,
    );
    expect(isHostAway(queue, at(121), NOBODY)).toBe(false);
    expect(waitingIn(queue, at(121))).toEqual([]);
  });
});

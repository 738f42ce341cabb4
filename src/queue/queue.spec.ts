import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse, type Decision } from '../../libs/rules/decision.js';
import { DAY, MINUTE, plus } from '../../libs/time/clock.js';
import type { QueueEvent } from './queue.events.js';
import {
  actsOf,
  begin,
  callEnds,
  callNext,
  close,
  endedOf,
  endTalk,
  find,
  forget,
  isLive,
  isOpen,
  join,
  leave,
  MOST_TICKETS,
  open,
  passOver,
  presentOf,
  runLate,
  take,
  type Opening,
  type Queue,
} from './queue.js';

const OPENS = new Date('2027-01-11T16:00:00Z');
const CLOSES = new Date('2027-01-11T18:00:00Z');
const at = (minutes: number): Date => plus(OPENS, minutes * MINUTE);
const OPENING: Opening = {
  id: 'q',
  officeHours: 'h',
  day: '2027-01-11',
  slotMinutes: 20,
  opens: OPENS,
  closes: CLOSES,
};
const ROOM = new Uint8Array([1, 2, 3]);
const always = (): boolean => true;

const ticket = (id: string) => ({ id, language: 'fr', topic: null, region: null, country: null });
const did = <Refusal extends string>(decision: Decision<Queue, QueueEvent, Refusal>): Queue => {
  if (!decision.ok) throw new Error(decision.reason);
  return decision.state;
};
const queueOf = (...ids: readonly string[]): Queue =>
  ids.reduce((queue, id) => did(take(queue, ticket(id), at(0))), begin(OPENING).state);
const calling = (queue: Queue, host: string, now: Date): Queue =>
  did(callNext(queue, host, actsOf(queue, host), ROOM, now));
const statuses = (queue: Queue): string => queue.tickets.map(({ id, status }) => `${id} ${status}`).join(', ');

describe('a queue', () => {
  it('begins with a timer for its end, and one after which nothing stays', () => {
    expect(begin(OPENING).events).toEqual([
      { type: 'queue.closed', dueAt: CLOSES },
      { type: 'queue.forgotten', dueAt: plus(CLOSES, DAY) },
    ]);
  });

  it('gives one ticket to a form that is sent twice, and another when that one is over', () => {
    const once = queueOf('a');
    expect(did(take(once, ticket('a'), at(1)))).toBe(once);
    expect(take(did(leave(once, 'a', ROOM, at(1))), ticket('a'), at(2))).toEqual(refuse('used'));
  });

  it.each([
    ['before it opens', -1, refuse('closed')],
    ['at its end', 120, refuse('closed')],
  ])('gives none %s', (_, minutes, refused) => {
    expect(take(queueOf(), ticket('a'), at(minutes))).toEqual(refused);
  });

  it('has an end; tickets that are over make room, and are still counted', () => {
    const ids = Array.from({ length: MOST_TICKETS }, (_, index) => `t${String(index)}`);
    const full = queueOf(...ids);
    expect(take(full, ticket('more'), at(1))).toEqual(refuse('full'));
    const room = did(take(did(leave(full, 't3', ROOM, at(1))), ticket('more'), at(1)));
    expect(room.tickets).toHaveLength(MOST_TICKETS);
    expect(find(room, 'more')?.number).toBe(MOST_TICKETS + 1);
    expect(endedOf(room)).toEqual({ served: 0, missed: 0, left: 1, closed: 0 });
  });

  it('ends for those who wait at closing time, and not before', () => {
    const queue = calling(queueOf('a', 'b'), 'h1', at(1));
    expect(close(queue, at(119)).state).toBe(queue);
    expect(statuses(close(queue, at(120)).state)).toBe('a called, b closed');
  });

  it('goes on with a longer range, and begins anew with the next', () => {
    const queue = queueOf('a');
    const longer = open(queue, { ...OPENING, closes: at(150) });
    expect([statuses(longer.state), longer.events[0]]).toEqual(['a waiting', { type: 'queue.closed', dueAt: at(150) }]);
    expect(close(longer.state, at(120)).state).toBe(longer.state);
    const next = open(queue, { ...OPENING, opens: at(180), closes: at(240) }).state;
    expect(statuses(next)).toBe('a closed');
    expect(statuses(open(queue, { ...OPENING, opens: at(120), closes: at(240) }).state)).toBe('a closed');
    expect(find(did(take(next, ticket('b'), at(181))), 'b')?.number).toBe(2);
  });

  it('is forgotten a day after its last range', () => {
    const queue = open(queueOf('a'), { ...OPENING, opens: at(180), closes: at(240) }).state;
    expect(forget(queue, plus(CLOSES, DAY))).toMatchObject({ state: queue });
    expect(forget(queue, plus(at(240), DAY))).toMatchObject({ ok: true, state: undefined });
  });
});

describe('calling', () => {
  it('calls the first in line, for three minutes', () => {
    const called = callNext(queueOf('a', 'b'), 'h1', 0, ROOM, at(5));
    expect(called).toMatchObject({ events: [{ type: 'queue.called', data: { order: 1 }, dueAt: at(8) }] });
    expect(presentOf(did(called), 'h1')).toMatchObject({ id: 'a', status: 'called', call: { room: ROOM } });
  });

  it('gives two hosts two tickets, in order', () => {
    const queue = calling(calling(queueOf('a', 'b', 'c'), 'h2', at(1)), 'h1', at(1));
    expect([presentOf(queue, 'h2')?.id, presentOf(queue, 'h1')?.id]).toEqual(['a', 'b']);
  });

  it('of a button pressed twice calls one, also when the first was left at once', () => {
    const queue = queueOf('a', 'b', 'c');
    const once = did(callNext(queue, 'h1', 0, ROOM, at(1)));
    expect(did(callNext(once, 'h1', 0, ROOM, at(1)))).toBe(once);
    const left = did(leave(once, 'a', ROOM, at(1)));
    expect(presentOf(left, 'h1')?.id).toBe('b');
    expect(did(callNext(left, 'h1', 0, ROOM, at(2)))).toBe(left);
    expect(callNext(left, 'h1', actsOf(left, 'h1'), ROOM, at(2))).toEqual(refuse('still-called'));
  });

  it('lets come whoever was called, within three minutes', () => {
    const queue = calling(queueOf('a', 'b'), 'h1', at(1));
    expect(join(queue, 'b', at(2))).toEqual(refuse('not-called'));
    expect(join(queue, 'x', at(2))).toEqual(refuse('unknown'));
    expect(leave(queue, 'x', ROOM, at(2))).toEqual(refuse('unknown'));
    const joined = did(join(queue, 'a', plus(at(4), -1)));
    expect(statuses(joined)).toBe('a talking, b waiting');
    expect(did(join(joined, 'a', at(30)))).toBe(joined);
    expect(join(queue, 'a', at(4))).toEqual(refuse('missed'));
  });

  it('ends the talk before the next, and can end it alone', () => {
    const talking = did(join(calling(queueOf('a', 'b'), 'h1', at(1)), 'a', at(2)));
    expect(statuses(calling(talking, 'h1', at(20)))).toBe('a served, b called');
    const ended = did(endTalk(talking, 'h1', actsOf(talking, 'h1'), at(20)));
    expect(statuses(ended)).toBe('a served, b waiting');
    expect(find(ended, 'a')?.call?.room).toHaveLength(0);
    expect(join(ended, 'a', at(21))).toEqual(refuse('over'));
  });

  it('passes over whoever does not come, once, and for nobody who has come', () => {
    const queue = calling(queueOf('a', 'b', 'c'), 'h1', at(1));
    expect(did(passOver(queue, 1, ROOM, plus(at(4), -1), always))).toBe(queue);
    const passed = did(passOver(queue, 1, ROOM, at(4), always));
    expect(statuses(passed)).toBe('a missed, b called, c waiting');
    // The button that the host saw before was for the visitor who did not come.
    expect(actsOf(passed, 'h1')).toBe(actsOf(queue, 'h1') + 1);
    expect(did(passOver(passed, 1, ROOM, at(5), always))).toBe(passed);
    const came = did(join(queue, 'a', at(3)));
    expect(did(passOver(came, 1, ROOM, at(4), always))).toBe(came);
  });

  it('calls nobody after someone was passed over where the host is in a booked talk, or the hours are over', () => {
    const queue = calling(queueOf('a', 'b'), 'h1', at(118));
    expect(statuses(did(passOver(queue, 1, ROOM, at(121), () => false)))).toBe('a missed, b waiting');
    expect(statuses(did(passOver(queue, 1, ROOM, at(121), always)))).toBe('a missed, b waiting');
  });

  it('is over at closing time, while a talk may still be ended', () => {
    expect(callNext(queueOf('a'), 'h1', 0, ROOM, at(120))).toEqual(refuse('closed'));
    const talking = did(join(calling(queueOf('a', 'b'), 'h1', at(1)), 'a', at(2)));
    expect(statuses(calling(talking, 'h1', at(121)))).toBe('a served, b waiting');
  });

  it('notes a host who is late, until the host acts or the time is over', () => {
    const late = runLate(queueOf('a'), 'h1', 10, at(5)).state;
    expect(late.hosts).toMatchObject([{ host: 'h1', lateUntil: at(15) }]);
    expect(runLate(late, 'h1', 0, at(6)).state.hosts).toMatchObject([{ lateUntil: null }]);
    expect(calling(late, 'h1', at(6)).hosts).toMatchObject([{ lateUntil: null }]);
  });
});

type Step = readonly [act: string, who: number, wait: number];
const HOSTS = ['h1', 'h2', 'h3'];

/** Plays acts as they come, each twice at times, and notes who was called. */
function play(steps: readonly Step[]): { readonly queue: Queue; readonly called: readonly string[] } {
  let [queue, now, made] = [begin(OPENING).state, OPENS, 0];
  const called: string[] = [];
  const go = (decision: Decision<Queue, QueueEvent, string>): void => {
    if (!decision.ok) return;
    const before = queue;
    queue = decision.state;
    for (const each of queue.tickets)
      if (each.status === 'called' && find(before, each.id)?.status !== 'called') called.push(each.id);
  };
  for (const [act, who, wait] of steps) {
    now = plus(now, wait * 20_000);
    const host = HOSTS[who % HOSTS.length] ?? '';
    const id = queue.tickets[who % Math.max(1, queue.tickets.length)]?.id ?? '';
    const acts = actsOf(queue, host);
    if (act === 'take') go(take(queue, ticket(`t${String((made += 1))}`), now));
    if (act === 'call') go(callNext(queue, host, acts, ROOM, now));
    if (act === 'call twice') for (const _ of [1, 2]) go(callNext(queue, host, acts, ROOM, now));
    if (act === 'end') go(endTalk(queue, host, acts, now));
    if (act === 'join') go(join(queue, id, now));
    if (act === 'leave') go(leave(queue, id, ROOM, now));
    if (act === 'timers')
      for (let order = 1; order <= queue.calls; order++) go(passOver(queue, order, ROOM, now, () => who % 2 === 0));
    if (act === 'close') go(close(queue, now));
  }
  return { queue, called };
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('take', 'take', 'take', 'call', 'call twice', 'end', 'join', 'join', 'leave', 'timers', 'close'),
    fc.nat(12),
    fc.nat(9),
  ),
  { maxLength: 120 },
);

describe('whatever happens', () => {
  it('everyone is called at most once, and in order', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { queue, called } = play(all);
        expect(new Set(called).size).toBe(called.length);
        const numbers = called.map((id) => find(queue, id)?.number ?? 0);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        // Nobody is passed by: whoever waits still has a higher number than all who were called.
        const waiting = queue.tickets.filter(({ status }) => status === 'waiting').map(({ number }) => number);
        expect(Math.max(0, ...numbers)).toBeLessThan(Math.min(Infinity, ...waiting));
      }),
    );
  });

  it('a host has one visitor at a time, a call has its room and its time, and nobody else has', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { queue } = play(all);
        for (const host of HOSTS) {
          const own = queue.tickets.filter((each) => isLive(each) && each.call?.host === host);
          expect(own.length).toBeLessThanOrEqual(1);
        }
        for (const { status, call, joinedAt } of queue.tickets) {
          expect((status === 'called' || status === 'talking') === (call !== null && call.room.length > 0)).toBe(true);
          if (call && joinedAt) expect(joinedAt < callEnds(call)).toBe(true);
          if (call) expect(isOpen(queue, call.at)).toBe(true);
        }
        const { served, missed, left, closed } = endedOf(queue);
        expect(served + missed + left + closed + queue.tickets.filter(isLive).length).toBe(queue.taken);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse, type Decision } from '../../libs/rules/decision.js';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { countedId } from '../../test/support/ids.js';
import type { MeetingEvent } from './meetings.events.js';
import { subjectOf } from './meeting-subject.js';
import {
  announce,
  cancel,
  closeCount,
  discard,
  draft,
  edit,
  forget,
  move,
  tryOut,
  type Meeting,
  type MeetingDetails,
  type NewMeeting,
} from './meeting.js';

const now = new Date('2027-01-11T09:00:00Z');
const start = new Date('2027-01-21T18:00:00Z');
const WINDOW = 2 * MINUTE;

const given: NewMeeting = {
  id: countedId(1),
  title: 'First ideas',
  description: 'Bring one idea.',
  languages: ['fr'],
  room: new Uint8Array([1, 2, 3]),
  dialIn: '',
  capacity: null,
  reminders: [1440, 60],
  start,
  end: plus(start, HOUR),
  timeZone: 'Europe/Berlin',
  audience: 'everyone',
  host: countedId(2),
  secret: new Uint8Array([9]),
};

const drafted = (more: Partial<Meeting> = {}): Meeting => ({
  ...given,
  status: 'draft',
  dryRun: true,
  revision: 0,
  sequence: 0,
  moves: 0,
  changedAt: plus(now, -DAY),
  cancelReason: '',
  ...more,
});
const announced = (more: Partial<Meeting> = {}): Meeting => drafted({ status: 'announced', revision: 1, ...more });
const cancelled = (): Meeting => announced({ status: 'cancelled' });
const over = (): Meeting => announced({ start: plus(now, -2 * HOUR), end: plus(now, -HOUR) });

const details = (meeting: Meeting, more: Partial<MeetingDetails> = {}): MeetingDetails => {
  const { title, description, languages, room, dialIn, capacity, reminders } = meeting;
  return { title, description, languages, room, dialIn, capacity, reminders, ...more };
};

type Decided<State> = Decision<State, MeetingEvent, string>;
function accepted<State>(decision: Decided<State>): { state: State; events: readonly MeetingEvent[] } {
  if (!decision.ok) throw new Error(`refused: ${decision.reason}`);
  return decision;
}
const stateOf = <State>(decision: Decided<State>): State => accepted(decision).state;
const typesOf = (decision: Decided<unknown>): readonly string[] => accepted(decision).events.map(({ type }) => type);

describe('drafting', () => {
  it.each([
    ['nobody is invited into the past', { start: plus(now, -MINUTE) }, 'in-the-past'],
    ['it ends after it starts', { end: start }, 'ends-before-it-starts'],
    ['it does not end before it starts', { end: plus(start, -MINUTE) }, 'ends-before-it-starts'],
  ] as const)('%s', (_, more, why) => {
    expect(draft({ ...given, ...more }, now)).toEqual(refuse(why));
  });

  it('takes no series that is none', () => {
    const recurrence = {
      ...{ date: '2027-01-21', time: '19:00', timeZone: 'Europe/Berlin' },
      ...{ repeats: { frequency: 'weekly' as const }, ends: { count: 0 } },
    };
    expect(draft({ ...given, recurrence }, now)).toEqual(refuse('not-a-series'));
    expect(draft({ ...given, recurrence: { ...recurrence, ends: { count: 2 } } }, now).ok).toBe(true);
  });

  it('takes a meeting that begins at this moment', () => {
    expect(draft({ ...given, start: now }, now).ok).toBe(true);
    expect(announce(drafted({ start: now }), now).ok).toBe(true);
  });

  it('tells nobody and sets no timer', () => {
    expect(accepted(draft({ ...given, start: now, end: plus(now, HOUR) }, now))).toMatchObject({
      state: { status: 'draft', revision: 0, sequence: 0, moves: 0, dryRun: false },
      events: [],
    });
  });
});

describe('a dry run', () => {
  it('is what announcing waits for', () => {
    const fresh = drafted({ dryRun: false });
    expect(announce(fresh, now)).toEqual(refuse('no-dry-run'));
    expect(announce(stateOf(tryOut(fresh, now)), now).ok).toBe(true);
  });

  it('is asked for again after any change of the draft', () => {
    const tried = drafted();
    for (const changed of [
      edit(tried, details(tried, { title: 'Other ideas' }), now, WINDOW),
      move(tried, plus(start, DAY), now, WINDOW),
    ])
      expect(announce(stateOf(changed), now)).toEqual(refuse('no-dry-run'));
    expect(stateOf(edit(tried, details(tried), now, WINDOW))).toBe(tried);
  });

  it('writes nothing when it is looked at again', () => {
    const tried = drafted();
    expect(stateOf(tryOut(tried, now))).toBe(tried);
  });

  it.each([
    ['of an announced meeting', announced(), 'not-a-draft'],
    ['of a draft whose time has come', drafted({ start: plus(now, -MINUTE) }), 'in-the-past'],
  ] as const)('is not made %s', (_, meeting, why) => {
    expect(tryOut(meeting, now)).toEqual(refuse(why));
  });
});

describe('announcing', () => {
  it.each([
    ['twice', announced(), 'not-a-draft'],
    ['what was cancelled', cancelled(), 'not-a-draft'],
    ['what has begun', drafted({ start: plus(now, -1) }), 'in-the-past'],
  ] as const)('is refused %s', (_, meeting, why) => {
    expect(announce(meeting, now)).toEqual(refuse(why));
  });

  it('invites, and sets timers for reminders, the end and forgetting', () => {
    const { state, events } = accepted(announce(drafted(), now));
    expect(state).toMatchObject({ status: 'announced', revision: 1, sequence: 0, moves: 0 });
    expect(events).toEqual([
      { type: 'meeting.announced', data: { revision: 1 } },
      { type: 'meeting.reminder-due', data: { minutes: 1440, moves: 0 }, dueAt: plus(start, -DAY) },
      { type: 'meeting.reminder-due', data: { minutes: 60, moves: 0 }, dueAt: plus(start, -HOUR) },
      { type: 'meeting.ended', data: { moves: 0 }, dueAt: plus(start, HOUR) },
      { type: 'meeting.forgotten', data: { moves: 0 }, dueAt: plus(start, HOUR + 30 * DAY) },
    ]);
  });

  it('makes no reminder that is due already', () => {
    const soon = plus(now, HOUR);
    const { events } = accepted(announce(drafted({ start: soon, end: plus(soon, HOUR) }), now));
    expect(events.filter(({ type }) => type === 'meeting.reminder-due')).toEqual([]);
  });
});

describe('editing an announced meeting', () => {
  it.each([
    ['a title', { title: 'Other ideas' }, 0, true],
    ['a description', { description: '' }, 0, true],
    ['the languages spoken', { languages: ['fr', 'en'] }, 0, true],
    ['a room', { room: new Uint8Array([4]) }, 1, true],
    ['a number to call', { dialIn: '+49 228 1' }, 1, true],
    ['the seats', { capacity: 5 }, 0, false],
    ['the reminders', { reminders: [60] }, 0, false],
  ] as const)('%s', (_, more, raised, tells) => {
    const before = announced({ sequence: 3 });
    const { state, events } = accepted(edit(before, details(before, more), now, WINDOW));
    expect(state).toMatchObject({ ...more, revision: 2, sequence: 3 + raised, moves: 0 });
    expect(events).toEqual(tells ? [{ type: 'meeting.changed', data: { revision: 2 }, dueAt: plus(now, WINDOW) }] : []);
  });

  it('to what it was writes nothing', () => {
    const before = announced();
    const same = details(before, { room: new Uint8Array(before.room) });
    expect(accepted(edit(before, same, now, WINDOW))).toMatchObject({ state: before, events: [] });
  });

  it('sets timers for new reminders alone', () => {
    const before = announced();
    const { events } = accepted(edit(before, details(before, { reminders: [1440, 60, 15] }), now, WINDOW));
    expect(events).toEqual([
      { type: 'meeting.reminder-due', data: { minutes: 15, moves: 0 }, dueAt: plus(start, -15 * MINUTE) },
    ]);
  });

  it.each([
    ['cancelled', cancelled()],
    ['over', over()],
  ] as const)('is refused when it is %s', (why, meeting) => {
    expect(edit(meeting, details(meeting, { title: 'x' }), now, WINDOW)).toEqual(refuse(why));
  });

  it('is still possible for a draft whose time has passed', () => {
    const late = drafted({ start: plus(now, -2 * HOUR), end: plus(now, -HOUR) });
    expect(stateOf(edit(late, details(late, { title: 'Later' }), now, WINDOW)).title).toBe('Later');
    expect(stateOf(move(late, start, now, WINDOW)).start).toEqual(start);
  });
});

describe('moving', () => {
  it.each([
    ['nobody is invited into the past', announced(), plus(now, -MINUTE), 'in-the-past'],
    ['a move to where it is is none', announced(), start, 'same-time'],
    ['what is cancelled stays', cancelled(), plus(start, DAY), 'cancelled'],
    ['what is over stays', over(), plus(start, DAY), 'over'],
  ] as const)('%s', (_, meeting, to, why) => {
    expect(move(meeting, to, now, WINDOW)).toEqual(refuse(why));
  });

  it('raises the sequence, so that calendars take it (RFC 5546 2.1.4), keeps its length, and sets new timers', () => {
    const to = plus(start, DAY);
    const { state, events } = accepted(move(announced({ sequence: 3, moves: 1 }), to, now, WINDOW));
    expect(state).toMatchObject({ start: to, end: plus(to, HOUR), sequence: 4, revision: 2, moves: 2 });
    expect(events[0]).toEqual({ type: 'meeting.changed', data: { revision: 2 }, dueAt: plus(now, WINDOW) });
    expect(events.slice(1).every(({ data }) => 'moves' in data && data.moves === 2)).toBe(true);
    expect(events.map(({ type }) => type).slice(1)).toEqual([
      'meeting.reminder-due',
      'meeting.reminder-due',
      'meeting.ended',
      'meeting.forgotten',
    ]);
  });

  it('of a draft tells nobody', () => {
    const { state, events } = accepted(move(drafted(), plus(start, DAY), now, WINDOW));
    expect(state).toMatchObject({ revision: 0, sequence: 0, moves: 0 });
    expect(events).toEqual([]);
  });
});

describe('cancelling', () => {
  it.each([
    ['a draft', drafted(), 'not-announced'],
    ['it twice', cancelled(), 'not-announced'],
    ['what is over', over(), 'over'],
  ] as const)('%s is refused', (_, meeting, why) => {
    expect(cancel(meeting, '', now)).toEqual(refuse(why));
  });

  it('raises the sequence (RFC 5546 3.2.5) and goes out at once', () => {
    expect(accepted(cancel(announced({ sequence: 2 }), 'The hall is flooded.', now))).toMatchObject({
      state: { status: 'cancelled', cancelReason: 'The hall is flooded.', sequence: 3, revision: 2 },
      events: [{ type: 'meeting.cancelled', data: { revision: 2 } }],
    });
  });
});

describe('endings', () => {
  it('a draft can be thrown away, nothing else', () => {
    expect(accepted(discard(drafted()))).toMatchObject({ state: undefined, events: [] });
    expect(discard(announced())).toEqual(refuse('not-a-draft'));
  });

  it('closing the count destroys the secret, once', () => {
    const closed = stateOf(closeCount(announced()));
    expect(closed.secret).toBeNull();
    expect(stateOf(closeCount(closed))).toBe(closed);
  });

  it('forgetting takes what only the invited needed, once', () => {
    const forgotten = stateOf(forget(announced({ dialIn: '+49 228 1' })));
    expect(forgotten).toMatchObject({ dialIn: '', secret: null, title: 'First ideas' });
    expect(forgotten.room).toHaveLength(0);
    expect(stateOf(forget(forgotten))).toBe(forgotten);
  });
});

describe('the time of the last change', () => {
  const later = plus(now, HOUR);

  it.each([
    ['announcing', (meeting: Meeting) => announce({ ...meeting, status: 'draft' }, later)],
    ['editing', (meeting: Meeting) => edit(meeting, details(meeting, { title: 'Other ideas' }), later, WINDOW)],
    ['moving', (meeting: Meeting) => move(meeting, plus(start, DAY), later, WINDOW)],
    ['cancelling', (meeting: Meeting) => cancel(meeting, '', later)],
  ] as const)('is that of %s', (_, act) => {
    expect(stateOf(act(announced())).changedAt).toEqual(later);
    // Also where two changes come within a second, or a clock was set back (RFC 5546 2.1.5).
    expect(stateOf(act(announced({ changedAt: later }))).changedAt).toEqual(plus(later, 1_000));
    expect(stateOf(act(announced({ changedAt: plus(later, DAY) }))).changedAt).toEqual(plus(later, DAY + 1_000));
  });

  it('is not that of what nobody sees', () => {
    expect(stateOf(closeCount(announced())).changedAt).toEqual(plus(now, -DAY));
    expect(stateOf(edit(announced(), details(announced()), later, WINDOW)).changedAt).toEqual(plus(now, -DAY));
  });
});

describe('what guests see', () => {
  it('holds neither room nor secret', () => {
    const shown = Object.keys(subjectOf(announced()));
    for (const hidden of ['room', 'secret', 'reminders', 'dryRun']) expect(shown).not.toContain(hidden);
    expect(subjectOf(drafted()).status).toBe('announced');
    expect(subjectOf(cancelled()).status).toBe('cancelled');
  });
});

describe('whatever is done, in any order', () => {
  type Act = (meeting: Meeting, at: Date) => Decided<Meeting>;
  const minutes = fc.integer({ min: -600, max: 60 * 24 * 30 });
  const acts: fc.Arbitrary<Act> = fc.oneof(
    fc.constant<Act>((meeting, at) => tryOut(meeting, at)),
    fc.constant<Act>((meeting, at) => announce(meeting, at)),
    minutes.map<Act>((by) => (meeting, at) => move(meeting, plus(now, by * MINUTE), at, WINDOW)),
    fc
      .record({
        title: fc.constantFrom('a', 'b'),
        room: fc.constantFrom(new Uint8Array([1]), new Uint8Array([2])),
        capacity: fc.constantFrom(null, 3, 10),
        reminders: fc.constantFrom([], [60], [1440, 60]),
      })
      .map<Act>((more) => (meeting, at) => edit(meeting, details(meeting, more), at, WINDOW)),
    fc.constant<Act>((meeting, at) => cancel(meeting, 'why', at)),
    fc.constant<Act>((meeting) => closeCount(meeting)),
  );

  it('SEQUENCE, revision and moves never fall, and nobody is told without a new revision', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(acts, fc.integer({ min: 0, max: 600 })), { maxLength: 30 }), (story) => {
        let meeting = drafted({ dryRun: false });
        let at = now;
        for (const [act, wait] of story) {
          at = plus(at, wait * MINUTE);
          const decided = act(meeting, at);
          if (!decided.ok) continue;
          const { state: next } = decided;
          expect(next.sequence).toBeGreaterThanOrEqual(meeting.sequence);
          expect(next.revision).toBeGreaterThanOrEqual(meeting.revision);
          expect(next.moves).toBeGreaterThanOrEqual(meeting.moves);
          expect(next.moves - meeting.moves).toBeLessThanOrEqual(next.sequence - meeting.sequence);
          expect(next.end.getTime() - next.start.getTime()).toBe(HOUR);
          if (next.revision > meeting.revision)
            expect(+next.changedAt).toBeGreaterThanOrEqual(+meeting.changedAt + 1_000);
          const tells = typesOf(decided).some((type) => /announced|changed|cancelled/.test(type));
          if (tells) expect(next.revision).toBe(meeting.revision + 1);
          const timers = decided.events.flatMap((event) => (event.type === 'meeting.reminder-due' ? [event] : []));
          for (const { dueAt } of timers) expect(dueAt > at && dueAt < next.start).toBe(true);
          meeting = next;
        }
      }),
    );
  });
});

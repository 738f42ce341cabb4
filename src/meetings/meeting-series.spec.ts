import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Decision } from '../../libs/rules/decision.js';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import { countedId } from '../../test/support/ids.js';
import { occurrencesOf, stampOf, takingPlace } from '../invitations/series.js';
import { cancelOccurrences, moveOccurrences, renameOccurrence, type Scope } from './meeting-series.js';
import { goOn } from './meeting-split.js';
import { subjectOf } from './meeting-subject.js';
import { announce, draft, edit, presentMeeting, tryOut, windOn, type Meeting } from './meeting.js';
import type { MeetingEvent } from './meetings.events.js';

const now = new Date('2027-03-01T09:00:00Z');
const WINDOW = 2 * MINUTE;
const options = { editWindow: WINDOW, into: countedId(9) };
const weekly: Recurrence = {
  ...{ date: '2027-03-16', time: '19:00', timeZone: 'Europe/Berlin' },
  ...{ repeats: { frequency: 'weekly' }, ends: { count: 8 } },
};
const at = (index: number): Date => {
  const original = occurrencesOf(seriesOf(announced())).at(index)?.original;
  if (!original) throw new Error('no such occurrence');
  return original;
};

function accepted(decision: Decision<Meeting, MeetingEvent, string>): {
  readonly state: Meeting;
  readonly events: readonly MeetingEvent[];
} {
  if (!decision.ok) throw new Error(`refused: ${decision.reason}`);
  return decision;
}
const stateOf = (decision: Decision<Meeting, MeetingEvent, string>): Meeting => accepted(decision).state;
const seriesOf = ({ series }: Meeting) => {
  if (!series) throw new Error('not a series');
  return series;
};

const drafted = (): Meeting =>
  stateOf(
    draft(
      {
        ...{ id: countedId(1), title: 'Ideas', description: '', languages: [], room: new Uint8Array([1]), dialIn: '' },
        ...{ capacity: null, reminders: [60], timeZone: 'Europe/Berlin', audience: 'everyone', host: countedId(2) },
        start: new Date('2027-03-16T18:00:00Z'),
        end: new Date('2027-03-16T19:00:00Z'),
        secret: new Uint8Array([9]),
        recurrence: weekly,
      },
      now,
    ),
  );
const announced = (): Meeting => stateOf(announce(stateOf(tryOut(drafted(), now)), now));
const part = (index: number, scope: Scope) => ({ occurrence: at(index), scope });
const starts = (meeting: Meeting): string[] => takingPlace(seriesOf(meeting)).map(({ start }) => start.toISOString());
const typesOf = (events: readonly MeetingEvent[]): string[] => events.map(({ type }) => type);

describe('announcing a series', () => {
  it('makes timers for the next five occurrences alone, and one for forgetting all of it', () => {
    const { state, events } = accepted(announce(stateOf(tryOut(drafted(), now)), now));
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    expect([count('meeting.reminder-due'), count('meeting.ended'), count('meeting.forgotten')]).toEqual([5, 5, 1]);
    expect(state.timed).toBe(5);
  });

  it('winds on as occurrences end: each brings the timers of one more, once', () => {
    const later = plus(at(0), 2 * HOUR);
    const { state, events } = accepted(windOn(announced(), later));
    expect(typesOf(events)).toEqual(['meeting.reminder-due', 'meeting.ended']);
    expect(events[0]?.data).toMatchObject({ occurrence: at(5), minutes: 60 });
    expect(state.start).toEqual(at(1));
    expect(accepted(windOn(state, later)).events).toEqual([]);
  });

  it('sets no timer for what was cancelled', () => {
    const cancelled: Meeting = { ...announced(), status: 'cancelled' };
    expect(windOn(cancelled, plus(at(0), 2 * HOUR))).toEqual({ ok: true, state: cancelled, events: [] });
  });
});

describe('moving', () => {
  it('one occurrence changes it alone: its own moves, a new timer, the same answers to all others', () => {
    const start = plus(at(1), DAY);
    const { state, events } = accepted(moveOccurrences(announced(), part(1, 'this'), start, now, options));
    expect(starts(state)[1]).toBe(start.toISOString());
    expect([state.revision, state.sequence, state.moves]).toEqual([2, 1, 1]);
    expect(subjectOf(state)).toMatchObject({ moves: 0, answersTo: 1, answersFrom: 0, sequence: 1 });
    expect(occurrencesOf(seriesOf(state)).map((each) => each.at.moves)).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    expect(typesOf(events)).toEqual(['meeting.changed', 'meeting.reminder-due', 'meeting.ended', 'meeting.forgotten']);
    expect(events[0]?.data).toEqual({ revision: 2, occurrence: at(1) });
  });

  it('all before the first moves the rule, keeps what was cancelled, and asks everyone anew', () => {
    const without = stateOf(cancelOccurrences(announced(), part(2, 'this'), '', now));
    const start = new Date('2027-03-17T17:00:00Z');
    const { state: moved, events } = accepted(moveOccurrences(without, part(0, 'all'), start, now, options));
    expect(seriesOf(moved).recurrence).toMatchObject({ date: '2027-03-17', time: '18:00', ends: { count: 8 } });
    expect(starts(moved)).toHaveLength(7);
    expect(subjectOf(moved).moves).toBe(1);
    expect([moved.revision, moved.sequence, moved.moves]).toEqual([3, 2, 1]);
    // What became of one before is no news of it: all of it is told at once.
    expect(seriesOf(moved)).toMatchObject({
      at: { revision: 3, sequence: 2, moves: 1 },
      changes: [{ cancelled: '', at: { revision: 0, sequence: 0, moves: 0 } }],
    });
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    expect([count('meeting.changed'), count('meeting.reminder-due'), count('meeting.ended')]).toEqual([1, 5, 5]);
    // Five to come, past the one that was cancelled.
    expect(moved.timed).toBe(6);
  });

  it.each<[string, Scope, number, Date]>([
    ['from one on', 'this-and-later', 3, now],
    [
      'all of one that has begun, which means those to come',
      'all',
      0,
      plus(new Date('2027-03-30T17:00:00Z'), 2 * HOUR),
    ],
  ])('%s splits it', (_, scope, index, when) => {
    const start = new Date('2027-04-07T16:00:00Z');
    const { state, events } = accepted(moveOccurrences(announced(), part(index, scope), start, when, options));
    expect(starts(state)).toHaveLength(3);
    expect([state.revision, state.sequence, state.moves]).toEqual([2, 1, 1]);
    const split = events.find(({ type }) => type === 'meeting.split')?.data;
    expect(split).toEqual({ into: countedId(9), from: at(3), start, count: 5 });
    const room = new Uint8Array([2]);
    const given = { id: countedId(9), from: at(3), start, count: 5, room, secret: room };
    const goes = accepted(goOn(state, given, when));
    expect(seriesOf(goes.state).recurrence).toMatchObject({ date: '2027-04-07', time: '18:00', ends: { count: 5 } });
    expect(goes.state).toMatchObject({ id: countedId(9), status: 'announced', host: countedId(2) });
    expect(goes.state).toMatchObject({ revision: 1, sequence: 0, moves: 0, timed: 5 });
    expect(seriesOf(goes.state).at).toEqual({ revision: 1, sequence: 0, moves: 0 });
    expect(goes.events[0]).toEqual({ type: 'meeting.continued', data: { of: countedId(1), from: at(3) } });
    // What the old one keeps is as it was: only what it lost has changed.
    expect(occurrencesOf(seriesOf(state)).map((each) => each.at.revision)).toEqual([0, 0, 0, 2, 2, 2, 2, 2]);
  });

  it('takes what became of single occurrences along, from the first that moves', () => {
    const named = [2, 3, 5].reduce(
      (meeting, index) => stateOf(renameOccurrence(meeting, at(index), `Title ${String(index)}`, now, WINDOW)),
      announced(),
    );
    const start = new Date('2027-04-07T16:00:00Z');
    const room = new Uint8Array([2]);
    const given = { id: countedId(9), from: at(3), start, count: 5, room, secret: room };
    const goes = stateOf(goOn(named, given, now));
    expect(occurrencesOf(seriesOf(goes)).map(({ title }) => title ?? '')).toEqual(['Title 3', '', 'Title 5', '', '']);
  });

  it.each<[string, number, Scope, Date, Date, string]>([
    ['into the past', 1, 'this', plus(now, -HOUR), now, 'in-the-past'],
    ['to where it is', 1, 'this', new Date('2027-03-23T18:00:00Z'), now, 'same-time'],
    ['what is over', 0, 'this', new Date('2027-06-01T18:00:00Z'), new Date('2027-03-20T00:00:00Z'), 'over'],
  ])('is refused %s', (_, index, scope, start, when, reason) => {
    expect(moveOccurrences(announced(), part(index, scope), start, when, options)).toEqual({ ok: false, reason });
  });

  it('to another week of the month keeps to that week from then on', () => {
    const monthly: Recurrence = { ...weekly, repeats: { frequency: 'monthly', nth: 3 } };
    const { recurrence: _weekly, ...given } = { ...drafted(), recurrence: weekly };
    const meeting = stateOf(draft({ ...given, recurrence: monthly }, now));
    const first = { occurrence: new Date('2027-03-16T18:00:00Z'), scope: 'all' as const };
    const moved = stateOf(moveOccurrences(meeting, first, new Date('2027-03-09T18:00:00Z'), now, options));
    expect(seriesOf(moved).recurrence.repeats).toEqual({ frequency: 'monthly', nth: 2 });
    expect(starts(moved).slice(0, 2)).toEqual(['2027-03-09T18:00:00.000Z', '2027-04-13T17:00:00.000Z']);
  });

  it('is refused for what is no start of the rule', () => {
    const nowhere = { occurrence: plus(at(1), HOUR), scope: 'this' as const };
    expect(moveOccurrences(announced(), nowhere, at(2), now, options)).toEqual({
      ok: false,
      reason: 'no-such-occurrence',
    });
  });
});

describe('cancelling', () => {
  it.each<[Scope, number, number, string[]]>([
    ['this', 1, 7, ['meeting.cancelled']],
    ['this-and-later', 3, 3, ['meeting.changed', 'meeting.forgotten']],
  ])('%s leaves the others', (scope, index, left, types) => {
    const { state, events } = accepted(cancelOccurrences(announced(), part(index, scope), 'Rain', now));
    expect(state.status).toBe('announced');
    expect(starts(state)).toHaveLength(left);
    expect(typesOf(events)).toEqual(types);
    expect(occurrencesOf(seriesOf(state))[index]?.cancelled).toBe('Rain');
  });

  it('of all, or of the last that is left, cancels the meeting', () => {
    const all = accepted(cancelOccurrences(announced(), part(0, 'all'), 'Rain', now));
    expect(all.state).toMatchObject({ status: 'cancelled', cancelReason: 'Rain' });
    expect(all.events.map(({ data }) => data)).toEqual([{ revision: 2 }]);
    let meeting = announced();
    for (let index = 0; index < 8; index++) meeting = stateOf(cancelOccurrences(meeting, part(index, 'this'), '', now));
    expect(meeting.status).toBe('cancelled');
  });

  it('is refused twice', () => {
    const once = stateOf(cancelOccurrences(announced(), part(1, 'this'), '', now));
    expect(cancelOccurrences(once, part(1, 'this'), '', now)).toEqual({ ok: false, reason: 'cancelled' });
  });
});

describe('a draft', () => {
  it('tells nobody of what becomes of its occurrences', () => {
    const renamed = accepted(renameOccurrence(drafted(), at(1), 'Special', now, WINDOW));
    expect(renamed.events).toEqual([]);
    expect(renamed.state).toMatchObject({ revision: 0, sequence: 0, dryRun: false });
    const moved = accepted(moveOccurrences(renamed.state, part(0, 'all'), plus(at(0), DAY), now, options));
    expect(moved.events).toEqual([]);
    expect(moved.state).toMatchObject({ moves: 0, status: 'draft' });
  });
});

describe('counters', () => {
  type Act = (meeting: Meeting, index: number) => Decision<Meeting, MeetingEvent, string>;
  const acts: readonly Act[] = [
    (meeting, index) => moveOccurrences(meeting, part(index, 'this'), plus(at(index), 3 * HOUR), now, options),
    (meeting, index) => moveOccurrences(meeting, part(index, 'this-and-later'), plus(at(index), HOUR), now, options),
    (meeting, index) => cancelOccurrences(meeting, part(index, 'this'), '', now),
    (meeting, index) => renameOccurrence(meeting, at(index), `Title ${String(index)}`, now, WINDOW),
    (meeting) => edit(meeting, { ...meeting, description: `${meeting.description}.` }, now, WINDOW),
  ];

  it('only grow, whatever is done to whichever occurrence, and no occurrence is ahead of its meeting', () => {
    const step = fc.record({ act: fc.constantFrom(...acts), index: fc.integer({ min: 0, max: 7 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let meeting = announced();
        for (const { act, index } of steps) {
          const decided = act(meeting, index);
          if (!decided.ok) continue;
          const before = meeting;
          meeting = decided.state;
          expect(meeting.revision).toBeGreaterThanOrEqual(before.revision);
          expect(meeting.sequence).toBeGreaterThanOrEqual(before.sequence);
          for (const [each, was] of occurrencesOf(seriesOf(meeting)).map(
            (one, position) => [one, occurrencesOf(seriesOf(before))[position]] as const,
          )) {
            expect(each.at.revision).toBeLessThanOrEqual(meeting.revision);
            expect(each.at.sequence).toBeLessThanOrEqual(meeting.sequence);
            expect(each.at.moves).toBeLessThanOrEqual(meeting.moves);
            // A series that moved as a whole has other starts.
            if (was?.original.getTime() === each.original.getTime()) {
              expect(each.at.moves).toBeGreaterThanOrEqual(was.at.moves);
            }
          }
          expect(presentMeeting(meeting, now).start).toEqual(meeting.start);
        }
      }),
    );
  });

  it('name an occurrence by its original start', () => {
    expect(stampOf(at(2))).toBe('20270330T170000Z');
  });
});

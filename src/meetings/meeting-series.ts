import { accept, refuse } from '../../libs/rules/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { recurrenceProblem } from '../../libs/time/recurrence.js';
import {
  occurrenceAt,
  occurrencesOf,
  takingPlace,
  type Occurrence,
  type OccurrenceChange,
  type Series,
} from '../invitations/series.js';
import { carried, endBefore, left, movedRule } from './meeting-split.js';
import {
  cancel,
  changed,
  changeTime,
  closedBecause,
  newSeries,
  presentMeeting,
  type Meeting,
  type MeetingDecision,
} from './meeting.js';
import type { MeetingEvent } from './meetings.events.js';
import { forgotten, timers, timersOfOccurrence, timersToCome } from './timers.js';

/** How much of a series a change is of. */
export const SCOPES = ['this', 'this-and-later', 'all'] as const;

export type Scope = (typeof SCOPES)[number];

/** One occurrence, by the start that the rule gives it, and how much of the series from there. */
export interface Part {
  readonly occurrence: Date;
  readonly scope: Scope;
}

type Refusal = 'cancelled' | 'over' | 'no-such-occurrence';

/**
 * Moves one occurrence, all from one on, or all. From one on splits the series, as calendars understand no "this and
 * future": the old one ends before, and another meeting, `into`, goes on. What has begun already stays as it was, so all of
 * a series that has begun means all that come.
 * @param into the id of the meeting that goes on after a split
 */
export function moveOccurrences(
  meeting: Meeting,
  part: Part,
  start: Date,
  now: Date,
  options: { readonly editWindow: number; readonly into: Id },
): MeetingDecision<Refusal | 'in-the-past' | 'same-time' | 'not-a-series'> {
  const found = find(meeting, part, now);
  if (!found.ok) return found;
  const { series, occurrence, scope } = found.value;
  if (start < now) return refuse('in-the-past');
  // Nobody has heard of a draft: it has nothing to be split from.
  if (meeting.status === 'draft' && scope === 'this-and-later' && occurrence.index > 0) return refuse('not-a-series');
  if (scope === 'this') return moveOne(meeting, series, occurrence, start, now, options.editWindow);
  const rule = movedRule(series, occurrence, start, left(series, occurrence));
  if (recurrenceProblem(rule) !== undefined) return refuse('not-a-series');
  if (start.getTime() === occurrence.original.getTime()) return refuse('same-time');
  if (occurrence.index > 0) {
    const ended = endBefore(meeting, series, occurrence, { reason: '', goesOnIn: options.into }, now);
    return accept<Meeting, MeetingEvent>(ended, changed(ended, now, 0), forgotten(ended), {
      type: 'meeting.split',
      data: { into: options.into, from: occurrence.original, start, count: left(series, occurrence) },
    });
  }
  const moves = meeting.moves + 1;
  const [revision, sequence] = [meeting.revision + 1, meeting.sequence + 1];
  const whole: Series = {
    ...series,
    recurrence: rule,
    changes: carried(series, 0, newSeries(rule, series.minutes)),
    at: { revision, sequence, moves },
  };
  const moved = settled(
    { ...meeting, series: whole, timed: 0, revision, sequence, moves, changedAt: changeTime(meeting, now) },
    now,
  );
  if (meeting.status === 'draft') return accept<Meeting, MeetingEvent>(asDraft(moved, meeting));
  const timed: Meeting = { ...moved, timed: timersToCome(moved, now).timed };
  return accept<Meeting, MeetingEvent>(timed, changed(timed, now, options.editWindow), ...timers(timed, now));
}

/** Cancels one occurrence, all from one on, or all. The last one that is left is all there is. */
export function cancelOccurrences(
  meeting: Meeting,
  part: Part,
  reason: string,
  now: Date,
): MeetingDecision<Refusal | 'not-announced'> {
  if (meeting.status !== 'announced') return refuse('not-announced');
  const found = find(meeting, part, now);
  if (!found.ok) return found;
  const { series, occurrence, scope } = found.value;
  const others = takingPlace(series).filter((each) =>
    scope === 'this' ? each.index !== occurrence.index : each.index < occurrence.index,
  );
  if (others.length === 0) return cancel(meeting, reason, now);
  if (scope !== 'this') {
    const ended = endBefore(meeting, series, occurrence, { reason }, now);
    return accept<Meeting, MeetingEvent>(ended, changed(ended, now, 0), forgotten(ended));
  }
  const next = withChange(meeting, series, occurrence, { cancelled: reason }, { sequence: 1, moves: 0 }, now);
  return accept<Meeting, MeetingEvent>(settled(next, now), {
    type: 'meeting.cancelled',
    data: { revision: next.revision, occurrence: occurrence.original },
  });
}

/** Gives one occurrence a title of its own; that of the series takes it away again. */
export function renameOccurrence(
  meeting: Meeting,
  original: Date,
  title: string,
  now: Date,
  editWindow: number,
): MeetingDecision<Refusal> {
  const found = find(meeting, { occurrence: original, scope: 'this' }, now);
  if (!found.ok) return found;
  const { series, occurrence } = found.value;
  if (title === (occurrence.title ?? meeting.title)) return accept<Meeting, MeetingEvent>(meeting);
  const next = withChange(meeting, series, occurrence, { title }, { sequence: 0, moves: 0 }, now);
  if (meeting.status === 'draft') return accept<Meeting, MeetingEvent>(asDraft(next, meeting));
  return accept<Meeting, MeetingEvent>(next, changedOne(next, occurrence, now, editWindow));
}

interface Found extends Part {
  readonly series: Series;
}

/** What is asked for, as far as it still can change: of a series that has begun, all means all that come. */
function find(
  meeting: Meeting,
  { occurrence: original, scope }: Part,
  now: Date,
):
  | { readonly ok: true; readonly value: Pick<Found, 'series' | 'scope'> & { readonly occurrence: Occurrence } }
  | { readonly ok: false; readonly reason: Refusal } {
  const closed = closedBecause(meeting, now);
  if (closed) return refuse(closed);
  const { series } = meeting;
  if (!series) return refuse('no-such-occurrence');
  const first = occurrencesOf(series).find(({ start, gone }) => !gone && start > now);
  const occurrence = scope === 'all' ? first : occurrenceAt(series, original);
  if (!occurrence || occurrence.gone) return refuse('no-such-occurrence');
  if (scope !== 'all' && occurrence.cancelled !== null) return refuse('cancelled');
  if (occurrence.end <= now) return refuse('over');
  return { ok: true, value: { series, occurrence, scope } };
}

function moveOne(
  meeting: Meeting,
  series: Series,
  occurrence: Occurrence,
  start: Date,
  now: Date,
  editWindow: number,
): MeetingDecision<'same-time'> {
  if (start.getTime() === occurrence.start.getTime()) return refuse('same-time');
  const end = plus(start, series.minutes * MINUTE);
  const next = settled(withChange(meeting, series, occurrence, { start, end }, { sequence: 1, moves: 1 }, now), now);
  if (meeting.status === 'draft') return accept<Meeting, MeetingEvent>(asDraft(next, meeting));
  return accept<Meeting, MeetingEvent>(
    next,
    changedOne(next, occurrence, now, editWindow),
    ...timersOfOccurrence(next, occurrence.original, now),
  );
}

const changedOne = (meeting: Meeting, { original }: Occurrence, now: Date, editWindow: number): MeetingEvent => ({
  type: 'meeting.changed',
  data: { revision: meeting.revision, occurrence: original },
  dueAt: plus(now, editWindow),
});

function withChange(
  meeting: Meeting,
  series: Series,
  { original }: Occurrence,
  change: Partial<Pick<OccurrenceChange, 'cancelled' | 'start' | 'end' | 'title'>>,
  raises: { readonly sequence: 0 | 1; readonly moves: 0 | 1 },
  now: Date,
): Meeting {
  const before = series.changes.find((each) => each.original.getTime() === original.getTime());
  const counters = {
    revision: meeting.revision + 1,
    sequence: meeting.sequence + raises.sequence,
    moves: meeting.moves + raises.moves,
  };
  const at = {
    revision: counters.revision,
    sequence: raises.sequence ? counters.sequence : (before?.at.sequence ?? 0),
    moves: raises.moves ? counters.moves : (before?.at.moves ?? 0),
  };
  const changes = [
    ...series.changes.filter((each) => each !== before),
    { cancelled: null, ...before, ...change, original, at },
  ];
  return { ...meeting, ...counters, changedAt: changeTime(meeting, now), series: { ...series, changes } };
}

/** Its times are those of the occurrence that runs or comes next. */
const settled = (meeting: Meeting, now: Date): Meeting => presentMeeting(meeting, now);

/** Nobody has heard of a draft: its counters stay, and it asks for another dry run. */
const asDraft = (next: Meeting, { revision, sequence, moves }: Meeting): Meeting => ({
  ...next,
  ...{ revision, sequence, moves },
  dryRun: false,
  ...(next.series && {
    series: {
      ...next.series,
      at: { revision: 0, sequence: 0, moves: 0 },
      changes: next.series.changes.map((change) => ({ ...change, at: { revision: 0, sequence: 0, moves: 0 } })),
    },
  }),
});

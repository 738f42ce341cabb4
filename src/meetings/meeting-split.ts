import { accept, refuse } from '../../libs/rules/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { nthWeekdays, splitAt, type Recurrence } from '../../libs/time/recurrence.js';
import { onTheClock } from '../../libs/time/zones.js';
import {
  occurrenceAt,
  occurrencesOf,
  type Occurrence,
  type OccurrenceChange,
  type Series,
} from '../invitations/series.js';
import { changeTime, newSeries, presentMeeting, type Meeting, type MeetingDecision } from './meeting.js';
import type { MeetingEvent } from './meetings.events.js';
import { timers, timersToCome } from './timers.js';

/**
 * The meeting that goes on with what a split has left of another, on the rule that begins at `start`. Those who were
 * invited are invited to it by its event.
 * @param room the room's address, sealed for the new meeting
 */
export function goOn(
  old: Meeting,
  given: {
    readonly id: Id;
    readonly from: Date;
    readonly start: Date;
    readonly count: number;
    readonly room: Uint8Array;
    readonly secret: Uint8Array;
  },
  now: Date,
): MeetingDecision<'no-such-occurrence'> {
  const occurrence = old.series && occurrenceAt(old.series, given.from);
  if (!old.series || !occurrence) return refuse('no-such-occurrence');
  const rule = movedRule(old.series, occurrence, given.start, given.count);
  const fresh = newSeries(rule, old.series.minutes);
  const at = { revision: 1, sequence: 0, moves: 0 };
  const goesOn = presentMeeting(
    {
      ...old,
      id: given.id,
      status: 'announced',
      room: given.room,
      secret: given.secret,
      ...at,
      changedAt: now,
      timed: 0,
      series: { ...fresh, at, changes: carried(old.series, occurrence.index, fresh) },
    },
    now,
  );
  const timed: Meeting = { ...goesOn, timed: timersToCome(goesOn, now).timed };
  return accept<Meeting, MeetingEvent>(
    timed,
    { type: 'meeting.continued', data: { of: old.id, from: given.from } },
    ...timers(timed, now),
  );
}

/** The series as far as one of its occurrences; nothing of what was said of the others changes. */
export function endBefore(
  meeting: Meeting,
  series: Series,
  { original }: Occurrence,
  { reason, goesOnIn }: { readonly reason: string; readonly goesOnIn?: Id },
  now: Date,
): Meeting {
  const [revision, sequence] = [meeting.revision + 1, meeting.sequence + 1];
  const moves = meeting.moves + 1;
  return presentMeeting(
    {
      ...meeting,
      ...{ revision, sequence, moves },
      changedAt: changeTime(meeting, now),
      series: {
        ...series,
        endsBefore: original,
        endReason: reason,
        ...(goesOnIn !== undefined && { goesOn: { in: goesOnIn, from: original } }),
        endedAt: { revision, sequence, moves: series.at.moves },
      },
    },
    now,
  );
}

/** How many there are from one occurrence on. */
export const left = (series: Series, { index }: Occurrence): number =>
  occurrencesOf(series).filter((each) => each.index >= index && !each.gone).length;

/** The rule from one occurrence on, begun at another day and time; as many times as were left. */
export function movedRule(series: Series, { original }: Occurrence, start: Date, count: number): Recurrence {
  const { recurrence } = series;
  const rest = splitAt(recurrence, original)?.after ?? recurrence;
  const clock = onTheClock(start, recurrence.timeZone);
  const nths = nthWeekdays(clock.date);
  const { repeats } = recurrence;
  return {
    ...rest,
    ...clock,
    repeats:
      repeats.frequency === 'monthly' && !nths.includes(repeats.nth)
        ? { ...repeats, nth: nths[0] ?? repeats.nth }
        : repeats,
    ends: { count },
  };
}

/** What became of single occurrences goes with them to the starts of another rule. A time of their own stays as it was. */
export function carried(series: Series, from: number, to: Series): readonly OccurrenceChange[] {
  const starts = occurrencesOf(to);
  const before = occurrencesOf(series);
  return series.changes.flatMap((change) => {
    const index = before.find(({ original }) => original.getTime() === change.original.getTime())?.index ?? -1;
    const original = starts[index - from]?.original;
    return index >= from && original ? [{ ...change, original, at: { revision: 0, sequence: 0, moves: 0 } }] : [];
  });
}

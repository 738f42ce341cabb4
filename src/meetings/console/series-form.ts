import { done } from '../../../libs/rules/decision.js';
import { MINUTE, plus } from '../../../libs/time/clock.js';
import { MOST_OCCURRENCES, nthWeekdays, recurrenceProblem, type Recurrence } from '../../../libs/time/recurrence.js';
import { optionalChoice, optionalDate, optionalWholeNumber } from '../../../libs/web/fields.js';
import type { FormErrors } from '../../../libs/web/forms.js';
import { occurrenceAt, occurrencesOf, presentOccurrence, type Occurrence } from '../../invitations/series.js';
import { occurrenceField } from '../../invitations/occurrence-field.js';
import { SCOPES, type Part } from '../meeting-series.js';
import type { Meeting } from '../meeting.js';

export const REPEATS = ['none', 'weekly', 'fortnightly', 'monthly'] as const;

/** How a new meeting repeats; how often is said by a number or by the last day. */
export const repeatFields = {
  repeats: optionalChoice(REPEATS),
  occurrences: optionalWholeNumber(1, MOST_OCCURRENCES),
  lastDate: optionalDate(),
};

interface TypedRepeats {
  readonly date: string;
  readonly time: string;
  readonly timeZone: string;
  readonly repeats?: (typeof REPEATS)[number] | undefined;
  readonly occurrences?: number | undefined;
  readonly lastDate?: string | undefined;
}

/** The rule that was typed, none where a meeting happens once; or what needs attention, by field. */
export function recurrenceOf(
  given: TypedRepeats,
): { readonly ok: true; readonly value: Recurrence | undefined } | { readonly ok: false; readonly errors: FormErrors } {
  const { date, time, timeZone, repeats = 'none', occurrences: count, lastDate } = given;
  if (repeats === 'none') return done(undefined);
  if (count === undefined && lastDate === undefined) {
    return { ok: false, errors: { occurrences: { key: 'console.meetings.error.how-often' } } };
  }
  if (count !== undefined && lastDate !== undefined) {
    return { ok: false, errors: { lastDate: { key: 'console.meetings.error.how-often' } } };
  }
  const [nth = 1] = nthWeekdays(date);
  const recurrence: Recurrence = {
    ...{ date, time, timeZone },
    repeats: repeats === 'monthly' ? { frequency: repeats, nth } : { frequency: repeats },
    ends: lastDate === undefined ? { count: count ?? 1 } : { lastDate },
  };
  const problem = recurrenceProblem(recurrence);
  // A first start in a gap is told of beside the time, as for any meeting.
  if (problem === undefined || problem === 'in-a-clock-gap') return done(recurrence);
  return {
    ok: false,
    errors:
      problem === 'too-many' || problem === 'ends-before-it-starts'
        ? { lastDate: { key: 'console.meetings.error.last-date', values: { most: MOST_OCCURRENCES } } }
        : { date: { key: 'console.meetings.error.repeats' } },
  };
}

/** Which occurrences an act is of. */
export const partFields = { occurrence: occurrenceField, scope: optionalChoice(SCOPES) };

/** What was chosen of a series; undefined for a meeting that happens once. Left out, it is all of it. */
export function partOf(
  { series, start }: Meeting,
  { occurrence, scope }: { readonly occurrence?: Date | undefined; readonly scope?: Part['scope'] | undefined },
  now: Date,
): Part | undefined {
  if (!series) return undefined;
  return {
    occurrence: occurrence ?? presentOccurrence(series, now)?.original ?? start,
    scope: scope ?? (occurrence ? 'this' : 'all'),
  };
}

/** The meeting with the times and title of the occurrence that is meant. */
export function meetingAt(meeting: Meeting, part: Part | undefined): Meeting {
  const occurrence = part && meeting.series && occurrenceAt(meeting.series, part.occurrence);
  if (!occurrence) return meeting;
  const { start, end, title = meeting.title } = occurrence;
  return { ...meeting, start, end, title };
}

/** A meeting that has been moved to begin at `start`. */
export const spanFrom = (meeting: Meeting, start: Date): Pick<Meeting, 'start' | 'end' | 'timeZone'> => ({
  start,
  end: plus(start, meeting.series ? meeting.series.minutes * MINUTE : meeting.end.getTime() - meeting.start.getTime()),
  timeZone: meeting.timeZone,
});

/** Those that can still be changed. */
export const openOccurrences = ({ series }: Meeting, now: Date): readonly Occurrence[] =>
  series ? occurrencesOf(series).filter(({ end, cancelled }) => end > now && cancelled === null) : [];

import { DAY } from './clock.js';
import { LocalReader, offsetsOf } from './offsets.js';
import { isDay, isTimeZone } from './zones.js';

/** Which weekday of its month: the first to the fourth, or the last. A fifth does not come every month. */
export type Nth = 1 | 2 | 3 | 4 | -1;

export type Repeats =
  { readonly frequency: 'weekly' | 'fortnightly' } | { readonly frequency: 'monthly'; readonly nth: Nth };

export type Ends =
  | { readonly count: number }
  /** The last day on which it may be, `YYYY-MM-DD`, itself included. */
  | { readonly lastDate: string };

/** A series as people say it: "every second Tuesday at 19:00 in Berlin, ten times". */
export interface Recurrence {
  /** Of the first occurrence, `YYYY-MM-DD`; its weekday is the weekday of all. */
  readonly date: string;
  /** `HH:MM` on the clocks of the zone, whatever these do in the course of the year. */
  readonly time: string;
  readonly timeZone: string;
  readonly repeats: Repeats;
  readonly ends: Ends;
}

/** Ten years of weeks. */
export const MOST_OCCURRENCES = 520;

export type RecurrenceProblem =
  'not-a-time' | 'unknown-zone' | 'not-that-weekday' | 'too-many' | 'ends-before-it-starts' | 'in-a-clock-gap';

/** Why a series cannot be; undefined when it can. */
export function recurrenceProblem(recurrence: Recurrence): RecurrenceProblem | undefined {
  const { date, time, timeZone, repeats, ends } = recurrence;
  if (!isDay(date) || !/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time) || date >= LAST_START) return 'not-a-time';
  if (!isTimeZone(timeZone)) return 'unknown-zone';
  if (repeats.frequency === 'monthly' && !nthWeekdays(date).includes(repeats.nth)) return 'not-that-weekday';
  if ('count' in ends) {
    if (!Number.isInteger(ends.count) || ends.count < 1) return 'ends-before-it-starts';
    if (ends.count > MOST_OCCURRENCES) return 'too-many';
  } else {
    if (!isDay(ends.lastDate)) return 'not-a-time';
    if (ends.lastDate < date) return 'ends-before-it-starts';
    if (localStarts(recurrence).length > MOST_OCCURRENCES) return 'too-many';
  }
  const reader = new LocalReader(offsetsOf(timeZone));
  reader.instant(localStart(date, time));
  return reader.skipped ? 'in-a-clock-gap' : undefined;
}

/** Series begin before this day, so that none leaves the years of clock tables. */
const LAST_START = '2150';

/**
 * The starts of a series, in milliseconds since 1970. A later one that falls into a gap of the clocks is as long after
 * the gap's beginning as it would have been; one in a fold is at the earlier time (RFC 5545 3.3.5). Throws a RangeError
 * where recurrenceProblem has something to say.
 */
export function occurrenceInstants(recurrence: Recurrence): readonly number[] {
  const problem = recurrenceProblem(recurrence);
  if (problem !== undefined) throw new RangeError(problem);
  const reader = new LocalReader(offsetsOf(recurrence.timeZone));
  return localStarts(recurrence).map((local) => reader.instant(local));
}

/** The same as dates, the making of which takes most of the time. */
export const occurrences = (recurrence: Recurrence): readonly Date[] =>
  occurrenceInstants(recurrence).map((instant) => new Date(instant));

/**
 * Splits a series before one of its starts: what was until then keeps its rule, what comes begins anew. Undefined where
 * `at` is no start, or the first, where the whole series is meant. A start in a gap of the clocks splits by the day and
 * time that the rule means.
 */
export function splitAt(
  recurrence: Recurrence,
  at: Date,
): { readonly before: Recurrence; readonly after: Recurrence } | undefined {
  const index = occurrences(recurrence).findIndex((start) => start.getTime() === at.getTime());
  const local = localStarts(recurrence)[index];
  if (index < 1 || local === undefined) return undefined;
  const { ends } = recurrence;
  return {
    before: { ...recurrence, ends: { count: index } },
    after: {
      ...recurrence,
      date: new Date(local).toISOString().slice(0, 10),
      ends: 'count' in ends ? { count: ends.count - index } : ends,
    },
  };
}

/** What `date` is of its month's same weekdays: `[2]` for a second Tuesday, `[4, -1]` where the fourth is the last. */
export function nthWeekdays(date: string): readonly Nth[] {
  const day = Number(date.slice(8, 10));
  const inMonth = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate();
  const nth = Math.ceil(day / 7);
  return [...(nth <= 4 ? [nth as Nth] : []), ...(day + 7 > inMonth ? [-1 as const] : [])];
}

const localStart = (date: string, time: string): number => Date.parse(`${date}T${time}:00Z`);

/** Local times, in milliseconds as if the clocks showed UTC; at most one more than MOST_OCCURRENCES. */
function localStarts({ date, time, repeats, ends }: Recurrence): number[] {
  const first = localStart(date, time);
  const last = 'lastDate' in ends ? localStart(ends.lastDate, '23:59') : Infinity;
  const most = 'count' in ends ? ends.count : MOST_OCCURRENCES + 1;
  const starts: number[] = [];
  if (repeats.frequency === 'monthly') {
    const begin = new Date(first);
    const timeOfDay = first % DAY;
    for (let month = 0; starts.length < most; month += 1) {
      const start = nthOfMonth(begin, month, repeats.nth) + timeOfDay;
      if (start > last) break;
      starts.push(start);
    }
  } else {
    const step = (repeats.frequency === 'weekly' ? 7 : 14) * DAY;
    for (let start = first; starts.length < most && start <= last; start += step) starts.push(start);
  }
  return starts;
}

/** Midnight of the nth weekday, the one that `begin` is, as many months later. */
function nthOfMonth(begin: Date, months: number, nth: Nth): number {
  const [year, month] = [begin.getUTCFullYear(), begin.getUTCMonth() + months];
  if (nth === -1) {
    const end = new Date(Date.UTC(year, month + 1, 0));
    return end.getTime() - ((end.getUTCDay() - begin.getUTCDay() + 7) % 7) * DAY;
  }
  const start = new Date(Date.UTC(year, month, 1));
  return start.getTime() + (((begin.getUTCDay() - start.getUTCDay() + 7) % 7) + (nth - 1) * 7) * DAY;
}

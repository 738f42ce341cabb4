import { done, refuse, type Result } from '../rules/decision.js';
import { isDay } from './zones.js';

/** Part of a day on the clocks, in minutes since midnight; `to` is at most 1440. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

export type RangesRefusal = 'not-a-range' | 'not-in-fives' | 'ends-before-it-starts' | 'overlapping' | 'too-many';

const MOST_RANGES = 12;
const MOST_EXCEPTIONS = 200;
const RANGE = /^([01]?\d|2[0-3]):([0-5]\d)\s*[-–—]\s*([01]?\d|2[0-4]):([0-5]\d)$/;

/** Reads ranges as people write them: `16:00-18:00, 19:00-20:00`, in any order; nothing is none. */
export function readRanges(text: string): Result<readonly DayRange[], RangesRefusal> {
  const parts = text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length > MOST_RANGES) return refuse('too-many');
  const ranges: DayRange[] = [];
  for (const part of parts) {
    const [, fromHour, fromMinute, toHour, toMinute] = RANGE.exec(part) ?? [];
    const [from, to] = [minutesOf(fromHour, fromMinute), minutesOf(toHour, toMinute)];
    if (from === undefined || to === undefined || to > 1_440) return refuse('not-a-range');
    if (from % 5 !== 0 || to % 5 !== 0) return refuse('not-in-fives');
    if (to <= from) return refuse('ends-before-it-starts');
    ranges.push({ from, to });
  }
  ranges.sort((a, b) => a.from - b.from);
  if (ranges.some(({ from }, index) => from < (ranges[index - 1]?.to ?? 0))) return refuse('overlapping');
  return done(ranges);
}

const minutesOf = (hour: string | undefined, minute: string | undefined): number | undefined =>
  hour === undefined || minute === undefined ? undefined : Number(hour) * 60 + Number(minute);

/** Ranges as they are written into a form again. */
export const writeRanges = (ranges: readonly DayRange[]): string =>
  ranges.map(({ from, to }) => `${timeOfDay(from)}-${timeOfDay(to)}`).join(', ');

const timeOfDay = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** What is different on single days: the ranges that hold instead, none on a day off. By day, `YYYY-MM-DD`. */
export type Exceptions = ReadonlyMap<string, readonly DayRange[]>;

/** Reads one exception a line: `2027-05-01` is a day off, `2027-05-02 10:00-12:00` has these ranges instead. */
export function readExceptions(text: string): Result<Exceptions, RangesRefusal | 'not-a-day' | 'day-twice'> {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length > MOST_EXCEPTIONS) return refuse('too-many');
  const exceptions = new Map<string, readonly DayRange[]>();
  for (const line of lines) {
    const day = line.slice(0, 10);
    if (!isDay(day) || !/^(?:$|[\s:])/.test(line.slice(10))) return refuse('not-a-day');
    if (exceptions.has(day)) return refuse('day-twice');
    const ranges = readRanges(line.slice(10).replace(/^\s*:\s+/, ''));
    if (!ranges.ok) return ranges;
    exceptions.set(day, ranges.value);
  }
  return done(exceptions);
}

/** When someone offers time, as people say it: on the clocks of a zone, week by week. */
export interface Availability {
  readonly timeZone: string;
  /** Seven lists, Monday's first. */
  readonly week: readonly (readonly DayRange[])[];
  /** 1: every week; 2: the week of `from` and every second after it. */
  readonly everyWeeks: number;
  /** First and last day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly until?: string;
  readonly exceptions: Exceptions;
  /** Multiples of 5 */
  readonly slotMinutes: number;
  /** Kept free after each slot; a multiple of 5. */
  readonly bufferMinutes: number;
}

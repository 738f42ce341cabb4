import { MINUTE } from '../../../libs/time/clock.js';

const MINUTES_OF_DAY = 24 * 60;

/** Where a meeting lies in the day of a place, in minutes after its midnight; what comes after the next one is cut off. */
export function partOfDay(start: Date, end: Date, timeZone: string): { readonly from: number; readonly to: number } {
  const there = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(timeZone);
  const from = there.hour * 60 + there.minute;
  return { from, to: Math.min(from + (end.getTime() - start.getTime()) / MINUTE, MINUTES_OF_DAY) };
}

/** True where clocks differ, so that a meeting in the evening of one place may lie in the night of another. */
export function clocksDiffer(start: Date, timeZones: readonly string[]): boolean {
  return new Set(timeZones.map((zone) => partOfDay(start, start, zone).from)).size > 1;
}

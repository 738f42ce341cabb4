import { DAY } from '../../../libs/time/clock.js';
import type { FreeSlot, Interval } from '../../../libs/time/slots.js';
import { isDay, onTheClock } from '../../../libs/time/zones.js';

/** Seven days on the clocks of a reader. */
export interface Week {
  /** `YYYY-MM-DD`, seven of them. */
  readonly days: readonly string[];
  /** From the first midnight to the last. */
  readonly window: Interval;
  /** The first days of the weeks before and after. */
  readonly before: string;
  readonly after: string;
}

/** The week that begins on a day of the reader's zone. */
export function weekFrom(first: string, timeZone: string): Week {
  const start = Temporal.PlainDate.from(first);
  const day = (days: number): Temporal.PlainDate => start.add({ days });
  const midnight = (at: Temporal.PlainDate): number => at.toZonedDateTime(timeZone).epochMilliseconds;
  return {
    days: Array.from({ length: 7 }, (_, index) => day(index).toString()),
    window: { from: midnight(start), to: midnight(day(7)) },
    before: day(-7).toString(),
    after: day(7).toString(),
  };
}

/** The day on the reader's clocks, or the one that was asked for if it is a day within reach. */
export function firstDayOf(asked: unknown, now: Date, timeZone: string): string {
  const today = dayOf(now.getTime(), timeZone);
  if (typeof asked !== 'string' || !isDay(asked) || asked < today) return today;
  return asked > dayOf(now.getTime() + FURTHEST * DAY, timeZone) ? today : asked;
}

/** More days than any horizon. */
const FURTHEST = 400;

export const dayOf = (instant: number, timeZone: string): string => onTheClock(new Date(instant), timeZone).date;

/** Slots by the day of the reader on which they begin. */
export function byDay(
  week: Week,
  free: readonly FreeSlot[],
  timeZone: string,
): ReadonlyMap<string, readonly FreeSlot[]> {
  const found = Map.groupBy(free, ({ start }) => dayOf(start, timeZone));
  return new Map(week.days.map((day) => [day, found.get(day) ?? []]));
}

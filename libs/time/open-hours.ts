import type { Availability, DayRange } from './availability.js';
import type { Interval } from './slots.js';

/** A range of one day of the availability's zone. */
export interface OpenRange extends Interval {
  /** `YYYY-MM-DD`, in the zone of the availability. */
  readonly day: string;
}

/**
 * The ranges of a day as they are on the clocks: where the clocks skip their beginning or end they go on after the gap, where
 * a time is shown twice the earlier counts. What the clocks skip whole is left out.
 */
export function openOn(availability: Availability, date: Temporal.PlainDate): readonly OpenRange[] {
  const instant = (minutes: number): number =>
    date.toPlainDateTime().add({ minutes }).toZonedDateTime(availability.timeZone, { disambiguation: 'compatible' })
      .epochMilliseconds;
  return joined(rangesOn(availability, date))
    .map(({ from, to }) => ({ day: date.toString(), from: instant(from), to: instant(to) }))
    .filter(({ from, to }) => from < to);
}

/** One that begins where another ends goes on with it. */
const joined = (ranges: readonly DayRange[]): readonly DayRange[] =>
  ranges.reduce<readonly DayRange[]>((before, range) => {
    const last = before.at(-1);
    return last?.to === range.from ? [...before.slice(0, -1), { ...last, to: range.to }] : [...before, range];
  }, []);

/** The range that is on at an instant. */
export function openAt(availability: Availability, now: Date): OpenRange | undefined {
  const at = now.getTime();
  return openOn(availability, dateAt(availability, now)).find(({ from, to }) => from <= at && at < to);
}

/** The first range to begin after an instant, looked for as many days ahead. */
export function nextOpen(availability: Availability, now: Date, days: number): OpenRange | undefined {
  const today = dateAt(availability, now);
  for (let ahead = 0; ahead <= days; ahead++) {
    const found = openOn(availability, today.add({ days: ahead })).find(({ from }) => from > now.getTime());
    if (found) return found;
  }
  return undefined;
}

const dateAt = ({ timeZone }: Availability, now: Date): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();

function rangesOn(
  { week, everyWeeks, from, until, exceptions }: Availability,
  date: Temporal.PlainDate,
): readonly DayRange[] {
  const day = date.toString();
  if (day < from || (until !== undefined && day > until)) return [];
  const changed = exceptions.get(day);
  if (changed) return changed;
  const first = mondayOf(Temporal.PlainDate.from(from));
  const weeks = first.until(mondayOf(date), { largestUnit: 'weeks' }).weeks;
  return weeks % everyWeeks === 0 ? (week[date.dayOfWeek - 1] ?? []) : [];
}

const mondayOf = (date: Temporal.PlainDate): Temporal.PlainDate => date.subtract({ days: date.dayOfWeek - 1 });

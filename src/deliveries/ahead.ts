import { HOUR, MINUTE } from '../../libs/time/clock.js';

/** How far off something is, as one would say it. A type: an interface could not fill in a text. */
export type Ahead = {
  readonly unit: 'minutes' | 'hours' | 'today' | 'tomorrow' | 'days';
  /** Of minutes, hours or days. */
  readonly count: number;
};

/** Beyond these, nobody counts hours. */
const COUNTED_HOURS = 12;

/**
 * How far off `start` is: in minutes, of which a few more or less are not told, in full hours, or by the days of the
 * reader's zone.
 */
export function aheadOf(start: Date, now: Date, timeZone: string): Ahead {
  const exact = (start.getTime() - now.getTime()) / MINUTE;
  const minutes = exact < 10 ? Math.max(1, Math.round(exact)) : Math.round(exact / 5) * 5;
  if (minutes < 120 && minutes !== 60) return { unit: 'minutes', count: minutes };
  const hours = Math.floor((minutes * MINUTE) / HOUR);
  if (minutes <= COUNTED_HOURS * 60) return { unit: 'hours', count: hours };
  const dayOf = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const days = dayOf(now).until(dayOf(start)).days;
  return { unit: days === 0 ? 'today' : days === 1 ? 'tomorrow' : 'days', count: days };
}

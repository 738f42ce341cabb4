import { DAY, plus } from '../../libs/time/clock.js';

/** How long a pause lasts when no day was chosen. */
export const PAUSE_DAYS = 30;

/**
 * The instant at which a pause ends: when the chosen day begins where the person lives.
 * @param day `YYYY-MM-DD`, a day that exists
 */
export const pauseEnd = (day: string | undefined, timeZone: string, now: Date): Date =>
  day === undefined
    ? plus(now, PAUSE_DAYS * DAY)
    : new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds);

/** The day on which a pause of the usual length ends, as a date field takes it. */
export const usualDay = (timeZone: string, now: Date): string =>
  Temporal.Instant.fromEpochMilliseconds(plus(now, PAUSE_DAYS * DAY).getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();

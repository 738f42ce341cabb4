import { DAY, HOUR, plus } from '../../libs/time/clock.js';

/** Hours of the day, local to the reader, between which mails that can wait do wait. Equal ones: never. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** The first instant from `at` on that is outside the quiet hours of a zone; its nights are as long as its clocks make them. */
export function afterQuietHours(at: Date, { from, to }: QuietHours, timeZone: string): Date {
  if (from === to) return at;
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const isQuiet = from < to ? local.hour >= from && local.hour < to : local.hour >= from || local.hour < to;
  if (!isQuiet) return at;
  const morning = local.hour < to ? local : local.add({ days: 1 });
  const end = morning.toPlainDate().toZonedDateTime({ timeZone, plainTime: { hour: to } });
  return new Date(end.epochMilliseconds);
}

/**
 * When a mail that can wait goes out; `now` when it need not wait.
 * @param sent the mails to this contact within the last 24 hours, the latest first
 * @param mostPerDay of them within 24 hours
 * @param last after which the mail helps nobody, such as a meeting's start: quiet hours do not make it come too late
 */
export function waitUntil(
  now: Date,
  contact: { readonly timeZone: string; readonly sent: readonly Date[] },
  limits: { readonly quiet: QuietHours; readonly mostPerDay: number },
  last: Date,
): Date {
  const counted = contact.sent[limits.mostPerDay - 1];
  const allowed = counted === undefined || plus(counted, DAY) <= now ? now : plus(counted, DAY);
  const awake = afterQuietHours(allowed, limits.quiet, contact.timeZone);
  return awake > plus(last, -HOUR) ? allowed : awake;
}

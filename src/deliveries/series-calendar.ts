import type { CalendarText, InviteTemplate } from '../../libs/calendar/invite.js';
import { inviteTemplate } from '../../libs/calendar/invite.js';
import { occurrenceTemplate, seriesTemplate } from '../../libs/calendar/series.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import { formatAgain } from '../../libs/time/when.js';
import { nextOf } from '../invitations/occurrence.js';
import { occurrencesOf, ruleOf, stampOf, takingPlace } from '../invitations/series.js';
import type { Subject } from '../invitations/subject.js';
import type { OwnInSeries } from './delivery.js';

/** What makes a guest's mail about a series another than the next guest's. */
export interface SeriesView {
  /** Of those who come to all of it. */
  readonly own?: OwnInSeries | undefined;
  /** The original start of the one occurrence that the mail is about, where their calendar holds all. */
  readonly occurrence?: Date | undefined;
}

/** What a mail says of a meeting that repeats: how often, the dates to come, and how many there are besides. */
export interface DatesAhead {
  readonly frequency: Recurrence['repeats']['frequency'];
  readonly dates: readonly string[];
  readonly more: number;
}

/** Dates that a mail names one by one. */
const MOST_DATES = 12;

/**
 * The calendar of a mail: a meeting that happens once, or that someone comes to once, in UTC and with nothing of a series
 * (RFC 5545 3.8.5.3); one occurrence by its RECURRENCE-ID; or all of it.
 */
export function calendarOf(
  subject: Subject,
  text: CalendarText,
  { own, occurrence }: SeriesView,
  slots: readonly string[],
): InviteTemplate {
  if (occurrence && subject.occurrence) {
    return occurrenceTemplate(text, subject.occurrence.rule, subject.occurrence.original, slots);
  }
  const { series } = subject;
  if (!series) return inviteTemplate(text, slots);
  const rule = ruleOf(series);
  // A CANCEL of all has nothing to say of single ones, and there may be none left.
  if (text.method === 'CANCEL') {
    const cancelled = { ...text, recurrence: rule, durationMinutes: series.minutes, without: [], changed: [] };
    return seriesTemplate(cancelled, slots);
  }
  const all = occurrencesOf(series).filter(({ gone }) => !gone);
  const without = new Set([
    ...(own?.without ?? []).map(Number),
    ...all.filter(({ cancelled }) => cancelled !== null).map(({ original }) => original.getTime()),
  ]);
  const apart = new Set((own?.apart ?? []).map(({ original }) => original.getTime()));
  return seriesTemplate(
    {
      ...text,
      recurrence: rule,
      durationMinutes: series.minutes,
      without: all.filter(({ original }) => without.has(original.getTime())).map(({ original }) => original),
      changed: all
        .filter(({ original }) => !without.has(original.getTime()))
        .filter(({ moved, title, original }) => moved || title !== undefined || apart.has(original.getTime()))
        .map(({ original, start, end, title }) => ({
          ...sameIn(text),
          original,
          start,
          end,
          summary: title ?? text.summary,
        })),
    },
    slots,
  );
}

/** What an occurrence that was moved or renamed has in common with all. */
const sameIn = ({ description, location, url, conference }: CalendarText) => ({
  description,
  location,
  ...(url !== undefined && { url }),
  ...(conference && { conference }),
});

/** What a template of this view is kept under, besides texts and language; the same for all who gave up nothing. */
export const viewKey = ({ own, occurrence }: SeriesView): string =>
  [
    occurrence ? stampOf(occurrence) : '',
    (own?.without ?? []).map(stampOf).join(),
    (own?.apart ?? []).map(({ original }) => stampOf(original)).join(),
  ].join('|');

/** The dates to come on the reader's clocks, and how many there are besides. */
export function datesOf(
  subject: Subject,
  { own }: SeriesView,
  timeZone: string,
  language: string,
): DatesAhead | undefined {
  if (!subject.series) return undefined;
  const without = new Set((own?.without ?? []).map(Number));
  const ahead = takingPlace(subject.series)
    .filter(({ start, original }) => start >= subject.start && !without.has(original.getTime()))
    .sort((a, b) => a.start.getTime() - b.start.getTime());
  return {
    frequency: subject.series.recurrence.repeats.frequency,
    dates: ahead
      .slice(0, MOST_DATES)
      .map(
        ({ start, end, title }) =>
          `${formatAgain({ start, end }, nextOf(subject), timeZone, language)}${title === undefined ? '' : ` · ${title}`}`,
      ),
    more: Math.max(0, ahead.length - MOST_DATES),
  };
}

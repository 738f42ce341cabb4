import type { PublishedMeeting, PublishedSeries } from '../../libs/calendar/publication.js';
import { occurrencesOf, ruleOf, type Occurrence, type Series } from '../invitations/series.js';
import type { Meeting } from './meeting.js';

/** Dates to come that are told one by one. */
const MOST_NEXT = 20;

/**
 * A series as a calendar takes it that everyone may have, or that is one guest's own. Where nothing of it takes place, all of it is published.
 * @param notFor original starts of what a guest has given up
 */
export function publishedSeries(
  series: Series,
  { title }: Pick<Meeting, 'title'>,
  texts: Pick<PublishedMeeting, 'description' | 'location' | 'url' | 'conference'>,
  notFor: readonly Date[] = [],
): Pick<PublishedSeries, 'recurrence' | 'durationMinutes' | 'without' | 'changed'> {
  const all = occurrencesOf(series).filter(({ gone }) => !gone);
  const left = new Set(notFor.map(Number));
  const isOut = ({ cancelled, original }: Occurrence): boolean => cancelled !== null || left.has(original.getTime());
  const without = all.filter(isOut).map(({ original }) => original);
  return {
    recurrence: ruleOf(series),
    durationMinutes: series.minutes,
    without: without.length === all.length ? [] : without,
    changed: all
      .filter((each) => !isOut(each) && (each.moved || each.title !== undefined))
      .map(({ original, start, end, title: own }) => ({ ...texts, original, start, end, summary: own ?? title })),
  };
}

interface Repeats {
  readonly frequency: 'weekly' | 'fortnightly' | 'monthly';
  readonly next: {
    readonly occurrence: string;
    readonly start: string;
    readonly end: string;
    readonly title: string;
    readonly cancelled: boolean;
  }[];
  readonly more: number;
}

/** How a meeting repeats, and its dates to come, as JSON tells them. */
export function repeatsOf(series: Series, { title, status }: Pick<Meeting, 'title' | 'status'>, now: Date): Repeats {
  const ahead = occurrencesOf(series).filter(({ end, gone }) => end > now && !gone);
  return {
    frequency: series.recurrence.repeats.frequency,
    next: ahead.slice(0, MOST_NEXT).map(({ original, start, end, title: own, cancelled }) => ({
      occurrence: original.toISOString(),
      start: start.toISOString(),
      end: end.toISOString(),
      title: own ?? title,
      cancelled: status === 'cancelled' || cancelled !== null,
    })),
    more: Math.max(0, ahead.length - MOST_NEXT),
  };
}

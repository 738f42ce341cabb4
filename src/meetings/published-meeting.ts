import type { PublishedMeeting, PublishedSeries } from '../../libs/calendar/publication.js';
import type { Translate } from '../../libs/web/i18n.js';
import type { Meeting } from './meeting.js';
import { publishedSeries } from './published-series.js';

/** In whose words a meeting is published, and where its page is. */
export interface Publishing {
  readonly language: string;
  readonly t: Translate;
  /** An absolute address. */
  readonly page: string;
  readonly organizer: PublishedMeeting['organizer'];
}

/** A meeting as everyone's calendar may have it: no guest, no room, no number to call, nobody's name. */
export function publishedMeeting(meeting: Meeting, publishing: Publishing): PublishedMeeting | PublishedSeries {
  const { language, t, page, organizer } = publishing;
  const { start, end, sequence } = meeting;
  const cancelled = meeting.status === 'cancelled';
  const texts = {
    ...publicTexts(meeting, publishing),
    url: page,
    ...(meeting.capacity === null && !cancelled && { conference: { uri: `${page}/join`, label: t('meetings.join') } }),
  };
  return {
    ...texts,
    // No invitation has this id, so that a calendar keeps the two apart.
    uid: meeting.id,
    ...(meeting.series ? publishedSeries(meeting.series, meeting, texts) : { start, end }),
    ...{ sequence, language, organizer },
    dtstamp: meeting.changedAt,
    // Calendars that subscribe know no CANCEL, and some show nothing of STATUS.
    summary: cancelled ? t('feeds.cancelled', { title: meeting.title }) : meeting.title,
    status: cancelled ? 'CANCELLED' : 'CONFIRMED',
  };
}

/** The link leads to the page, which lets people in at the time. */
export function publicTexts(
  { status, description, cancelReason }: Pick<Meeting, 'status' | 'description' | 'cancelReason'>,
  { t, page }: Pick<Publishing, 't' | 'page'>,
): { readonly description: string; readonly location: string } {
  const parts =
    status === 'cancelled'
      ? [t('meetings.cancelled.title'), cancelReason, description, page]
      : [description, t('meetings.calendar.page', { page }), t('meetings.promise')];
  return { description: parts.filter((part) => part !== '').join('\n\n'), location: page };
}

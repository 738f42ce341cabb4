import type { PublishedMeeting, PublishedSeries } from '../../libs/calendar/publication.js';
import { latest } from '../../libs/time/clock.js';
import { type Language, namesOfLanguages, type Translate } from '../../libs/web/i18n.js';
import { type Answer, type Invitation, takesPart } from '../invitations/invitation.js';
import { answersApart, takesPartAt } from '../invitations/occurrence.js';
import { takingPlace, type Series } from '../invitations/series.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import { publishedSeries } from '../meetings/published-series.js';
import { isInFeed } from './feed-window.js';

/** One contact's place, as invitations hand it out. */
export interface OwnPlace {
  readonly subject: Subject;
  readonly invitation: Invitation;
  readonly answer: Answer;
}

/** In whose words, and with whose links. */
export interface OwnPublishing {
  readonly language: Language;
  readonly t: Translate;
  /** The pages of this very invitation. */
  readonly links: { readonly invitation: string; readonly join: string };
  readonly organizer: PublishedMeeting['organizer'];
}

/** What someone declined or left is not theirs any more; what was cancelled stays, and says so. */
export function isInOwnFeed({ subject, invitation }: Omit<OwnPlace, 'answer'>, now: Date): boolean {
  if (!isInFeed(subject, now)) return false;
  if (!subject.series || subject.status === 'cancelled') return takesPart(invitation, subject);
  return takingPlace(subject.series).some((occurrence) => takesPartAt(invitation, occurrence));
}

/**
 * A contact's place as their own calendar shows it. What is published has no ATTENDEE (RFC 5546 3.2.1): their answer
 * stands in the text, and all but an acceptance is tentative.
 */
export function ownMeeting(
  { subject, invitation, answer }: OwnPlace,
  publishing: OwnPublishing,
): PublishedMeeting | PublishedSeries {
  const { language, t, links, organizer } = publishing;
  const cancelled = subject.status === 'cancelled';
  const title = invitation.role === 'host' ? t('feeds.host', { title: subject.title }) : subject.title;
  const texts = {
    description: descriptionOf({ subject, invitation, answer }, publishing),
    location: cancelled ? '' : links.join,
    url: links.invitation,
    ...(!cancelled && { conference: { uri: links.join, label: t('mail.act.join') } }),
  };
  const { start, end, series } = subject;
  return {
    ...texts,
    ...(series ? seriesOf(series, { subject, invitation, answer }, title, texts, publishing) : { start, end }),
    // That of the meeting, not of the invitation: the entry that came by mail stays apart, and takes its own updates.
    uid: subject.id,
    ...{ sequence: subject.sequence, language, organizer },
    dtstamp: latest(subject.changedAt, ...repliesOf(invitation)),
    summary: cancelled ? t('feeds.cancelled', { title }) : title,
    status: cancelled ? 'CANCELLED' : statusOf(answer),
  };
}

/** Without the dates that were given up; those to which another answer was given than to all say so. */
function seriesOf(
  series: Series,
  place: OwnPlace,
  title: string,
  texts: Pick<PublishedMeeting, 'description' | 'location' | 'url' | 'conference'>,
  publishing: OwnPublishing,
): ReturnType<typeof publishedSeries> {
  const { subject, invitation } = place;
  if (subject.status === 'cancelled') return publishedSeries(series, { title }, texts);
  const notFor = takingPlace(series).filter((occurrence) => !takesPartAt(invitation, occurrence));
  const apart = answersApart(invitation, subject).filter(({ answer }) => answer !== 'declined');
  const isApart = new Set(apart.map(({ occurrence }) => occurrence.original.getTime()));
  const originals = notFor.map(({ original }) => original);
  const published = publishedSeries(series, { title }, texts, originals);
  return {
    ...published,
    changed: [
      ...published.changed.filter(({ original }) => !isApart.has(original.getTime())),
      ...apart.map(({ occurrence: { original, start, end, title: own }, answer }) => ({
        ...texts,
        ...{ original, start, end, summary: own ?? title, status: statusOf(answer) },
        description: descriptionOf({ ...place, answer }, publishing),
      })),
    ],
  };
}

const statusOf = (answer: Answer): 'CONFIRMED' | 'TENTATIVE' => (answer === 'accepted' ? 'CONFIRMED' : 'TENTATIVE');

const repliesOf = (invitation: Invitation): readonly Date[] =>
  [invitation, ...(invitation.occurrences ?? [])].flatMap(({ replied }) => (replied ? [replied.dtstamp] : []));

function descriptionOf(place: OwnPlace, publishing: OwnPublishing): string {
  const { subject, invitation, answer } = place;
  const { language, t } = publishing;
  const colon = t('mail.colon');
  const spoken = namesOfLanguages(subject.languages, language);
  const reply = `${t('feeds.own.reply')}${colon} ${t(`contacts.reply.${answer}`)}`;
  const parts =
    subject.status === 'cancelled'
      ? [t('meetings.cancelled.title'), subject.cancelReason, subject.description]
      : [
          invitation.role === 'host' ? t('feeds.own.host') : reply,
          subject.description,
          spoken === '' ? '' : `${t('meetings.spoken')}${colon} ${spoken}`,
          ...linesOfLinks(place, publishing),
          t('meetings.promise'),
        ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function linesOfLinks({ subject, invitation }: OwnPlace, { t, links }: OwnPublishing): readonly string[] {
  const line = (name: string, link: string): string => `${name}${t('mail.colon')} ${link}`;
  const hosts = invitation.role === 'host';
  const minutes = OPENS_BEFORE;
  if (subject.kind === 'booking') {
    const act = t(hosts ? 'mail.booking.act.host' : 'mail.booking.act');
    return [`${line(act, links.invitation)}\n${t('mail.booking.opens', { minutes })}`];
  }
  return [
    line(t(hosts ? 'mail.act.invitation' : 'mail.act.reply'), links.invitation),
    `${line(t('mail.act.join'), links.join)}\n${t('mail.room.opens', { minutes })}`,
  ];
}

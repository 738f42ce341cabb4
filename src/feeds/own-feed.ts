import type { PublishedMeeting } from '../../libs/calendar/publication.js';
import { latest } from '../../libs/time/clock.js';
import { type Language, nameOfLanguage, type Translate } from '../../libs/web/i18n.js';
import { type Answer, type Invitation, takesPart } from '../invitations/invitation.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
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
export const isInOwnFeed = ({ subject, invitation }: Omit<OwnPlace, 'answer'>, now: Date): boolean =>
  takesPart(invitation, subject) && isInFeed(subject, now);

/**
 * A contact's place as their own calendar shows it. What is published has no ATTENDEE (RFC 5546 3.2.1): their answer
 * stands in the text, and all but an acceptance is tentative.
 */
export function ownMeeting({ subject, invitation, answer }: OwnPlace, publishing: OwnPublishing): PublishedMeeting {
  const { language, t, links, organizer } = publishing;
  const cancelled = subject.status === 'cancelled';
  const title = invitation.role === 'host' ? t('feeds.host', { title: subject.title }) : subject.title;
  return {
    // That of the meeting, not of the invitation: the entry that came by mail stays apart, and takes its own updates.
    uid: subject.id,
    ...{ sequence: subject.sequence, start: subject.start, end: subject.end, language, organizer },
    dtstamp: latest(subject.changedAt, ...(invitation.replied ? [invitation.replied.dtstamp] : [])),
    summary: cancelled ? t('feeds.cancelled', { title }) : title,
    description: descriptionOf({ subject, invitation, answer }, publishing),
    location: cancelled ? '' : links.join,
    status: cancelled ? 'CANCELLED' : answer === 'accepted' ? 'CONFIRMED' : 'TENTATIVE',
    url: links.invitation,
    ...(!cancelled && { conference: { uri: links.join, label: t('mail.act.join') } }),
  };
}

function descriptionOf({ subject, invitation, answer }: OwnPlace, { language, t, links }: OwnPublishing): string {
  const colon = t('mail.colon');
  const spoken = subject.languages.map((each) => nameOfLanguage(each, language)).join(', ');
  const reply = `${t('feeds.own.reply')}${colon} ${t(`contacts.reply.${answer}`)}`;
  const parts =
    subject.status === 'cancelled'
      ? [t('meetings.cancelled.title'), subject.cancelReason, subject.description]
      : [
          invitation.role === 'host' ? t('feeds.own.host') : reply,
          subject.description,
          spoken === '' ? '' : `${t('meetings.spoken')}${colon} ${spoken}`,
          `${t(invitation.role === 'host' ? 'mail.act.invitation' : 'mail.act.reply')}${colon} ${links.invitation}`,
          `${t('mail.act.join')}${colon} ${links.join}\n${t('mail.room.opens', { minutes: OPENS_BEFORE })}`,
          t('meetings.promise'),
        ];
  return parts.filter((part) => part !== '').join('\n\n');
}

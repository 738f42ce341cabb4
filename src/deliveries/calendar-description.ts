import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import type { Occasion } from './delivery.js';
import { details, filled, lines, oneLine, type Readership } from './letter-parts.js';

/** What a CANCEL leaves in an entry, which some calendars keep: nothing that leads to the meeting. */
export function closingDescription(
  { cancelReason }: Subject,
  occasion: Occasion | undefined,
  { t }: Readership,
): string {
  const reason = occasion === 'cancelled' ? oneLine(cancelReason) : '';
  return [
    ...(reason === '' ? [] : [`${t('mail.fact.reason')}${t('mail.colon')} ${reason}\n`]),
    t('mail.footer.not-a-commitment'),
    t('mail.footer.never-disclosed'),
  ].join('\n');
}

/** What a guest's calendar shows below the title: the meeting's words, the links, and what is promised. */
export function calendarDescription(subject: Subject, reader: Readership): string {
  const { t } = reader;
  const colon = t('mail.colon');
  const promises = [t('mail.footer.not-a-commitment'), t('mail.footer.never-disclosed')];
  const parts = [
    lines(subject.description),
    ...details(subject, reader)
      .filter((block) => block.kind === 'fact')
      .map((block) => `${block.label}${colon} ${block.value}`),
    `${t('mail.act.reply')}${colon} ${filled('invitation')}`,
    `${t('mail.act.join')}${colon} ${filled('join')}\n${t('mail.room.opens', { minutes: OPENS_BEFORE })}`,
    [...promises, t('mail.footer.in-the-room')].join('\n'),
    `${t('mail.act.leave')}${colon} ${filled('invitation')}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What a calendar shows below the title of a booking. */
export function bookingDescription(subject: Subject, reader: Readership): string {
  const { t } = reader;
  const colon = t('mail.colon');
  const promises = [t('mail.footer.not-a-commitment'), t('mail.footer.never-disclosed')];
  const parts = [
    lines(subject.description),
    `${t('mail.booking.act')}${colon} ${filled('invitation')}\n${t('mail.booking.opens', { minutes: OPENS_BEFORE })}`,
    [...promises, t('mail.footer.in-the-room')].join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

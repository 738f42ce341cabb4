import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import type { Occasion } from './delivery.js';
import { act, fact, link, paragraph, type Block } from './letter.js';
import {
  details,
  filled,
  lines,
  oneLine,
  stop,
  times,
  why,
  written,
  type MeetingLetter,
  type Readership,
  type Written,
} from './letters.js';

/** Mails about a booking of office hours, for its visitor and its host. One link leads each of them to all there is to do. */
export function bookingLetter(
  subject: Subject,
  { kind, occasion, host, twoZones }: MeetingLetter,
  reader: Readership,
): Written {
  const { t } = reader;
  const title = oneLine(subject.title);
  const name =
    kind === 'cancel' ? cancelName(occasion) : kind === 'reminder' ? 'reminder' : requestName(occasion, host);
  const reason = oneLine(subject.cancelReason);
  const isOver = kind === 'cancel';
  const about: readonly Block[] = [
    ...times(t, twoZones),
    ...(isOver ? [] : details(subject, reader)),
    ...(name === 'cancelled' && reason !== '' ? [fact(t('mail.fact.reason'), reason)] : []),
  ];
  return written(t(`mail.booking.${name}.subject`, { title }), title, reader, {
    blocks: [
      paragraph(t('mail.hello')),
      paragraph(t(occasion === 'farewell' ? 'mail.cancel.farewell.text' : `mail.booking.${name}.text`)),
      ...about,
      ...(isOver ? again(occasion, host, reader) : links(host, reader)),
    ],
    footer: [
      ...why(reader),
      ...(isOver ? [] : [paragraph(t('mail.footer.in-the-room'))]),
      ...(occasion === 'farewell' ? [] : stop(reader)),
    ],
  });
}

/** What a calendar shows below the title of a booking. */
export function bookingDescription(subject: Subject, occasion: Occasion | undefined, reader: Readership): string {
  const { t } = reader;
  const colon = t('mail.colon');
  const promises = [t('mail.footer.not-a-commitment'), t('mail.footer.never-disclosed')];
  if (occasion === 'farewell') return promises.join('\n');
  const parts = [
    lines(subject.description),
    `${t('mail.booking.act')}${colon} ${filled('invitation')}`,
    `${t('mail.booking.join')}${colon} ${filled('join')}\n${t('mail.booking.opens', { minutes: OPENS_BEFORE })}`,
    [...promises, t('mail.footer.in-the-room')].join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const requestName = (occasion: Occasion | undefined, host: boolean) => {
  if (occasion === 'moved') return 'moved';
  if (occasion === 'changed') return 'changed';
  return host ? 'host' : 'new';
};

const cancelName = (occasion: Occasion | undefined) => (occasion === 'cancelled' ? 'cancelled' : 'gone');

const links = (host: boolean, { t }: Readership): readonly Block[] => [
  act(t(host ? 'mail.booking.act.host' : 'mail.booking.act'), filled('invitation')),
  paragraph(t('mail.booking.opens', { minutes: OPENS_BEFORE })),
];

const again = (occasion: Occasion | undefined, host: boolean, { t, page }: Readership): readonly Block[] =>
  host || occasion === 'farewell' ? [] : [link(t('mail.booking.again'), page('office-hours'))];

import { formatForReader, formatWhen } from '../../libs/time/when.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import type { BookingMatter, MatterKind } from './booking-matters.service.js';
import { HELD_MINUTES, type Occasion } from './delivery.js';
import {
  details,
  filled,
  lines,
  oneLine,
  stop,
  times,
  why,
  written,
  type Readership,
  type Written,
} from './letter-parts.js';
import { act, fact, lead, link, paragraph, said, words, type Block } from './letter.js';
import type { MeetingLetter } from './meeting-letters.js';

/** Mails about a booking of office hours, for its visitor and its host. One link leads each of them to all there is to do. */
export function bookingLetter(
  subject: Subject,
  { kind, occasion, host, twoZones, ahead }: MeetingLetter,
  reader: Readership,
): Written {
  const { t } = reader;
  const title = oneLine(subject.title);
  const name =
    kind === 'cancel' ? cancelName(occasion) : kind === 'reminder' ? 'reminder' : requestName(occasion, host);
  const reason = oneLine(subject.cancelReason);
  const isOver = kind === 'cancel';
  const about: readonly Block[] = [
    ...(isOver ? [] : details(subject, reader)),
    ...(name === 'cancelled' && reason !== '' ? [fact(t('mail.fact.reason'), reason)] : []),
  ];
  return written(t(`mail.booking.${name}.subject`, { title, ...ahead }), reader, {
    blocks: [
      ...times(t, twoZones),
      paragraph(t('mail.hello')),
      paragraph(t(occasion === 'farewell' ? 'mail.cancel.farewell.text' : `mail.booking.${name}.text`, ahead)),
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

/** Mails about one booking that no calendar reads. */
export function matterLetter(
  kind: MatterKind,
  matter: BookingMatter,
  reader: Readership & { readonly timeZone: string },
): Written {
  const { t } = reader;
  const title = oneLine(matter.title);
  const say = (subject: string, blocks: readonly Block[], footer: readonly Block[]): Written =>
    written(subject, reader, { blocks: [...whenOf(matter, reader), paragraph(t('mail.hello')), ...blocks], footer });
  switch (kind) {
    case 'booking':
      return say(
        t('mail.booking.hold.subject'),
        [
          paragraph(t('mail.booking.hold.text', { minutes: HELD_MINUTES })),
          words(title),
          ...heldUntil('mail.booking.held-until', matter, reader),
          act(t('mail.booking.hold.act'), filled('link')),
          paragraph(t('mail.booking.hold.otherwise')),
        ],
        why(reader),
      );
    case 'offer': {
      const by = matter.by ?? 'list';
      return say(
        t(`mail.offer.${by}.subject`, { title }),
        [
          paragraph(t(`mail.offer.${by}.text`)),
          ...(matter.booked
            ? [
                fact(
                  t('mail.offer.booked'),
                  formatForReader({ ...matter, ...matter.booked }, reader.timeZone, reader.language).reader,
                ),
              ]
            : []),
          ...heldUntil('mail.offer.until', matter, reader),
          act(t('mail.offer.act'), filled('link')),
          paragraph(t('mail.offer.otherwise')),
        ],
        [...why(reader), ...stop(reader)],
      );
    }
    case 'host-note':
      return say(
        t('mail.host-note.subject', { title }),
        [
          paragraph(t('mail.host-note.text', { title })),
          said(lines(matter.words ?? '')),
          ...(reader.hears ? [paragraph(t('mail.host-note.answer'))] : []),
          act(t('mail.booking.act'), filled('link')),
        ],
        [...promised(reader), ...stop(reader)],
      );
    case 'visitor-note':
      return say(
        t('mail.visitor-note.subject', { title }),
        [
          paragraph(t('mail.visitor-note.text', { title })),
          said(lines(matter.words ?? '')),
          ...(reader.hears ? [paragraph(t('mail.visitor-note.answer'))] : []),
          act(t('mail.visitor-note.act'), reader.page(matter.page)),
        ],
        promised(reader),
      );
  }
}

/** In the reader's zone, and in that of the office hours where it shows another time. */
function whenOf(matter: BookingMatter, { t, timeZone, language }: Readership & { readonly timeZone: string }) {
  const { reader, meeting } = formatForReader(matter, timeZone, language);
  return [lead(reader), ...(meeting === undefined ? [] : [fact(t('mail.fact.there'), meeting)])];
}

const heldUntil = (
  label: 'mail.booking.held-until' | 'mail.offer.until',
  { until }: BookingMatter,
  { t, timeZone, language }: Readership & { readonly timeZone: string },
): readonly Block[] => (until ? [fact(t(label), formatWhen(until, timeZone, language))] : []);

/** Why it came, without where other replies go. */
const promised = (reader: Readership): readonly Block[] => why({ ...reader, hears: false });

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

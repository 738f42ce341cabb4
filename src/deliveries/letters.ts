import { cleanText } from '../../libs/calendar/content-lines.js';
import { cleanWithoutSlots, slot } from '../../libs/calendar/slots.js';
import { formatForReader } from '../../libs/time/when.js';
import { namesOfLanguages, type Language, type TextKey, type Translate } from '../../libs/web/i18n.js';
import { ERASE_AFTER_SILENCE_DAYS } from '../contacts/contact.js';
import { nextOf } from '../invitations/occurrence.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import type { Ahead } from './ahead.js';
import type { MatterKind } from './booking-matters.service.js';
import type { Exchange } from './correspondents.js';
import { CONFIRMATION_HOURS, SIGN_IN_MINUTES, type DeliveryKind, type Occasion } from './delivery.js';
import { MOST_OPEN } from '../office-hours/booking.js';
import { act, fact, lead, link, paragraph, said, words, type Block, type Letter } from './letter.js';

/** A letter and the subject of its mail. */
export interface Written {
  readonly subject: string;
  readonly letter: Letter;
}

/** The recipient's own texts in a letter; each is filled in at sending. */
export const SLOTS = ['when', 'there', 'invitation', 'join', 'unsubscribe', 'link'] as const;
export type SlotName = (typeof SLOTS)[number];
export const filled = (name: SlotName): string => slot(name);

/** Who reads a letter, as far as it decides which texts stand in it. */
export interface Readership {
  readonly language: Language;
  readonly t: Translate;
  /** Where public pages are. */
  readonly page: (path: string) => string;
  /** What is written to us, by calendars and people, is read. */
  readonly hears: boolean;
}

export interface MeetingLetter {
  readonly kind: 'request' | 'cancel' | 'reminder' | 'decline-counter';
  readonly occasion: Occasion | undefined;
  readonly host: boolean;
  /** The meeting's zone shows another time than the reader's. */
  readonly twoZones: boolean;
  /** Of a meeting that repeats: the dates to come, and how many there are besides. */
  readonly dates?: { readonly dates: readonly string[]; readonly more: number } | undefined;
  /** Of a reminder: how far off it is. */
  readonly ahead?: Ahead | undefined;
}

/** Mails about a meeting: texts of one revision in one language. People's words are cleaned; slots stand for the guest's. */
export function meetingLetter(
  subject: Subject,
  { kind, occasion, host, twoZones, dates, ahead }: MeetingLetter,
  reader: Readership,
): Written {
  const { t } = reader;
  const title = oneLine(subject.title);
  const [when, about] = [times(t, twoZones), [...datesText(t, dates), ...details(subject, reader)]];
  if (kind === 'decline-counter') return counterLetter(title, when, about, reader);
  if (kind === 'cancel') return cancelLetter(subject, title, occasion, when, reader);
  const opening = kind === 'reminder' ? 'mail.reminder' : requestTexts(occasion, host);
  return written(t(`${opening}.subject`, { title, ...ahead }), reader, {
    blocks: [
      ...when,
      paragraph(t('mail.hello')),
      paragraph(t(`${opening}.text`, ahead)),
      ...about,
      ...(kind === 'reminder' ? [act(t('mail.act.join'), filled('join'))] : replies(reader, host)),
      ...(kind === 'reminder'
        ? [link(t('mail.act.reply'), filled('invitation'))]
        : [link(t('mail.act.join'), filled('join'))]),
      paragraph(t('mail.room.opens', { minutes: OPENS_BEFORE })),
    ],
    footer: [
      ...why(reader),
      paragraph(t('mail.footer.in-the-room')),
      link(t('mail.act.leave'), filled('invitation')),
      ...stop(reader),
    ],
  });
}

function counterLetter(title: string, when: readonly Block[], about: readonly Block[], reader: Readership): Written {
  const { t } = reader;
  return written(t('mail.decline-counter.subject', { title }), reader, {
    blocks: [
      ...when,
      paragraph(t('mail.hello')),
      paragraph(t('mail.decline-counter.text')),
      ...about,
      act(t('mail.act.reply'), filled('invitation')),
    ],
    footer: [...why(reader), link(t('mail.act.leave'), filled('invitation')), ...stop(reader)],
  });
}

const requestTexts = (occasion: Occasion | undefined, host: boolean) => {
  if (occasion === 'moved' && !host) return 'mail.request.moved';
  if (occasion === 'changed' || occasion === 'moved') return 'mail.request.changed';
  return host ? 'mail.request.host' : 'mail.request.new';
};

const replies = ({ t, hears }: Readership, host: boolean): readonly Block[] =>
  host
    ? [act(t('mail.act.invitation'), filled('invitation'))]
    : [
        act(t('mail.act.reply'), filled('invitation')),
        paragraph(t(hears ? 'mail.act.reply-calendar' : 'mail.act.reply-here')),
      ];

function cancelLetter(
  subject: Subject,
  title: string,
  occasion: Occasion | undefined,
  when: readonly Block[],
  reader: Readership,
): Written {
  const { t } = reader;
  const reason = oneLine(subject.cancelReason);
  const cancelled = occasion === 'cancelled';
  const heading = t(cancelled ? 'mail.cancel.cancelled.subject' : 'mail.cancel.gone.subject', { title });
  if (occasion === 'farewell') {
    return written(heading, reader, {
      blocks: [...when, paragraph(t('mail.hello')), paragraph(t('mail.cancel.farewell.text'))],
      footer: why(reader),
    });
  }
  return written(heading, reader, {
    blocks: [
      ...when,
      paragraph(t('mail.hello')),
      paragraph(t(cancelled ? 'mail.cancel.cancelled.text' : 'mail.cancel.gone.text')),
      ...(cancelled && reason !== '' ? [fact(t('mail.fact.reason'), reason)] : []),
      ...(cancelled ? [] : [act(t('mail.act.back'), filled('invitation'))]),
      link(t('mail.act.meetings'), reader.page('meetings')),
    ],
    footer: [...why(reader), ...stop(reader)],
  });
}

/** A mail about no single meeting, by what it is for. */
export function personalLetter(
  kind: Exclude<DeliveryKind, MeetingLetter['kind'] | 'meetings-note' | 'personal-reply' | MatterKind>,
  reader: Readership,
  { about, place }: { readonly about?: string | undefined; readonly place?: Subject | undefined },
): Written {
  const { t } = reader;
  const say = (text: string, blocks: readonly Block[], footer: readonly Block[]): Written =>
    written(text, reader, { blocks: [paragraph(t('mail.hello')), ...blocks], footer });
  switch (kind) {
    case 'confirmation':
      return say(
        t('mail.confirmation.subject'),
        [
          paragraph(t('mail.confirmation.text')),
          act(t('mail.confirmation.act'), filled('link')),
          paragraph(t('mail.confirmation.otherwise', { hours: CONFIRMATION_HOURS })),
        ],
        promises(t),
      );
    case 'already-in':
      return say(
        t('mail.already-in.subject'),
        [
          paragraph(t('mail.already-in.text')),
          ...(place ? [act(t('mail.act.invitation'), filled('invitation'))] : []),
          link(t('mail.act.meetings'), reader.page('meetings')),
          link(t('mail.act.me'), reader.page('me')),
        ],
        [...why(reader), ...stop(reader)],
      );
    case 'me-link':
      return say(
        t('mail.me-link.subject'),
        [paragraph(t('mail.me-link.text')), act(t('mail.act.me'), filled('link')), paragraph(t('mail.me-link.valid'))],
        why(reader),
      );
    case 'sign-in':
      return say(
        t('mail.sign-in.subject'),
        [
          paragraph(t('mail.sign-in.text', { minutes: SIGN_IN_MINUTES })),
          act(t('mail.sign-in.act'), filled('link')),
          paragraph(t('mail.sign-in.otherwise')),
        ],
        why(reader),
      );
    case 'appointment':
      return say(
        t('mail.appointment.subject'),
        [
          paragraph(t('mail.appointment.text', { role: about ?? '' })),
          paragraph(t('mail.appointment.sign-in')),
          act(t('mail.appointment.act'), reader.page('sign-in')),
        ],
        [paragraph(t('mail.appointment.why')), ...promises(t), link(t('mail.footer.stop'), reader.page('me'))],
      );
    case 'still-interested':
      return say(
        t('mail.still-interested.subject'),
        [
          paragraph(t('mail.still-interested.text', { days: ERASE_AFTER_SILENCE_DAYS })),
          act(t('mail.still-interested.act'), filled('link')),
        ],
        [...why(reader), ...stop(reader)],
      );
    case 'bookings-full':
      return say(
        t('mail.bookings-full.subject'),
        [paragraph(t('mail.bookings-full.text', { most: MOST_OPEN })), link(t('mail.act.me'), reader.page('me'))],
        why(reader),
      );
    case 'booking-freed':
      return say(
        t('mail.booking-freed.subject'),
        [
          paragraph(t('mail.booking-freed.text')),
          act(t('mail.booking.again'), reader.page(about === undefined ? 'office-hours' : `office-hours/${about}`)),
        ],
        [...why(reader), ...stop(reader)],
      );
    case 'calendar-fails':
      return say(
        t('mail.calendar-fails.subject'),
        [paragraph(t('mail.calendar-fails.text')), act(t('mail.calendar-fails.act'), reader.page('console/calendar'))],
        [paragraph(t('mail.calendar-fails.why')), ...promises(t), link(t('mail.footer.stop'), reader.page('me'))],
      );
    case 'seats-taken':
    case 'no-delegation':
      return placeLetter(kind, place, about, reader);
    case 'not-invited':
      return say(
        t('mail.not-invited.subject'),
        [paragraph(t('mail.not-invited.text')), act(t('mail.act.public-page'), filled('link'))],
        [paragraph(t('mail.not-invited.why')), ...promises(t)],
      );
  }
}

/** Why an answer out of a calendar could not be taken as it was. */
function placeLetter(
  kind: 'seats-taken' | 'no-delegation',
  place: Subject | undefined,
  about: string | undefined,
  reader: Readership,
): Written {
  const { t } = reader;
  const title = oneLine(place?.title ?? '');
  return written(t(`mail.${kind}.subject`, { title }), reader, {
    blocks: [
      paragraph(t('mail.hello')),
      paragraph(t(`mail.${kind}.text`)),
      ...(place ? [act(t('mail.act.invitation'), filled('invitation'))] : []),
      ...(kind === 'no-delegation' ? [link(t('mail.act.public-page'), reader.page(publicPageOf(place, about)))] : []),
    ],
    footer: [...why(reader), ...stop(reader)],
  });
}

/** A booking is nobody else's business: others find office hours of their own. */
const publicPageOf = (place: Subject | undefined, about: string | undefined): string =>
  place?.kind === 'booking' || about === undefined ? 'office-hours' : `meetings/${about}`;

/** What the team answers someone, with what they had written. */
export function answerLetter({ wrote, answer }: Exchange, reader: Readership): Written {
  const { t } = reader;
  return written(t('mail.personal-reply.subject'), reader, {
    blocks: [
      paragraph(t('mail.hello')),
      words(lines(answer)),
      paragraph(`${t('mail.personal-reply.wrote')}${t('mail.colon')}`),
      said(lines(wrote)),
    ],
    footer: [paragraph(t('mail.personal-reply.why')), ...promises(t), paragraph(t('mail.footer.replies-are-read'))],
  });
}

/** Meetings to come, each with the link by which one contact signs up to it. */
export function noteLetter(
  places: readonly { readonly subject: Subject; readonly url: string }[],
  timeZone: string,
  reader: Readership,
): Written {
  const { t, language } = reader;
  return written(t('mail.meetings-note.subject'), reader, {
    blocks: [
      paragraph(t('mail.hello')),
      paragraph(t('mail.meetings-note.text')),
      ...places.flatMap(({ subject, url }) => [
        fact(oneLine(subject.title), formatForReader(nextOf(subject), timeZone, language).reader),
        link(t('mail.act.sign-up'), url),
      ]),
    ],
    footer: [...why(reader), ...stop(reader)],
  });
}

/** The title of a letter is the subject of its mail: where only one of them is seen, it says what happened. */
export const written = (
  subject: string,
  { language, t }: Readership,
  { blocks, footer }: Pick<Letter, 'blocks' | 'footer'>,
): Written => ({
  subject,
  letter: { language, title: subject, blocks, footer, signature: t('web.name'), colon: t('mail.colon') },
});

export const times = (t: Translate, twoZones: boolean): readonly Block[] => [
  lead(filled('when')),
  ...(twoZones ? [fact(t('mail.fact.there'), filled('there'))] : []),
];

const datesText = (t: Translate, given: MeetingLetter['dates']): readonly Block[] =>
  given === undefined || given.dates.length === 0
    ? []
    : [
        paragraph(t('mail.dates')),
        words(
          [...given.dates, ...(given.more > 0 ? [t('mail.dates.more', { n: given.more })] : [])]
            .map(oneLine)
            .join('\n'),
        ),
      ];

export function details({ description, languages, dialIn }: Subject, { t, language }: Readership): readonly Block[] {
  const spoken = namesOfLanguages(languages, language);
  return [
    ...(lines(description) === '' ? [] : [words(lines(description))]),
    ...(spoken === '' ? [] : [fact(t('mail.fact.languages'), spoken)]),
    ...(oneLine(dialIn) === '' ? [] : [fact(t('mail.fact.dial-in'), oneLine(dialIn))]),
  ];
}

const promises = (t: Translate): readonly Block[] =>
  (['mail.footer.not-a-commitment', 'mail.footer.never-disclosed'] satisfies TextKey[]).map((key) => paragraph(t(key)));

export const why = ({ t, hears }: Readership): readonly Block[] => [
  paragraph(t('mail.footer.why')),
  ...promises(t),
  ...(hears ? [paragraph(t('mail.footer.replies-are-read'))] : []),
];

export const stop = ({ t, page }: Readership): readonly Block[] => [
  link(t('mail.footer.unsubscribe'), filled('unsubscribe')),
  link(t('mail.footer.stop'), page('me')),
];

/** People's words: no slot, no control characters. */
export const lines = (text: string): string => cleanText(cleanWithoutSlots(text)).trim();
export const oneLine = (text: string): string => lines(text).replaceAll('\n', ' ');

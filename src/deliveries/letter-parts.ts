import { cleanText } from '../../libs/calendar/content-lines.js';
import { cleanWithoutSlots, slot } from '../../libs/calendar/slots.js';
import { namesOfLanguages, type Language, type TextKey, type Translate } from '../../libs/web/i18n.js';
import type { Subject } from '../invitations/subject.js';
import { fact, lead, link, paragraph, words, type Block, type Letter } from './letter.js';

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

export function details({ description, languages, dialIn }: Subject, { t, language }: Readership): readonly Block[] {
  const spoken = namesOfLanguages(languages, language);
  return [
    ...(lines(description) === '' ? [] : [words(lines(description))]),
    ...(spoken === '' ? [] : [fact(t('mail.fact.languages'), spoken)]),
    ...(oneLine(dialIn) === '' ? [] : [fact(t('mail.fact.dial-in'), oneLine(dialIn))]),
  ];
}

export const promises = (t: Translate): readonly Block[] =>
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

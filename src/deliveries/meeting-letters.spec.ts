import { expect, it } from '@jest/globals';
import { aSubject } from '../../test/support/deliveries.js';
import { loadTexts } from '../texts/index.js';
import { htmlText, plainText } from './letter.js';
import { meetingLetter, type MeetingLetter } from './meeting-letters.js';

const catalogue = loadTexts();
const dates = { frequency: 'weekly', dates: ['12 January', '19 January'], more: 8 } as const;

const letterOf = (kind: MeetingLetter['kind'], language: string) =>
  meetingLetter(
    aSubject({ description: 'Ideas for gardens.' }),
    {
      ...{ kind, occasion: 'new', host: false, twoZones: false, dates },
      ahead: kind === 'reminder' ? { unit: 'tomorrow', count: 1 } : undefined,
    },
    { language, t: catalogue.translator(language), page: (path) => path, hears: true },
  ).letter;

const inOrder = (text: string, words: readonly string[]): void => {
  const places = words.map((word) => text.indexOf(word));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
};

it.each(catalogue.languages)('%s: how often comes before what is asked, and every single date after it', (language) => {
  const t = catalogue.translator(language);
  const often = t('meetings.repeats.weekly', { n: 10 });
  for (const [kind, asked] of [
    ['request', 'mail.act.reply'],
    ['reminder', 'mail.act.join'],
    ['decline-counter', 'mail.act.reply'],
  ] as const) {
    const letter = letterOf(kind, language);
    for (const text of [plainText(letter), htmlText(letter)])
      inOrder(text, [often, 'Ideas for gardens.', t(asked), t('mail.dates'), '12 January', t('mail.footer.why')]);
  }
});

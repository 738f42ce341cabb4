import { describe, expect, it } from '@jest/globals';
import { Catalogue, nameOfLanguage, namesOfLanguages, negotiate, splitLanguage, type TextKey } from './i18n.js';

const LANGUAGES = ['en', 'fr', 'de', 'es'];

describe('the language wished for (RFC 9110 12.5.4)', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['fr', 'fr'],
    ['fr-BJ, en;q=0.8', 'fr'],
    ['en;q=0.2, de;q=0.9', 'de'],
    ['DE-at', 'de'],
    ['pt-BR, es;q=0.1', 'es'],
    ['pt, ja', 'en'],
    ['*', 'en'],
    ['en;q=0, *;q=0.5', 'fr'],
    ['fr;q=0', 'en'],
    ['fr;q=1e9, de', 'de'],
    ['../../etc, fr;q=0.1', 'fr'],
    [`${'x'.repeat(100_000)},fr`, 'en'],
  ])('%s', (header, language) => {
    expect(negotiate(header?.slice(0, 100_010), LANGUAGES)).toBe(language);
  });
});

describe('the language in an address', () => {
  it.each([
    ['/fr/basics?x=1', 'fr', '/basics?x=1'],
    ['/de', 'de', '/'],
    ['/de/', 'de', '/'],
    ['/de?x=/fr', 'de', '/?x=/fr'],
    ['/english', undefined, '/english'],
    ['/xx/basics', undefined, '/xx/basics'],
    ['/FR/basics', undefined, '/FR/basics'],
    ['/', undefined, '/'],
    ['/basics/fr', undefined, '/basics/fr'],
    ['*', undefined, '*'],
    ['/fr/fr/basics', 'fr', '/fr/basics'],
  ])('%s', (url, language, rest) => {
    expect(splitLanguage(url, LANGUAGES)).toEqual({ language, url: rest });
  });
});

describe('texts', () => {
  const texts = Catalogue.of({
    en: { 'a.plain': "It's here", 'a.count': '{n, plural, one {# idea} other {# ideas}}', 'a.tag': '<b>{who}</b>' },
    fr: { 'a.plain': 'C’est ici', 'a.count': '{n, plural, one {# idée} other {# idées}}', 'a.tag': '<b>{who}</b>' },
  });
  const say = (language: string, key: string, values = {}): string => texts.translate(language, key as TextKey, values);

  it('are formatted by the rules of their language', () => {
    expect([say('en', 'a.count', { n: 0 }), say('fr', 'a.count', { n: 0 })]).toEqual(['0 ideas', '0 idée']);
    expect(say('en', 'a.count', { n: 1234 })).toBe('1,234 ideas');
  });

  it('know no markup, neither their own nor that of a value', () => {
    expect(say('en', 'a.tag', { who: '<script>' })).toBe('<b><script></b>');
    expect(say('en', 'a.plain')).toBe("It's here");
  });

  it('fall back to the default language, and an unknown key is a mistake of ours', () => {
    expect(say('nl', 'a.count', { n: 2 })).toBe('2 ideas');
    expect(() => say('en', 'a.nothing')).toThrow('No text for a.nothing');
  });
});

it('languages call themselves by their own names', () => {
  expect(LANGUAGES.map((language) => nameOfLanguage(language))).toEqual(['English', 'Français', 'Deutsch', 'Español']);
});

it('languages stand in a line as each language writes them', () => {
  const lines = LANGUAGES.map((language) => namesOfLanguages(['fr', 'de'], language));
  expect(lines).toEqual(['French, German', 'Français, allemand', 'Französisch, Deutsch', 'Francés, alemán']);
  expect(namesOfLanguages([], 'fr')).toBe('');
});

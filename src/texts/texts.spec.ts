import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import IntlMessageFormat from 'intl-messageformat';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const textsOf = (file: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, string>;
const english = textsOf('en.json');

type Part = ReturnType<IntlMessageFormat['getAst']>[number];

/** The parser's number for a piece of plain text. */
const LITERAL = 0;

/** The names of what a message has filled in. */
const placeholders = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => {
    const type: number = part.type;
    const inside = 'options' in part ? Object.values(part.options).flatMap((option) => placeholders(option.value)) : [];
    return 'value' in part && type !== LITERAL ? [part.value, ...inside] : inside;
  });

const namesIn = (text: string, language: string): readonly string[] =>
  [...new Set(placeholders(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst()))].sort();

describe('texts', () => {
  it('exist in four languages or more', () => {
    expect(files).toEqual(expect.arrayContaining(['de.json', 'en.json', 'es.json', 'fr.json']));
    expect(Object.keys(english).length).toBeGreaterThan(50);
  });

  describe.each(files)('%s', (file) => {
    const language = file.slice(0, -'.json'.length);
    const texts = textsOf(file);

    it('has every text, and none of its own', () => {
      expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
    });

    it('leaves none empty', () => {
      expect(Object.keys(texts).filter((key) => (texts[key] ?? '').trim() === '')).toEqual([]);
    });

    it('fills in the same values', () => {
      const differing = Object.keys(english).filter(
        (key) => namesIn(texts[key] ?? '', language).join() !== namesIn(english[key] ?? '', 'en').join(),
      );
      expect(differing).toEqual([]);
    });
  });

  it('keep French signs of two parts on the line of their word, by a narrow no-break space', () => {
    const loose = Object.entries(textsOf('fr.json')).filter(([, text]) => /[ \u00a0][;:!?»]|«[^\u202f]/.test(text));
    expect(loose).toEqual([]);
  });
});

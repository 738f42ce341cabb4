import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { quotedPrintable, quotedPrintablePart } from './quoted-printable.js';

const decode = async (encoded: string): Promise<string> => {
  const head = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n';
  return (await simpleParser(`${head}${encoded}.`)).text?.slice(0, -1) ?? '';
};

const lines = fc
  .array(
    fc.string({
      unit: fc.oneof(
        fc.constantFrom(' ', '.', '=', 'From ', '\t'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 120,
    }),
  )
  .map((all) => all.map((line) => line.replace(/[\r\n\0]/g, '')).join('\n'));

describe('quoted-printable', () => {
  it.each([
    ['a = b', 'a =3D b'],
    ['è', '=C3=A8'],
    ['ends with a space ', 'ends with a space=20'],
    ['.dot', '=2Edot'],
    ['From here', '=46rom here'],
    ['one\ntwo', 'one\r\ntwo'],
  ])('%s', (text, encoded) => {
    expect(quotedPrintable(text)).toBe(encoded);
  });

  it('reads back as it was, in ASCII lines of at most 76 characters, without a space at an end or a dot at a start', async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (text) => {
        const encoded = quotedPrintable(text);
        expect(encoded.split('\r\n').every((line) => /^(?:(?![.])[\x20-\x7e]{0,75}[\x21-\x7e])?$/.test(line))).toBe(
          true,
        );
        expect(await decode(encoded)).toBe(text);
      }),
    );
  });

  it('joins parts without a trace', async () => {
    await fc.assert(
      fc.asyncProperty(lines, lines, async (first, second) => {
        expect(await decode(quotedPrintablePart(first) + quotedPrintable(second))).toBe(first + second);
      }),
    );
  });
});

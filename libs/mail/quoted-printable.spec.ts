import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { fromQuotedPrintable, quotedPrintable, quotedPrintablePart } from './quoted-printable.js';

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

describe('decoding', () => {
  const decoded = (encoded: string): string => fromQuotedPrintable(Buffer.from(encoded, 'latin1')).toString('latin1');

  it.each([
    ['a code', 'caf=C3=A9', 'caf\xc3\xa9'],
    ['a code in lower case', '=e9=Fc', '\xe9\xfc'],
    ['what is no code', '1=2 =G1 =4', '1=2 =G1 =4'],
    ['a line that goes on', 'one =\r\ntwo=\nthree', 'one twothree'],
    ['blanks at the end of a line', 'one \t \r\ntwo \n', 'one\r\ntwo\n'],
    ['blanks behind the mark of a line that goes on', 'one= \t\r\ntwo', 'onetwo'],
    ['blanks at the end of all', 'one  ', 'one  '],
    ['a mark at the end of all', 'one=', 'one='],
    ['a lone return', 'one\rtwo \r\r\n', 'one\rtwo \r\r\n'],
    ['nothing', '', ''],
    ['empty lines', '\r\n\n\r\n', '\r\n\n\r\n'],
  ])('%s', (_, encoded, text) => {
    expect(decoded(encoded)).toBe(text);
  });

  it('is what encoding was made from', () => {
    fc.assert(
      fc.property(lines, (text) => {
        expect(fromQuotedPrintable(Buffer.from(quotedPrintable(text))).toString()).toBe(text.replace(/\r?\n/g, '\r\n'));
      }),
    );
  });

  // A search for blanks before a line's end that begins anew at each of them would not end today.
  it('ends, whatever was sent to hold it up', () => {
    const blanks = ' '.repeat(8 * 1_024 * 1_024);
    expect(decoded(`${blanks}x`) === `${blanks}x`).toBe(true);
    expect(decoded(`${'=\r\n'.repeat(1_000_000)}x`)).toBe('x');
  });
});

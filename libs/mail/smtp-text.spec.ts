import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dotStuffed } from './smtp-text.js';

/** As a server takes it in (RFC 5321 4.5.2): up to the lone dot, each line without its first dot. */
function received(wire: string): string {
  const lines = wire.split('\r\n');
  const end = lines.indexOf('.');
  expect(lines.slice(end + 1)).toEqual(['']);
  return lines
    .slice(0, end)
    .map((line) => `${line.startsWith('.') ? line.slice(1) : line}\r\n`)
    .join('');
}

describe('a mail on the wire', () => {
  it('comes out as it went in, and ends where it ends', () => {
    const line = fc.oneof(
      fc.constantFrom('.', '..', '.a', '', 'QUIT', 'a.'),
      fc.string({ unit: 'binary', maxLength: 30 }).map((said) => said.replace(/[\r\n]/g, '')),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        const mail = Buffer.from(lines.map((each) => `${each}\r\n`).join(''));
        const wire = Buffer.concat([dotStuffed(mail), Buffer.from('.\r\n')]);
        expect(received(wire.toString('latin1'))).toBe(mail.toString('latin1'));
      }),
    );
  });

  it('is not copied where no line begins with a dot', () => {
    const mail = Buffer.from('Subject: a\r\n\r\nb.\r\n');
    expect(dotStuffed(mail)).toBe(mail);
  });

  it.each([
    ['LF alone', 'a\n.\r\nb\r\n'],
    ['CR alone', 'a\r.\r\n'],
    ['CR at the very end', 'a\r\n\r'],
    ['two CR', 'a\r\r\n'],
    ['a last line without an end', 'a\r\nb'],
    ['nothing at all', ''],
  ])('is refused with %s, where servers see different ends', (_, mail) => {
    expect(() => dotStuffed(Buffer.from(mail))).toThrow(RangeError);
  });
});

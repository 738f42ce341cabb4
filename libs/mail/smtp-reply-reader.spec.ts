import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReplyReader, type SmtpReply } from './smtp-reply-reader.js';

const readAll = (chunks: readonly string[]): (SmtpReply | undefined)[] => {
  const reader = new ReplyReader();
  return chunks.flatMap((chunk) => [...reader.read(chunk)]);
};

describe('replies of a server', () => {
  it.each<[string, string, (SmtpReply | undefined)[]]>([
    ['one line', '250 2.1.0 Ok\r\n', [{ code: 250, text: '250 2.1.0 Ok' }]],
    ['a code alone', '354\r\n', [{ code: 354, text: '354' }]],
    ['line ends of LF alone', '250 a\n250 b\n', [text(250, '250 a'), text(250, '250 b')]],
    ['several lines', '550-5.1.1 nobody\r\n550-here\r\n550 sorry\r\n', [text(550, '550-5.1.1 nobody')]],
    [
      'several replies at once',
      '250 a\r\n550-b\r\n550 c\r\n354 d\r\n',
      [text(250, '250 a'), text(550, '550-b'), text(354, '354 d')],
    ],
    ['empty lines between replies', '\r\n250 a\r\n\r\n250 b\r\n', [text(250, '250 a'), text(250, '250 b')]],
    ['one that has not ended', '250-a\r\n250', []],
    ['text without a code', 'HTTP/1.1 400 Bad Request\r\n', [undefined]],
    ['a code of no class that SMTP has', '999 hm\r\n', [undefined]],
    ['a code that runs into its text', '2500\r\n', [undefined]],
    ['what comes after no reply', '250 a\r\n?\r\n250 b\r\n', [text(250, '250 a'), undefined]],
    ['an empty line within a reply', '250-a\r\n\r\n250 b\r\n', [undefined]],
  ])('%s', (_, sent, replies) => {
    expect(readAll([sent])).toEqual(replies);
  });

  it('are the same in whatever pieces they come', () => {
    const line = fc.tuple(fc.integer({ min: 200, max: 599 }), fc.string({ unit: 'binary-ascii', maxLength: 40 }));
    fc.assert(
      fc.property(
        fc.array(fc.array(line, { minLength: 1, maxLength: 3 })),
        fc.array(fc.nat(9), { minLength: 1 }),
        (sent, sizes) => {
          const replies = sent.map((lines) =>
            lines.map(
              ([code, said], at) => `${String(code)}${at < lines.length - 1 ? '-' : ' '}${said.replace(/[\r\n]/g, '')}`,
            ),
          );
          const whole = replies.map((lines) => lines.map((each) => `${each}\r\n`).join('')).join('');
          const chunks: string[] = [];
          for (let at = 0; at < whole.length; at += chunks.at(-1)?.length ?? 0)
            chunks.push(whole.slice(at, at + 1 + (sizes[chunks.length % sizes.length] ?? 0)));
          expect(readAll(chunks)).toEqual(
            replies.map((lines, at) => ({ code: sent[at]?.at(-1)?.[0], text: lines[0] })),
          );
        },
      ),
    );
  });

  it('that never end are no replies', () => {
    expect(readAll(Array.from({ length: 200 }, () => '2'.repeat(1_000))).at(-1)).toBeUndefined();
    expect(readAll(Array.from({ length: 2_000 }, () => `250-${'x'.repeat(60)}\r\n`)).at(-1)).toBeUndefined();
    expect(readAll(Array.from({ length: 2_000 }, () => `250 ${'x'.repeat(60)}\r\n`)).length).toBe(2_000);
  });
});

function text(code: number, said: string): SmtpReply {
  return { code, text: said };
}

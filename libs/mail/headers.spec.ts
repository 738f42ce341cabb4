import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { dateHeader, headerText, mailboxHeader, textHeader } from './headers.js';

const subjectOf = async (line: string): Promise<string> => (await simpleParser(`${line}\r\n\r\n`)).subject ?? '';

describe('a header with text', () => {
  it.each([
    ['plain ASCII stays readable', 'Meeting: ideas for 2035', 'Subject: Meeting: ideas for 2035'],
    ['accents become encoded words', 'Idées', 'Subject: =?utf-8?B?SWTDqWVz?='],
    ['what looks encoded is encoded', '=?utf-8?Q?x?=', 'Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?='],
    ['a line break is a space', 'Hi\r\nBcc: v@x.example', 'Subject: Hi Bcc: v@x.example'],
    ['marks that turn the direction of writing go', 'pay\u202etxt.exe', 'Subject: paytxt.exe'],
  ])('%s', (_, text, line) => {
    expect(textHeader('Subject', text)).toBe(line);
  });

  it('reads back as it was, whatever it holds, in lines of at most 76 characters (RFC 2047)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.lorem({ maxCount: 40 })),
        async (text) => {
          const line = textHeader('Subject', text);
          const physical = line.split('\r\n');
          expect(physical.every((each) => each.length <= 76 && !/[\r\n\0]/.test(each))).toBe(true);
          expect(physical.slice(1).every((each) => each.startsWith(' '))).toBe(true);
          expect(line).toMatch(/^[\x20-\x7e\r\n]*$/);
          expect(await subjectOf(line)).toBe(headerText(text));
        },
      ),
    );
  });
});

describe('a header with a mailbox', () => {
  it.each([
    ['Come Together', 'From: "Come Together" <team@x.example>'],
    ['A "B" \\C', 'From: "A \\"B\\" \\\\C" <team@x.example>'],
    ['Équipe', 'From: =?utf-8?B?w4lxdWlwZQ==?= <team@x.example>'],
  ])('%s', (name, line) => {
    expect(mailboxHeader('From', { name, address: 'team@x.example' })).toBe(line);
  });

  it('has one mailbox, whatever the name is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 120 }), async (name) => {
        const line = mailboxHeader('From', { name, address: 'team@x.example' });
        const { from } = await simpleParser(`${line}\r\n\r\n`);
        expect(from?.value.map(({ address }) => address)).toEqual(['team@x.example']);
        expect(line.split('\r\n').every((each) => each.length <= 78)).toBe(true);
      }),
    );
  });
});

it('writes dates as RFC 5322 3.3 has them', () => {
  expect(dateHeader(new Date('2027-01-05T09:07:03Z'))).toBe('Date: Tue, 05 Jan 2027 09:07:03 +0000');
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authorOf } from './automatic-mail.js';
import { readReport } from './mail-report.js';
import {
  addressIn,
  calendarOf,
  contentOf,
  eachPart,
  headerOf,
  parameterIn,
  parameterOf,
  readMail,
  textOf,
} from './received-mail.js';

const mail = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'));
const typesOf = (bytes: Buffer): string[] => [...eachPart(readMail(bytes))].map(({ type }) => type);

const nested = mail(
  'From: =?utf-8?Q?Afi?= <afi@example.org>',
  'Content-Type: multipart/mixed;',
  ' boundary="a b"',
  '',
  'preamble',
  '--a b',
  'Content-Type: multipart/alternative; boundary=a',
  '',
  '--a',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Caf=E9 =',
  'noir',
  '--a',
  'Content-Type: text/calendar; method=REPLY',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('BEGIN:VCALENDAR').toString('base64'),
  '--a--',
  '--a b--',
  'epilogue',
);

describe('a received mail', () => {
  it('is taken apart at any depth', () => {
    const read = readMail(nested);
    const parts = [...eachPart(read)];
    expect(parts.map(({ type }) => type)).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'text/calendar',
    ]);
    expect(parts[2] && textOf(parts[2])).toBe('Café noir');
    expect(parts[3] && contentOf(parts[3]).toString()).toBe('BEGIN:VCALENDAR');
    expect(parts[3] && parameterOf(parts[3], 'method')).toBe('REPLY');
    expect(addressIn(headerOf(read, 'from'))).toBe('afi@example.org');
  });

  it('is read the same with bare line feeds', () => {
    const bare = Buffer.from(nested.toString().replaceAll('\r\n', '\n'));
    expect(typesOf(bare)).toEqual(typesOf(nested));
  });

  it('is read as far as it goes when it is cut off', () => {
    expect(typesOf(nested.subarray(0, nested.indexOf('--a--')))).toContain('text/calendar');
  });

  it.each([
    ['"Afi, D." <afi@example.org>', 'afi@example.org'],
    ['afi@example.org (Afi <x@y.example>)', 'afi@example.org'],
    ['<>', undefined],
    ['nobody', undefined],
    [undefined, undefined],
  ])('names its sender: %s', (header, address) => {
    expect(addressIn(header)).toBe(address);
  });

  it('knows parameters in pieces and in other characters than ASCII (RFC 2231)', () => {
    const cut = mail(
      'Content-Type: multipart/mixed; boundary*1=de; boundary*0="abc"',
      '',
      '--abcde',
      "Content-Type: application/octet-stream; name*0*=iso-8859-1'fr'r%E9ponse; name*1=.ics",
      'Content-Transfer-Encoding: "Base64"',
      '',
      'SGFsbG8=',
      '--abcde--',
    );
    const [, part] = eachPart(readMail(cut));
    expect(part && parameterOf(part, 'name')).toBe('réponse.ics');
    expect(part && contentOf(part).toString()).toBe('Hallo');
    expect(parameterIn("attachment; filename*=utf-8''r%C3%A9ponse.ics", 'filename')).toBe('réponse.ics');
    expect(parameterIn("attachment; filename*=x-none'%; filename*9=a", 'filename')).toBe("x-none'%a");
  });

  it.each<[string, string, Buffer]>([
    ['what it says it is', 'charset=iso-8859-1', Buffer.from('COMMENT:Désolé', 'latin1')],
    ['UTF-8, whatever it says', 'charset=iso-8859-1', Buffer.from('COMMENT:Désolé')],
    ['Windows’ own, unsaid', 'method=REPLY', Buffer.from('COMMENT:Désolé', 'latin1')],
    ['UTF-16, unsaid', 'method=REPLY', Buffer.from('\ufeffCOMMENT:Désolé', 'utf16le')],
    ['UTF-16, as it says', 'charset=utf-16le', Buffer.from('COMMENT:Désolé', 'utf16le')],
    ['nothing that is known', 'charset=x-none', Buffer.from('COMMENT:Désolé', 'latin1')],
  ])('reads a calendar in %s', (_, parameter, bytes) => {
    const part = readMail(Buffer.concat([mail(`Content-Type: text/calendar; ${parameter}`, '', ''), bytes]));
    expect(calendarOf(part).toString()).toBe('COMMENT:Désolé');
  });

  it('joins lines that flow', () => {
    const flowed = readMail(
      mail('Content-Type: text/plain; format=flowed', '', 'One ', 'line.', '> quoted ', 'next', '-- ', 'x'),
    );
    expect(textOf(flowed)).toBe('One line.\n> quoted \nnext\n-- \nx');
  });

  it('is never unpacked: a bomb stays what was sent', () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const read = readMail(Buffer.concat([mail('Content-Type: text/calendar', 'Content-Encoding: gzip', '', ''), bomb]));
    expect(contentOf(read).length).toBe(bomb.length);
  });

  it('is bounded in depth and number, whatever it claims', () => {
    const deep = Array.from({ length: 200 }, (_, at) => [
      `Content-Type: multipart/mixed; boundary=b${String(at)}`,
      '',
      `--b${String(at)}`,
    ]).flat();
    expect(typesOf(mail(...deep)).length).toBeLessThanOrEqual(20);
    const wide = [
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...Array.from({ length: 5_000 }, () => ['--b', '', 'x']).flat(),
    ];
    expect(typesOf(mail(...wide)).length).toBeLessThanOrEqual(300);
  });

  it('never throws, whatever bytes come, and keys nothing by them', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.constantFrom('', nested.toString('latin1', 0, 200)),
        (bytes, before) => {
          const read = readMail(Buffer.concat([Buffer.from(before, 'latin1'), bytes]));
          for (const part of eachPart(read)) expect(typeof (textOf(part) + calendarOf(part).toString())).toBe('string');
          expect(readReport(read, true)?.outcome).not.toBe('');
          expect(headerOf(read, '__proto__') ?? parameterOf(read, 'constructor')).toBeUndefined();
        },
      ),
    );
  });
});

describe('who wrote a mail', () => {
  it.each<[string, readonly string[], string | undefined, string]>([
    ['a person', [], undefined, 'person'],
    ['a person who says so', ['Auto-Submitted: no'], 'a@b.example', 'person'],
    ['a calendar’s program', ['Auto-Submitted: auto-generated'], undefined, 'program'],
    ['an answering machine', ['Auto-Submitted: auto-replied; owner-email="x"'], undefined, 'reflex'],
    ['one that is older', ['X-Autoreply: yes'], undefined, 'reflex'],
    [
      'Exchange out of office',
      ['Auto-Submitted: auto-generated', 'Subject: Automatic reply: Invitation'],
      undefined,
      'reflex',
    ],
    ['Exchange in German', ['Subject: =?utf-8?B?QXV0b21hdGlzY2hlIEFudHdvcnQ6IEhhbGxv?='], undefined, 'reflex'],
    ['Exchange in French', ['Subject: =?utf-8?Q?R=C3=A9ponse_automatique=C2=A0:_oui?='], undefined, 'reflex'],
    ['an old one in French', ['Subject: Absence du bureau : Re: Invitation'], undefined, 'reflex'],
    ['one that says only that', ['Subject: Abwesenheitsnotiz'], undefined, 'reflex'],
    ['a person who is away', ['Subject: Abwesend am Dienstag, komme aber Mittwoch'], undefined, 'person'],
    ['a person who was away', ['Subject: Absence du 3 mai'], undefined, 'person'],
    ['a bulk mail', ['Precedence: bulk'], undefined, 'reflex'],
    ['a list', ['List-Id: <x.example>'], undefined, 'reflex'],
    ['a null sender', [], '', 'reflex'],
    ['a null sender in a mailbox', ['Return-Path: <>'], undefined, 'reflex'],
    ['a report', ['Content-Type: multipart/report; boundary=x'], undefined, 'reflex'],
    ['a server', ['From: MAILER-DAEMON@mx.example'], undefined, 'reflex'],
  ])('%s', (_, headers, returnPath, author) => {
    expect(authorOf(readMail(mail(...headers, '', 'x')), returnPath)).toBe(author);
  });
});

describe('a report of a mail that came back', () => {
  const report = (fields: readonly string[], ...more: readonly string[]): Buffer =>
    mail(
      'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
      '',
      '--r',
      'Content-Type: text/plain',
      '',
      'Sorry.',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      ...fields,
      ...more,
      '--r--',
    );
  const read = (bytes: Buffer) => readReport(readMail(bytes), true);

  it.each<[string, readonly string[], object]>([
    ['no such address', ['Action: failed', 'Status: 5.1.1'], { outcome: 'no-such-address', enhanced: '5.1.1' }],
    [
      'a general code, explained',
      ['Action: failed', 'Status: 5.0.0', 'Diagnostic-Code: smtp; 550 5.1.1 unknown'],
      { outcome: 'no-such-address', code: 550, enhanced: '5.1.1' },
    ],
    [
      'a full mailbox',
      ['Action: failed', 'Status: 5.2.2', 'Diagnostic-Code: smtp;552-5.2.2 full'],
      { outcome: 'failed', code: 552, enhanced: '5.2.2' },
    ],
    ['a policy', ['Action: failed', 'Status: 5.7.1'], { outcome: 'failed', enhanced: '5.7.1' }],
    [
      'folded and indented fields',
      ['  Action: failed', '  Status:', '   5.1.10 (null', '   MX)'],
      { outcome: 'no-such-address', enhanced: '5.1.10' },
    ],
    ['a delay', ['Action: delayed', 'Status: 4.4.7'], { outcome: 'delayed', enhanced: '4.4.7' }],
    ['that a server has given up', ['Action: failed', 'Status: 4.4.1'], { outcome: 'failed', enhanced: '4.4.1' }],
    [
      'the same after a greylisting without end',
      ['Action: failed', 'Status: 4.0.0', 'Diagnostic-Code: smtp; 451 4.7.1 Greylisted'],
      { outcome: 'failed', code: 451, enhanced: '4.7.1' },
    ],
    ['a temporary failure alone', ['Status: 4.2.2'], { outcome: 'delayed', enhanced: '4.2.2' }],
    ['a receipt', ['Action: relayed', 'Status: 2.1.9'], { outcome: 'delivered', enhanced: '2.1.9' }],
  ])('%s', (_, fields, expected) => {
    expect(read(report(fields))).toEqual(expected);
  });

  it('finds the returned mail', () => {
    const about = '<AAAAAAAAAAAAAAAAAAAAAA@come-together.example>';
    const returned = ['--r', 'Content-Type: message/rfc822', '', 'Subject: x', `Message-ID: ${about}`, '', 'x'];
    expect(read(report(['Action: failed', 'Status: 5.1.1'], ...returned))).toMatchObject({ about });
  });

  it('is found where Gmail nests it', () => {
    const gmail = mail(
      'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
      'Content-Type: multipart/report; boundary="o"; report-type=delivery-status',
      '',
      '--o',
      'Content-Type: multipart/related; boundary="i"',
      '',
      '--i',
      'Content-Type: multipart/alternative; boundary="t"',
      '',
      '--t',
      'Content-Type: text/plain; charset="UTF-8"',
      '',
      '** Address not found **',
      '--t--',
      '--i',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; googlemail.com',
      '',
      'Final-Recipient: rfc822; x@gmail.com',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not',
      ' exist.',
      '--i--',
      '--o--',
    );
    expect(read(gmail)).toEqual({ outcome: 'no-such-address', code: 550, enhanced: '5.1.1' });
  });

  it.each<[string, string, object | undefined]>([
    [
      'qmail',
      'Hi. This is the qmail-send program. I have given up.\n\n<x@y.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n451 4.0.0',
      { outcome: 'no-such-address', enhanced: '5.1.1' },
    ],
    [
      'Exim',
      'A message that you sent could not be delivered to one or more of its recipients.\n\n  x@y.example\n    SMTP error from remote mail server after RCPT TO: 550 unknown user',
      { outcome: 'no-such-address', code: 550 },
    ],
    [
      'Yahoo',
      "Sorry, we were unable to deliver your message to the following address.\n\n<x@yahoo.example>:\n554: delivery error: dd This user doesn't have a yahoo.example account (x@yahoo.example) [0]",
      { outcome: 'no-such-address', code: 554 },
    ],
    ['words in German', 'Ihre Nachricht konnte nicht zugestellt werden.', { outcome: 'failed' }],
    [
      'words in French',
      'L’adresse est introuvable. Votre message n’a pas pu être remis.',
      { outcome: 'no-such-address' },
    ],
    ['words in Spanish', 'El mensaje no se pudo entregar: la dirección no existe.', { outcome: 'no-such-address' }],
    ['words alone', 'Delivery has failed. The recipient is unknown.', { outcome: 'no-such-address' }],
    ['fields as text', 'Action: failed\nStatus: 5.7.1', { outcome: 'failed', enhanced: '5.7.1' }],
    ['a delay in words', 'Warning: the message has been delayed, and we will keep trying. 550', { outcome: 'delayed' }],
    ['nothing that says so', 'Have a nice day.', undefined],
  ])('written by %s', (_, text, expected) => {
    expect(read(mail('From: mailer-daemon@mx.example', '', ...text.split('\n')))).toEqual(expected);
  });

  it.each(['disposition-notification', 'feedback-report'])('is no %s, whatever its words', (kind) => {
    const sent = mail(
      `Content-Type: multipart/report; report-type=${kind}; boundary=r`,
      '',
      '--r',
      '',
      'Your mail "Undeliverable ideas" was deleted. 550 5.1.1',
      '--r--',
    );
    expect(read(sent)).toBeUndefined();
  });

  it.each([
    'Undeliverable: Invitation',
    '=?utf-8?Q?Non_remis=C2=A0:_Invitation?=',
    'failure notice',
    'Unzustellbar: x',
  ])('is known by its subject where a server hides behind another sender: %s', (subject) => {
    const sent = mail('From: help@mx.example', `Subject: ${subject}`, '', 'Delivery failed: 550 5.1.1');
    expect(read(sent)).toMatchObject({ outcome: 'no-such-address' });
    expect(readReport(readMail(sent), false)).toBeUndefined();
  });

  it('is read in time although a line is all hyphens, of which each pair could begin what heads a returned mail', () => {
    const sent = mail('From: mailer-daemon@mx.example', '', '-'.repeat(190_000));
    expect(Array.from({ length: 20 }, () => read(sent)).filter((report) => report !== undefined)).toEqual([]);
  });

  it('is not read into what a person writes', () => {
    expect(readReport(readMail(mail('From: a@b.example', '', 'Delivery failed, 550 5.1.1')), false)).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { slot } from '../calendar/slots.js';
import { fillMail, mailTemplate, type MailTexts, type Recipient } from './mail-template.js';

const texts = (more: Partial<MailTexts> = {}): MailTexts => ({
  from: { name: 'Come Together', address: 'team@come-together.example' },
  subject: 'Invitation: ideas',
  text: `Hello,\n\nopen ${slot('link')} now.\n`,
  html: `<!doctype html><p>open <a href="${slot('link')}">it</a> now.</p>`,
  ...more,
});

const recipient = (more: Partial<Recipient> = {}): Recipient => ({
  to: 'ama@donga.example',
  messageId: '<q0jcSuzk3YFDyXcHyE4r9w@come-together.example>',
  date: new Date('2027-01-11T09:00:00Z'),
  slots: { link: 'https://x.example/invitations/abc' },
  ...more,
});

const CALENDAR = 'BEGIN:VCALENDAR\r\nSUMMARY:Idées\r\nEND:VCALENDAR\r\n';

describe('a mail with a calendar', () => {
  const mail = fillMail(mailTemplate(texts({ method: 'REQUEST' })), recipient({ calendar: CALENDAR }));

  it('holds mixed(alternative(plain, html, calendar), application/ics) in this order', () => {
    const types = [...mail.matchAll(/^Content-Type: ([a-z]+\/[a-z]+)/gm)].map(([, type]) => type);
    expect(types).toEqual([
      ...['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'text/calendar', 'application/ics'],
    ]);
  });

  it('reads back whole', async () => {
    const parsed = await simpleParser(mail);
    expect(parsed.text).toBe('Hello,\n\nopen https://x.example/invitations/abc now.\n');
    expect(parsed.html).toContain('<a href="https://x.example/invitations/abc">');
    expect(parsed.attachments.map(({ content }) => content.toString())).toEqual([CALENDAR, CALENDAR]);
    expect(parsed.attachments.map(({ filename }) => filename)).toEqual([undefined, 'invite.ics']);
  });

  it('closes every boundary', () => {
    const boundaries = [...mail.matchAll(/boundary="([^"]+)"/g)].map(([, boundary]) => boundary ?? '');
    expect(boundaries).toHaveLength(2);
    for (const boundary of boundaries) expect(mail.split(`\r\n--${boundary}--\r\n`)).toHaveLength(2);
  });
});

describe('a mail without a calendar', () => {
  it('is alternative(plain, html)', () => {
    const mail = fillMail(mailTemplate(texts()), recipient());
    expect([...mail.matchAll(/^Content-Type: ([a-z]+\/[a-z]+)/gm)].map(([, type]) => type)).toEqual([
      ...['multipart/alternative', 'text/plain', 'text/html'],
    ]);
  });
});

describe('filling in', () => {
  it('gives the same bytes for the same input, and other boundaries for another Message-ID', () => {
    const template = mailTemplate(texts());
    expect(fillMail(template, recipient())).toBe(fillMail(mailTemplate(texts()), recipient()));
    expect(fillMail(template, recipient({ messageId: '<other@come-together.example>' }))).not.toContain('q0jcSuzk');
  });

  it('threads by the mail that began', () => {
    const first = '<first@come-together.example>';
    const mail = fillMail(mailTemplate(texts()), recipient({ inReplyTo: first }));
    expect(mail).toContain(`\r\nIn-Reply-To: ${first}\r\nReferences: ${first}\r\n`);
  });

  it('says where bulk mail ends, by one press only over https (RFC 8058)', () => {
    const of = (oneClick: boolean) =>
      fillMail(mailTemplate(texts()), recipient({ unsubscribe: { url: 'https://x.example/unsubscribe/t', oneClick } }));
    expect(of(true)).toContain(
      '\r\nList-Unsubscribe: <https://x.example/unsubscribe/t>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n',
    );
    expect(of(false)).not.toContain('List-Unsubscribe-Post');
  });

  it('writes an address in other letters as it is (RFC 6532)', async () => {
    const mail = fillMail(mailTemplate(texts()), recipient({ to: 'аня@donga.example' }));
    expect(mail).toContain('\r\nTo: <аня@donga.example>\r\n');
    expect((await simpleParser(Buffer.from(mail))).headerLines.filter(({ key }) => key === 'to')).toHaveLength(1);
  });

  it.each<[string, Partial<Recipient>]>([
    ['an address with a line break', { to: 'b@y.example\r\nBcc: v@x.example' }],
    ['two addresses', { to: 'a@x.example> <b@x.example' }],
    ['a Message-ID with a line break', { messageId: '<a\r\nBcc: x@x.example>' }],
    ['a conversation that is none', { inReplyTo: '<a>\r\nBcc: x' }],
    ['a link that ends its header', { unsubscribe: { url: 'https://x.example/>\r\nBcc: x', oneClick: true } }],
    ['a slot without a text', { slots: {} }],
    ['a slot from the prototype', { slots: Object.create({ link: 'x' }) as Record<string, string> }],
    ['a calendar that nobody announced', { calendar: CALENDAR }],
  ])('refuses %s', (_, more) => {
    expect(() => fillMail(mailTemplate(texts()), recipient(more))).toThrow(RangeError);
  });

  it('keeps every text in its place, whatever people typed', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        '\r\nBcc: v@x.example\r\n\r\n',
        '\r\n--alternative-q0jcSuzk3YFDyXcHyE4r9w--\r\n',
        '.\r\nQUIT\r\n',
        '</p><script>x',
      ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (subject, text, value) => {
        const template = mailTemplate(texts({ subject, text: `${text}|${slot('link')}|` }));
        const mail = fillMail(template, recipient({ slots: { link: value } }));
        expect(mail.split('\r\n').every((line) => line.length <= 998 && /^[\x20-\x7e\t]*$/.test(line))).toBe(true);
        const parsed = await simpleParser(mail);
        expect(parsed.headerLines.map(({ key }) => key)).toEqual(HEADERS);
        expect(parsed.attachments).toEqual([]);
        const meant = `${text}|${value}|`.toWellFormed().replace(/\r?\n/g, '\n');
        expect(parsed.text?.replace(/\n$/, '')).toBe(meant.replace(/\n$/, ''));
        expect(parsed.html).not.toContain('<script>');
      }),
    );
  });
});

const HEADERS = [
  ...['from', 'to', 'subject', 'date', 'message-id', 'auto-submitted', 'x-auto-response-suppress', 'mime-version'],
  'content-type',
];

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import { defectsOf } from './invitations.js';
import { startMailbox, type TestMailbox } from './mail.js';
import { parseHtml, textOf } from './page.js';
import { spellingsOf } from './traces.js';
import { Visitor } from './visitor.js';

const FORM = `<!doctype html><html lang="fr"><head><title>x</title></head><body><main><h1>Un &amp; deux</h1>
<form method="post" action="/take"><input type="hidden" name="csrf" value="a&quot;b"><input name="email" value="">
<textarea name="questions">
Et  alors ?</textarea><select name="country"><option value="">–</option><option value="BJ" selected>Bénin</option></select>
<label><input type="checkbox" name="wants" value="meetings" checked> oui</label><input type="checkbox" name="wants" value="office-hours">
<input type="radio" name="why" value="time"><button type="submit" name="answer" value="accepted">Oui</button>
<button type="submit" name="answer" value="declined">Non</button></form><a href="https://elsewhere.example/">ailleurs</a></main></body></html>`;

describe('a visitor without JavaScript', () => {
  let server: Server;
  let visitor: Visitor;
  const seen: { readonly method: string; readonly body: string; readonly headers: Record<string, unknown> }[] = [];
  beforeAll(async () => {
    server = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        seen.push({ method: incoming.method ?? '', body, headers: incoming.headers });
        if (incoming.method === 'POST')
          response.writeHead(303, { location: '/done', 'set-cookie': 'session=x; Path=/' }).end();
        else response.writeHead(200, { 'content-type': 'text/html', 'referrer-policy': 'no-referrer' }).end(FORM);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    visitor = new Visitor(`http://localhost:${String((server.address() as AddressInfo).port)}`, 'fr');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('sends what the page holds, what was filled in, and the button that was pressed', async () => {
    await visitor.open('/form');
    expect(visitor.page.heading).toBe('Un & deux');
    await visitor.submit({ email: 'a@b.example', why: 'time' }, { button: { value: 'declined' } });
    const [, posted, followed] = seen;
    expect(Object.fromEntries(new URLSearchParams(posted?.body))).toEqual({
      csrf: 'a"b',
      email: 'a@b.example',
      questions: 'Et  alors ?',
      country: 'BJ',
      wants: 'meetings',
      why: 'time',
      answer: 'declined',
    });
    // The page asked for no referrer, so the browser hides the origin and still says that it was ours.
    expect(posted?.headers).toMatchObject({ origin: 'null', 'sec-fetch-site': 'same-origin', 'accept-language': 'fr' });
    expect(followed).toMatchObject({ method: 'GET', headers: { cookie: 'session=x' } });
  });

  it.each([
    ['a field that is not there', { nickname: 'x' }, {}],
    ['a choice that is not offered', { country: 'XX' }, {}],
    ['no button among several', {}, {}],
    ['a button that is not there', {}, { button: { value: 'tentative' } }],
    ['a form that is not there', {}, { form: /elsewhere/ }],
  ])('cannot send %s', async (_, fields, press) => {
    await visitor.open('/form');
    expect(() => visitor.submit(fields, press)).toThrow(/on \d{3} \/form/);
  });
});

describe('reading pages', () => {
  it('sees text as people do, without what is hidden in datalists', () => {
    const html =
      '<main><p>Eins <b>zwei</b></p><datalist><option value="x">Copargo</option></datalist><ul><li>drei</li></ul></main>';
    expect(textOf(parseHtml(html))).toBe('Eins zwei\ndrei');
  });

  it.each(['<main><p></main>', '<p>', '</p>'])('refuses %s', (html) => {
    expect(() => parseHtml(html)).toThrow();
  });
});

describe('looking for defects of an invitation', () => {
  let mailbox: TestMailbox;
  beforeAll(async () => {
    mailbox = await startMailbox();
  });
  afterAll(() => mailbox.close());

  it('finds those of a mail that was built carelessly', async () => {
    const content = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTART:20270112T180000',
      'DTSTAMP:20270111T090000Z',
      'DTEND:20270112T170000Z',
      'ORGANIZER:mailto:a@b.example',
      'ATTENDEE:mailto:a@b.example',
      'ATTENDEE:mailto:c@d.example',
      `SUMMARY:${'x'.repeat(100)}`,
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const attachments = [{ filename: 'invite.ics', contentType: 'application/ics', content: 'BEGIN:VCALENDAR' }];
    await createTransport(mailbox.url).sendMail({
      ...{ from: 'a@b.example', to: 'c@d.example', cc: 'e@f.example', subject: 's', text: 'x', html: 'x' },
      attachments,
      icalEvent: { method: 'REQUEST', content },
    });
    const [mail] = await mailbox.read();
    const defects = mail ? defectsOf(mail).join('\n') : '';
    for (const defect of [
      'it has further recipients',
      'it does not say that it is automatic',
      'METHOD does not stand once',
      'SEQUENCE does not stand once',
      'a line is longer than 75 octets',
      'lines do not end in CRLF',
      'DTSTART is not in UTC',
      'the only ATTENDEE is not the recipient',
      'the UID is not opaque ASCII',
      'the plain text says too little',
    ])
      expect(defects).toContain(defect);
  });
});

describe('looking for traces', () => {
  it.each([0, 1, 2])('finds an address in base64 after %s other bytes', (offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset, 'x'), Buffer.from('awa@copargo.example;…')]).toString('base64');
    expect(spellingsOf('awa@copargo.example').some((spelling) => encoded.includes(spelling.toString()))).toBe(true);
  });
});

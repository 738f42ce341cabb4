import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTransport } from 'nodemailer';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { RateLimiter } from '../../libs/web/rate-limit.js';
import { createWebApp } from '../../libs/web/web.js';
import { SETTINGS } from '../../src/config.js';
import { DevMailModule } from '../../src/dev-mail/dev-mail.module.js';
import { Mailbox } from '../../src/local/mailbox.js';
import { type MailboxWindow, openMailboxWindow } from '../../src/local/mailbox-http.js';
import { loadTexts } from '../../src/texts/index.js';
import { projectRoot } from '../support/parts.js';

const settings: { DEV_MAIL_URL?: string } = {};

@Global()
@Module({
  imports: [DevMailModule],
  providers: [
    { provide: SETTINGS, useValue: settings },
    Clock,
    Ids,
    { provide: RateLimiter, useValue: { wait: () => Promise.resolve(0) } },
  ],
  exports: [SETTINGS, Clock, Ids],
})
class TestModule {}

let mailbox: Mailbox;
let window: MailboxWindow;
let app: NestFastifyApplication;
let address: string;

beforeAll(async () => {
  mailbox = await Mailbox.open();
  window = await openMailboxWindow(mailbox);
  app = await createWebApp(TestModule, {
    catalogue: loadTexts(),
    assets: join(projectRoot, 'src', 'assets'),
    publicUrl: 'http://localhost:3000',
    otherOrigins: [],
  });
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  address = await app.getUrl();
});

afterAll(async () => {
  await app.close();
  window.close();
  await mailbox.close();
});

const get = (path: string): Promise<Response> => fetch(new URL(path, address));

describe('the local mailbox in the browser', () => {
  it('is not there without a mailbox', async () => {
    expect((await get('/dev/mail')).status).toBe(404);
  });

  it('shows a mail as list, text, HTML, calendar and bytes', async () => {
    settings.DEV_MAIL_URL = window.url;
    await createTransport(mailbox.url).sendMail({
      envelope: { from: 'bounce+1@come-together.example', to: 'awa@example.org' },
      from: 'Come Together <team@come-together.example>',
      to: 'awa@example.org',
      subject: 'Réunion <b>',
      text: 'Oui: http://localhost:3000/invitations/abc.',
      html: '<p>Oui<script>alert(1)</script></p>',
      icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR' },
    });
    const list = await (await get('/dev/mail')).text();
    expect(list).toContain('Réunion &lt;b>');
    expect(list).toContain('awa@example.org');
    expect(await (await get('/dev/mail.json')).json()).toMatchObject([{ id: 1, subject: 'Réunion <b>' }]);

    const page = await (await get('/dev/mail/1')).text();
    expect(page).toContain('<a href="http://localhost:3000/invitations/abc">');
    expect(page).toContain('BEGIN:VCALENDAR');
    expect(page).toMatch(/From<\/dt><dd>[^<]*team@come-together\.example/);
    expect(page).toMatch(/Bounces go to<\/dt><dd>bounce\+1@come-together\.example/);
    expect(page).not.toContain('<script>');

    const html = await get('/dev/mail/1.html');
    expect(html.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups; default-src 'none'/);
    expect(await html.text()).toContain('<p>Oui');

    const bytes = await get('/dev/mail/1.eml');
    expect(bytes.headers.get('content-type')).toContain('message/rfc822');
    expect(Buffer.from(await bytes.arrayBuffer())).toEqual(mailbox.mails[0]?.raw);

    expect(await (await get('/dev/mail/1.json')).json()).toMatchObject({ to: ['awa@example.org'] });
  });

  it.each(['/dev/mail/2', '/dev/mail/1.exe', '/dev/mail/x', '/dev/mail/1.eml.json'])('knows no %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('is closed to a proxy on this machine', async () => {
    const answer = await fetch(new URL('/dev/mail', address), { headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect(answer.status).toBe(404);
  });

  it('lets nobody look past the web process under a foreign name', async () => {
    const { port } = new URL(window.url);
    const answer = await fetch(`http://localhost:${port}/mails`);
    expect(answer.status).toBe(403);
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database } from '../../libs/database/database.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { LinkPurpose } from '../../libs/privacy/links.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import { createWebApp } from '../../libs/web/web.js';
import { AppModule } from '../../src/app.module.js';
import { readSettings } from '../../src/config.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { DeliveriesService } from '../../src/deliveries/deliveries.service.js';
import { Links } from '../../src/links.js';
import { loadTexts } from '../../src/texts/index.js';
import { startRedis, startStore } from '../support/parts.js';

const PUBLIC_URL = 'http://localhost:3000';
const folder = mkdtempSync(join(tmpdir(), 'ct-own-pages-'));

let app: NestFastifyApplication;
let contacts: ContactsService;
let made = 0;

beforeAll(async () => {
  const [store, redis] = await Promise.all([startStore(), startRedis()]);
  const read = readSettings({
    PUBLIC_URL,
    MONGODB_URI: store.uri,
    REDIS_URL: redis.url,
    SMTP_URL: 'smtp://127.0.0.1',
    SECRET_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: folder,
    EXAMPLE_DATA: 'off',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
  });
  if (!read.ok) throw new Error(read.problems.join());
  app = await createWebApp(AppModule.with(read.settings, { works: false }), {
    catalogue: loadTexts(),
    assets: fileURLToPath(new URL('../../src/assets', import.meta.url)),
    publicUrl: PUBLIC_URL,
    otherOrigins: [],
  });
  app.useLogger(false);
  await app.get(Database).createIndexes();
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  contacts = app.get(ContactsService);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Someone {
  readonly id: Id;
  readonly email: string;
}

async function someone({ confirmed = true } = {}): Promise<Someone> {
  made += 1;
  const email = `guest-${String(made)}@copargo.example`;
  const outcome = await contacts.enrol({
    address: email,
    canonical: email,
    language: 'fr',
    timeZone: 'Africa/Porto-Novo',
    region: 'copargo',
    country: 'BJ',
    place: null,
    wants: ['meetings'],
  });
  if (outcome.outcome !== 'enrolled') throw new Error(outcome.outcome);
  if (confirmed) await contacts.confirm(outcome.contact.id);
  return { id: outcome.contact.id, email };
}

/** Where a mail's link leads. */
async function pathOf(purpose: LinkPurpose, id: Id): Promise<string> {
  const contact = await contacts.get(id);
  if (!contact) throw new Error('gone');
  const expires = plus(new Date(), HOUR);
  const options = purpose === 'unsubscribe' ? {} : { expires };
  return new URL(app.get(Links).url(purpose, contact, options)).pathname;
}

const get = (url: string) => app.inject({ url, headers: { 'accept-language': 'en' } });
const post = (
  url: string,
  fields: Record<string, string | string[]> = {},
  type = 'application/x-www-form-urlencoded',
) =>
  app.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each])),
    ).toString(),
    headers: { 'content-type': type, 'accept-language': 'en', origin: 'null', 'sec-fetch-site': 'same-origin' },
  });

describe('the link that confirms', () => {
  it('says what will happen, does it by one button, and says when it was done already', async () => {
    const { id } = await someone({ confirmed: false });
    const path = await pathOf('confirm', id);
    const page = await get(path);
    expect(page.body).toContain('You hear of new meetings by mail.');
    expect(page.body).toContain('not a commitment');
    expect((await contacts.get(id))?.status).toBe('unconfirmed');

    expect((await post(path)).body).toContain('Your address is confirmed');
    expect((await contacts.get(id))?.status).toBe('confirmed');
    for (const again of [await post(path), await get(path)]) {
      expect(again.statusCode).toBe(200);
      expect(again.body).toContain('Confirmed already');
    }
  });
});

describe('the link that unsubscribes', () => {
  it.each([
    ['the button', 'application/x-www-form-urlencoded', {}],
    ['one click of a mail program', 'application/x-www-form-urlencoded', { 'List-Unsubscribe': 'One-Click' }],
    ['one click that comes as multipart', 'multipart/form-data; boundary=x', { 'List-Unsubscribe': 'One-Click' }],
  ] as const)('acts by %s, twice as well as once, and leads back', async (_, type, fields) => {
    const { id } = await someone();
    const path = await pathOf('unsubscribe', id);
    expect((await get(path)).body.match(/<form/g)).toHaveLength(1);
    expect((await contacts.get(id))?.unsubscribed).toBe(false);
    for (let twice = 0; twice < 2; twice++) {
      const answer = await post(path, fields, type);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('You get no more announcements');
      expect((await contacts.get(id))?.unsubscribed).toBe(true);
    }
    expect((await get(path)).body).toContain('You get no more announcements');
    expect((await post(`${path}/subscribe`)).statusCode).toBe(200);
    expect((await contacts.get(id))?.unsubscribed).toBe(false);
  });
});

describe('asking for one’s own page', () => {
  it('answers an address that is known, unconfirmed or unknown in the same words, and mails only the known', async () => {
    const [known, waiting] = [await someone(), await someone({ confirmed: false })];
    const answers = [];
    for (const email of [known.email, waiting.email, 'nobody@nowhere.example'])
      answers.push((await post('/me', { email })).body);
    expect(new Set(answers).size).toBe(1);
    const mails = async (id: Id) => (await app.get(DeliveriesService).countStates({ contact: id })).open;
    expect(await mails(known.id)).toBe(1);
    expect(await mails(waiting.id)).toBe(1);
  });

  it('does not fill up somebody’s mailbox', async () => {
    const { id, email } = await someone();
    for (let asked = 0; asked < 9; asked++) expect((await post('/me', { email })).statusCode).toBe(200);
    expect((await app.get(DeliveriesService).countStates({ contact: id })).open).toBe(6);
  });

  it('refuses what is no address, and keeps it', async () => {
    const answer = await post('/me', { email: 'ada＠example.org' });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('value="ada＠example.org"');
  });
});

describe('one’s own page', () => {
  it('shows all that is held, to nobody else', async () => {
    const { id, email } = await someone();
    const page = await get(await pathOf('me', id));
    for (const text of [email, 'Copargo', 'Benin', 'French', 'Porto-Novo', 'Meetings'])
      expect(page.body).toContain(text);
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    });
    expect(page.body).not.toMatch(/href="http/);
  });

  it('exports it as a file', async () => {
    const { id, email } = await someone();
    const file = await post(`${await pathOf('me', id)}/export`);
    expect(file.headers['content-type']).toMatch(/^application\/json/);
    expect(file.headers['content-disposition']).toContain('attachment');
    expect(file.json()).toMatchObject({ address: email, language: 'fr', region: 'copargo', invitations: [] });
  });

  it('changes how to write, within the closed lists', async () => {
    const { id } = await someone();
    const path = `${await pathOf('me', id)}/preferences`;
    const wished = { language: 'de', timeZone: 'Europe/Berlin', wants: ['meetings', 'office-hours'] };
    expect((await post(path, wished)).statusCode).toBe(200);
    expect(await contacts.get(id)).toMatchObject(wished);
    const refused = await post(path, { ...wished, timeZone: 'Mars/X', language: '../' });
    expect(refused.statusCode).toBe(422);
    expect(await contacts.get(id)).toMatchObject(wished);
    expect((await post(path, { language: 'de', timeZone: 'Europe/Berlin' })).statusCode).toBe(200);
    expect((await contacts.get(id))?.wants).toEqual([]);
  });

  it('pauses until the day begins where the person lives', async () => {
    const { id } = await someone();
    const path = await pathOf('me', id);
    const day = Temporal.Now.plainDateISO('Africa/Porto-Novo').add({ days: 10 });
    const answer = await post(`${path}/pause`, { until: day.toString() });
    expect(answer.statusCode).toBe(200);
    const midnight = day.toZonedDateTime('Africa/Porto-Novo').epochMilliseconds;
    expect((await contacts.get(id))?.pausedUntil?.getTime()).toBe(midnight);
    expect((await get(path)).body).toContain('paused until');

    for (const until of ['2020-01-01', '2199-01-01', '2027-02-30', 'tomorrow'])
      expect((await post(`${path}/pause`, { until })).statusCode).toBe(422);
    expect((await contacts.get(id))?.pausedUntil?.getTime()).toBe(midnight);
    await post(`${path}/subscribe`);
    expect((await contacts.get(id))?.pausedUntil).toBeNull();
  });

  it('asks whether someone is still interested when it is time, and takes the answer once', async () => {
    const { id } = await someone();
    const path = await pathOf('me', id);
    expect((await get(path)).body).not.toContain('still-interested');
    await contacts.askAgain(id, 0);
    expect((await get(path)).body).toContain('still-interested');
    for (let twice = 0; twice < 2; twice++) expect((await post(`${path}/still-interested`)).statusCode).toBe(200);
    expect((await contacts.get(id))?.asked).toBe(2);
    expect((await get(path)).body).not.toContain('still-interested');
  });

  it('erases after a page that says what goes; every link is void at once', async () => {
    const { id } = await someone();
    const [path, unsubscribe, confirm] = [
      await pathOf('me', id),
      await pathOf('unsubscribe', id),
      await pathOf('confirm', id),
    ];
    const page = await get(`${path}/erase`);
    expect(page.body).toContain('name="keepBlocked"');
    expect((await contacts.get(id))?.status).toBe('confirmed');
    const erased = await post(`${path}/erase`, { keepBlocked: 'yes' });
    expect(erased.statusCode).toBe(200);
    expect(erased.body).toContain('stays blocked');
    expect(await contacts.get(id)).toMatchObject({ status: 'closing', keepBlocked: true });
    for (const link of [path, `${path}/erase`, unsubscribe, confirm])
      for (const answer of [await get(link), await post(link)]) expect([404, 405]).toContain(answer.statusCode);
  });

  it.each(['pause', 'unsubscribe', 'subscribe', 'preferences', 'still-interested', 'export'])(
    'changes nothing by opening …/%s',
    async (act) => {
      const { id } = await someone();
      const before = await contacts.get(id);
      expect((await get(`${await pathOf('me', id)}/${act}`)).statusCode).toBe(405);
      expect(await contacts.get(id)).toEqual(before);
    },
  );
});

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock } from '../../libs/time/clock.js';
import { RateLimiter } from '../../libs/web/rate-limit.js';
import { createWebApp } from '../../libs/web/web.js';
import type { NewForm } from '../feedback/feedback.js';
import { loadTexts } from '../texts/index.js';
import type { LeftAddress } from './interest.js';
import { InterestController } from './interest.controller.js';
import { InterestService } from './interest.service.js';

/** The two places where the halves of a form are kept, either of which may be away. */
class Kept implements Pick<InterestService, 'keepAnswers' | 'keepAddress'> {
  answers: NewForm[] = [];
  addresses: LeftAddress[] = [];
  away: readonly ('answers' | 'address')[] = [];

  keepAnswers(answers: NewForm): Promise<void> {
    if (this.away.includes('answers')) return Promise.reject(new Error('away: Why?'));
    this.answers.push(answers);
    return Promise.resolve();
  }

  keepAddress(left: LeftAddress): Promise<void> {
    if (this.away.includes('address')) return Promise.reject(new Error('away: ada@example.org'));
    this.addresses.push(left);
    return Promise.resolve();
  }
}

const kept = new Kept();
const noRedis = { status: 'end' as const, multi: (): never => undefined as never };

@Module({
  controllers: [InterestController],
  providers: [
    { provide: InterestService, useValue: kept },
    {
      provide: RateLimiter,
      useFactory: () => new RateLimiter(noRedis, new Clock(), { on: false, keyFor: (ip) => ip }),
    },
  ],
})
class FormModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createWebApp(FormModule, {
    catalogue: loadTexts(),
    assets: fileURLToPath(new URL('../assets', import.meta.url)),
    publicUrl: 'http://localhost:3000',
    otherOrigins: [],
  });
  app.useLogger(false);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());
beforeEach(() => {
  kept.answers = [];
  kept.addresses = [];
  kept.away = [];
});

const post = (fields: Record<string, string>) =>
  app.inject({
    method: 'POST',
    url: '/fr/get-involved',
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

const both = { questions: 'Pourquoi ?', email: 'ada@example.org', region: 'Copargo' };

describe('sending the form', () => {
  it.each([
    ['answers alone', { questions: 'Why?' }, '/fr/get-involved/thanks', 1, 0],
    ['an address alone', { email: 'ada@example.org' }, '/fr/get-involved/look-into-your-mailbox', 0, 1],
    ['both', both, '/fr/get-involved/look-into-your-mailbox', 1, 1],
    ['a robot', { ...both, website: 'x' }, '/fr/get-involved/look-into-your-mailbox', 0, 0],
  ])('with %s leads on to a page that can be loaded again', async (_, fields, path, answers, addresses) => {
    const answer = await post(fields);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, path]);
    expect(kept.answers.filter(({ fields: given }) => given.questions !== '')).toHaveLength(answers);
    expect(kept.addresses).toHaveLength(addresses);
    const page = await app.inject({ url: path });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-language']).toBe('fr');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('with nothing in it says kindly what is missing', async () => {
    const answer = await post({ region: 'Copargo', wants: 'meetings' });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('L’un des deux suffit.');
    expect(answer.body).toContain('value="Copargo"');
    expect(kept.answers).toEqual([]);
  });

  it('keeps what was typed when nothing could be saved', async () => {
    kept.away = ['answers', 'address'];
    const answer = await post(both);
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('Pourquoi ?');
    expect(answer.body).toContain('value="ada@example.org"');
    expect(kept.addresses).toEqual([]);
  });

  it('says that the answers are safe when only the address is not, and does not ask for them again', async () => {
    kept.away = ['address'];
    const answer = await post(both);
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('Vos réponses sont enregistrées');
    expect(answer.body).toContain('value="ada@example.org"');
    expect(answer.body).toContain('value="Copargo"');
    expect(answer.body).not.toContain('name="questions"');
    expect(kept.answers).toHaveLength(1);

    kept.away = [];
    expect((await post({ email: 'ada@example.org', region: 'Copargo' })).statusCode).toBe(303);
    expect(kept.answers.filter(({ fields }) => fields.questions !== '')).toHaveLength(1);
    expect(kept.addresses).toHaveLength(1);
  });

  it('does not say that answers are safe when there were none', async () => {
    kept.away = ['address'];
    const answer = await post({ email: 'ada@example.org' });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('Vos réponses sont enregistrées');
    expect(answer.body).toContain('Rien n’est encore enregistré');
  });
});

describe('the form', () => {
  it.each(['en', 'fr', 'de', 'es'])('in %s fits with its stylesheet into 30 KB', async (language) => {
    const page = await app.inject({ url: `/${language}/get-involved` });
    const style = /href="(\/assets\/style\.[^"]+)"/.exec(page.body)?.[1] ?? '';
    const sheet = await app.inject({ url: style, headers: { 'accept-encoding': 'gzip, deflate, br' } });
    expect(sheet.headers['content-encoding']).toBe('gzip');
    expect(page.rawPayload.length + sheet.rawPayload.length).toBeLessThan(30_000);
  });

  it('is anonymous: no cookie, and no script', async () => {
    const page = await app.inject({ url: '/get-involved' });
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.body).not.toContain('<script');
  });
});

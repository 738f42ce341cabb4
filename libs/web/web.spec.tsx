import { fileURLToPath } from 'node:url';
import { Body, Controller, Get, Module, NotFoundException, Param, Post, Put } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { VNode } from 'preact';
import { loadTexts } from '../../src/texts/index.js';
import { Clock, MINUTE } from '../time/clock.js';
import { type Answer, seeOther, withStatus } from './answers.js';
import { ErrorSummary, Form } from './components.js';
import { TextField } from './form-fields.js';
import { shortText } from './fields.js';
import { freshForm, parseForm, type FormState } from './forms.js';
import { Page } from './page.js';
import { brokenLink } from './problem.js';
import { RateLimit, RateLimiter, LIMITS } from './rate-limit.js';
import { CurrentReader, type Reader } from './reader.js';
import { TokenPage } from './secure.js';
import { createWebApp } from './web.js';
import { z } from 'zod';

const schema = z.object({ place: shortText(10, { required: true }) });
const LABELS = { en: 'Place', fr: 'Où êtes-vous ?' } as const;

const view = (reader: Reader, form: FormState): VNode => (
  <Page reader={reader} title="Sample">
    <ErrorSummary
      reader={reader}
      form={form}
      {...(reader.language in LABELS && { labels: { place: LABELS[reader.language as keyof typeof LABELS] } })}
    />
    <Form reader={reader} action="/sample">
      <TextField reader={reader} form={form} name="place" label="Place" required />
    </Form>
  </Page>
);

@Controller()
class SamplePages {
  @Get('sample')
  show(@CurrentReader() reader: Reader): Answer {
    return view(reader, freshForm());
  }

  @Post('sample')
  save(@CurrentReader() reader: Reader, @Body() body: unknown): Answer {
    const form = parseForm(schema, body);
    return form.ok ? seeOther(reader.href('/sample')) : withStatus(422, view(reader, form));
  }

  @TokenPage()
  @RateLimit('link')
  @Get('letters/:token')
  letter(@Param('token') token: string): Answer {
    throw token === 'x' ? new NotFoundException() : brokenLink();
  }

  @RateLimit('sign-in')
  @Post('limited')
  limited(): object {
    return { done: true };
  }

  @Post('console/acts')
  act(): object {
    return { done: true };
  }

  @Get('broken')
  broken(): never {
    throw new Error('secret@example.org');
  }

  @Get('api/v1/things/:id')
  thing(): never {
    throw new NotFoundException();
  }

  @Put('api/v1/things/:id')
  change(): object {
    return {};
  }
}

const redisAway = {
  status: 'end' as const,
  multi: (): never => {
    throw new Error('not while it is away');
  },
};

@Module({
  controllers: [SamplePages],
  providers: [
    {
      provide: RateLimiter,
      useFactory: () => new RateLimiter(redisAway, new Clock(), { on: true, keyFor: (ip) => ip }),
    },
  ],
})
class SampleModule {}

let app: NestFastifyApplication;
const PUBLIC = 'http://localhost:3000';

beforeAll(async () => {
  app = await createWebApp(SampleModule, {
    catalogue: loadTexts(),
    assets: fileURLToPath(new URL('../../src/assets', import.meta.url)),
    publicUrl: PUBLIC,
    otherOrigins: ['http://127.0.0.1:3000'],
  });
  app.useLogger(false);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
const post = (url: string, payload: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

describe('languages', () => {
  it('speaks the language of the address, and links stay in it', async () => {
    const page = await get('/fr/sample?x=1', { 'accept-language': 'de' });
    expect(page.headers['content-language']).toBe('fr');
    expect(page.headers.vary).not.toContain('Accept-Language');
    expect(page.body).toContain('<html lang="fr"');
    expect(page.body).toContain('href="/fr/basics"');
    expect(page.body).toContain('action="/fr/sample"');
    expect(page.body).toContain('href="/de/sample"');
  });

  it('speaks the wished language elsewhere, and says that it depends on it', async () => {
    const page = await get('/sample', { 'accept-language': 'pt, es;q=0.8, en;q=0.3' });
    expect(page.headers['content-language']).toBe('es');
    expect(page.headers.vary).toContain('Accept-Language');
    expect(page.body).toContain('href="/basics"');
  });

  it.each(['/english', '/xx/sample', '/FR/sample', '/..%2f../sample'])('%s is no language', async (url) => {
    expect((await get(url)).statusCode).toBe(404);
  });
});

describe('pages', () => {
  it('are HTML without scripts under a policy that would forbid them', async () => {
    const page = await get('/sample');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toMatch(/^<!doctype html><html/);
    expect(page.body).not.toContain('<script');
    expect(page.body).not.toContain(' style="');
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none';style-src 'self';img-src 'self' data:;form-action 'self';frame-ancestors 'none';base-uri 'none'",
    );
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.headers['referrer-policy']).toBe('same-origin');
    expect(page.headers['strict-transport-security']).toBeUndefined();
    expect(page.headers['set-cookie']).toBeUndefined();
  });

  it('are told to be safe by the same headers each time, whatever the answer', async () => {
    const names = [
      'content-security-policy',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'origin-agent-cluster',
      'referrer-policy',
      'x-content-type-options',
      'x-dns-prefetch-control',
      'x-download-options',
      'x-frame-options',
      'x-permitted-cross-domain-policies',
    ];
    const safetyOf = ({ headers }: Awaited<ReturnType<typeof get>>) => names.map((name) => headers[name]);
    const answers = [
      await get('/sample'),
      await get('/nowhere'),
      await get('/broken'),
      await post('/sample', 'place='),
    ];
    const first = safetyOf(answers[0] as Awaited<ReturnType<typeof get>>);
    expect(first.filter((value) => typeof value !== 'string')).toEqual([]);
    for (const answer of answers) expect(safetyOf(answer)).toEqual(first);
  });

  it('answer HEAD like GET, without a body', async () => {
    const head = await app.inject({ method: 'HEAD', url: '/de/sample' });
    expect([head.statusCode, head.body, head.headers['content-language']]).toEqual([200, '', 'de']);
  });

  it('are found with a slash at the end', async () => {
    expect((await get('/sample/')).statusCode).toBe(200);
  });

  it('name a stylesheet that may be kept for ever', async () => {
    const path = /href="(\/assets\/style[^"]+)"/.exec((await get('/sample')).body)?.[1] ?? 'none';
    const style = await get(path);
    expect([style.statusCode, style.headers['content-type'], style.headers['cache-control']]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
  });

  it('name a picture for those who are shown their address elsewhere, and those of nobody’s business none', async () => {
    const address = /property="og:image" content="([^"]+)"/.exec((await get('/fr/sample')).body)?.[1] ?? 'none';
    const [origin, path] = [address.slice(0, PUBLIC.length), address.slice(PUBLIC.length)];
    expect(origin).toBe(PUBLIC);
    const picture = await get(path, { 'accept-encoding': 'gzip' });
    const { 'content-type': type, 'cache-control': kept, 'content-encoding': packed } = picture.headers;
    expect([picture.statusCode, type, kept, packed]).toEqual([
      200,
      'image/png',
      'public, max-age=31536000, immutable',
      undefined,
    ]);
    const bytes = picture.rawPayload;
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(bytes.length).toBeLessThan(30_000);
    expect((await get('/nowhere')).body).not.toContain('og:image');
  });

  it('with a token in the address are told to nobody', async () => {
    const page = await get('/letters/abc');
    expect([page.statusCode, page.headers['referrer-policy'], page.headers['cache-control']]).toEqual([
      404,
      'no-referrer',
      'no-store',
    ]);
  });
});

describe('forms', () => {
  it('come back with what was typed and a sentence at the field', async () => {
    const page = await post('/es/sample', 'place=%3Cb%3Ea+very+long+place');
    expect(page.statusCode).toBe(422);
    expect(page.body).toContain('value="&lt;b>a very long place"');
    expect(page.body).toContain('aria-describedby="field-place-error"');
    expect(page.body).toContain('href="#field-place"');
    expect(page.body).toContain('10 caracteres');
  });

  it('name the field before what is wrong with it, after a question without a colon', async () => {
    expect((await post('/en/sample', 'place=')).body).toContain('>Place: Please');
    expect((await post('/fr/sample', 'place=')).body).toContain('>Où êtes-vous ? Remplissez');
  });

  it.each([
    ['/> and more of it', '/> and more of it'],
    ['and more of it "/>', 'and more of it &quot;/>'],
    ['="/>" and more', '=&quot;/>&quot; and more'],
  ])('come back with %s as it was typed, on a page without needless signs', async (typed, shown) => {
    const page = await post('/es/sample', `place=${encodeURIComponent(typed)}`);
    expect([page.statusCode, page.body.includes(` value="${shown}"`)]).toEqual([422, true]);
    expect(page.body).toContain('<meta charset="utf-8">');
  });

  it('lead on when all is well', async () => {
    const page = await post('/es/sample', 'place=Copargo');
    expect([page.statusCode, page.headers.location]).toEqual([303, '/es/sample']);
  });

  it.each([
    ['__proto__ in JSON', '{"__proto__":{"x":1}}', 'application/json', 400],
    ['JSON nested very deeply', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'application/json', 422],
    ['an object for a string', '{"place":{"$gt":""}}', 'application/json', 422],
    ['no JSON at all', '{"place":', 'application/json', 400],
    ['another kind of content', 'place=x', 'text/xml', 415],
    ['a megabyte', `place=${'x'.repeat(1_000_000)}`, 'application/x-www-form-urlencoded', 413],
    ['the same field twice', 'place=a&place=b', 'application/x-www-form-urlencoded', 422],
    ['NUL', 'place=a%00b', 'application/x-www-form-urlencoded', 422],
    ['broken UTF-8 and escapes', 'place=%ff%zz', 'application/x-www-form-urlencoded', 303],
  ])('%s is answered kindly', async (_, payload, type, status) => {
    const page = await post('/de/sample', payload, { 'content-type': type });
    expect(page.statusCode).toBe(status);
    if (status !== 303) expect(page.body).toContain('<html lang="de"');
  });
});

describe('problems', () => {
  it.each([
    ['/nowhere', 404, 'This page does not exist'],
    ['/letters/abc', 404, 'This link does not lead anywhere'],
    ['/letters/x', 404, 'This page does not exist'],
    ['/broken', 500, 'Something went wrong on our side'],
    ['/%zz', 400, 'We could not read that'],
    [`/letters/${'x'.repeat(600)}`, 414, 'We could not read that'],
  ])('%s is a page with status %i', async (url, status, title) => {
    const page = await get(url);
    expect(page.statusCode).toBe(status);
    expect(page.body).toContain(`<h1>${title}</h1>`);
    expect(page.body).not.toContain('secret@example.org');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('of a link lead to where a fresh one is asked for', async () => {
    expect((await get('/fr/letters/abc')).body).toContain('href="/fr/me"');
    expect((await get('/fr/letters/x')).body).not.toContain('href="/fr/me"');
  });

  it('names the methods of a known path', async () => {
    const page = await post('/fr/letters/abc', '');
    expect([page.statusCode, page.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(page.body).toContain('<html lang="fr"');
  });

  it.each([
    ['GET' as const, '/api/v1/things/1', 404],
    ['GET' as const, '/api/v1/nothing', 404],
    ['POST' as const, '/api/v1/things/1', 405],
  ])('%s %s is problem+json (RFC 9457)', async (method, url, status) => {
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ type: 'about:blank', status });
  });
});

describe('where forms may come from', () => {
  it.each([
    ['nothing said', '/sample', {}, 303],
    ['our page', '/sample', { origin: PUBLIC, 'sec-fetch-site': 'same-origin' }, 303],
    ['another name of ours', '/sample', { origin: 'http://127.0.0.1:3000' }, 303],
    ['a page of ours without referrer', '/sample', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 303],
    ['a foreign page', '/sample', { origin: 'https://evil.example' }, 403],
    [
      'a foreign page that claims to be ours',
      '/sample',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      403,
    ],
    ['a page without name', '/sample', { origin: 'null' }, 403],
    ['a sandboxed page', '/sample', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
    ['another site', '/sample', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another port', '/sample', { origin: 'http://localhost:4000', 'sec-fetch-site': 'same-site' }, 403],
    ['a neighbour without name', '/sample', { 'sec-fetch-site': 'same-site' }, 403],
    ['nothing said, in the console', '/console/acts', {}, 403],
    ['nothing said, in the console spelt otherwise', '/fr/%63onsole/acts', {}, 403],
    ['our page, in the console', '/console/acts', { origin: PUBLIC, 'sec-fetch-site': 'same-origin' }, 201],
  ])('%s', async (_, url, headers, status) => {
    expect((await post(url, 'place=Copargo', headers as Record<string, string>)).statusCode).toBe(status);
  });
});

describe('a form that never ends', () => {
  it('is given up by the server, however slowly it comes', () => {
    const { requestTimeout, headersTimeout } = app.getHttpServer();
    expect(requestTimeout).toBe(2 * MINUTE);
    expect(headersTimeout).toBeGreaterThan(0);
    expect(headersTimeout).toBeLessThanOrEqual(requestTimeout);
  });
});

describe('too many requests', () => {
  it('get a page that says when to come back, while Redis is away too', async () => {
    for (let asked = 0; asked < LIMITS['sign-in'].each; asked += 1)
      expect((await post('/limited', '')).statusCode).toBe(201);
    const page = await post('/limited', '');
    expect(page.statusCode).toBe(429);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    expect(page.body).toContain('still in your browser');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PUBLIC, startSamplePages } from '../../test/support/sample-pages.js';

let sample: Awaited<ReturnType<typeof startSamplePages>>;
beforeAll(async () => {
  sample = await startSamplePages();
});
afterAll(() => sample.app.close());

describe('languages', () => {
  it('speaks the language of the address, and links stay in it', async () => {
    const page = await sample.get('/fr/sample?x=1', { 'accept-language': 'de' });
    expect(page.headers['content-language']).toBe('fr');
    expect(page.headers.vary).not.toContain('Accept-Language');
    expect(page.body).toContain('<html lang="fr"');
    expect(page.body).toContain('href="/fr/basics"');
    expect(page.body).toContain('action="/fr/sample"');
    expect(page.body).toContain('href="/de/sample"');
  });

  it('speaks the wished language elsewhere, and says that it depends on it', async () => {
    const page = await sample.get('/sample', { 'accept-language': 'pt, es;q=0.8, en;q=0.3' });
    expect(page.headers['content-language']).toBe('es');
    expect(page.headers.vary).toContain('Accept-Language');
    expect(page.body).toContain('href="/basics"');
  });

  it.each(['/english', '/xx/sample', '/FR/sample', '/..%2f../sample'])('%s is no language', async (url) => {
    expect((await sample.get(url)).statusCode).toBe(404);
  });
});

describe('pages', () => {
  it('are HTML without scripts under a policy that would forbid them', async () => {
    const page = await sample.get('/sample');
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
    const safetyOf = ({ headers }: Awaited<ReturnType<typeof sample.get>>) => names.map((name) => headers[name]);
    const answers = [
      await sample.get('/sample'),
      await sample.get('/nowhere'),
      await sample.get('/broken'),
      await sample.post('/sample', 'place='),
    ];
    const first = safetyOf(answers[0] as Awaited<ReturnType<typeof sample.get>>);
    expect(first.filter((value) => typeof value !== 'string')).toEqual([]);
    for (const answer of answers) expect(safetyOf(answer)).toEqual(first);
  });

  it('answer HEAD like GET, without a body', async () => {
    const head = await sample.app.inject({ method: 'HEAD', url: '/de/sample' });
    expect([head.statusCode, head.body, head.headers['content-language']]).toEqual([200, '', 'de']);
  });

  it('are found with a slash at the end', async () => {
    expect((await sample.get('/sample/')).statusCode).toBe(200);
  });

  it('name a stylesheet that may be kept for ever', async () => {
    const path = /href="(\/assets\/style[^"]+)"/.exec((await sample.get('/sample')).body)?.[1] ?? 'none';
    const style = await sample.get(path);
    expect([style.statusCode, style.headers['content-type'], style.headers['cache-control']]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
  });

  it('name a picture for those who are shown their address elsewhere, and those of nobody’s business none', async () => {
    const address = /property="og:image" content="([^"]+)"/.exec((await sample.get('/fr/sample')).body)?.[1] ?? 'none';
    const [origin, path] = [address.slice(0, PUBLIC.length), address.slice(PUBLIC.length)];
    expect(origin).toBe(PUBLIC);
    const picture = await sample.get(path, { 'accept-encoding': 'gzip' });
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
    expect((await sample.get('/nowhere')).body).not.toContain('og:image');
  });

  it('with a token in the address are told to nobody', async () => {
    const page = await sample.get('/letters/abc');
    expect([page.statusCode, page.headers['referrer-policy'], page.headers['cache-control']]).toEqual([
      404,
      'no-referrer',
      'no-store',
    ]);
  });
});

describe('pages that may be opened with a token in the query', () => {
  it.each([
    ['/places', 'same-origin', 'no-cache'],
    ['/places?you=x', 'same-origin', 'no-cache'],
    ['/places?me=x', 'no-referrer', 'no-store'],
    ['/de/places?week=1&me=', 'no-referrer', 'no-store'],
    ['/places?%6De=x', 'no-referrer', 'no-store'],
  ])('%s', async (url, referrer, cache) => {
    const { headers, statusCode } = await sample.get(url);
    expect([statusCode, headers['referrer-policy'], headers['cache-control']]).toEqual([200, referrer, cache]);
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
    const page = await sample.get(url);
    expect(page.statusCode).toBe(status);
    expect(page.body).toContain(`<h1>${title}</h1>`);
    expect(page.body).not.toContain('secret@example.org');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('of a link lead to where a fresh one is asked for', async () => {
    expect((await sample.get('/fr/letters/abc')).body).toContain('href="/fr/me"');
    expect((await sample.get('/fr/letters/x')).body).not.toContain('href="/fr/me"');
  });

  it('names the methods of a known path', async () => {
    const page = await sample.post('/fr/letters/abc', '');
    expect([page.statusCode, page.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(page.body).toContain('<html lang="fr"');
  });

  it.each([
    ['GET' as const, '/api/v1/things/1', 404],
    ['GET' as const, '/api/v1/nothing', 404],
    ['POST' as const, '/api/v1/things/1', 405],
  ])('%s %s is problem+json (RFC 9457)', async (method, url, status) => {
    const answer = await sample.app.inject({ method, url });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ type: 'about:blank', status });
  });
});

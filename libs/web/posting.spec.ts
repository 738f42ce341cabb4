import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PUBLIC, startSamplePages } from '../../test/support/sample-pages.js';
import { MINUTE } from '../time/clock.js';
import { LIMITS } from './rate-limit.js';

let sample: Awaited<ReturnType<typeof startSamplePages>>;
beforeAll(async () => {
  sample = await startSamplePages();
});
afterAll(() => sample.app.close());

describe('forms', () => {
  it('come back with what was typed and a sentence at the field', async () => {
    const page = await sample.post('/es/sample', 'place=%3Cb%3Ea+very+long+place');
    expect(page.statusCode).toBe(422);
    expect(page.body).toContain('value="&lt;b>a very long place"');
    expect(page.body).toContain('aria-describedby="field-place-error"');
    expect(page.body).toContain('href="#field-place"');
    expect(page.body).toContain('10 caracteres');
  });

  it('name the field before what is wrong with it, after a question without a colon', async () => {
    expect((await sample.post('/en/sample', 'place=')).body).toContain('>Place: Please');
    expect((await sample.post('/fr/sample', 'place=')).body).toContain('>Où êtes-vous ? Remplissez');
  });

  it.each([
    ['/> and more of it', '/> and more of it'],
    ['and more of it "/>', 'and more of it &quot;/>'],
    ['="/>" and more', '=&quot;/>&quot; and more'],
  ])('come back with %s as it was typed, on a page without needless signs', async (typed, shown) => {
    const page = await sample.post('/es/sample', `place=${encodeURIComponent(typed)}`);
    expect([page.statusCode, page.body.includes(` value="${shown}"`)]).toEqual([422, true]);
    expect(page.body).toContain('<meta charset="utf-8">');
  });

  it('lead on when all is well', async () => {
    const page = await sample.post('/es/sample', 'place=Copargo');
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
    const page = await sample.post('/de/sample', payload, { 'content-type': type });
    expect(page.statusCode).toBe(status);
    if (status !== 303) expect(page.body).toContain('<html lang="de"');
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
    expect((await sample.post(url, 'place=Copargo', headers as Record<string, string>)).statusCode).toBe(status);
  });
});

describe('a form that never ends', () => {
  it('is given up by the server, however slowly it comes', () => {
    const { requestTimeout, headersTimeout } = sample.app.getHttpServer();
    expect(requestTimeout).toBe(2 * MINUTE);
    expect(headersTimeout).toBeGreaterThan(0);
    expect(headersTimeout).toBeLessThanOrEqual(requestTimeout);
  });
});

describe('too many requests', () => {
  it('get a page that says when to come back, while Redis is away too', async () => {
    for (let asked = 0; asked < LIMITS['sign-in'].each; asked += 1)
      expect((await sample.post('/limited', '')).statusCode).toBe(201);
    const page = await sample.post('/limited', '');
    expect(page.statusCode).toBe(429);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    expect(page.body).toContain('still in your browser');
  });
});

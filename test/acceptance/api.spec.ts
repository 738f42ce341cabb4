import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { announcedMeeting, enrol, idOf } from '../support/journeys.js';
import { Product } from '../support/product.js';
import { eventually } from '../support/waiting.js';

let product: Product;
let meeting: string;
beforeAll(async () => {
  product = await Product.start({ parts: 'own' });
  await enrol(product, { email: 'awa@copargo.example' });
  ({ meeting } = await announcedMeeting(product, { title: 'Pour l’API', room: 'https://meet.example/secret-room' }));
});
afterAll(() => product.stop());

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}

const get = (path: string) => product.visitor('fr').send(path);

describe('the JSON API', () => {
  it('is described by OpenAPI 3.1, with a page of its own', async () => {
    const description = await get('/api/openapi.json');
    expect(description.headers['content-type']).toMatch(/^application\/json/);
    const { openapi, paths } = description.json() as OpenApi;
    expect(openapi).toMatch(/^3\.1\./);
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/meetings', '/api/v1/regions', '/api/v1/counts']),
    );
    // Everything it describes is there, reads only, and answers as described.
    for (const [path, methods] of Object.entries(paths)) {
      expect([path, Object.keys(methods)]).toEqual([path, ['get']]);
      if (!path.includes('{')) expect([path, (await get(path)).status]).toEqual([path, 200]);
    }
    const docs = await get('/api/docs');
    expect(docs.status).toBe(200);
    expect(docs.text).toContain('/api/v1/meetings');
  });

  it('tells of meetings what anyone may know', async () => {
    const { body } = await get('/api/v1/meetings');
    expect(body).toContain('Pour l’API');
    expect(body).toContain(idOf(meeting));
    for (const secret of ['secret-room', 'awa@', 'coordination@', 'host"', 'contact'])
      expect(body).not.toContain(secret);
    const one = await get(`/api/v1/meetings/${idOf(meeting)}`);
    expect(one.status).toBe(200);
  });

  it('tells of people counts in bands, never fewer than ten exactly', async () => {
    const answer = await get('/api/v1/counts');
    // Of a meeting to come nothing is told yet.
    expect(answer.json()).toEqual({ meetingsHeld: 0, answersReleased: 0, participation: [] });
    expect(answer.body).not.toMatch(/"(count|n|people)":\s*[1-9]\b(?!\d)/);
  });

  it.each([
    ['an unknown id', 'GET', '/api/v1/meetings/AAAAAAAAAAAAAAAAAAAAAA', 404],
    ['an unknown path', 'GET', '/api/v1/nothing', 404],
    ['a path in the prototype', 'GET', '/api/v1/regions/__proto__', 404],
    ['a method it does not know', 'POST', '/api/v1/meetings', 405],
    ['a mangled id', 'GET', '/api/v1/meetings/%7B%22$gt%22:%22%22%7D', 404],
  ])('refuses %s as problem+json', async (_, method, path, status) => {
    const answer = await product.visitor('fr').send(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status, title: expect.any(String) as unknown });
  });
});

describe('health', () => {
  it('says that the process lives, and whether its parts answer', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    await product.store?.kill();
    await eventually(
      'not to be ready without the store',
      async () => (await get('/health/ready')).status === 503,
      30_000,
    );
    expect((await get('/health/live')).status).toBe(200);
    // Meanwhile people are told so, and nothing is pretended.
    const answer = await product.visitor('fr').post('/get-involved', {
      questions: 'x',
      email: 'b@y.example',
      region: 'Copargo',
      country: 'BJ',
      language: 'fr',
      timeZone: 'Africa/Porto-Novo',
    });
    expect(answer.status).toBe(503);
    expect(answer.language).toBe('fr');
    await product.store?.start();
    await eventually('to be ready again', async () => (await get('/health/ready')).status === 200);
  });
});

describe('metrics', () => {
  it('stay on this machine, and know neither people nor meetings nor places', async () => {
    expect((await get('/metrics')).status).toBe(404);
    const answer = await fetch(`http://127.0.0.1:${String(product.metricsPorts[0])}/metrics`);
    const text = await answer.text();
    expect(text).toMatch(/^# HELP /m);
    for (const word of [idOf(meeting), 'copargo', 'Copargo', '@', 'language=', 'region='])
      expect(text).not.toContain(word);
  });
});

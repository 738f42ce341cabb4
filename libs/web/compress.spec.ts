import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { compressPages, takesGzip } from './compress.js';

const HTML = 'text/html; charset=utf-8';
const PAGE = '<p>é</p>'.repeat(500);

describe('what travels compressed', () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = fastify();
    compressPages(app);
    app.get('/page', (_, reply) => reply.type(HTML).header('vary', 'Accept-Language').send(PAGE));
    app.get('/short', (_, reply) => reply.type(HTML).send('<p>é</p>'));
    app.get('/picture', (_, reply) => reply.type('image/png').send(Buffer.alloc(5_000)));
    app.get('/console/page', (_, reply) => reply.type(HTML).send(PAGE));
    app.get('/me/:token', { config: { tokenPage: true } }, (_, reply) => reply.type(HTML).send(PAGE));
    await app.ready();
  });
  afterAll(() => app.close());

  const get = (url: string, encoding = 'gzip, deflate, br') =>
    app.inject({ url, headers: { 'accept-encoding': encoding } });

  it('is a page, for whoever takes gzip', async () => {
    const { headers, rawPayload } = await get('/page');
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Language, Accept-Encoding' });
    expect(headers['content-length']).toBe(String(rawPayload.length));
    expect(gunzipSync(rawPayload).toString()).toBe(PAGE);
  });

  it('is said to differ by what is taken', async () => {
    const { headers, body } = await get('/page', 'identity');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers['vary']).toBe('Accept-Language, Accept-Encoding');
    expect(body).toBe(PAGE);
  });

  it.each(['/short', '/picture', '/console/page', '/me/x'])('is never %s', async (path) => {
    expect((await get(path)).headers).not.toHaveProperty('content-encoding');
  });
});

describe('taking gzip', () => {
  it.each(['gzip', 'br, gzip', 'gzip;q=0.5', '*', 'deflate, gzip;q=1.0, *;q=0.5', 'x-gzip'])('%s does', (header) => {
    expect(takesGzip(header)).toBe(true);
  });

  it.each([undefined, '', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.000', 'gzipped', 'br;q=1, gzip;q=0'])(
    '%s does not',
    (header) => {
      expect(takesGzip(header)).toBe(false);
    },
  );
});

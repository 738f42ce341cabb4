import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { compressPages } from './compress.js';
import { knownAs, unlessKnown } from './conditional.js';

const now = new Date('2027-01-12T18:00:00.500Z');
const modified = new Date('2027-01-11T09:00:00.700Z');

describe('what the client has already', () => {
  it.each([
    ['the tag itself', { 'if-none-match': '"a"' }, '"a"'],
    ['the tag of the compressed form', { 'if-none-match': '"a-gzip"' }, '"a-gzip"'],
    ['one of several', { 'if-none-match': '"x", W/"a"' }, '"a"'],
    ['anything', { 'if-none-match': ' * ' }, '"a"'],
    ['another', { 'if-none-match': '"b"' }, undefined],
    ['a tag without quotes', { 'if-none-match': 'a' }, undefined],
    ['no tag', { 'if-none-match': '' }, undefined],
    [
      'another tag, though the date fits',
      { 'if-none-match': '"b"', 'if-modified-since': now.toUTCString() },
      undefined,
    ],
    ['the second of the change', { 'if-modified-since': modified.toUTCString() }, '"a"'],
    ['a later date', { 'if-modified-since': now.toUTCString() }, '"a"'],
    ['an earlier date', { 'if-modified-since': new Date(+modified - 1_000).toUTCString() }, undefined],
    ['no date', { 'if-modified-since': 'yesterday' }, undefined],
    ['nothing', {}, undefined],
  ] as const)('%s', (_, headers, known) => {
    expect(knownAs(headers, ['"a"', '"a-gzip"'], modified)).toBe(known);
  });

  it('is unknown by date where nobody knows when it changed', () => {
    expect(knownAs({ 'if-modified-since': now.toUTCString() }, ['"a"'], undefined)).toBeUndefined();
  });
});

describe('an answer to whoever asks again', () => {
  let app: FastifyInstance;
  let body = 'é'.repeat(5_000);
  beforeAll(async () => {
    app = fastify();
    compressPages(app);
    app.get('/feed', (request, reply) => {
      reply.type('text/calendar; charset=utf-8');
      return unlessKnown(request, reply, { body, modified: new Date(+now + 60_000) }, now);
    });
    await app.ready();
  });
  afterAll(() => app.close());

  const ask = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url: '/feed', headers });

  it.each([
    ['as it is', {}, /^"[\w-]{43}"$/],
    ['compressed', { 'accept-encoding': 'gzip' }, /^"[\w-]{43}-gzip"$/],
  ])('%s has a tag of its own, by which it is known', async (_, headers, shape) => {
    const first = await ask(headers);
    const tag = String(first.headers.etag);
    expect(tag).toMatch(shape);
    expect(first.headers).toMatchObject({ vary: 'Accept-Encoding', 'last-modified': 'Tue, 12 Jan 2027 18:00:00 GMT' });
    const again = await ask({ ...headers, 'if-none-match': tag });
    expect([again.statusCode, again.body, again.headers.etag, again.headers.vary]).toEqual([
      ...[304, '', tag, 'Accept-Encoding'],
    ]);
    expect((await ask(headers, 'HEAD')).headers).toMatchObject({ etag: tag, vary: 'Accept-Encoding' });
    body += '!';
    expect((await ask({ ...headers, 'if-none-match': tag })).statusCode).toBe(200);
  });
});

import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Module, Param } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadTexts } from '../../src/texts/index.js';
import { Clock } from '../time/clock.js';
import { RateLimiter } from './rate-limit.js';
import { createWebApp } from './web.js';

@Controller()
class Letters {
  @Get('letters/:token')
  letter(@Param('token') token: string): object {
    return { token: token.length };
  }
}

const redisAway = {
  status: 'end' as const,
  multi: (): never => {
    throw new Error('not while it is away');
  },
};

@Module({
  controllers: [Letters],
  providers: [
    {
      provide: RateLimiter,
      useFactory: () => new RateLimiter(redisAway, new Clock(), { on: true, keyFor: (ip) => ip }),
    },
  ],
})
class LettersModule {}

let app: NestFastifyApplication;

beforeAll(async () => {
  app = await createWebApp(LettersModule, {
    catalogue: loadTexts(),
    assets: fileURLToPath(new URL('../../src/assets', import.meta.url)),
    publicUrl: 'https://meet.example',
    otherOrigins: [],
  });
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

/** What comes back for these bytes until the server hangs up. */
async function send(bytes: string): Promise<{ status: number; headers: ReadonlyMap<string, string>; body: string }> {
  const socket = connect((app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
  socket.write(bytes);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Map(lines.map((line) => [line.split(': ')[0]?.toLowerCase() ?? '', line.replace(/^.*?: /, '')]));
  return { status: Number(first.split(' ')[1]), headers, body };
}

const asked = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: meet.example\r\n${more}Connection: close\r\n\r\n`;

const SAFETY = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'origin-agent-cluster',
  'strict-transport-security',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
];

describe('a request that cannot be read', () => {
  it.each([
    ['is no HTTP', 'HELLO\r\n\r\n', 400],
    ['says its length twice', asked('/', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'), 400],
    ['has more headers than are read', asked('/', `X-Long: ${'x'.repeat(20_000)}\r\n`), 431],
    ['is no address', asked('/%zz'), 400],
    ['has a longer token than any', asked(`/letters/${'x'.repeat(600)}`), 414],
  ])('as it %s gets a page as safe as any other', async (_, bytes, status) => {
    const [answer, other] = [await send(bytes), await send(asked('/nowhere'))];
    expect([answer.status, other.status]).toEqual([status, 404]);
    expect(answer.body).toContain('<h1>We could not read that</h1>');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    for (const name of SAFETY) expect([name, answer.headers.get(name)]).toEqual([name, other.headers.get(name)]);
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('a request that names no host', () => {
  it('gets a page that says so, and one of HTTP/1.0 what it asked for', async () => {
    const bytes = asked('/nowhere').replace(/Host: .*\r\n/, '');
    const [answer, older] = [await send(bytes), await send(bytes.replace('HTTP/1.1', 'HTTP/1.0'))];
    expect([answer.status, older.status]).toEqual([400, 404]);
    expect(answer.body).toContain('<h1>We could not read that</h1>');
    for (const name of SAFETY) expect([name, answer.headers.get(name)]).toEqual([name, older.headers.get(name)]);
  });
});

describe('a request that expects what we do not know', () => {
  it('is answered like any other', async () => {
    const answer = await send(asked('/nowhere', 'Expect: the-unexpected\r\n'));
    expect([answer.status, answer.headers.get('x-frame-options')]).toEqual([404, 'DENY']);
    expect(answer.body).toContain('<h1>This page does not exist</h1>');
  });
});

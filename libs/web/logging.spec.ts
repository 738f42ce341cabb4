import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Logger as NestLogger, Module, Param } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Logger, LoggerModule } from 'nestjs-pino';
import { Clock } from '../time/clock.js';
import { Catalogue } from './i18n.js';
import { loggerParams } from './logging.js';
import { RateLimiter } from './rate-limit.js';
import { createWebApp } from './web.js';

const lines: Record<string, unknown>[] = [];
const sink = new Writable({
  write(chunk: Buffer, _, done) {
    lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
    done();
  },
});

@Controller()
class Pages {
  @Get('letters/:token')
  letter(@Param('token') token: string): object {
    if (token === 'broken') throw new TypeError(`${token} for donga@example.org`);
    new NestLogger('letters').error(new Error('sent to donga@example.org'));
    return {};
  }
}

const { pinoHttp, ...params } = loggerParams('info');

@Module({
  imports: [LoggerModule.forRoot({ ...params, pinoHttp: [pinoHttp as object, sink] })],
  controllers: [Pages],
  providers: [
    {
      provide: RateLimiter,
      useFactory: () =>
        new RateLimiter(
          {
            status: 'end',
            multi: (): never => {
              throw new Error('away');
            },
          },
          new Clock(),
          { on: false, keyFor: (ip) => ip },
        ),
    },
  ],
})
class LoggedModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createWebApp(LoggedModule, {
    catalogue: Catalogue.load(fileURLToPath(new URL('../../src/texts', import.meta.url))),
    assets: fileURLToPath(new URL('../../src/assets', import.meta.url)),
    publicUrl: 'https://meet.example',
    otherOrigins: [],
    trustProxy: '1',
  });
  app.useLogger(app.get(Logger));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

it('what is logged tells the route, never who asked for what', async () => {
  lines.length = 0;
  const headers = {
    'x-forwarded-for': '203.0.113.9',
    'user-agent': 'Phone',
    cookie: 'session=abc',
    host: 'evil.example',
  };
  const fine = await app.inject({ url: '/fr/letters/s3cret?mail=donga@example.org', headers });
  const broken = await app.inject({ url: '/letters/broken', headers });
  await app.inject({ url: '/nowhere/s3cret', headers });
  expect([fine.statusCode, broken.statusCode]).toEqual([200, 500]);
  expect(fine.headers['strict-transport-security']).toBe('max-age=31536000');
  expect(
    lines.filter((line) => line['msg'] === 'answered').map((line) => [line['method'], line['route'], line['status']]),
  ).toEqual([
    ['GET', '/letters/:token', 200],
    ['GET', '/letters/:token', 500],
    ['GET', 'unknown', 404],
  ]);
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'request failed', route: '/letters/:token', error: 'TypeError' }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'an error', context: 'letters' }));
  const log = JSON.stringify(lines);
  for (const secret of ['s3cret', 'donga', '203.0.113', 'Phone', 'session=', 'evil']) expect(log).not.toContain(secret);
});

import { once } from 'node:events';
import { createServer as createPlainServer, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { endless, fetching, NAME, Net, portOf, redirectTo, site, TEXT, withSite } from '../../test/support/outside.js';
import { fetchOutside, LIMITS } from './safe-fetch.js';

withSite();

describe('a server that means ill', () => {
  it('leads on and on', async () => {
    site.handle = redirectTo('/');
    expect(await fetching(`http://${NAME}/`)).toBe('too-many-redirects');
    expect(site.asked).toHaveLength(LIMITS.redirects + 1);
  });

  it('leads from https to where everyone can read along', async () => {
    site.handle = redirectTo(`http://${NAME}/`);
    expect(await fetching(`https://${NAME}/`)).toBe('refused-address');
    expect(site.asked).toHaveLength(1);
  });

  it('says that it has more than we take', async () => {
    site.handle = (_, response) => response.writeHead(200, { 'content-length': '3000000' }).end();
    expect(await fetching(`http://${NAME}/`)).toBe('too-large');
  });

  it('has more than we take, without saying so', async () => {
    site.handle = (_, response) => endless('x'.repeat(64_000)).pipe(response);
    expect(await fetching(`http://${NAME}/`)).toBe('too-large');
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(40_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(40_000_000))],
  ])('packs a great deal of nothing: %s', async (encoding, body) => {
    expect(body.length).toBeLessThan(100_000);
    site.handle = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body);
    expect(await fetching(`http://${NAME}/`)).toBe('too-large');
  });

  it('packs something else than it says', async () => {
    site.handle = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(TEXT);
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
    site.handle = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync(TEXT)));
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
    site.handle = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT).subarray(0, 20));
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
  });

  it('never answers', async () => {
    site.handle = () => undefined;
    expect(await fetching(`http://${NAME}/`, { limits: { time: 150 } })).toBe('too-slow');
  });

  it('answers byte by byte', async () => {
    site.handle = (_, response) => {
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => {
        clearInterval(timer);
      });
    };
    expect(await fetching(`http://${NAME}/`, { limits: { time: 150 } })).toBe('too-slow');
  });

  it('has a name that is never found out', async () => {
    const net = Object.assign(new Net(), { resolve: () => new Promise<never>(() => undefined) });
    expect(await fetching(`http://${NAME}/`, { net, limits: { time: 100 } })).toBe('too-slow');
  });

  it('is left when we end ourselves', async () => {
    site.handle = () => undefined;
    const until = AbortSignal.timeout(50);
    expect(await fetchOutside(`http://${NAME}/`, new Net(), { until })).toEqual({ ok: false, reason: 'too-slow' });
  });

  it('uses the time up by redirects', async () => {
    site.handle = (request, response) =>
      setTimeout(() => {
        redirectTo('/')(request, response);
      }, 60);
    expect(await fetching(`http://${NAME}/`, { limits: { time: 150 } })).toBe('too-slow');
  });
});

describe('what is no web server', () => {
  const says = async (speak: (socket: Socket) => void, time = 5_000): Promise<string> => {
    const sockets: Socket[] = [];
    const server = createPlainServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      speak(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const net = Object.assign(new Net(), { target: () => ({ addresses: ['127.0.0.1'], port: portOf(server) }) });
    const outcome = await fetching(`http://${NAME}/`, { net, limits: { time } });
    for (const socket of sockets) socket.destroy();
    server.close();
    return outcome;
  };

  it('greets as a mail server does', async () => {
    expect(await says((socket) => socket.write('220 mail.example ESMTP\r\n'))).toBe('server-trouble');
  });

  it('has headers without end', async () => {
    expect(
      await says((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        endless(`x-more: ${'y'.repeat(1_000)}\r\n`).pipe(socket);
      }),
    ).toBe('server-trouble');
  });

  it('promises an answer for ever', async () => {
    const timers: NodeJS.Timeout[] = [];
    const outcome = await says((socket) => {
      timers.push(setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 10));
    }, 150);
    for (const timer of timers) clearInterval(timer);
    expect(outcome).toBe('too-slow');
  });

  it('hangs up', async () => {
    expect(await says((socket) => socket.end())).toBe('unreachable');
  });

  it('says less than it promises, and more than it says', async () => {
    expect(await says((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nBEGIN'))).toBe(
      'unreachable',
    );
    expect(await says((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nBEGIN:VCALENDAR'))).toBe(
      'BEGIN',
    );
    expect(await says((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nBEGIN'))).toBe(
      'server-trouble',
    );
  });
});

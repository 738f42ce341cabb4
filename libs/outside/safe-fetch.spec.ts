import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createPlainServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateFor } from '../../test/support/certificate.js';
import { isPublicAddress } from './address-rules.js';
import { fetchOutside, LIMITS, Outside, type Limits, type Target, type Validators } from './safe-fetch.js';

const PUBLIC = '93.184.215.14';
const NAME = 'calendar.example';
const TEXT = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
const certificate = certificateFor(NAME);

let handle: (request: IncomingMessage, response: ServerResponse) => void;
let asked: IncomingMessage[];
const listener: RequestListener = (request, response) => {
  asked.push(request);
  handle(request, response);
};
const plain = createServer(listener);
const secure = createSecureServer(certificate, listener);

/** Names, and how often each was asked for; the servers above stand behind every address that is found public. */
class Net extends Outside {
  readonly looked: string[] = [];
  readonly reached: string[] = [];

  constructor(
    private readonly names: Readonly<Record<string, readonly (readonly string[])[]>> = { [NAME]: [[PUBLIC]] },
  ) {
    super();
  }

  override resolve(name: string): Promise<readonly string[]> {
    const times = this.looked.filter((each) => each === name).length;
    this.looked.push(name);
    const answers = this.names[name];
    const answer = answers?.[Math.min(times, answers.length - 1)];
    return answer ? Promise.resolve(answer) : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }));
  }

  override target(addresses: readonly string[], port: number): Target {
    this.reached.push(`${addresses.join()}:${String(port)}`);
    return {
      addresses: ['127.0.0.1'],
      port: portOf(port === 443 ? secure : plain),
      authorities: [certificate.cert],
    };
  }
}

const portOf = (server: Pick<Server, 'address'>): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  for (const server of [plain, secure]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(() => {
  for (const server of [plain, secure]) {
    server.close();
    server.closeAllConnections();
  }
});
beforeEach(() => {
  asked = [];
  handle = (_, response) => response.end(TEXT);
});

/** What came of it: the text, or why there is none. */
async function fetching(
  address: string,
  { net = new Net(), known, limits }: { net?: Outside; known?: Validators; limits?: Partial<Limits> } = {},
): Promise<string> {
  const fetched = await fetchOutside(address, net, { ...(known && { known }), limits: { ...LIMITS, ...limits } });
  if (!fetched.ok) return fetched.reason;
  return fetched.value.kind === 'content' ? Buffer.from(fetched.value.bytes).toString() : fetched.value.kind;
}

/** The same text for as long as someone takes it. */
const endless = (text: string): Readable =>
  new Readable({
    read() {
      this.push(text);
    },
  });

const redirectTo =
  (location: string, status = 302) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { location }).end('moved');
  };

describe('the net outside', () => {
  it('is the machine’s own: names as they are, connections to what was judged', async () => {
    const outside = new Outside();
    const addresses = await outside.resolve('localhost');
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter(isPublicAddress)).toEqual([]);
    expect(outside.target([PUBLIC], 443)).toEqual({ addresses: [PUBLIC], port: 443 });
  });
});

describe('what is there', () => {
  it.each([['http'], ['https'], ['webcal']])('is fetched by %s', async (scheme) => {
    expect(await fetching(`${scheme}://${NAME}/ada.ics?key=1`)).toBe(TEXT);
    const [request] = asked;
    expect([request?.method, request?.url, request?.headers.host]).toEqual(['GET', '/ada.ics?key=1', NAME]);
  });

  it('comes from the address that was judged, under its own name', async () => {
    const net = new Net();
    await fetching(`https://${NAME}/`, { net });
    expect(net.looked).toEqual([NAME]);
    expect(net.reached).toEqual([`${PUBLIC}:443`]);
    const socket = asked[0]?.socket as (Socket & { servername?: string }) | undefined;
    expect(socket?.servername).toBe(NAME);
  });

  it.each([
    ['gzip', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['identity', Buffer.from(TEXT)],
  ])('is unpacked: %s', async (encoding, body) => {
    handle = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body);
    expect(await fetching(`http://${NAME}/`)).toBe(TEXT);
  });

  it('is asked for again only if it changed', async () => {
    handle = ({ headers }, response) => {
      if (headers['if-none-match'] === '"one"' && headers['if-modified-since'] === 'Mon, 11 Jan 2027 00:00:00 GMT')
        response.writeHead(304).end();
      else response.writeHead(200, { etag: '"one"', 'last-modified': 'Mon, 11 Jan 2027 00:00:00 GMT' }).end(TEXT);
    };
    const first = await fetchOutside(`http://${NAME}/`, new Net());
    const known = first.ok && first.value.kind === 'content' ? first.value.validators : {};
    expect(known).toEqual({ etag: '"one"', lastModified: 'Mon, 11 Jan 2027 00:00:00 GMT' });
    expect(await fetching(`http://${NAME}/`, { known })).toBe('not-modified');
  });

  it('has no tag to repeat where the tag is a book', async () => {
    handle = (_, response) => response.writeHead(200, { etag: `"${'x'.repeat(300)}"` }).end(TEXT);
    const fetched = await fetchOutside(`http://${NAME}/`, new Net());
    expect(fetched.ok && fetched.value.kind === 'content' && fetched.value.validators).toEqual({});
  });

  it('may have moved three times', async () => {
    handle = ({ url = '' }, response) => {
      const step = Number(url.slice(1));
      if (step < 3) redirectTo(`/${String(step + 1)}`, 301 + step)({} as IncomingMessage, response);
      else response.end(TEXT);
    };
    expect(await fetching(`http://${NAME}/0`)).toBe(TEXT);
    expect(asked).toHaveLength(4);
  });

  it('may have moved to https', async () => {
    handle = ({ socket }, response) => {
      if ('encrypted' in socket) response.end(TEXT);
      else redirectTo(`https://${NAME}/`)({} as IncomingMessage, response);
    };
    expect(await fetching(`http://${NAME}/`)).toBe(TEXT);
  });
});

describe('what is not there', () => {
  it.each([
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [410, 'not-found'],
    [429, 'server-trouble'],
    [500, 'server-trouble'],
    [204, 'server-trouble'],
    [206, 'server-trouble'],
    [300, 'server-trouble'],
  ])('%d is %s', async (status, reason) => {
    handle = (_, response) => response.writeHead(status).end();
    expect(await fetching(`http://${NAME}/`)).toBe(reason);
  });

  it('has no such name', async () => {
    expect(await fetching('https://nobody.example/')).toBe('unreachable');
  });

  it('is a redirect to nowhere', async () => {
    handle = (_, response) => response.writeHead(302).end();
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
  });

  it('breaks off in the middle', async () => {
    handle = (_, response) => {
      response.writeHead(200, { 'content-length': '5000' }).write(TEXT, () => response.destroy());
    };
    expect(await fetching(`http://${NAME}/`)).toBe('unreachable');
  });

  it('says another name in its certificate', async () => {
    const net = new Net({ 'other.example': [[PUBLIC]] });
    expect(await fetching('https://other.example/', { net })).toBe('not-trusted');
    expect(asked).toEqual([]);
  });

  it('has a certificate that nobody vouches for', async () => {
    const net = Object.assign(new Net(), {
      target: () => ({ addresses: ['127.0.0.1'], port: portOf(secure) }),
    });
    expect(await fetching(`https://${NAME}/`, { net })).toBe('not-trusted');
    expect(asked).toEqual([]);
  });
});

describe('a private network', () => {
  it.each([
    ['http://127.0.0.1/'],
    ['http://2130706433/'],
    ['http://0x7f.1/'],
    ['http://0177.0.0.1/'],
    ['http://localhost./'],
    ['http://[::ffff:7f00:1]/'],
    ['http://[::1]/'],
    ['http://169.254.169.254/latest/meta-data/'],
    [`http://${NAME}@127.0.0.1/`],
    [`http://127.0.0.1\\@${NAME}/`],
    [`http://${NAME}:6379/`],
  ])('is not asked for %s', async (address) => {
    const net = new Net();
    expect(await fetching(address, { net })).toBe('refused-address');
    expect([net.looked, net.reached, asked]).toEqual([[], [], []]);
  });

  it.each([
    ['a private address', ['10.0.0.1']],
    ['this machine', ['127.0.0.1']],
    ['this machine inside IPv6', ['::ffff:127.0.0.1']],
    ['one private address among public ones', [PUBLIC, '192.168.1.1', '8.8.8.8']],
    ['one private address of IPv6 behind a public one', [PUBLIC, 'fd12::1']],
    ['a private address after more than are tried', [...Array.from({ length: 9 }, () => PUBLIC), '10.0.0.1']],
    ['a link-local address with its zone', ['fe80::1%eth0']],
    ['nothing', []],
  ])('is not reached through a name that has %s', async (_, addresses) => {
    const net = new Net({ [NAME]: [addresses] });
    expect(await fetching(`http://${NAME}/`, { net })).toBe('refused-address');
    expect([net.reached, asked]).toEqual([[], []]);
  });

  it('is not reached by a name that answers differently the second time', async () => {
    const net = new Net({ [NAME]: [[PUBLIC], ['127.0.0.1']] });
    expect(await fetching(`http://${NAME}/`, { net })).toBe(TEXT);
    expect([net.looked, net.reached]).toEqual([[NAME], [`${PUBLIC}:80`]]);
    // Asked anew, as at a redirect, it is judged anew.
    handle = redirectTo(`http://${NAME}/again`);
    expect(await fetching(`http://${NAME}/`, { net: new Net({ [NAME]: [[PUBLIC], ['127.0.0.1']] }) })).toBe(
      'refused-address',
    );
  });

  it.each([
    ['http://127.0.0.1/'],
    ['http://[::1]:80/'],
    ['//2130706433/'],
    ['http://localhost/'],
    ['http://inside.example/'],
    [`http://${NAME}:6379/`],
    ['file:///etc/passwd'],
    ['gopher://127.0.0.1:70/_x'],
  ])('is not reached by a redirect to %s', async (location) => {
    const net = new Net({ [NAME]: [[PUBLIC]], 'inside.example': [['10.1.2.3']] });
    handle = redirectTo(location);
    expect(await fetching(`http://${NAME}/`, { net })).toMatch(/^(refused-address|not-an-address)$/);
    expect(net.reached).toEqual([`${PUBLIC}:80`]);
    expect(asked).toHaveLength(1);
  });

  it('is not reached at the end of a chain', async () => {
    handle = ({ url = '' }, response) => {
      redirectTo(url === '/2' ? 'http://127.0.0.1/' : `/${String(Number(url.slice(1)) + 1)}`)(
        {} as IncomingMessage,
        response,
      );
    };
    expect(await fetching(`http://${NAME}/0`)).toBe('refused-address');
    expect(asked).toHaveLength(3);
  });
});

describe('a server that means ill', () => {
  it('leads on and on', async () => {
    handle = redirectTo('/');
    expect(await fetching(`http://${NAME}/`)).toBe('too-many-redirects');
    expect(asked).toHaveLength(LIMITS.redirects + 1);
  });

  it('leads from https to where everyone can read along', async () => {
    handle = redirectTo(`http://${NAME}/`);
    expect(await fetching(`https://${NAME}/`)).toBe('refused-address');
    expect(asked).toHaveLength(1);
  });

  it('says that it has more than we take', async () => {
    handle = (_, response) => response.writeHead(200, { 'content-length': '3000000' }).end();
    expect(await fetching(`http://${NAME}/`)).toBe('too-large');
  });

  it('has more than we take, without saying so', async () => {
    handle = (_, response) => endless('x'.repeat(64_000)).pipe(response);
    expect(await fetching(`http://${NAME}/`)).toBe('too-large');
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(40_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(40_000_000))],
  ])('packs a great deal of nothing: %s', async (encoding, body) => {
    expect(body.length).toBeLessThan(100_000);
    handle = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body);
    expect(await fetching(`http://${NAME}/`)).toBe('too-large');
  });

  it('packs something else than it says', async () => {
    handle = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(TEXT);
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
    handle = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync(TEXT)));
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
    handle = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT).subarray(0, 20));
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
  });

  it('never answers', async () => {
    handle = () => undefined;
    expect(await fetching(`http://${NAME}/`, { limits: { time: 150 } })).toBe('too-slow');
  });

  it('answers byte by byte', async () => {
    handle = (_, response) => {
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
    handle = () => undefined;
    const until = AbortSignal.timeout(50);
    expect(await fetchOutside(`http://${NAME}/`, new Net(), { until })).toEqual({ ok: false, reason: 'too-slow' });
  });

  it('uses the time up by redirects', async () => {
    handle = (request, response) =>
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

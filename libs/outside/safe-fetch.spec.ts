import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import {
  fetching,
  NAME,
  Net,
  portOf,
  PUBLIC,
  redirectTo,
  secure,
  site,
  TEXT,
  withSite,
} from '../../test/support/outside.js';
import { isPublicAddress } from './address-rules.js';
import { fetchOutside, Outside } from './safe-fetch.js';

withSite();

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
    const [request] = site.asked;
    expect([request?.method, request?.url, request?.headers.host]).toEqual(['GET', '/ada.ics?key=1', NAME]);
  });

  it('comes from the address that was judged, under its own name', async () => {
    const net = new Net();
    await fetching(`https://${NAME}/`, { net });
    expect(net.looked).toEqual([NAME]);
    expect(net.reached).toEqual([`${PUBLIC}:443`]);
    const socket = site.asked[0]?.socket as (Socket & { servername?: string }) | undefined;
    expect(socket?.servername).toBe(NAME);
  });

  it.each([
    ['gzip', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['identity', Buffer.from(TEXT)],
  ])('is unpacked: %s', async (encoding, body) => {
    site.handle = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body);
    expect(await fetching(`http://${NAME}/`)).toBe(TEXT);
  });

  it('is asked for again only if it changed', async () => {
    site.handle = ({ headers }, response) => {
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
    site.handle = (_, response) => response.writeHead(200, { etag: `"${'x'.repeat(300)}"` }).end(TEXT);
    const fetched = await fetchOutside(`http://${NAME}/`, new Net());
    expect(fetched.ok && fetched.value.kind === 'content' && fetched.value.validators).toEqual({});
  });

  it('may have moved three times', async () => {
    site.handle = ({ url = '' }, response) => {
      const step = Number(url.slice(1));
      if (step < 3) redirectTo(`/${String(step + 1)}`, 301 + step)({} as IncomingMessage, response);
      else response.end(TEXT);
    };
    expect(await fetching(`http://${NAME}/0`)).toBe(TEXT);
    expect(site.asked).toHaveLength(4);
  });

  it('may have moved to https', async () => {
    site.handle = ({ socket }, response) => {
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
    site.handle = (_, response) => response.writeHead(status).end();
    expect(await fetching(`http://${NAME}/`)).toBe(reason);
  });

  it('has no such name', async () => {
    expect(await fetching('https://nobody.example/')).toBe('unreachable');
  });

  it('is a redirect to nowhere', async () => {
    site.handle = (_, response) => response.writeHead(302).end();
    expect(await fetching(`http://${NAME}/`)).toBe('server-trouble');
  });

  it('breaks off in the middle', async () => {
    site.handle = (_, response) => {
      response.writeHead(200, { 'content-length': '5000' }).write(TEXT, () => response.destroy());
    };
    expect(await fetching(`http://${NAME}/`)).toBe('unreachable');
  });

  it('says another name in its certificate', async () => {
    const net = new Net({ 'other.example': [[PUBLIC]] });
    expect(await fetching('https://other.example/', { net })).toBe('not-trusted');
    expect(site.asked).toEqual([]);
  });

  it('has a certificate that nobody vouches for', async () => {
    const net = Object.assign(new Net(), {
      target: () => ({ addresses: ['127.0.0.1'], port: portOf(secure) }),
    });
    expect(await fetching(`https://${NAME}/`, { net })).toBe('not-trusted');
    expect(site.asked).toEqual([]);
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
    expect([net.looked, net.reached, site.asked]).toEqual([[], [], []]);
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
    expect([net.reached, site.asked]).toEqual([[], []]);
  });

  it('is not reached by a name that answers differently the second time', async () => {
    const net = new Net({ [NAME]: [[PUBLIC], ['127.0.0.1']] });
    expect(await fetching(`http://${NAME}/`, { net })).toBe(TEXT);
    expect([net.looked, net.reached]).toEqual([[NAME], [`${PUBLIC}:80`]]);
    // Asked anew, as at a redirect, it is judged anew.
    site.handle = redirectTo(`http://${NAME}/again`);
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
    site.handle = redirectTo(location);
    expect(await fetching(`http://${NAME}/`, { net })).toMatch(/^(refused-address|not-an-address)$/);
    expect(net.reached).toEqual([`${PUBLIC}:80`]);
    expect(site.asked).toHaveLength(1);
  });

  it('is not reached at the end of a chain', async () => {
    site.handle = ({ url = '' }, response) => {
      redirectTo(url === '/2' ? 'http://127.0.0.1/' : `/${String(Number(url.slice(1)) + 1)}`)(
        {} as IncomingMessage,
        response,
      );
    };
    expect(await fetching(`http://${NAME}/0`)).toBe('refused-address');
    expect(site.asked).toHaveLength(3);
  });
});

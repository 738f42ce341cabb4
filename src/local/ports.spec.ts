import { createServer, type Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePortFrom, tryPort, tryWebPort } from './ports.js';

/** Listens on any port; undefined where this machine has no such address. */
const listen = (host: string): Promise<{ server: Server; port: number } | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(0, host, () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address ? address.port : 0 });
    });
  });

describe('a port', () => {
  it('is taken while somebody listens, and another is proposed', async () => {
    const other = await listen('127.0.0.1');
    expect(other).toBeDefined();
    const port = other?.port ?? 0;
    expect(await tryPort(port, '127.0.0.1')).toBe('taken');
    expect(await freePortFrom(port, '127.0.0.1')).toBeGreaterThan(port);
    other?.server.close();
  });

  it('is taken for people when localhost would lead them elsewhere', async () => {
    const other = await listen('::1');
    const port = other?.port ?? (await freePortFrom(4000, '127.0.0.1'));
    expect(await tryWebPort(port, '127.0.0.1')).toBe(other ? 'taken' : 'free');
    other?.server.close();
  });

  it('is free otherwise', async () => {
    const port = await freePortFrom(4100, '127.0.0.1');
    expect(await tryWebPort(port, '127.0.0.1')).toBe('free');
  });

  it('cannot be had on an address of another machine', async () => {
    await expect(tryPort(0, '192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL');
  });
});

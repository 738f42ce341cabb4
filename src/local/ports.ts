import { createServer } from 'node:net';

export type PortState = 'free' | 'taken' | 'forbidden';

/** Whether `host` could listen on `port` now. Other failures (no such address here) are thrown. */
export function tryPort(port: number, host: string): Promise<PortState> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve('taken');
      else if (error.code === 'EACCES') resolve('forbidden');
      else reject(error);
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve('free');
      });
    });
  });
}

/** `localhost` is ::1 to many browsers: what listens only there would answer in our place. */
export async function tryWebPort(port: number, host: string): Promise<PortState> {
  const state = await tryPort(port, host);
  if (state !== 'free' || !['127.0.0.1', 'localhost'].includes(host)) return state;
  return tryPort(port, '::1').catch(() => 'free' as const);
}

/** A port that nobody uses now. */
export function anyFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}

/** The first free port from `port` on, for a proposal; `port` itself when there is none near. */
export async function freePortFrom(port: number, host: string): Promise<number> {
  for (let next = port; next < Math.min(port + 100, 65_536); next += 1)
    if ((await tryWebPort(next, host)) === 'free') return next;
  return port;
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import {
  fetchOutside,
  LIMITS,
  Outside,
  type Limits,
  type Target,
  type Validators,
} from '../../libs/outside/safe-fetch.js';
import { certificateFor } from './certificate.js';

export const PUBLIC = '93.184.215.14';
export const NAME = 'calendar.example';
export const TEXT = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
const certificate = certificateFor(NAME);

/** How the site outside answers, and what it was asked since the test began. */
export const site: { handle: (request: IncomingMessage, response: ServerResponse) => void; asked: IncomingMessage[] } =
  {
    handle: (_, response) => response.end(TEXT),
    asked: [],
  };
const listener: RequestListener = (request, response) => {
  site.asked.push(request);
  site.handle(request, response);
};
const plain = createServer(listener);
export const secure = createSecureServer(certificate, listener);

/** Names, and how often each was asked for; the servers above stand behind every address that is found public. */
export class Net extends Outside {
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

export const portOf = (server: Pick<Server, 'address'>): number => (server.address() as AddressInfo).port;

/** Starts the site before all tests of a file, gives it its first answer back before each, and ends it after all. */
export function withSite(): void {
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
    site.asked = [];
    site.handle = (_, response) => response.end(TEXT);
  });
}

/** What came of it: the text, or why there is none. */
export async function fetching(
  address: string,
  { net = new Net(), known, limits }: { net?: Outside; known?: Validators; limits?: Partial<Limits> } = {},
): Promise<string> {
  const fetched = await fetchOutside(address, net, { ...(known && { known }), limits: { ...LIMITS, ...limits } });
  if (!fetched.ok) return fetched.reason;
  return fetched.value.kind === 'content' ? Buffer.from(fetched.value.bytes).toString() : fetched.value.kind;
}

/** The same text for as long as someone takes it. */
export const endless = (text: string): Readable =>
  new Readable({
    read() {
      this.push(text);
    },
  });

export const redirectTo =
  (location: string, status = 302) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { location }).end('moved');
  };

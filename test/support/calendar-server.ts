import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Outside, Target } from '../../libs/outside/safe-fetch.js';

/** What stands behind a public name here, and what leads inside. */
export const CALENDAR_NAME = 'calendar.example';
export const PRIVATE_NAME = 'inside.example';

/** A server of calendars as they are anywhere, on loopback, behind a public name. */
export class CalendarServer implements Pick<Outside, 'resolve' | 'target'> {
  /** Content lines of the calendar's entries. */
  entries: readonly string[] = [];
  /** 200: the calendar */
  status = 200;
  /** The status of every answer that was given. */
  readonly answers: number[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', ...this.entries, 'END:VCALENDAR', ''].join('\r\n');
      const etag = `"${Buffer.from(text).toString('base64url').slice(-60)}${String(text.length)}"`;
      const status = this.status === 200 && request.headers['if-none-match'] === etag ? 304 : this.status;
      this.answers.push(status);
      response.writeHead(status, { etag, 'content-type': 'text/calendar' }).end(status === 200 ? text : '');
    });
  }

  static async start(): Promise<CalendarServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CalendarServer(server);
  }

  readonly resolve = (name: string): Promise<readonly string[]> => {
    if (name === CALENDAR_NAME) return Promise.resolve(['93.184.215.14']);
    return name === PRIVATE_NAME ? Promise.resolve(['10.1.2.3']) : Promise.reject(new Error('no such name'));
  };

  readonly target = (): Target => ({
    addresses: ['127.0.0.1'],
    port: (this.server.address() as AddressInfo).port,
  });

  get port(): number {
    return this.target().port;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** An entry of a calendar, from one time in UTC to another. */
export const busyEntry = (uid: string, from: string, to: string, ...more: readonly string[]): readonly string[] => [
  ...['BEGIN:VEVENT', `UID:${uid}`, `DTSTART:${stamp(from)}`, `DTEND:${stamp(to)}`],
  ...['SUMMARY:With Zorro at the dentist', ...more, 'END:VEVENT'],
];

const stamp = (instant: string): string => `${instant.slice(0, 19).replace(/[-:]/g, '')}Z`;

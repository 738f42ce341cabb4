import { busyTimes, readFeed, type BusyReading } from '../../libs/calendar/busy-times.js';
import { DAY } from '../../libs/time/clock.js';

export const WINDOW = { from: Date.parse('2027-03-01T00:00:00Z'), to: Date.parse('2027-04-12T00:00:00Z') };

export const feed = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test', ...lines, 'END:VCALENDAR', ''].join('\r\n');
export const event = (...lines: readonly string[]): string => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');

/** Busy times as `0311T0900-1000`, in UTC, or why there are none. */
export function busy(text: string, reading: Partial<BusyReading> = {}): string {
  const read = readFeed(Buffer.from(text));
  if (!read.ok) return read.reason;
  const found = busyTimes(read.value, { window: WINDOW, timeZone: 'Europe/Berlin', ...reading });
  if (!found.ok) return found.reason;
  return found.value.map(({ from, to }) => `${stamp(from)}-${stamp(to, from)}`).join(' ');
}

const stamp = (instant: number, before?: number): string => {
  const [, month, day, time = ''] = /^\d{4}-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(new Date(instant).toISOString()) ?? [];
  const hour = time.replace(':', '');
  return before !== undefined && instant - before < DAY ? hour : `${month ?? ''}${day ?? ''}T${hour}`;
};

export const short = (index: number, ...more: readonly string[]): string =>
  event(
    'UID:1',
    `DTSTART:${new Date(WINDOW.from + index * 300_000).toISOString().replace(/[-:]|\.\d+/g, '')}`,
    'DURATION:PT1M',
    ...more,
  );

export const one = (...lines: readonly string[]): string => busy(feed(event(...lines)));
export const BERLIN = 'DTSTART;TZID=Europe/Berlin:20270311T090000';

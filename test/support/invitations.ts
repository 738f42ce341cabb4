import ICAL from 'ical.js';
import type { ReadMail } from './mail.js';
import { eachPart, type MimePart, readMime, shapeOf, valueOf } from './mime.js';

/** What a calendar understands of an invitation or a cancellation. */
export interface CalendarEntry {
  readonly method: string;
  readonly uid: string;
  readonly sequence: number;
  readonly dtstamp: Date;
  readonly start: Date;
  readonly end: Date;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  readonly status: string | undefined;
  readonly organizer: string;
  readonly attendees: readonly { readonly address: string; readonly partstat: string | undefined }[];
}

export function readEntry(calendar: string): CalendarEntry {
  const parsed: unknown = ICAL.parse(calendar);
  const root = new ICAL.Component(parsed as unknown[]);
  const event = root.getFirstSubcomponent('vevent');
  if (!event) throw new Error('no VEVENT');
  const text = (name: string): string => {
    const value: unknown = event.getFirstPropertyValue(name);
    return typeof value === 'string' ? value : '';
  };
  const instant = (name: string): Date => {
    const value: unknown = event.getFirstPropertyValue(name);
    if (!(value instanceof ICAL.Time)) throw new Error(`no ${name}`);
    return value.toJSDate();
  };
  const method: unknown = root.getFirstPropertyValue('method');
  const status = text('status');
  return {
    method: typeof method === 'string' ? method : '',
    uid: text('uid'),
    sequence: Number(event.getFirstPropertyValue('sequence')),
    dtstamp: instant('dtstamp'),
    start: instant('dtstart'),
    end: instant('dtend'),
    summary: text('summary'),
    description: text('description'),
    location: text('location'),
    status: status === '' ? undefined : status,
    organizer: text('organizer'),
    attendees: event.getAllProperties('attendee').map((attendee) => {
      const [address, partstat]: unknown[] = [attendee.getFirstValue(), attendee.getFirstParameter('partstat')];
      return { address: String(address), partstat: typeof partstat === 'string' ? partstat : undefined };
    }),
  };
}

export function entryIn(mail: ReadMail): CalendarEntry {
  if (mail.calendar === undefined) throw new Error(`no calendar in “${mail.subject}”`);
  return readEntry(mail.calendar);
}

/**
 * What is wrong with an invitation or cancellation, in words; empty when a calendar of any make takes it. Every line is a
 * requirement of RFC 5322, 2046, 5545, 5546, 6047, or of a client that refuses what they allow.
 */
export function defectsOf(mail: ReadMail): string[] {
  const defects: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) defects.push(what);
  };
  const root = readMime(mail.raw);
  checkHeaders(mail, root, must);
  must(shapeOf(root) === 'mixed(alternative(plain,html,calendar),ics)', `built as ${shapeOf(root)}`);
  const parts = [...eachPart(root)];
  for (const part of parts.filter(({ type }) => type.startsWith('text/')))
    must(part.parameters['charset']?.toLowerCase() === 'utf-8' && isUtf8(part.content), `${part.type} is not UTF-8`);
  const inline = parts.find(({ type }) => type === 'text/calendar');
  const attached = parts.find(({ type }) => type === 'application/ics');
  if (!inline || !attached) return defects;
  must(valueOf(inline.headers, 'content-transfer-encoding') === 'base64', 'the calendar part is not base64');
  must(
    !/^attachment/i.test(valueOf(inline.headers, 'content-disposition') ?? ''),
    'the calendar part is an attachment',
  );
  must(inline.content.equals(attached.content), 'the attached file differs from the calendar part');
  checkCalendar(inline.content, must);
  const entry = readEntry(inline.content.toString('utf8'));
  must(inline.parameters['method'] === entry.method, 'method= differs from METHOD');
  checkEntry(entry, mail, must);
  const plain = parts.find(({ type }) => type === 'text/plain')?.content.toString('utf8') ?? '';
  // Whoever erases everything gets a last CANCEL, and no link that could still do anything.
  must(
    plain.trim().length > 50 && (entry.method === 'CANCEL' || /https?:\/\//.test(plain)),
    'the plain text says too little',
  );
  return defects;
}

type Must = (holds: boolean, what: string) => void;

function checkHeaders(mail: ReadMail, root: MimePart, must: Must): void {
  const times = (name: string): number => root.headers.filter(([each]) => each === name).length;
  for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'])
    must(times(name) === 1, `${name} stands ${String(times(name))} times`);
  must(times('cc') === 0 && times('bcc') === 0, 'it has further recipients');
  must(valueOf(root.headers, 'auto-submitted') === 'auto-generated', 'it does not say that it is automatic');
  must((valueOf(root.headers, 'to') ?? '').replace(/^.*<|>$/g, '') === mail.to[0], 'To is not whom it went to');
  const raw = mail.raw.toString('latin1');
  must(!/(^|[^\r])\n|\r(?!\n)|\0/.test(raw), 'lines do not end in CRLF');
  must(
    raw.split('\r\n').every((line) => line.length <= 998),
    'a line is longer than 998 octets',
  );
  must(!/[\x80-\xff]/.test(raw.slice(0, raw.indexOf('\r\n\r\n'))), 'a header is not ASCII');
}

function checkCalendar(bytes: Buffer, must: Must): void {
  const text = bytes.toString('utf8');
  const lines = splitLines(bytes);
  must(!text.startsWith('\uFEFF'), 'it begins with a byte order mark');
  must(text.endsWith('END:VCALENDAR\r\n') && !/(^|[^\r])\n/.test(text), 'lines do not end in CRLF');
  must(
    lines.every((line) => line.length <= 75),
    'a line is longer than 75 octets',
  );
  must(lines.every(isUtf8), 'a character is split between lines');
  must(!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text), 'it holds control characters');
  const unfolded = text.replace(/\r\n[ \t]/g, '').split('\r\n');
  const names = unfolded.map((line) => line.split(/[:;]/)[0] ?? '');
  const once = (name: string): boolean => names.filter((each) => each === name).length === 1;
  for (const name of ['VERSION', 'PRODID', 'METHOD', 'UID', 'DTSTAMP', 'DTSTART', 'DTEND', 'SEQUENCE', 'ORGANIZER'])
    must(once(name), `${name} does not stand once`);
  for (const part of ['VCALENDAR', 'VEVENT'])
    must(unfolded.filter((line) => line === `BEGIN:${part}`).length === 1, `not one ${part}`);
  const first = unfolded.indexOf('BEGIN:VEVENT');
  must(
    ['VERSION', 'PRODID', 'METHOD'].every((name) => names.indexOf(name) < first),
    'a property stands after a component',
  );
  must(!names.some((name) => /^(NAME|X-WR-|TIMEZONE-ID)/.test(name)), 'it holds properties that iTIP does not know');
  const alarm = unfolded.indexOf('BEGIN:VALARM');
  const lastOwn = unfolded.findLastIndex((line) => /^(ATTENDEE|SUMMARY|DESCRIPTION|LOCATION|DTEND)/.test(line));
  const nested = unfolded.slice(alarm, unfolded.indexOf('END:VALARM') + 1);
  must(alarm === -1 || lastOwn < alarm || nested.includes(unfolded[lastOwn] ?? ''), 'a property stands after an alarm');
  const timeOf = (name: string): string => unfolded.find((line) => line.startsWith(name)) ?? '';
  for (const name of ['DTSTAMP', 'DTSTART', 'DTEND'])
    must(new RegExp(`^${name}:\\d{8}T\\d{6}Z$`).test(timeOf(name)), `${name} is not in UTC`);
}

function checkEntry(entry: CalendarEntry, mail: ReadMail, must: Must): void {
  const [attendee, ...others] = entry.attendees;
  must(/^[\x21-\x7e]{16,255}$/.test(entry.uid), 'the UID is not opaque ASCII');
  must(Number.isInteger(entry.sequence) && entry.sequence >= 0, 'SEQUENCE is no count');
  must(entry.end > entry.start, 'it ends before it starts');
  must(
    others.length === 0 && attendee?.address === `mailto:${mail.to[0] ?? ''}`,
    'the only ATTENDEE is not the recipient',
  );
  must(entry.organizer === `mailto:${mail.from}`, 'ORGANIZER is not who sent it');
  must(entry.organizer !== attendee?.address, 'it invites its own organizer');
  if (entry.method === 'REQUEST') must(entry.status === 'CONFIRMED', 'a REQUEST is not CONFIRMED');
  else {
    must(entry.method === 'CANCEL', `its method is ${entry.method}`);
    must(!mail.calendar?.includes('VALARM'), 'a CANCEL rings');
  }
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf('\r\n'); at !== -1; at = bytes.indexOf('\r\n', from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 2;
  }
  return lines;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

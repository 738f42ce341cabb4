import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { CalendarEntry } from './invitations.js';
import { projectRoot } from './parts.js';

/** Programs whose answers are kept as a corpus (libs/calendar/corpus), each with how it wraps them in a mail. */
export const CLIENTS = {
  'gmail-accepted': 'mixed',
  'gmail-declined-with-note': 'mixed',
  'gmail-counter': 'mixed',
  'gmail-occurrence': 'mixed',
  'exchange-accepted': 'alternative',
  'exchange-counter': 'alternative',
  'exchange-occurrence': 'alternative',
  'outlook-desktop-tentative': 'bare',
  'apple-mac-accepted': 'attached',
  'apple-icloud-declined': 'deep',
  'apple-ios-occurrence': 'deep',
  'thunderbird-tentative': 'attached',
  'thunderbird-delegated': 'attached',
  'nextcloud-accepted': 'file',
  'nextcloud-by-link-without-organizer': 'file',
  'nextcloud-series': 'file',
  refresh: 'bare',
} as const;
export type Client = keyof typeof CLIENTS;

export interface Answering {
  readonly entry: Pick<CalendarEntry, 'uid' | 'sequence'>;
  /** Who answers, as ATTENDEE and as From. */
  readonly attendee: string;
  readonly from?: string;
  readonly to: string;
  readonly dtstamp: Date;
  readonly sequence?: number;
  /** The day of the one date of a series that is answered, in the zone that the program names: `20270330`. */
  readonly occurrence?: string;
  /** Of the mail; the same twice is the same mail. */
  readonly messageId?: string;
  readonly headers?: readonly string[];
}

const utc = (date: Date): string => `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
let count = 0;

/** The corpus' answer of a program to this very invitation. */
export function calendarOf(client: Client, answering: Answering): string {
  const { entry, attendee, dtstamp, sequence = entry.sequence, occurrence } = answering;
  return readFileSync(join(projectRoot, 'libs', 'calendar', 'corpus', `${client}.ics`), 'utf8')
    .replace(/\r\n[ \t]/g, '')
    .replace(/^UID:.*$/gm, () => `UID:${entry.uid}`)
    .replace(/^DTSTAMP:.*$/gm, `DTSTAMP:${utc(dtstamp)}`)
    .replace(/^SEQUENCE:.*$/gm, `SEQUENCE:${String(sequence)}`)
    .replace(
      /^((?:RECURRENCE-ID|DTSTART|DTEND);[^:]*):(\d{8})/gm,
      (_, name: string, day: string) => `${name}:${occurrence ?? day}`,
    )
    .replaceAll('afi@example.org', attendee)
    .replace(/\r?\n/g, '\r\n');
}

/** The whole mail, as the program sends it. */
export function answerMail(client: Client, answering: Answering): string {
  const calendar = calendarOf(client, answering);
  const method = /^METHOD:(\w+)/m.exec(calendar)?.[1] ?? 'REPLY';
  const base64 = Buffer.from(calendar).toString('base64').replace(/.{76}/g, '$&\r\n');
  const part = (type: string, ...more: string[]): string =>
    [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', ...more, '', base64].join('\r\n');
  const inline = part(`text/calendar; charset="UTF-8"; method=${method}`);
  const text = 'Content-Type: text/plain; charset=utf-8\r\n\r\nSomeone has replied to this invitation.';
  const html = 'Content-Type: text/html; charset=utf-8\r\n\r\n<p>Someone has replied to this invitation.</p>';
  const bodies: Record<(typeof CLIENTS)[Client], string> = {
    mixed: multipart('mixed', multipart('alternative', text, html, inline), part('application/ics; name="invite.ics"')),
    alternative: multipart('alternative', text, html, inline),
    bare: inline,
    attached: multipart('mixed', text, part(`text/calendar; method=${method}`, 'Content-Disposition: attachment')),
    deep: multipart('mixed', multipart('related', multipart('mixed', multipart('alternative', text, inline)))),
    file: multipart(
      'mixed',
      text,
      part('application/octet-stream; name="event.ics"', 'Content-Disposition: attachment'),
    ),
  };
  return [...headOf(answering), bodies[CLIENTS[client]]].join('\r\n');
}

/** A mail that someone writes, or a server. */
export const plainMail = (
  mail: Omit<Answering, 'entry' | 'attendee' | 'dtstamp'> & { readonly body: string },
): string => [...headOf(mail), 'Content-Type: text/plain; charset=utf-8', '', mail.body, ''].join('\r\n');

function headOf({ from, attendee, to, messageId, headers = [] }: Partial<Answering>): string[] {
  count += 1;
  return [
    `From: Someone <${from ?? attendee ?? ''}>`,
    `To: <${to ?? ''}>`,
    'Subject: Re: an invitation',
    'Date: Mon, 11 Jan 2027 09:00:00 +0000',
    `Message-ID: ${messageId ?? `<m${String(count)}@client.example>`}`,
    'MIME-Version: 1.0',
    ...headers,
  ];
}

export function multipart(kind: string, ...parts: readonly string[]): string {
  count += 1;
  const boundary = `----=_Part_${String(count)}`;
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, part]),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

/** What a server says of a mail that it could not deliver (RFC 3464). */
export function bounceMail(to: string, recipient: string, fields: readonly string[], returned = ''): string {
  const status = [
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    ...fields,
    '',
  ].join('\r\n');
  return [
    'From: Mail Delivery System <mailer-daemon@mx.example.org>',
    `To: <${to}>`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <b${String((count += 1))}@mx.example.org>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    multipart(
      'report; report-type=delivery-status',
      'Content-Type: text/plain\r\n\r\nThe mail could not be delivered.',
      status,
      `Content-Type: text/rfc822-headers\r\n\r\n${returned}`,
    ),
  ].join('\r\n');
}

/** Hands a mail over as a server would. Throws, with `responseCode`, when it is refused. */
export async function handOver(port: number, from: string, to: string, raw: string): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    await transport.sendMail({ envelope: { from, to: [to] }, raw });
  } finally {
    transport.close();
  }
}

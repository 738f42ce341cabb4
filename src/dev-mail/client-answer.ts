import { fold, utc } from '../../libs/calendar/content-lines.js';
import { parameter, property, readCalendar, type SentComponent } from '../../libs/calendar/reader.js';
import { HOUR, plus } from '../../libs/time/clock.js';

/** What whoever tries this can do with an invitation, as their mail program and calendar would. */
export const CLIENT_ACTS = ['accepted', 'tentative', 'declined', 'counter', 'bounce'] as const;
export type ClientAct = (typeof CLIENT_ACTS)[number];

/** A mail of the local mailbox, as far as it can be answered. */
export interface Answerable {
  /** The envelope's sender, to which a server reports. */
  readonly from: string;
  readonly to: readonly string[];
  readonly calendar: string | undefined;
}

/** Everything of a mail that goes back. */
export interface ClientAnswer {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

const PARTSTATS = { accepted: 'ACCEPTED', tentative: 'TENTATIVE', declined: 'DECLINED', counter: 'TENTATIVE' } as const;

/** Whether a mail asks for an answer. */
export const asksForAnswer = ({ calendar }: Answerable): boolean => invitationIn(calendar) !== undefined;

/**
 * The mail by which a program answers an invitation (RFC 5546 3.2.3, 3.2.7), or a server reports that it could not be
 * delivered (RFC 3464); undefined where there is nothing to answer.
 * @param token makes the mail one of its own
 */
export function clientAnswer(mail: Answerable, act: ClientAct, now: Date, token: string): ClientAnswer | undefined {
  const [guest] = mail.to;
  if (guest === undefined) return undefined;
  if (act === 'bounce') return { from: '', to: mail.from, raw: bounce(mail.from, guest, now, token) };
  const event = invitationIn(mail.calendar);
  const organizer = /^mailto:(.+)$/i.exec(valueOf(event, 'ORGANIZER'))?.[1];
  if (!event || organizer === undefined) return undefined;
  return { from: guest, to: organizer, raw: answer(event, act, { guest, organizer, now, token }) };
}

function invitationIn(calendar: string | undefined): SentComponent | undefined {
  const read = readCalendar(Buffer.from(calendar ?? ''));
  if (!read.ok || property(read.value, 'METHOD')?.value !== 'REQUEST') return undefined;
  return read.value.components.find(({ name }) => name === 'VEVENT');
}

const valueOf = (event: SentComponent | undefined, name: string): string =>
  (event && property(event, name)?.value) ?? '';

interface Circumstances {
  readonly guest: string;
  readonly organizer: string;
  readonly now: Date;
  readonly token: string;
}

function answer(
  event: SentComponent,
  act: Exclude<ClientAct, 'bounce'>,
  { guest, organizer, now, token }: Circumstances,
): string {
  const method = act === 'counter' ? 'COUNTER' : 'REPLY';
  const lines = [
    'BEGIN:VCALENDAR',
    'PRODID:-//Come Together//Local mailbox//EN',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    `UID:${valueOf(event, 'UID')}`,
    ...copied(event, 'RECURRENCE-ID'),
    `SEQUENCE:${valueOf(event, 'SEQUENCE')}`,
    `DTSTAMP:${utc(now)}`,
    `ORGANIZER:mailto:${organizer}`,
    `ATTENDEE;PARTSTAT=${PARTSTATS[act]}:mailto:${guest}`,
    ...(act === 'counter' ? anHourLater(event) : [...copied(event, 'DTSTART'), ...copied(event, 'DTEND')]),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  const calendar = Buffer.from(`${lines.map((line) => fold(line)).join('\r\n')}\r\n`).toString('base64');
  const boundary = `answer-${token}`;
  return [
    ...head(guest, organizer, act === 'counter' ? 'New time proposed' : `Reply: ${act}`, now, token),
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Someone has replied to this invitation in the local mailbox.',
    `--${boundary}`,
    `Content-Type: text/calendar; charset=utf-8; method=${method}`,
    'Content-Transfer-Encoding: base64',
    '',
    calendar.replace(/.{76}/g, '$&\r\n'),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

/** A property as it was sent, with its zone. */
function copied(event: SentComponent, name: string): readonly string[] {
  const sent = property(event, name);
  if (!sent) return [];
  const zone = parameter(sent, 'TZID');
  return [`${name}${zone === undefined ? '' : `;TZID=${zone}`}:${sent.value}`];
}

/** Of what happens once, which is in UTC; of a series the time stays, and the wish counts all the same. */
function anHourLater(event: SentComponent): readonly string[] {
  return ['DTSTART', 'DTEND'].flatMap((name) => {
    const [, year, month, day, hour, minute] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)\d\dZ$/.exec(valueOf(event, name)) ?? [];
    if (minute === undefined) return copied(event, name);
    const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)));
    return [`${name}:${utc(plus(at, HOUR))}`];
  });
}

function bounce(to: string, recipient: string, now: Date, token: string): string {
  const boundary = `report-${token}`;
  return [
    ...head('mailer-daemon@localhost', to, 'Undelivered mail returned to sender', now, token),
    'Auto-Submitted: auto-replied',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    'The mail could not be delivered: there is no such mailbox.',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; localhost',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such mailbox',
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

const head = (from: string, to: string, subject: string, now: Date, token: string): readonly string[] => [
  `From: <${from}>`,
  `To: <${to}>`,
  `Subject: ${subject}`,
  `Date: ${now.toUTCString().replace('GMT', '+0000')}`,
  `Message-ID: <${token}@localhost>`,
  'MIME-Version: 1.0',
];

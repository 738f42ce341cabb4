import { done, refuse, type Result } from '../rules/decision.js';
import { DAY } from '../time/clock.js';
import { LocalReader } from '../time/offsets.js';
import { cleanText, isAddress } from './content-lines.js';
import type { Partstat } from './invite.js';
import {
  parameter,
  property,
  readCalendar,
  textOf,
  type ReadRefusal,
  type SentComponent,
  type SentProperty,
} from './reader.js';
import type { Effort } from './recurrence-rule.js';
import { readTimes } from './sent-time.js';
import { describedZones, isOnTheClocks, offsetsFor } from './sent-zone.js';

/** What someone's calendar answers about one meeting or one occurrence (RFC 5546 3.2.3, 3.2.6, 3.2.7). */
export interface Reply {
  readonly method: 'REPLY' | 'COUNTER' | 'REFRESH';
  readonly uid: string;
  /** Which occurrence it is about; absent for all. */
  readonly recurrenceId?: SentTime;
  /** As it was sent: who that is, is for the caller to find out, and whether they were invited. */
  readonly attendee: string;
  /** Of a REFRESH always NEEDS-ACTION */
  readonly partstat: Partstat | 'DELEGATED';
  /** What someone wrote beside it; cleaned, at most 1,000 characters. */
  readonly comment?: string;
  readonly sequence?: number;
  readonly dtstamp?: Date;
  /** The time that a COUNTER asks for; absent where its zone is not known here. */
  readonly proposed?: { readonly start: Date; readonly end?: Date };
}

/** A time as clients send it: an instant, or a time on clocks that are not known. `local`: milliseconds as if they showed UTC. */
export type SentTime =
  /** With `local` where it was given on the clocks of a zone, which the sender may know otherwise than we do. */
  | { readonly kind: 'instant'; readonly at: Date; readonly local?: number }
  | { readonly kind: 'local'; readonly local: number };

export type ReplyRefusal =
  | ReadRefusal
  /** Not a REPLY, COUNTER or REFRESH */
  | 'another-method'
  | 'no-event'
  | 'no-uid'
  | 'no-attendee'
  | 'many-attendees';

const MOST_EVENTS = 50;
const METHODS: ReadonlySet<string> = new Set(['REPLY', 'COUNTER', 'REFRESH'] satisfies Reply['method'][]);
const isMethod = (text: string): text is Reply['method'] => METHODS.has(text);
const PARTSTATS: ReadonlySet<string> = new Set(['ACCEPTED', 'DECLINED', 'TENTATIVE', 'DELEGATED']);
const isPartstat = (text: string): text is Reply['partstat'] => PARTSTATS.has(text);

/** What the mail around a calendar says, where that itself does not. */
export interface MailAround {
  /** The method parameter of the MIME part */
  readonly method?: string | undefined;
  /** Whose mail it is: some servers name whoever answers by an address that is none for mails. */
  readonly sender?: string | undefined;
}

/**
 * Reads a calendar's answer; a message may hold several, one for each occurrence. Never throws. ORGANIZER is not looked
 * at, as some clients leave it out, and no time in it is believed beyond telling which occurrence is meant.
 */
export function readReplies(bytes: Uint8Array, around: MailAround = {}): Result<readonly Reply[], ReplyRefusal> {
  const read = readCalendar(bytes);
  if (!read.ok) return read;
  const method = (property(read.value, 'METHOD')?.value ?? around.method ?? '').trim().toUpperCase();
  if (!isMethod(method)) return refuse('another-method');
  const events = read.value.components.filter(({ name }) => name === 'VEVENT');
  if (events.length === 0) return refuse('no-event');
  if (events.length > MOST_EVENTS) return refuse('too-many');
  const timeOf = clocksOf(read.value);
  const replies = events.map((event) => readEvent(method, event, timeOf, around.sender));
  // One that cannot be read takes no other with it.
  const readable = replies.flatMap((reply) => (reply.ok ? [reply.value] : []));
  const [refused] = replies.filter((reply) => !reply.ok);
  return readable.length === 0 && refused ? refused : done(readable);
}

function readEvent(
  method: Reply['method'],
  event: SentComponent,
  timeOf: ReadTime,
  sender: string | undefined,
): Result<Reply, ReplyRefusal> {
  const uid = textOf(property(event, 'UID')?.value ?? '').trim();
  if (uid === '' || uid.length > 255) return refuse('no-uid');
  const attendee = attendeeOf(event, sender);
  if (!attendee.ok) return attendee;
  const { address, sent } = attendee.value;
  const partstat = (parameter(sent, 'PARTSTAT') ?? '').trim().toUpperCase();
  const recurrenceId = timeOf(property(event, 'RECURRENCE-ID'));
  const comment = commentOf(event, sent);
  const sequence = property(event, 'SEQUENCE')?.value.trim() ?? '';
  const dtstamp = timeOf(property(event, 'DTSTAMP'));
  const proposed = method === 'COUNTER' ? proposedBy(event, timeOf) : undefined;
  return done({
    ...{ method, uid, attendee: address },
    partstat: method !== 'REFRESH' && isPartstat(partstat) ? partstat : 'NEEDS-ACTION',
    ...(recurrenceId && { recurrenceId }),
    ...(comment !== '' && { comment }),
    ...(/^\d{1,9}$/.test(sequence) && { sequence: Number(sequence) }),
    ...(dtstamp && { dtstamp: dtstamp.kind === 'instant' ? dtstamp.at : new Date(dtstamp.local) }),
    ...(proposed && { proposed }),
  });
}

/**
 * The one who answers. Where a client lists everyone, it is whoever sent the mail, or the only one who has answered; a
 * delegate names whoever sent them as well (RFC 5546 3.2.3).
 */
function attendeeOf(
  event: SentComponent,
  sender: string | undefined,
): Result<{ readonly address: string; readonly sent: SentProperty }, 'no-attendee' | 'many-attendees'> {
  const all = event.properties.filter(({ name }) => name === 'ATTENDEE');
  const withAddress = all.flatMap((sent) => {
    const address = addressOf(sent);
    return address === undefined ? [] : [{ address, sent }];
  });
  const attendees =
    withAddress.length > 0 || sender === undefined ? withAddress : all.map((sent) => ({ address: sender, sent }));
  const saysOf = ({ sent }: { readonly sent: SentProperty }): string =>
    (parameter(sent, 'PARTSTAT') ?? '').trim().toUpperCase();
  const answered = attendees.filter((each) => isPartstat(saysOf(each)));
  const senders = attendees.filter(({ address }) => address.toLowerCase() === sender?.toLowerCase());
  const themselves = answered.filter((each) => saysOf(each) !== 'DELEGATED');
  const only = [attendees, senders, themselves].find(({ length }) => length === 1);
  const [attendee, ...others] = only ?? answered;
  if (others.length > 0) return refuse('many-attendees');
  if (!attendee) return refuse(attendees.length > 1 ? 'many-attendees' : 'no-attendee');
  return done(attendee);
}

/** Where the value is no mailto, as Apple's servers send it, the EMAIL parameter (RFC 7986 6.2), or the bare address. */
function addressOf(sent: SentProperty): string | undefined {
  const value = sent.value.trim();
  const mailto = /^mailto:(.*)$/i.exec(value)?.[1];
  const written = (mailto === undefined ? (parameter(sent, 'EMAIL') ?? value) : decoded(mailto)).trim();
  return written.length <= 254 && isAddress(written) ? written : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Outlook sends a COMMENT of a blank line where nothing was written; CalDAV servers put it on the attendee. */
function commentOf(event: SentComponent, attendee: SentProperty): string {
  const comments = event.properties.filter(({ name }) => name === 'COMMENT').map(({ value }) => textOf(value));
  const written =
    cleanText(comments.join('\n')).trim() || cleanText(parameter(attendee, 'X-RESPONSE-COMMENT') ?? '').trim();
  return written.slice(0, 1_000).toWellFormed();
}

type ReadTime = (sent: SentProperty | undefined) => SentTime | undefined;

/** Days that may be looked at to follow the zones that a message describes; an honest one needs a few thousand. */
const EFFORT = 200_000;

/** Reads dates and date-times on the clocks that a calendar names or describes; undefined for what is none. */
function clocksOf(calendar: SentComponent): ReadTime {
  const described = describedZones([calendar]);
  const effort: Effort = { left: EFFORT };
  return (sent) => {
    const [time] = readTimes(sent);
    if (!time) return undefined;
    const { kind, local, zone = '' } = time;
    if (kind === 'utc') return { kind: 'instant', at: new Date(local) };
    const isKnown = kind === 'zoned' && isOnTheClocks(local);
    const window = { from: local - DAY, to: local + DAY };
    const offsets = isKnown ? offsetsFor(zone, described.get(zone), window, effort) : undefined;
    if (!offsets) return { kind: 'local', local };
    return { kind: 'instant', at: new Date(new LocalReader(offsets).instant(local)), local };
  };
}

function proposedBy(event: SentComponent, timeOf: ReadTime): Reply['proposed'] {
  const start = timeOf(property(event, 'DTSTART'));
  const end = timeOf(property(event, 'DTEND'));
  if (start?.kind !== 'instant') return undefined;
  return { start: start.at, ...(end?.kind === 'instant' && end.at > start.at && { end: end.at }) };
}

/**
 * Which of a series' starts a RECURRENCE-ID means; undefined for none. Where it stands on clocks that are not known here,
 * or that the sender knows otherwise, it is the start of that day, give or take what clocks can differ: starts are a week
 * apart or more.
 */
export function occurrenceMeant(recurrenceId: SentTime, starts: readonly Date[]): Date | undefined {
  const { local } = recurrenceId;
  const exact =
    recurrenceId.kind === 'instant' && starts.find((start) => start.getTime() === recurrenceId.at.getTime());
  if (exact || local === undefined) return exact || undefined;
  return starts.find((start) => Math.abs(start.getTime() - local) <= 2 * DAY);
}

/** What is known of an invitation when an answer comes. */
export interface Answered {
  /** SEQUENCE of the last REQUEST or CANCEL that was sent */
  readonly sequence: number;
  /** DTSTAMP of that */
  readonly requested: Date;
  /** Of the last answer that was taken from this attendee, if any. */
  readonly answered?: { readonly sequence: number; readonly dtstamp: Date };
}

export type Staleness = 'current' | 'known' | 'stale';

/**
 * Whether an answer counts (RFC 5546 2.1.5): not where it is to an earlier SEQUENCE, or older than the answer known. The
 * same answer again is known. One without SEQUENCE, or without DTSTAMP, is taken for as new as it can be; it was not
 * made before what it answers.
 */
export function staleness({ sequence, dtstamp }: Pick<Reply, 'sequence' | 'dtstamp'>, known: Answered): Staleness {
  if (sequence !== undefined && sequence < known.sequence) return 'stale';
  // Clocks differ: a day's grace for answers that only their DTSTAMP tells old.
  if (sequence === undefined && dtstamp && dtstamp.getTime() < known.requested.getTime() - DAY) return 'stale';
  const { answered } = known;
  if (!answered || !dtstamp || (sequence ?? known.sequence) > answered.sequence) return 'current';
  if (dtstamp < answered.dtstamp) return 'stale';
  return dtstamp.getTime() === answered.dtstamp.getTime() ? 'known' : 'current';
}

/** The DTSTAMP to keep of an answer: a clock that is fast must not make every later answer look old. */
export const stampToKeep = ({ dtstamp }: Pick<Reply, 'dtstamp'>, received: Date): Date =>
  dtstamp && dtstamp < received ? dtstamp : received;

import type { Id } from '../../libs/privacy/ids.js';
import type { KeyId } from '../../libs/privacy/keys.js';
import { DAY, HOUR, latest, MINUTE, plus } from '../../libs/time/clock.js';
import { CONFIRM_WITHIN_HOURS } from '../contacts/contact.js';
import type { Invitation } from '../invitations/invitation.js';
import { stampOf } from '../invitations/series.js';
import type { Subject } from '../invitations/subject.js';
import type { Partstat } from '../invitations/what-goes-out.js';

export type DeliveryKind =
  | 'request'
  | 'cancel'
  | 'reminder'
  | 'confirmation'
  | 'already-in'
  | 'meetings-note'
  | 'me-link'
  | 'sign-in'
  | 'appointment'
  | 'still-interested'
  | 'booking'
  | 'bookings-full'
  | 'booking-freed'
  | 'calendar-fails'
  | 'offer'
  | 'host-note'
  | 'visitor-note'
  | AnsweringKind;

/** What answers a mail that came in, from a calendar or a person. */
export const ANSWERING_KINDS = [
  'decline-counter',
  'seats-taken',
  'no-delegation',
  'not-invited',
  'personal-reply',
] as const;
export type AnsweringKind = (typeof ANSWERING_KINDS)[number];

export const isAnswering = (kind: DeliveryKind): kind is AnsweringKind =>
  (ANSWERING_KINDS as readonly string[]).includes(kind);

/** How a calendar mail puts it to its reader. */
export type Occasion = 'new' | 'changed' | 'moved' | 'cancelled' | 'gone' | 'farewell';

/** A place that a mail without a calendar names, with the texts of the revision that it names. */
export interface NamedPlace {
  readonly invitation: Id;
  readonly subject: Id;
  readonly revision: number;
}

export type DeliveryState = 'open' | 'sent' | 'superseded' | 'expired' | 'failed' | 'quarantined';

/** What a guest of a whole series said of single occurrences, by their original starts. */
export interface OwnInSeries {
  readonly without: readonly Date[];
  readonly apart: readonly { readonly original: Date; readonly partstat: Partstat }[];
}

/**
 * Everything about a mail that could change between two attempts, fixed before the first, so that a repeat is the same
 * bytes. It holds no address and no text: these are looked up by the ids and by revision.
 */
export interface Fixed {
  readonly revision: number;
  readonly changes: number;
  readonly sequence: number;
  readonly moves: number;
  readonly partstat: Partstat | null;
  readonly dtstamp: Date;
  readonly date: Date;
  readonly language: string;
  readonly timeZone: string;
  readonly messageId: string;
  /** Message-ID of the first mail of this invitation; null when this is it. */
  readonly inReplyTo: string | null;
  /** The key with which the links' MACs are made. */
  readonly keyId: KeyId;
  readonly template: number;
  /** The contact's generation when the links were written. */
  readonly generation: number;
  readonly occasion?: Occasion;
  /** In the REQUEST for a whole series: what this guest has given up, and the answers beside the one to all. */
  readonly own?: OwnInSeries;
  readonly places?: readonly NamedPlace[];
  /** invitation|revision|changes|method: unique, so that the same thing is never told twice. */
  readonly told?: string;
}

/** One mail to be sent, with its state. */
export interface Delivery {
  readonly _id: Id;
  /** What it is unique by: invitation and cause, or contact, kind and request. */
  readonly key: string;
  readonly kind: DeliveryKind;
  readonly contact: Id;
  readonly invitation?: Id;
  readonly subject?: Id;
  /** The original start of the one occurrence that it is about, for those who come to the whole series. */
  readonly occurrence?: Date;
  /** The request, person or other thing that a mail without an invitation is about. */
  readonly about?: Id;
  /** The subject's revision and the guest's own changes when the row was made. */
  readonly revision: number;
  readonly changes: number;
  /** A reminder's offset and the moves it was planned for. */
  readonly minutes?: number;
  readonly moves?: number;
  /** Announcements, notes and offers: they wait for the morning and for tomorrow's allowance. */
  readonly canWait: boolean;
  readonly state: DeliveryState;
  /** Present while open. */
  readonly dueAt?: Date;
  /** After this instant it is not sent any more, and the SMTP conversation is broken off before. */
  readonly notAfter: Date;
  readonly attempts: number;
  readonly failures: number;
  readonly fixed?: Fixed;
  readonly sentAt?: Date;
  readonly endedAt?: Date;
  readonly code?: number;
  readonly enhanced?: string;
}

export type NewDelivery = Omit<Delivery, '_id' | 'state' | 'attempts' | 'failures' | 'dueAt'> & { dueAt?: Date };

const SECOND = 1_000;

/** Calendar mails: what a guest's calendar is told. */
export const isCalendarMail = (kind: DeliveryKind): boolean => kind === 'request' || kind === 'cancel';
/** A wish for another time is answered with a calendar part too, which changes nothing in the calendar. */
export const bearsCalendar = (kind: DeliveryKind): boolean => isCalendarMail(kind) || kind === 'decline-counter';

/** The first REQUEST of an invitation has one key however it came about, so that nobody is invited twice. */
export const FIRST = 0;
export const guestKey = (invitation: Id, changes: number): string => `${invitation}|g${String(changes)}`;
export const revisionKey = (invitation: Id, revision: number, occurrence?: Date): string =>
  `${invitation}|r${String(revision)}${ofOccurrence(occurrence)}`;
export const reminderKey = (invitation: Id, moves: number, minutes: number, occurrence?: Date): string =>
  `${invitation}|m${String(moves)}.${String(minutes)}${ofOccurrence(occurrence)}`;
const ofOccurrence = (original: Date | undefined): string => (original ? `.${stampOf(original)}` : '');
export const counterKey = (invitation: Id, moves: number, occurrence?: Date): string =>
  `${invitation}|c${String(moves)}${ofOccurrence(occurrence)}`;
export const contactKey = (contact: Id, kind: DeliveryKind, request: string): string => `${contact}|${kind}|${request}`;

/**
 * The reminder of one guest, who takes part.
 * @param given.key by {@link reminderKey}
 * @param given.minutes before the start
 * @param given.until when it comes too late
 * @param given.occurrence the original start, where the guest's place is in the whole series
 */
export const reminderRow = (
  { id, contact, changes }: Pick<Invitation, 'id' | 'contact' | 'changes'>,
  subject: Pick<Subject, 'id' | 'revision' | 'moves'>,
  given: { readonly key: string; readonly minutes: number; readonly until: Date; readonly occurrence?: Date },
): NewDelivery => ({
  key: given.key,
  ...(given.occurrence && { occurrence: given.occurrence }),
  kind: 'reminder',
  contact,
  invitation: id,
  subject: subject.id,
  revision: subject.revision,
  changes,
  minutes: given.minutes,
  moves: subject.moves,
  canWait: false,
  notAfter: given.until,
});

/** How long what a mailed link offers can be had: signing in, one's own page, a slot that is held meanwhile. */
export const SIGN_IN_MINUTES = 30;
export const ME_MINUTES = 60;
export const HELD_MINUTES = 15;

/** The instant after which a mail of this kind would be wrong to send. */
export function notAfter(
  kind: DeliveryKind,
  now: Date,
  time?: { readonly start: Date; readonly end: Date; readonly earlierEnd?: Date },
): Date {
  switch (kind) {
    case 'confirmation':
      return plus(now, CONFIRM_WITHIN_HOURS * HOUR);
    case 'sign-in':
      return plus(now, SIGN_IN_MINUTES * MINUTE);
    case 'me-link':
      return plus(now, ME_MINUTES * MINUTE);
    case 'booking':
      return plus(now, HELD_MINUTES * MINUTE);
    case 'request':
    case 'cancel':
      return time ? latest(time.end, ...(time.earlierEnd ? [time.earlierEnd] : [])) : plus(now, 3 * DAY);
    case 'reminder':
      return time ? plus(time.start, -MINUTE) : now;
    case 'meetings-note':
    case 'decline-counter':
      return time ? time.start : now;
    case 'already-in':
    case 'appointment':
    case 'still-interested':
    case 'seats-taken':
    case 'no-delegation':
    case 'not-invited':
    case 'personal-reply':
    case 'bookings-full':
    case 'booking-freed':
    case 'calendar-fails':
    case 'host-note':
    case 'visitor-note':
      return plus(now, 3 * DAY);
    case 'offer':
      return time ? time.end : now;
  }
}

/** Milliseconds until the next try when a server said "later" (RFC 5321 4.5.4.1), and when none was there. */
const ANSWERED_DELAYS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 45 * MINUTE, 2 * HOUR, 4 * HOUR];
const SILENT_DELAYS = [15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE];

/** Days after the first attempt at which a mail that is put off again and again has failed. */
const GIVE_UP_DAYS = 3;

/**
 * When a mail that was put off is tried again; undefined when it has failed. The last try comes a little before it would
 * be too late, if there is time left for one.
 * @param answered whether a server spoke, or none was there
 */
export function nextTry(
  row: Pick<Delivery, 'attempts' | 'notAfter'>,
  firstTry: Date,
  now: Date,
  answered: boolean,
): Date | undefined {
  if (now >= plus(firstTry, GIVE_UP_DAYS * DAY)) return undefined;
  const delays = answered ? ANSWERED_DELAYS : SILENT_DELAYS;
  const next = plus(now, delays[row.attempts - 1] ?? delays.at(-1) ?? HOUR);
  const last = plus(row.notAfter, -LAST_TRY_BEFORE);
  return next < last ? next : latest(last, plus(now, LAST_TRY_BEFORE));
}

const LAST_TRY_BEFORE = 30 * SECOND;

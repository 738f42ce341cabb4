import type { Id } from '../../libs/privacy/ids.js';
import type { KeyId } from '../../libs/privacy/keys.js';
import { latest, plus } from '../../libs/time/clock.js';
import type { Contact } from '../contacts/contact.js';
import { wireSequence, type Invitation } from '../invitations/invitation.js';
import { stampOf } from '../invitations/series.js';
import type { Subject } from '../invitations/subject.js';
import { partstatNow, partstatsApart } from '../invitations/what-goes-out.js';
import {
  bearsCalendar,
  isCalendarMail,
  type Delivery,
  type Fixed,
  type NamedPlace,
  type Occasion,
  type OwnInSeries,
} from './delivery.js';
import { concerns, lastTried } from './send-plan.js';

/** Raised when letters or calendars are written differently: only then may a repeat be other bytes. */
export const TEMPLATE = 4;

interface Circumstances {
  readonly contact: Contact;
  readonly invitation?: Invitation | undefined;
  readonly subject?: Subject | undefined;
  /** The other rows of the invitation. */
  readonly others: readonly Delivery[];
  readonly places?: readonly NamedPlace[] | undefined;
  readonly now: Date;
  readonly keyId: KeyId;
  /** Of our addresses, for the Message-ID. */
  readonly domain: string;
}

/** Everything about a mail that could be otherwise at its second attempt, as it is at the first. */
export function fixedFor(row: Delivery, circumstances: Circumstances): Fixed {
  const { contact, invitation, subject, others, places, keyId, domain } = circumstances;
  const now = fullSecond(circumstances.now);
  const stamps = others.flatMap(({ fixed }) => (fixed ? [plus(fixed.dtstamp, 1_000)] : []));
  const calendar = bearsCalendar(row.kind) && invitation && subject ? { invitation, subject } : undefined;
  const tells = isCalendarMail(row.kind) ? calendar : undefined;
  return {
    revision: subject?.revision ?? 0,
    changes: invitation?.changes ?? 0,
    sequence: calendar ? wireSequence(calendar.invitation, calendar.subject) : 0,
    moves: subject?.moves ?? 0,
    partstat: calendar ? partstatNow(calendar.subject, calendar.invitation) : null,
    // Strictly newer than any before (RFC 5546 2.1.5); calendars know full seconds.
    dtstamp: latest(now, ...stamps),
    date: now,
    language: contact.language,
    timeZone: contact.timeZone,
    messageId: messageIdOf(row._id, domain),
    inReplyTo: first(others)?.fixed?.messageId ?? null,
    keyId,
    template: TEMPLATE,
    generation: contact.generation,
    ...(places ? { places } : {}),
    ...(calendar?.subject.series && row.kind !== 'cancel' ? { own: ownIn(calendar.invitation, calendar.subject) } : {}),
    ...(tells ? { told: toldKey(row, tells), occasion: occasionOf(row, tells.subject, contact, others) } : {}),
  };
}

function ownIn(invitation: Invitation, subject: Subject): OwnInSeries {
  const apart = partstatsApart(invitation, subject);
  return {
    without: apart.flatMap(({ original, partstat }) => (partstat === 'DECLINED' ? [original] : [])),
    apart: apart.filter(({ partstat }) => partstat !== 'DECLINED'),
  };
}

export const messageIdOf = (row: Id, domain: string): string => `<${row}@${domain}>`;

function toldKey(row: Delivery, { invitation, subject }: { invitation: Invitation; subject: Subject }): string {
  const told = [invitation.id, String(subject.revision), String(invitation.changes), row.kind];
  return [...told, ...(row.occurrence ? [stampOf(row.occurrence)] : [])].join('|');
}

function occasionOf(row: Delivery, subject: Subject, contact: Contact, others: readonly Delivery[]): Occasion {
  if (row.kind === 'cancel') {
    if (contact.status === 'closing') return 'farewell';
    return subject.status === 'cancelled' ? 'cancelled' : 'gone';
  }
  const before = lastTried(others.filter((other) => concerns(other, row.occurrence)));
  if (before?.kind !== 'request') return 'new';
  return (before.fixed?.moves ?? 0) < subject.moves ? 'moved' : 'changed';
}

/** The mail that began the conversation. */
const first = (others: readonly Delivery[]): Delivery | undefined =>
  others
    .filter(({ fixed }) => fixed !== undefined)
    .sort((a, b) => (a.fixed?.date.getTime() ?? 0) - (b.fixed?.date.getTime() ?? 0))[0];

const fullSecond = (date: Date): Date => new Date(Math.floor(date.getTime() / 1_000) * 1_000);

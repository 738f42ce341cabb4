import { takesPart, type Invitation } from '../invitations/invitation.js';
import type { Subject } from '../invitations/subject.js';
import { whatGoesOut } from '../invitations/what-goes-out.js';
import { isCalendarMail, revisionKey, type Delivery } from './delivery.js';

/** A new row that has to exist before the old one may be superseded. */
export interface Anew {
  readonly key: string;
  readonly kind: 'request' | 'cancel';
}

export type SendPlan =
  { readonly do: 'send' } | { readonly do: 'supersede'; readonly anew?: Anew } | { readonly do: 'expire' };

/** What the plan looks at besides the row: the present state and the invitation's other rows. */
export interface Present {
  readonly invitation: Invitation | undefined;
  readonly subject: Subject | undefined;
  readonly others: readonly Delivery[];
}

/**
 * Decides, before every attempt, whether a row is still what its reader needs.
 *
 * - A REQUEST or CANCEL is superseded only by a later calendar row of the same invitation, or when the same thing was
 *   told already; a REQUEST of an older revision is made anew at the present one first.
 * - What is about one occurrence of a series is superseded by what is about that or about all of it.
 * - A CANCEL is dropped when the last calendar mail that was tried is not a REQUEST: there is nothing to take back.
 * - A reminder is superseded when the time moved, the subject was cancelled, or the guest declined or left.
 * - The answer to a wish for another time is superseded when the subject was cancelled, or the guest left.
 *
 * A row whose first attempt has begun goes through the same rules: a repeat of it is the same bytes.
 */
export function sendPlan(row: Delivery, present: Present, now: Date): SendPlan {
  if (now >= row.notAfter) return { do: 'expire' };
  if (row.invitation === undefined) return { do: 'send' };
  const { invitation, subject } = present;
  if (!invitation || !subject) return { do: 'supersede' };
  if (row.kind === 'reminder') return remind(row, invitation, subject) ? { do: 'send' } : { do: 'supersede' };
  if (row.kind === 'decline-counter') return { do: takesPlace(invitation, subject) ? 'send' : 'supersede' };
  const others = present.others.filter(
    (other) => isCalendarMail(other.kind) && other._id !== row._id && concerns(other, row.occurrence),
  );
  return calendarPlan(row, invitation, subject, others);
}

function remind(row: Delivery, invitation: Invitation, subject: Subject): boolean {
  return row.moves === subject.moves && takesPlace(invitation, subject) && takesPart(invitation, subject);
}

const takesPlace = (invitation: Invitation, subject: Subject): boolean =>
  subject.status === 'announced' && !invitation.left;

function calendarPlan(row: Delivery, invitation: Invitation, subject: Subject, others: readonly Delivery[]): SendPlan {
  const due = reached(row);
  if (others.some((other) => counts(other) && isLater(reached(other), due) && replaces(other, row))) {
    return { do: 'supersede' };
  }
  if (row.kind === 'cancel') return lastTried(others)?.kind === 'request' ? { do: 'send' } : { do: 'supersede' };
  if (subject.status === 'cancelled') {
    return {
      do: 'supersede',
      anew: { key: revisionKey(invitation.id, subject.revision, row.occurrence), kind: 'cancel' },
    };
  }
  // Whoever left or declined meanwhile is told by a row of its own.
  if (!whatGoesOut(subject, invitation)) return { do: 'supersede' };
  // Nothing was fixed yet: the row is sent as things are now, unless another is telling just that.
  if (row.fixed === undefined) {
    return others.some((other) => tells(other, subject, invitation)) ? { do: 'supersede' } : { do: 'send' };
  }
  if (row.fixed.revision < subject.revision) {
    return {
      do: 'supersede',
      anew: { key: revisionKey(invitation.id, subject.revision, row.occurrence), kind: 'request' },
    };
  }
  return { do: 'send' };
}

/** What is sent of a whole series tells of each occurrence as well, but not the other way round. */
export const concerns = (other: Delivery, occurrence: Date | undefined): boolean =>
  other.occurrence === undefined || other.occurrence.getTime() === occurrence?.getTime();

/** An occurrence is taken out by a CANCEL of its own, also where a REQUEST for the whole series leaves it out. */
const replaces = (other: Delivery, row: Delivery): boolean =>
  row.kind !== 'cancel' || row.occurrence === undefined || other.occurrence !== undefined || other.kind === 'cancel';

interface Reached {
  readonly revision: number;
  readonly changes: number;
}

/** What a row tells of: what it fixed, which may be later than what it was made for. */
const reached = ({ revision, changes, fixed }: Delivery): Reached => fixed ?? { revision, changes };

/** Revision and the guest's changes only grow, and a row made later has not less of either. */
const isLater = (a: Reached, b: Reached): boolean =>
  a.revision >= b.revision && a.changes >= b.changes && (a.revision > b.revision || a.changes > b.changes);

/** What was sent or will be: a row that ended otherwise takes nobody's place. */
const counts = ({ state }: Delivery): boolean => state === 'open' || state === 'sent';

/** True when another row has told, or is telling, the present state. */
const tells = (other: Delivery, subject: Subject, invitation: Invitation): boolean =>
  other.kind === 'request' &&
  counts(other) &&
  other.fixed !== undefined &&
  other.fixed.revision >= subject.revision &&
  other.fixed.changes >= invitation.changes;

/** The last calendar mail of an invitation that may have arrived. */
export function lastTried(others: readonly Delivery[]): Delivery | undefined {
  return others
    .filter((other) => isCalendarMail(other.kind) && other.fixed !== undefined && other.state !== 'failed')
    .sort((a, b) => (a.fixed?.dtstamp.getTime() ?? 0) - (b.fixed?.dtstamp.getTime() ?? 0))
    .at(-1);
}

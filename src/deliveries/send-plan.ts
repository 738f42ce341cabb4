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
  | { readonly do: 'send' }
  | { readonly do: 'supersede'; readonly anew?: Anew }
  | { readonly do: 'expire' };

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
 * - A CANCEL is dropped when the last calendar mail that was tried is not a REQUEST: there is nothing to take back.
 * - A reminder is superseded when the time moved, the subject was cancelled, or the guest declined or left.
 *
 * A row whose first attempt has begun goes through the same rules: a repeat of it is the same bytes.
 */
export function sendPlan(row: Delivery, present: Present, now: Date): SendPlan {
  if (now >= row.notAfter) return { do: 'expire' };
  if (row.invitation === undefined) return { do: 'send' };
  const { invitation, subject } = present;
  if (!invitation || !subject) return { do: 'supersede' };
  if (row.kind === 'reminder') return remind(row, invitation, subject) ? { do: 'send' } : { do: 'supersede' };
  return calendarPlan(row, invitation, subject, present.others.filter((other) => isCalendarMail(other.kind)));
}

function remind(row: Delivery, invitation: Invitation, subject: Subject): boolean {
  return subject.status === 'announced' && row.moves === subject.moves && takesPart(invitation, subject);
}

function calendarPlan(row: Delivery, invitation: Invitation, subject: Subject, others: readonly Delivery[]): SendPlan {
  if (others.some((other) => isLater(other, row) && other.state !== 'quarantined' && other.state !== 'failed')) {
    return { do: 'supersede' };
  }
  if (row.kind === 'cancel') return lastTried(others)?.kind === 'request' ? { do: 'send' } : { do: 'supersede' };
  if (subject.status === 'cancelled') {
    return { do: 'supersede', anew: { key: revisionKey(invitation.id, subject.revision), kind: 'cancel' } };
  }
  // Nothing was fixed yet: the row is sent as things are now, unless another has told just that.
  if (row.fixed === undefined) {
    return others.some((other) => told(other, subject, invitation)) ? { do: 'supersede' } : { do: 'send' };
  }
  if (row.fixed.revision < subject.revision && whatGoesOut(subject, invitation)) {
    return { do: 'supersede', anew: { key: revisionKey(invitation.id, subject.revision), kind: 'request' } };
  }
  return { do: 'send' };
}

/** Revision and the guest's changes only grow, and a row made later has not less of either. */
function isLater(other: Delivery, row: Delivery): boolean {
  if (other.revision < row.revision || other.changes < row.changes) return false;
  return other.revision > row.revision || other.changes > row.changes;
}

/** True when another row has told, or is telling, the present state. */
function told(other: Delivery, subject: Subject, invitation: Invitation): boolean {
  return (
    other.kind === 'request' &&
    other.fixed !== undefined &&
    other.fixed.revision >= subject.revision &&
    other.fixed.changes >= invitation.changes
  );
}

function lastTried(others: readonly Delivery[]): Delivery | undefined {
  return others
    .filter((other) => other.fixed !== undefined && other.state !== 'failed' && other.attempts > 0)
    .sort((a, b) => (a.fixed?.dtstamp.getTime() ?? 0) - (b.fixed?.dtstamp.getTime() ?? 0))
    .at(-1);
}

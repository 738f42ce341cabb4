import type { Contact } from '../contacts/contact.js';
import type { Invitation } from '../invitations/invitation.js';
import type { Subject } from '../invitations/subject.js';
import { isAnswering, revisionKey, type Delivery } from './delivery.js';
import { concerns, lastTried } from './send-plan.js';

/** What goes to many at once and can be unsubscribed from: it carries List-Unsubscribe. */
export const isBulk = ({ kind, canWait }: Pick<Delivery, 'kind' | 'canWait'>): boolean =>
  kind === 'reminder' || kind === 'meetings-note' || kind === 'still-interested' || (kind === 'request' && canWait);

/**
 * Whether a mail may reach a contact as they are now:
 *
 * | contact            | what still goes                                                                       |
 * |--------------------|---------------------------------------------------------------------------------------|
 * | closing            | its CANCELs                                                                           |
 * | suppressed         | nothing; it has failed, as nobody was told                                            |
 * | unconfirmed        | what lets them confirm, or see what is held, and answers to what they wrote           |
 * | paused             | cancellations, moves of what was accepted, and what they asked for themselves         |
 * | unsubscribed       | all but announcements, reminders and notes                                            |
 *
 * The yearly question goes to those who paused or unsubscribed as well: without it they would be erased unasked.
 */
export function reach(
  row: Delivery,
  contact: Contact,
  place: { readonly invitation?: Invitation | undefined; readonly subject?: Subject | undefined },
  others: readonly Delivery[],
  now: Date,
): 'send' | 'supersede' | 'fail' {
  if (contact.status === 'closing') return row.kind === 'cancel' ? 'send' : 'supersede';
  if (contact.suppressed) return 'fail';
  const confirms = row.kind === 'confirmation';
  const asked = confirms || row.kind === 'me-link' || row.kind === 'booking' || isAnswering(row.kind);
  if (contact.status === 'unconfirmed') return asked ? 'send' : 'supersede';
  if (confirms) return 'supersede';
  const paused = contact.pausedUntil !== null && contact.pausedUntil > now;
  if (row.kind !== 'still-interested' && isBulk(row) && (paused || contact.unsubscribed)) return 'supersede';
  return paused &&
    isUpdate(row) &&
    !isMoveOfAccepted(
      place,
      others.filter((other) => concerns(other, row.occurrence)),
    )
    ? 'supersede'
    : 'send';
}

/** A REQUEST that the meeting caused, not the guest. */
const isUpdate = ({ kind, key, invitation, revision, occurrence }: Delivery): boolean =>
  kind === 'request' && invitation !== undefined && key === revisionKey(invitation, revision, occurrence);

function isMoveOfAccepted(
  { invitation, subject }: { readonly invitation?: Invitation | undefined; readonly subject?: Subject | undefined },
  others: readonly Delivery[],
): boolean {
  if (!invitation || !subject) return false;
  const accepted = invitation.answer === 'accepted' || invitation.answer === 'tentative';
  return accepted && (lastTried(others)?.fixed?.moves ?? subject.moves) < subject.moves;
}

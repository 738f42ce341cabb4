import { presentAnswer, type Answer, type Invitation } from './invitation.js';
import type { Subject } from './subject.js';

export type Partstat = 'NEEDS-ACTION' | 'ACCEPTED' | 'TENTATIVE' | 'DECLINED';

/** What a guest's calendar is to be told. */
export type CalendarMail = { readonly method: 'REQUEST'; readonly partstat: Partstat } | { readonly method: 'CANCEL' };

const PARTSTAT: Record<Answer, Partstat> = {
  'needs-action': 'NEEDS-ACTION',
  accepted: 'ACCEPTED',
  tentative: 'TENTATIVE',
  declined: 'DECLINED',
};

/**
 * The table "What goes out" for a change of the subject, one row per line. It reads the present state alone, so that
 * several changes that wait together send one mail:
 *
 * | subject   | guest                                              | mail                                   |
 * |-----------|----------------------------------------------------|----------------------------------------|
 * | cancelled | left, or declined at this time or not for them     | nothing: the entry went away before     |
 * | cancelled | everyone else                                      | CANCEL                                 |
 * | announced | left                                               | nothing                                |
 * | announced | declined at this very time, or not for them        | nothing                                |
 * | announced | declined an earlier time because of it or no reason| REQUEST, NEEDS-ACTION                  |
 * | announced | answered an earlier time                           | REQUEST, NEEDS-ACTION                  |
 * | announced | needs-action, accepted, tentative at this time     | REQUEST, PARTSTAT kept                 |
 */
export function whatGoesOut(
  subject: Pick<Subject, 'status' | 'moves'>,
  invitation: Invitation,
): CalendarMail | undefined {
  if (invitation.left) return undefined;
  const answer = presentAnswer(invitation, subject);
  if (answer === 'declined') return undefined;
  // Whether the last mail was a REQUEST at all is looked up when the CANCEL is sent: see the send plan of deliveries.
  return subject.status === 'cancelled' ? { method: 'CANCEL' } : { method: 'REQUEST', partstat: PARTSTAT[answer] };
}

/** PARTSTAT of what is sent to this guest now. */
export const partstatNow = (subject: Pick<Subject, 'moves'>, invitation: Invitation): Partstat =>
  PARTSTAT[presentAnswer(invitation, subject)];

import { presentAnswer, type Answer, type Invitation } from './invitation.js';
import { answersApart, invitationAt, occurrenceSubject, takesPartAt } from './occurrence.js';
import { occurrenceAt, readOccurrenceId, takingPlace } from './series.js';
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

/** A mail, and the place and subject as which it is sent: those of one occurrence, where it is about that. */
export interface Outgoing {
  readonly mail: CalendarMail;
  readonly invitation: Invitation;
  readonly subject: Subject;
  /** RECURRENCE-ID: for those whose calendar holds the whole series. */
  readonly occurrence?: Date;
}

/**
 * What goes out in a series, to those who come to all of it and to those who come to one occurrence, whose calendar holds
 * that alone. Each row reads the table above for the whole, or for the one occurrence as if it were a meeting:
 *
 * | changed                          | comes to all of it                            | comes to this one | to another one |
 * |----------------------------------|-----------------------------------------------|-------------------|----------------|
 * | one occurrence moved or renamed  | REQUEST with RECURRENCE-ID                     | REQUEST           | nothing        |
 * | the same, and all of it since    | nothing: the REQUEST for all of it tells it    | REQUEST           | nothing        |
 * | one occurrence cancelled         | CANCEL with RECURRENCE-ID; EXDATE from then on | CANCEL            | nothing        |
 * | text, room or time of all        | REQUEST with RRULE, EXDATE and what was moved  | REQUEST           | REQUEST        |
 * | split, or ended before this one  | REQUEST whose RRULE ends before               | CANCEL            | as for this,   |
 * |                                  |                                               |                   | if it is later |
 * | all of it cancelled              | CANCEL                                         | CANCEL            | CANCEL         |
 *
 * Whoever gave up one occurrence hears nothing more of it: to them it is EXDATE in every REQUEST.
 * @param changed the original start of the one occurrence that changed; undefined: all of it
 */
export function whatGoesOutInSeries(subject: Subject, invitation: Invitation, changed?: Date): Outgoing | undefined {
  const { series } = subject;
  const one = readOccurrenceId(invitation.subject);
  if (!series || (!one && !changed)) {
    const comes = !series || subject.status === 'cancelled' || comesAtAll(invitation, subject);
    const mail = comes ? whatGoesOut(subject, invitation) : undefined;
    return mail && { mail, invitation, subject };
  }
  const original = one?.original ?? changed;
  if (!original || (changed && changed.getTime() !== original.getTime())) return undefined;
  const occurrence = occurrenceAt(series, original);
  if (!occurrence) return undefined;
  const at = one ? invitation : invitationAt(invitation, original);
  const of = occurrenceSubject(subject, occurrence);
  const isTold = !one && of.status === 'announced' && series.at.revision >= of.revision;
  const mail = isTold ? undefined : whatGoesOut(of, at);
  return mail && { mail, invitation: at, subject: of, ...(one ? {} : { occurrence: original }) };
}

/** False for a guest who has given up one occurrence after another: there is nothing left that a REQUEST could be of. */
const comesAtAll = (invitation: Invitation, { series }: Subject): boolean =>
  series === undefined || takingPlace(series).some((occurrence) => takesPartAt(invitation, occurrence));

/** PARTSTAT of what is sent to this guest now. */
export const partstatNow = (subject: Pick<Subject, 'moves'>, invitation: Invitation): Partstat =>
  PARTSTAT[presentAnswer(invitation, subject)];

/** PARTSTAT of single occurrences of a series, where it is another than that of all. */
export const partstatsApart = (
  invitation: Invitation,
  subject: Subject,
): readonly { readonly original: Date; readonly partstat: Partstat }[] =>
  answersApart(invitation, subject).map(({ occurrence: { original }, answer }) => ({
    original,
    partstat: PARTSTAT[answer],
  }));

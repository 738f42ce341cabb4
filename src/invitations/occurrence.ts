import { accept, type Decision } from '../../libs/rules/decision.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { lastChange, presentAnswer, topShift, type Answer, type Invitation, type OwnOccurrence } from './invitation.js';
import type { InvitationEvent } from './invitations.events.js';
import { occurrenceAt, occurrenceId, occurrencesOf, ruleOf, takingPlace, type Occurrence } from './series.js';
import type { Subject } from './subject.js';

/*
 * One occurrence of a series is seen as a subject, and what a guest of the whole series said of it as an invitation: so
 * every rule that holds for a meeting holds for an occurrence as it stands.
 */

/** One occurrence as what people are invited to: in everything but its time, title and end it is the meeting. */
export function occurrenceSubject(subject: Subject, occurrence: Occurrence): Subject {
  const { series, ...whole } = subject;
  const cancelled = subject.status === 'cancelled' || occurrence.cancelled !== null;
  const rule = series && (occurrence.gone ? series.recurrence : ruleOf(series));
  return {
    ...whole,
    id: occurrenceId(subject.id, occurrence.original),
    status: cancelled ? 'cancelled' : 'announced',
    revision: occurrence.at.revision,
    moves: occurrence.at.moves,
    answersFrom: occurrence.at.sequence,
    start: occurrence.start,
    end: occurrence.end,
    title: occurrence.title ?? subject.title,
    cancelReason: subject.status === 'cancelled' ? subject.cancelReason : (occurrence.cancelled ?? ''),
    ...(rule && { occurrence: { of: subject.id, original: occurrence.original, rule } }),
  };
}

/** A series with the end of its next occurrence, as `start` is when that begins; any other meeting as it is. */
export const nextOf = <Shown extends Pick<Subject, 'start' | 'end' | 'series'>>(subject: Shown): Shown =>
  subject.series ? { ...subject, end: plus(subject.start, subject.series.minutes * MINUTE) } : subject;

/**
 * What a guest of the whole series said of one occurrence: what they said of all, unless it is something of its own. When
 * their calendar answered all of it is not among that: an answer to one date is as old as those to that date (RFC 5546
 * 2.1.5), or it would depend on the order in which both come.
 */
export function invitationAt(invitation: Invitation, original: Date): Invitation {
  const { occurrences: _all, replied: _ofAll, ...whole } = invitation;
  const own = ownOf(invitation, original);
  const shift = topShift(invitation);
  if (!own) return { ...whole, shift };
  const { seat: _seat, ...rest } = whole;
  const { original: _original, ...said } = own;
  return { ...rest, ...said, shift, left: invitation.left || own.left };
}

/** Whether a guest of the whole series comes to one occurrence, as far as is known. */
export function takesPartAt(invitation: Invitation, occurrence: Occurrence): boolean {
  const said = invitationAt(invitation, occurrence.original);
  return !said.left && presentAnswer(said, { moves: occurrence.at.moves }) !== 'declined';
}

/** What counts for one guest and occurrence where that is another answer than to the whole. */
export function answersApart(
  invitation: Invitation,
  subject: Subject,
): readonly { readonly occurrence: Occurrence; readonly answer: Answer }[] {
  if (!subject.series) return [];
  const whole = presentAnswer(invitation, subject);
  return takingPlace(subject.series)
    .map((occurrence) => ({
      occurrence,
      answer: takesPartAt(invitation, occurrence)
        ? presentAnswer(invitationAt(invitation, occurrence.original), { moves: occurrence.at.moves })
        : ('declined' as const),
    }))
    .filter(({ answer }) => answer !== whole);
}

/** Applies a rule for whole meetings to one occurrence and keeps what comes of it beside the answer to all. */
export function actAt<Refusal extends string>(
  invitation: Invitation,
  subject: Subject,
  occurrence: Occurrence,
  rule: (at: Invitation, of: Subject) => Decision<Invitation, InvitationEvent, Refusal>,
): Decision<Invitation, InvitationEvent, Refusal> {
  const { original } = occurrence;
  const own = ownOf(invitation, original) ?? invitation;
  const { invitation: before, subject: of } = seenAt(invitation, subject, occurrence);
  const decided = rule(before, of);
  if (!decided.ok) return decided;
  const { state, events } = decided;
  if (state === before && events.length === 0) return accept<Invitation, InvitationEvent>(invitation);
  const told = events.length > 0;
  const changes = told ? lastChange(invitation) + 1 : own.changes;
  const said: OwnOccurrence = {
    original,
    answer: state.answer,
    answeredMoves: state.answeredMoves,
    why: state.why,
    left: state.left,
    shift: told ? before.shift + 1 : own.shift,
    changes,
    ...(state.seat !== undefined && { seat: state.seat }),
    ...(state.replied && { replied: state.replied }),
  };
  const others = (invitation.occurrences ?? []).filter((each) => each.original.getTime() !== original.getTime());
  return accept<Invitation, InvitationEvent>(
    { ...invitation, occurrences: [...others, said] },
    ...events.map(({ type }): InvitationEvent => ({
      type: type === 'invitation.cancel-due' ? type : 'invitation.request-due',
      data: { changes, occurrence: original },
    })),
  );
}

/** Notes in which occurrences a seat is held, for the unique key; a place outside of a series holds one in itself. */
export function withSeats(invitation: Invitation, subject: Subject): Invitation {
  const held = seatsHeld(invitation, subject);
  const { seats: _before, ...rest } = invitation;
  return held.length === 0 ? rest : { ...rest, seats: held };
}

function seatsHeld(invitation: Invitation, subject: Subject): readonly string[] {
  const key = (id: string, seat: number | undefined): readonly string[] =>
    seat === undefined ? [] : [`${id}#${String(seat)}`];
  if (subject.occurrence) return key(subject.id, invitation.seat);
  if (!subject.series) return [];
  return occurrencesOf(subject.series).flatMap((occurrence) => {
    const { seat, left } = invitationAt(invitation, occurrence.original);
    return left ? [] : key(occurrenceId(subject.id, occurrence.original), seat);
  });
}

const ownOf = ({ occurrences = [] }: Invitation, original: Date): OwnOccurrence | undefined =>
  occurrences.find((own) => own.original.getTime() === original.getTime());

/** A place in a series as it is for one occurrence; undefined where there is no such occurrence. */
export function placeAt(
  invitation: Invitation,
  subject: Subject,
  original: Date,
): { readonly invitation: Invitation; readonly subject: Subject } | undefined {
  const occurrence = subject.series && occurrenceAt(subject.series, original);
  return occurrence && seenAt(invitation, subject, occurrence);
}

/** An answer counts from the SEQUENCE on that this occurrence had, whatever was told of others since. */
function seenAt(
  whole: Invitation,
  subject: Subject,
  occurrence: Occurrence,
): { readonly invitation: Invitation; readonly subject: Subject } {
  const invitation = invitationAt(whole, occurrence.original);
  const own = ownOf(whole, occurrence.original) ?? whole;
  const answersFrom = occurrence.at.sequence - (invitation.shift - own.shift);
  return { invitation, subject: { ...occurrenceSubject(subject, occurrence), answersFrom } };
}

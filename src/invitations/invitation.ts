import { staleness, stampToKeep } from '../../libs/calendar/reply.js';
import { accept, refuse, type Decision } from '../../libs/rules/decision.js';
import { uidOf, type Id } from '../../libs/privacy/ids.js';
import type { InvitationEvent } from './invitations.events.js';
import type { Subject } from './subject.js';

/** RFC 5545 3.2.12, in words. */
export type Answer = 'needs-action' | 'accepted' | 'tentative' | 'declined';
export type Why = 'time' | 'not-for-me';

/** One contact's place in a meeting or booking. */
export interface Invitation {
  readonly id: Id;
  readonly subject: Id;
  readonly contact: Id;
  /** A host is accepted from the start, takes no seat and is not counted. */
  readonly role: 'guest' | 'host';
  readonly answer: Answer;
  /** The moves of the subject to which the answer was given; at a higher one it reads as needs-action. */
  readonly answeredMoves: number;
  readonly why: Why | null;
  readonly left: boolean;
  /** Added to the subject's sequence, so that this guest's first is 0 (RFC 5546 2.1.4). */
  readonly shift: number;
  /** How many mails were caused by this guest alone, after the first. */
  readonly changes: number;
  /** The key of an accepted place among 1…capacity; absent when there is no limit or no acceptance. */
  readonly seat?: number;
  /** Raising it makes every link of this invitation void. */
  readonly generation: number;
  /** Of the last answer: an older one that comes late changes nothing (RFC 5546 2.1.5). */
  readonly replied?: { readonly sequence: number; readonly dtstamp: Date };
  /** Of a place in a whole series: what was said of single occurrences. */
  readonly occurrences?: readonly OwnOccurrence[];
  /** Of a place in a series: the occurrences in which a seat is held, each with its number, `<occurrence>#<seat>`. */
  readonly seats?: readonly string[];
  /** How calendars know it: by `uidOf`, or, where it was made before that and this is absent, by the id as it is. */
  readonly uid?: 'one-case';
}

/** What a guest of a whole series said of one occurrence, by the start that the rule gives it. */
export type OwnOccurrence = Pick<
  Invitation,
  'answer' | 'answeredMoves' | 'why' | 'left' | 'shift' | 'changes' | 'seat' | 'replied'
> & { readonly original: Date };

type InvitationDecision<Refusal extends string> = Decision<Invitation, InvitationEvent, Refusal>;

/** An invitation out of an announcement: the fan-out writes its delivery in the same page, so no event is needed. */
export const invite = (
  place: Pick<Invitation, 'id' | 'subject' | 'contact' | 'role'>,
  subject: Pick<Subject, 'sequence' | 'moves'>,
): Invitation => ({
  ...place,
  answer: place.role === 'host' ? 'accepted' : 'needs-action',
  answeredMoves: subject.moves,
  why: null,
  left: false,
  shift: -subject.sequence,
  changes: 0,
  generation: 0,
  uid: 'one-case',
});

/** What calendars know a place by: never another, or an update would be a second entry. */
export const uidOfPlace = ({ id, uid }: Pick<Invitation, 'id' | 'uid'>): string => (uid === undefined ? id : uidOf(id));

/**
 * A place that someone is offered by a link: it is like one that was left, until they sign up. The shift lets their first
 * REQUEST be 0 too.
 */
export const offer = (
  place: Pick<Invitation, 'id' | 'subject' | 'contact'>,
  subject: Pick<Subject, 'sequence' | 'moves'>,
): Invitation => ({ ...invite({ ...place, role: 'guest' }, subject), left: true, shift: -subject.sequence - 1 });

/** True for a place that was offered and never taken up: no calendar has heard of it. */
export const isOffered = (invitation: Invitation): boolean => invitation.left && invitation.changes === 0;

/** The answer as it counts now. A host's acceptance outlives a move; whoever said "not for me" is not asked again. */
export function presentAnswer(invitation: Invitation, subject: Pick<Subject, 'moves'>): Answer {
  if (invitation.answeredMoves >= subject.moves) return invitation.answer;
  if (invitation.answer === 'declined' && invitation.why === 'not-for-me') return 'declined';
  return invitation.role === 'host' && invitation.answer === 'accepted' ? 'accepted' : 'needs-action';
}

/** Whether this guest takes part in what is sent about the subject. */
export const takesPart = (invitation: Invitation, subject: Pick<Subject, 'moves'>): boolean =>
  !invitation.left && presentAnswer(invitation, subject) !== 'declined';

export interface Reply {
  readonly answer: Exclude<Answer, 'needs-action'>;
  readonly why?: Why;
  /** Where it came by mail from the guest's calendar; absent for a button. */
  readonly calendar?: CalendarStamp;
}

/** What an answer of a calendar says of itself, and what it can be measured by. */
export interface CalendarStamp {
  readonly sequence?: number;
  readonly dtstamp?: Date;
  /** DTSTAMP of the last calendar mail that was sent to this guest. */
  readonly requested: Date;
}

/**
 * Records an answer. Declining by a button takes the entry out of the guest's calendar with a CANCEL; whoever comes back
 * by one gets a new REQUEST; an acceptance or a maybe from someone whose calendar holds the entry sends nothing. An answer
 * out of the calendar never sends anything: the entry there is the guest's own and says already what they chose.
 * @param seat the seat that the service found free; needed only where `capacity` is set
 */
export function reply(
  invitation: Invitation,
  subject: Subject,
  given: Reply,
  now: Date,
  seat?: number,
): InvitationDecision<'cancelled' | 'over' | 'full' | 'stale'> {
  const closed = closedBecause(subject, now);
  if (closed) return refuse(closed);
  const sequence = answerableFrom(invitation, subject);
  const { calendar } = given;
  if (calendar) {
    const { requested } = calendar;
    const { replied: answered } = invitation;
    const age = staleness(calendar, { sequence, requested, ...(answered && { answered }) });
    if (age === 'stale') return refuse('stale');
    if (age === 'known') return accept<Invitation, InvitationEvent>(invitation);
  }
  const replied = { sequence: calendar?.sequence ?? sequence, dtstamp: calendar ? stampToKeep(calendar, now) : now };
  const before = presentAnswer(invitation, subject);
  const why = given.answer === 'declined' ? (given.why ?? null) : null;
  const same = before === given.answer && invitation.answeredMoves >= subject.moves && !invitation.left;
  // Pressing a button again changes nothing; not even for those who accepted before seats were limited.
  if (same && calendar) return accept<Invitation, InvitationEvent>({ ...invitation, replied });
  if (same && invitation.why === why) return accept<Invitation, InvitationEvent>(invitation);
  const takesSeat = given.answer === 'accepted' && subject.capacity !== null && invitation.role === 'guest';
  if (takesSeat && invitation.seat === undefined && seat === undefined) return refuse('full');
  const { seat: held, ...rest } = invitation;
  const kept = takesSeat ? (held ?? seat) : undefined;
  const answered: Invitation = {
    ...rest,
    answer: given.answer,
    answeredMoves: subject.answersTo ?? subject.moves,
    why,
    left: false,
    ...(kept === undefined ? {} : { seat: kept }),
    replied,
  };
  const away = invitation.left || before === 'declined';
  if (calendar) {
    const declines = given.answer === 'declined';
    // Whoever has left and declines an entry that is still there stays away.
    return accept<Invitation, InvitationEvent>(
      { ...answered, left: invitation.left && declines },
      ...(declines && !away && subject.kind === 'booking'
        ? [{ type: 'invitation.declined', data: { changes: invitation.changes } } as const]
        : []),
    );
  }
  if (given.answer === 'declined') {
    return away ? accept<Invitation, InvitationEvent>(answered) : tell(answered, 'invitation.cancel-due');
  }
  return away ? tell(answered, 'invitation.request-due') : accept<Invitation, InvitationEvent>(answered);
}

/** A calendar asks for the invitation again (RFC 5546 3.2.6): it is sent as it is now, under the same SEQUENCE. */
export function sendAgain(
  invitation: Invitation,
  subject: Subject,
  now: Date,
): InvitationDecision<'cancelled' | 'over' | 'away'> {
  const closed = closedBecause(subject, now);
  if (closed) return refuse(closed);
  if (!takesPart(invitation, subject)) return refuse('away');
  const changes = lastChange(invitation) + 1;
  return accept<Invitation, InvitationEvent>(
    { ...invitation, changes },
    { type: 'invitation.request-due', data: { changes } },
  );
}

/** Leaves the meeting altogether; signing up again is the way back. */
export function leave(invitation: Invitation, subject: Subject, now: Date): InvitationDecision<'cancelled' | 'over'> {
  const closed = closedBecause(subject, now);
  if (closed) return refuse(closed);
  if (invitation.left) return accept<Invitation, InvitationEvent>(invitation);
  const { seat: _freed, ...rest } = invitation;
  const away = presentAnswer(invitation, subject) === 'declined';
  const gone: Invitation = { ...rest, left: true };
  return away ? accept<Invitation, InvitationEvent>(gone) : tell(gone, 'invitation.cancel-due');
}

/** Signing up: a new place is made by the service; one that was left or declined is taken up again, in all of a series. */
export function signUpAgain(
  invitation: Invitation,
  subject: Subject,
  now: Date,
): InvitationDecision<'cancelled' | 'over' | 'in-already'> {
  const closed = closedBecause(subject, now);
  if (closed) return refuse(closed);
  if (takesPart(invitation, subject)) return refuse('in-already');
  const { occurrences: _forgotten, ...whole } = {
    ...invitation,
    shift: topShift(invitation),
    changes: lastChange(invitation),
  };
  return tell(
    { ...whole, left: false, answer: 'needs-action', answeredMoves: subject.moves, why: null },
    'invitation.request-due',
  );
}

/**
 * The seats that may be taken now, of 1…capacity. Those who accepted when there was no limit hold none and those with a
 * seat beyond a lowered limit keep it: both count. As each only becomes fewer while the limit stands, any number of guests
 * who choose among such seats at once, each held by one alone, stay within the capacity.
 * @param unseated how many accept without a seat
 */
export function openSeats(capacity: number, taken: readonly number[], unseated: number): readonly number[] {
  const held = new Set(taken);
  let last = Math.max(0, capacity - unseated);
  let beyond = [...held].filter((seat) => seat > last).length;
  while (last > 0 && last + beyond + unseated > capacity) {
    if (held.has(last)) beyond += 1;
    last -= 1;
  }
  return Array.from({ length: last }, (_, index) => index + 1).filter((seat) => !held.has(seat));
}

/** The wire SEQUENCE of what is sent to this guest now: in a series it is one for all of it, so that it never falls. */
export const wireSequence = (invitation: Invitation, subject: Pick<Subject, 'sequence'>): number =>
  subject.sequence + topShift(invitation);

/** The lowest wire SEQUENCE to which an answer of this guest still counts. */
export const answerableFrom = (
  { shift }: Invitation,
  { answersFrom, sequence }: Pick<Subject, 'sequence' | 'answersFrom'>,
): number => (answersFrom ?? sequence) + shift;

export const topShift = ({ shift, occurrences = [] }: Invitation): number =>
  Math.max(shift, ...occurrences.map((own) => own.shift));

export const lastChange = ({ changes, occurrences = [] }: Invitation): number =>
  Math.max(changes, ...occurrences.map((own) => own.changes));

function tell(
  invitation: Invitation,
  type: 'invitation.request-due' | 'invitation.cancel-due',
): ReturnType<typeof accept<Invitation, InvitationEvent>> {
  const changes = lastChange(invitation) + 1;
  return accept<Invitation, InvitationEvent>(
    { ...invitation, changes, shift: topShift(invitation) + 1 },
    { type, data: { changes } },
  );
}

function closedBecause(subject: Subject, now: Date): 'cancelled' | 'over' | undefined {
  if (subject.status === 'cancelled') return 'cancelled';
  return subject.end <= now ? 'over' : undefined;
}

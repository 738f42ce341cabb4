import { accept, type Accepted, type Decision, refuse } from '../../libs/rules/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import type { ContactEvent } from './contacts.events.js';

export const WANTS = ['meetings', 'office-hours'] as const;
export type Want = (typeof WANTS)[number];

/** An address that someone left, sealed, and what they wish. The address itself is opened by the vault alone. */
export interface Contact {
  readonly id: Id;
  /** closing: about to be erased, only its CANCELs still go out. */
  readonly status: 'unconfirmed' | 'confirmed' | 'closing';
  /** The contact's own data key, wrapped by the key outside the database; destroying it shreds the address. */
  readonly dataKey: Uint8Array;
  readonly address: Uint8Array;
  /** Blind index of the canonical address: unique. */
  readonly index: string;
  readonly language: string;
  readonly timeZone: string;
  /** A region that ships with the product; absent for places typed freely. */
  readonly region: string | null;
  readonly country: string | null;
  /** What was typed for a place that is no known region, sealed. */
  readonly place: Uint8Array | null;
  readonly wants: readonly Want[];
  /** Meetings that someone signed up for before confirming. */
  readonly wishes: readonly Id[];
  readonly unsubscribed: boolean;
  readonly pausedUntil: Date | null;
  /** An address that mail servers refused for good. */
  readonly suppressed: boolean;
  readonly generation: number;
  /** How often the private feed got a new address. */
  readonly feeds?: number;
  /** Until when an unconfirmed address waits; moved on when it is left again. Absent once it is confirmed. */
  readonly confirmBy?: Date;
  /**
   * Raised when the yearly question is asked and again when it is answered, so that an older silence erases nobody: odd
   * while a question waits for its answer.
   */
  readonly asked: number;
  readonly keepBlocked: boolean;
}

export type NewContact = Pick<
  Contact,
  'id' | 'dataKey' | 'address' | 'index' | 'language' | 'timeZone' | 'region' | 'country' | 'place' | 'wants' | 'wishes'
>;

type ContactDecision<Refusal extends string> = Decision<Contact, ContactEvent, Refusal>;

/** Hours in which an address is confirmed or forgotten. */
export const CONFIRM_WITHIN_HOURS = 48;
/** A contact is asked once a year whether they are still interested … */
export const ASK_AFTER_DAYS = 365;
/** … and erased this many days after silence. */
export const ERASE_AFTER_SILENCE_DAYS = 30;
/** Bookings to come that one contact may have. */
export const MOST_BOOKINGS = 3;

type Outcome = Accepted<Contact, ContactEvent>;

const outcome = (contact: Contact, ...events: readonly ContactEvent[]): Outcome =>
  accept<Contact, ContactEvent>(contact, ...events);

/** Meetings that wait beside an unconfirmed address, the latest. */
const MOST_WISHES = 20;

/**
 * Keeps an address that waits for its confirmation.
 * @param asked what else it was left for asks for the confirmation by a mail of its own
 */
export function enrol(given: NewContact, now: Date, asked = false): Outcome {
  const confirmBy = plus(now, CONFIRM_WITHIN_HOURS * HOUR);
  return outcome(
    { ...fresh(given), status: 'unconfirmed', confirmBy },
    ...(asked ? [] : [{ type: 'contact.enrolled' } as const]),
    { type: 'contact.unconfirmed', dueAt: confirmBy },
  );
}

/** The contact of someone with a role: the mailed link to sign in confirms it, and the yearly question is asked as ever. */
export const appoint = (given: NewContact, now: Date): Outcome =>
  outcome({ ...fresh(given), status: 'confirmed' }, askInAYear(0, now));

/** The address was left again before it was confirmed: what is wished adds up, and the wait begins anew. */
export function enrolAgain(
  contact: Contact,
  wished: { readonly wants: readonly Want[]; readonly wish?: Id | undefined },
  now: Date,
): Outcome {
  if (contact.status !== 'unconfirmed') return outcome(contact);
  const { wish } = wished;
  return outcome({
    ...contact,
    confirmBy: plus(now, CONFIRM_WITHIN_HOURS * HOUR),
    wants: WANTS.filter((want) => contact.wants.includes(want) || wished.wants.includes(want)),
    wishes:
      wish === undefined || contact.wishes.includes(wish)
        ? contact.wishes
        : [...contact.wishes, wish].slice(-MOST_WISHES),
  });
}

/** Confirms the address; again, it changes nothing. */
export function confirm(contact: Contact, now: Date): ContactDecision<'closing' | 'confirmed-already'> {
  if (contact.status === 'closing') return refuse('closing');
  if (contact.status === 'confirmed') return refuse('confirmed-already');
  const { confirmBy: _over, ...rest } = contact;
  return outcome({ ...rest, status: 'confirmed' }, { type: 'contact.confirmed' }, askInAYear(contact.asked, now));
}

/** Lets go of an address that nobody confirmed in time. */
export const lapse = (contact: Contact, now: Date): Outcome =>
  contact.status === 'unconfirmed' && (contact.confirmBy ?? now) <= now
    ? closing(contact, NO_TRACE, now)
    : outcome(contact);

/** What the owner may change: how and about what they are written to. */
export const prefer = (contact: Contact, wished: Pick<Contact, 'language' | 'timeZone' | 'wants'>): Outcome =>
  outcome({ ...contact, language: wished.language, timeZone: wished.timeZone, wants: wished.wants });

/**
 * What the address of the private feed is made of. Erasing makes it void as it does every link, a new address this one
 * alone: mails keep theirs.
 */
export const feedOf = (contact: Contact): Pick<Contact, 'id' | 'generation'> => ({
  id: contact.id,
  // A sum of what only rises: none comes again.
  generation: contact.generation + (contact.feeds ?? 0),
});

/** Makes the present address of the private feed void. */
export const renewFeed = (contact: Contact): Outcome => outcome({ ...contact, feeds: (contact.feeds ?? 0) + 1 });

/** Stops announcements and reminders; what was accepted still tells of moves and cancellations. */
export const unsubscribe = (contact: Contact): Outcome =>
  outcome(contact.unsubscribed ? contact : { ...contact, unsubscribed: true });

/** The way back from unsubscribing and from a pause. */
export const subscribeAgain = (contact: Contact): Outcome =>
  outcome({ ...contact, unsubscribed: false, pausedUntil: null });

/** Mail servers said for good that the address takes no mail: nothing more is sent to it. */
export const suppress = (contact: Contact): Outcome =>
  outcome(contact.suppressed ? contact : { ...contact, suppressed: true });

/** Pauses until an instant; null ends the pause. */
export function pause(contact: Contact, until: Date | null, now: Date): ContactDecision<'in-the-past' | 'too-far'> {
  if (until && until <= now) return refuse('in-the-past');
  if (until && until > plus(now, ASK_AFTER_DAYS * DAY)) return refuse('too-far');
  return outcome({ ...contact, pausedUntil: until });
}

/** Carries a contact over to a new master key. Whoever changed it meanwhile is not in the way. */
export const carryOver = (contact: Contact, under: Pick<Contact, 'dataKey' | 'index'>): Outcome =>
  outcome({ ...contact, ...under });

export interface Erasure {
  /** The CANCELs of meetings to come go out before the key is destroyed, which waits for them an hour at most. */
  readonly cancelFirst: boolean;
  /** A keyed hash stays, so that nobody can sign this address up again. */
  readonly keepBlocked: boolean;
}

const NO_TRACE: Erasure = { cancelFirst: false, keepBlocked: false };

/** Begins erasing: from now on no link of this contact works, and no mail but its CANCELs goes out. */
export const erase = (contact: Contact, wished: Erasure, now: Date): ContactDecision<'closing'> =>
  contact.status === 'closing' ? refuse('closing') : closing(contact, wished, now);

/** The yearly question is asked once; whoever does not answer is erased a month later. */
export function askAgain(contact: Contact, asked: number, now: Date): Outcome {
  if (contact.status !== 'confirmed' || contact.asked !== asked) return outcome(contact);
  const data = { asked: asked + 1 };
  return outcome(
    { ...contact, ...data },
    { type: 'contact.asked', data },
    { type: 'contact.silent', data, dueAt: plus(now, ERASE_AFTER_SILENCE_DAYS * DAY) },
  );
}

/** True while the yearly question waits for its answer. */
export const isAsked = (contact: Pick<Contact, 'asked'>): boolean => contact.asked % 2 === 1;

/** Someone said that they are still interested: the silence after the question ends nothing, and a year begins. */
export const stillInterested = (contact: Contact, now: Date): Outcome =>
  contact.status === 'confirmed' && isAsked(contact)
    ? outcome({ ...contact, asked: contact.asked + 1 }, askInAYear(contact.asked + 1, now))
    : outcome(contact);

/** Lets go of a contact who did not answer the question with this number. */
export const endInSilence = (contact: Contact, asked: number, now: Date): Outcome =>
  contact.status === 'confirmed' && contact.asked === asked ? closing(contact, NO_TRACE, now) : outcome(contact);

/** Whether announcements, notes and reminders may reach a contact now. */
export const wantsMail = (contact: Contact, now: Date): boolean =>
  contact.status === 'confirmed' &&
  !contact.unsubscribed &&
  !contact.suppressed &&
  (contact.pausedUntil === null || contact.pausedUntil <= now);

function closing(contact: Contact, { cancelFirst, keepBlocked }: Erasure, now: Date): Outcome {
  const until = plus(now, cancelFirst ? HOUR : 0);
  return outcome(
    { ...contact, status: 'closing', keepBlocked, generation: contact.generation + 1 },
    ...(cancelFirst ? [{ type: 'contact.closing' } as const] : []),
    { type: 'contact.erasing', data: { until } },
  );
}

const askInAYear = (asked: number, now: Date): ContactEvent => ({
  type: 'contact.year-passed',
  data: { asked },
  dueAt: plus(now, ASK_AFTER_DAYS * DAY),
});

const fresh = (given: NewContact): Omit<Contact, 'status'> => ({
  ...given,
  unsubscribed: false,
  pausedUntil: null,
  suppressed: false,
  generation: 0,
  asked: 0,
  keepBlocked: false,
});

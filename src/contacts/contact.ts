import { accept, refuse, type Decision } from '../../libs/outbox/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import type { ContactEvent } from './contacts.events.js';

export type Want = 'meetings' | 'office-hours';

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
  /** Raised when the yearly question is asked: an older silence does not erase. */
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

/** Keeps an address that waits for its confirmation. */
export const enrol = (given: NewContact, now: Date): ReturnType<typeof accept<Contact, ContactEvent>> =>
  accept<Contact, ContactEvent>(
    {
      ...given,
      status: 'unconfirmed',
      unsubscribed: false,
      pausedUntil: null,
      suppressed: false,
      generation: 0,
      asked: 0,
      keepBlocked: false,
    },
    { type: 'contact.enrolled' },
    { type: 'contact.unconfirmed', dueAt: plus(now, CONFIRM_WITHIN_HOURS * HOUR) },
  );

/** Adds a meeting that someone unconfirmed signed up for. */
export const wish = (contact: Contact, meeting: Id): ReturnType<typeof accept<Contact, ContactEvent>> =>
  contact.wishes.includes(meeting)
    ? accept<Contact, ContactEvent>(contact)
    : accept<Contact, ContactEvent>({ ...contact, wishes: [...contact.wishes, meeting].slice(-20) });

/** Confirms the address; again, it changes nothing. */
export function confirm(contact: Contact, now: Date): ContactDecision<'closing' | 'confirmed-already'> {
  if (contact.status === 'closing') return refuse('closing');
  if (contact.status === 'confirmed') return refuse('confirmed-already');
  return accept<Contact, ContactEvent>(
    { ...contact, status: 'confirmed' },
    { type: 'contact.confirmed' },
    { type: 'contact.year-passed', data: { asked: contact.asked }, dueAt: plus(now, ASK_AFTER_DAYS * DAY) },
  );
}

/** Stops announcements and reminders; what was accepted still tells of moves and cancellations. */
export const unsubscribe = (contact: Contact): ReturnType<typeof accept<Contact, ContactEvent>> =>
  accept<Contact, ContactEvent>(contact.unsubscribed ? contact : { ...contact, unsubscribed: true });

export const subscribeAgain = (contact: Contact): ReturnType<typeof accept<Contact, ContactEvent>> =>
  accept<Contact, ContactEvent>({ ...contact, unsubscribed: false, pausedUntil: null });

/** Pauses until an instant; null ends the pause. */
export function pause(contact: Contact, until: Date | null, now: Date): ContactDecision<'in-the-past' | 'too-far'> {
  if (until && until <= now) return refuse('in-the-past');
  if (until && until > plus(now, ASK_AFTER_DAYS * DAY)) return refuse('too-far');
  return accept<Contact, ContactEvent>({ ...contact, pausedUntil: until });
}

/**
 * Begins erasing. With `cancelFirst` the CANCELs of meetings to come go out before the key is destroyed, which waits for
 * them an hour at most.
 */
export function erase(
  contact: Contact,
  wished: { readonly cancelFirst: boolean; readonly keepBlocked: boolean },
  now: Date,
): ContactDecision<'closing'> {
  if (contact.status === 'closing') return refuse('closing');
  const closing: Contact = {
    ...contact,
    status: 'closing',
    keepBlocked: wished.keepBlocked,
    generation: contact.generation + 1,
  };
  const until = plus(now, wished.cancelFirst ? HOUR : 0);
  return accept<Contact, ContactEvent>(
    closing,
    ...(wished.cancelFirst ? [{ type: 'contact.closing' } as const] : []),
    { type: 'contact.erasing', data: { until } },
  );
}

/** The yearly question is asked once; whoever does not answer is erased a month later. */
export function askAgain(contact: Contact, asked: number, now: Date): ContactDecision<never> {
  if (contact.status !== 'confirmed' || contact.asked !== asked) return accept<Contact, ContactEvent>(contact);
  return accept<Contact, ContactEvent>(
    { ...contact, asked: asked + 1 },
    { type: 'contact.asked', data: { asked: asked + 1 } },
    {
      type: 'contact.silent',
      data: { asked: asked + 1 },
      dueAt: plus(now, ERASE_AFTER_SILENCE_DAYS * DAY),
    },
  );
}

/** Someone said that they are still interested: the silence of the last question ends nothing. */
export const stillInterested = (contact: Contact, now: Date): ReturnType<typeof accept<Contact, ContactEvent>> =>
  accept<Contact, ContactEvent>(
    { ...contact, asked: contact.asked + 1 },
    { type: 'contact.year-passed', data: { asked: contact.asked + 1 }, dueAt: plus(now, ASK_AFTER_DAYS * DAY) },
  );

/** Whether announcements, notes and reminders may reach a contact now. */
export const wantsMail = (contact: Contact, now: Date): boolean =>
  contact.status === 'confirmed' &&
  !contact.unsubscribed &&
  !contact.suppressed &&
  (contact.pausedUntil === null || contact.pausedUntil <= now);

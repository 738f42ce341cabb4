import type { Answer, Invitation } from '../invitations/invitation.js';
import { nextOf } from '../invitations/occurrence.js';
import type { Subject } from '../invitations/subject.js';
import type { Contact, Want } from './contact.js';

/** All that is held about a contact, as its owner sees it and takes it along. Times are ISO instants in UTC. */
export interface Held {
  readonly address: string;
  readonly language: string;
  readonly timeZone: string;
  /** A region's id. */
  readonly region: string | null;
  readonly country: string | null;
  /** A place that is no listed region, as it was typed. */
  readonly place: string | null;
  readonly wants: readonly Want[];
  readonly confirmed: boolean;
  readonly pausedUntil: string | null;
  readonly unsubscribed: boolean;
  /** Mail servers refused the address for good: nothing is sent to it any more. */
  readonly suppressed: boolean;
  readonly invitations: readonly HeldInvitation[];
}

export interface HeldInvitation {
  readonly title: string;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly answer: Answer;
  readonly left: boolean;
  /** Only of what does not take place. */
  readonly cancelled?: true;
  /** Of a meeting that repeats, whose next date stands above: what was said of single dates. */
  readonly dates?: readonly { readonly date: string; readonly answer: Answer; readonly left: boolean }[];
}

/** One place in a meeting, as invitations hand it out. */
export interface HeldPlace {
  readonly subject: Pick<Subject, 'title' | 'start' | 'end' | 'timeZone' | 'series' | 'status'>;
  readonly invitation: Pick<Invitation, 'left' | 'occurrences'>;
  readonly answer: Answer;
}

/** @param opened what only the vault can read */
export const heldOf = (
  contact: Contact,
  opened: { readonly address: string; readonly place: string | null },
  places: readonly HeldPlace[],
): Held => ({
  address: opened.address,
  language: contact.language,
  timeZone: contact.timeZone,
  region: contact.region,
  country: contact.country,
  place: opened.place,
  wants: contact.wants,
  confirmed: contact.status === 'confirmed',
  pausedUntil: contact.pausedUntil?.toISOString() ?? null,
  unsubscribed: contact.unsubscribed,
  suppressed: contact.suppressed,
  invitations: places.map(({ subject, invitation, answer }) => ({
    title: subject.title,
    start: subject.start.toISOString(),
    end: nextOf(subject).end.toISOString(),
    timeZone: subject.timeZone,
    answer,
    left: invitation.left,
    ...(subject.status === 'cancelled' && { cancelled: true as const }),
    ...(invitation.occurrences && {
      dates: invitation.occurrences.map((own) => ({
        date: own.original.toISOString(),
        answer: own.answer,
        left: own.left,
      })),
    }),
  })),
});

import { DAY, plus } from '../../libs/time/clock.js';
import type { Meeting } from '../meetings/meeting.js';
import { termOf, type Person } from '../people/person.js';

/** Something that waits for a person, and where to do it. */
export type Attention =
  | { readonly kind: 'mails' | 'entries' | 'terms' }
  | { readonly kind: 'draft'; readonly meeting: Pick<Meeting, 'id' | 'title'> }
  | { readonly kind: 'own-term'; readonly until: Date };

/** Days before the end of a term in which the console says so. */
const SOON_DAYS = 30;
/** Drafts that are named one by one. */
const MOST_DRAFTS = 5;

export interface Found {
  readonly self: Pick<Person, 'until'> | undefined;
  /** What the reader may lead: their own meetings, or all. */
  readonly meetings: readonly Pick<Meeting, 'id' | 'title' | 'status' | 'start'>[];
  /** Empty for those who may not see people. */
  readonly people: readonly Person[];
  readonly mailsInTrouble: boolean;
  readonly entriesSetAside: boolean;
}

/** What needs attention now, the most pressing first. */
export function attention(found: Found, now: Date): readonly Attention[] {
  const until = found.self?.until ?? null;
  return [
    ...(found.mailsInTrouble ? [{ kind: 'mails' } as const] : []),
    ...(found.entriesSetAside ? [{ kind: 'entries' } as const] : []),
    ...found.meetings
      .filter(({ status, start }) => status === 'draft' && start > now)
      .toSorted((a, b) => a.start.getTime() - b.start.getTime())
      .slice(0, MOST_DRAFTS)
      .map((meeting) => ({ kind: 'draft', meeting }) as const),
    ...(until && isSoon(until, now) ? [{ kind: 'own-term', until } as const] : []),
    ...(found.people.some((person) => endsSoon(person, now)) ? [{ kind: 'terms' } as const] : []),
  ];
}

const isSoon = (until: Date, now: Date): boolean => until <= plus(now, SOON_DAYS * DAY);

const endsSoon = (person: Person, now: Date): boolean =>
  termOf(person, now) === 'running' && person.until !== null && isSoon(person.until, now);

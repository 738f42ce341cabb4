import { accept, refuse, type Decision } from '../../libs/rules/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import type { PersonEvent } from './people.events.js';

/** The strongest first. */
export const ROLES = ['administrator', 'coordinator', 'host'] as const;
export type Role = (typeof ROLES)[number];

/** One appointment: who may do what, by which resolution and for how long. A contact may hold several. */
export interface Person {
  readonly id: Id;
  readonly contact: Id;
  readonly role: Role;
  /** The id of a region that ships with the product, or a place as typed; empty: none in particular. */
  readonly region: string;
  readonly mandate: string;
  /** The resolution of the General Assembly that appointed. */
  readonly resolution: string;
  readonly from: Date;
  /** The first instant after the term; null: until revoked. */
  readonly until: Date | null;
  readonly revoked: Date | null;
  /** Raised by revoking: sessions of an earlier one are void. */
  readonly generation: number;
}

export type Appointment = Omit<Person, 'revoked' | 'generation'>;

/** Who may do what in the console: the one table of rights. Leading a meeting of one's own is every role's. */
const RIGHTS = {
  'read-answers': ['administrator', 'coordinator', 'host'],
  'download-answers': ['administrator', 'coordinator'],
  'lead-own-meetings': ['administrator', 'coordinator', 'host'],
  'lead-all-meetings': ['administrator', 'coordinator'],
  'see-outbox': ['administrator', 'coordinator'],
  'read-replies': ['administrator', 'coordinator'],
  'see-people': ['administrator', 'coordinator'],
  'appoint-administrators': ['administrator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Right = keyof typeof RIGHTS;

export const may = (role: Role, right: Right): boolean => rolesWith(right).includes(role);

export const rolesWith = (right: Right): readonly Role[] => RIGHTS[right];

/** Whether someone of this role may appoint and revoke people of that one. */
export const mayAppoint = (by: Role, role: Role): boolean =>
  may(by, role === 'administrator' ? 'appoint-administrators' : 'see-people');

export type Term = 'coming' | 'running' | 'over' | 'revoked';

export function termOf(person: Pick<Person, 'from' | 'until' | 'revoked'>, now: Date): Term {
  if (person.revoked) return 'revoked';
  if (now < person.from) return 'coming';
  return person.until && person.until <= now ? 'over' : 'running';
}

/** The appointment in whose name a contact signs in: of those that run, the one with the strongest role. */
export function strongest(people: readonly Person[], now: Date): Person | undefined {
  const running = people.filter((person) => termOf(person, now) === 'running');
  return running.toSorted((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role))[0];
}

/** Days as `YYYY-MM-DD`, both included, as a term: it runs from midnight to midnight in UTC, wherever people are. */
export const termBetween = (first: string, last: string): { readonly from: Date; readonly until: Date } => ({
  from: startOf(Temporal.PlainDate.from(first)),
  until: startOf(Temporal.PlainDate.from(last).add({ days: 1 })),
});

const startOf = (day: Temporal.PlainDate): Date => new Date(day.toZonedDateTime('UTC').epochMilliseconds);

/** The last day of a term, as an instant within it. */
export const lastDayOf = (until: Date): Date => plus(until, -1);

type PersonDecision<Refusal extends string> = Decision<Person, PersonEvent, Refusal>;

export type AppointRefusal = 'not-yours' | 'ends-before-it-begins' | 'over';

/** Appoints someone; `by` is the role of whoever does it. A term that is over already would help nobody. */
export function appoint(given: Appointment, by: Role, now: Date): PersonDecision<AppointRefusal> {
  if (!mayAppoint(by, given.role)) return refuse('not-yours');
  if (given.until && given.until <= given.from) return refuse('ends-before-it-begins');
  if (given.until && given.until <= now) return refuse('over');
  return accept<Person, PersonEvent>(
    { ...given, revoked: null, generation: 0 },
    { type: 'person.appointed' },
    ...(given.until ? [{ type: 'person.term-ended', dueAt: given.until } as const] : []),
  );
}

/** The first administrator is named by whoever runs the server, without mail and without end. */
export const appointFirst = (id: Id, contact: Id, now: Date): Person => ({
  id,
  contact,
  role: 'administrator',
  region: '',
  mandate: '',
  resolution: '',
  from: now,
  until: null,
  revoked: null,
  generation: 0,
});

/**
 * Whether the contact of ADMIN_EMAIL is to be made administrator at a start: when it never was one, or when nobody else
 * is. Someone who was revoked while others remain does not come back by a restart.
 */
export function needsFirst(contact: Id, administrators: readonly Person[], now: Date): boolean {
  const running = administrators.filter((person) => termOf(person, now) === 'running');
  if (running.some((person) => person.contact === contact)) return false;
  return running.length === 0 || administrators.every((person) => person.contact !== contact);
}

export type RevokeRefusal = 'not-yours' | 'last-administrator';

/** Takes the role away. @param others administrators whose term runs, beside this person */
export function revoke(person: Person, by: Role, others: number, now: Date): PersonDecision<RevokeRefusal> {
  if (!mayAppoint(by, person.role)) return refuse('not-yours');
  if (person.revoked) return accept<Person, PersonEvent>(person);
  if (person.role === 'administrator' && others === 0) return refuse('last-administrator');
  return accept<Person, PersonEvent>(
    { ...person, revoked: now, generation: person.generation + 1 },
    { type: 'person.revoked' },
  );
}

/** Takes a revocation back that would leave no administrator. */
export const reinstate = (person: Person): PersonDecision<never> =>
  accept<Person, PersonEvent>({ ...person, revoked: null });

/** An erased contact leaves no appointment behind: the aggregate ends. */
export const forget = (): Decision<Person | undefined, PersonEvent, never> =>
  accept<Person | undefined, PersonEvent>(undefined, { type: 'person.revoked' });

/** Hours that a session lasts; it is not prolonged by use. */
export const SESSION_HOURS = 12;

/** When a session that begins now ends: with the working day, or with the term if that is sooner. */
export function sessionEnds({ until }: Pick<Person, 'until'>, now: Date): Date {
  const day = plus(now, SESSION_HOURS * HOUR);
  return until && until < day ? until : day;
}

/** Links that one person may have open; asking for more sends nothing, so that nobody's mailbox is flooded. */
export const MOST_OPEN_LINKS = 5;

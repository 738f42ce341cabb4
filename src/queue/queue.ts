import { accept, refuse, type Accepted, type Decision } from '../../libs/rules/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, MINUTE, plus } from '../../libs/time/clock.js';
import type { Topic } from '../office-hours/hours/office-hours.js';
import type { QueueEvent } from './queue.events.js';

/** Minutes for which the room is shown to whoever was called. */
export const CALL_MINUTES = 3;
/** Minutes after closing in which those who waited choose among the slots before everyone else. */
export const FIRST_CHOICE_MINUTES = 15;
/** By how many minutes a host may say to be late; 0 takes it back. */
export const LATE_MINUTES = [0, 5, 10, 15, 30] as const;
/** Tickets that a day's queue holds; those that are over make room for new ones. */
export const MOST_TICKETS = 500;

export interface Call {
  /** Calls of a queue are numbered from 1. */
  readonly order: number;
  readonly host: Id;
  readonly at: Date;
  /** The room's address, sealed. */
  readonly room: Uint8Array;
}

/** A place in the queue. Nothing of it leads to a person. */
export interface Ticket {
  readonly id: Id;
  /** From 1, in the order in which tickets were taken. */
  readonly number: number;
  readonly language: string;
  readonly topic: Topic | null;
  /** Where the visitor is from, as far as the host is told: a known region, or a country. */
  readonly region: string | null;
  readonly country: string | null;
  /** `missed`: was called and did not come; `closed`: still waited at closing time. */
  readonly status: 'waiting' | 'called' | 'talking' | 'served' | 'missed' | 'left' | 'closed';
  readonly takenAt: Date;
  readonly call: Call | null;
  readonly joinedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface HostAtWork {
  readonly host: Id;
  /** How often this host has called or ended a talk: what a page showed before is no order any more. */
  readonly acts: number;
  readonly actedAt: Date;
  readonly lateUntil: Date | null;
}

/** What became of tickets. */
export type Ended = Readonly<Record<'served' | 'missed' | 'left' | 'closed', number>>;

/** The queue of office hours on one day of their zone. */
export interface Queue {
  readonly id: Id;
  readonly officeHours: Id;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly slotMinutes: number;
  /** The range that is on, or was last. */
  readonly opens: Date;
  readonly closes: Date;
  readonly calls: number;
  readonly taken: number;
  /** By number, ascending. */
  readonly tickets: readonly Ticket[];
  readonly hosts: readonly HostAtWork[];
  /** Those whose tickets made room for new ones. */
  readonly gone: Ended;
}

export type Opening = Pick<Queue, 'id' | 'officeHours' | 'day' | 'slotMinutes' | 'opens' | 'closes'>;
export type NewTicket = Pick<Ticket, 'id' | 'language' | 'topic' | 'region' | 'country'>;
type QueueDecision<Refusal extends string> = Decision<Queue, QueueEvent, Refusal>;
type Outcome = Accepted<Queue, QueueEvent>;

const outcome = (queue: Queue, ...events: readonly QueueEvent[]): Outcome =>
  accept<Queue, QueueEvent>(queue, ...events);

export const isLive = ({ status }: Ticket): boolean => ['waiting', 'called', 'talking'].includes(status);
export const find = (queue: Queue, id: Id): Ticket | undefined => queue.tickets.find((ticket) => ticket.id === id);
export const nextInLine = ({ tickets }: Queue): Ticket | undefined =>
  tickets.find(({ status }) => status === 'waiting');

/** Until when the room is shown to whoever was called. */
export const callEnds = ({ at }: Call): Date => plus(at, CALL_MINUTES * MINUTE);

/** Whom a host talks to or has called. */
export const presentOf = ({ tickets }: Queue, host: Id): Ticket | undefined =>
  tickets.find(({ status, call }) => (status === 'called' || status === 'talking') && call?.host === host);

export const actsOf = ({ hosts }: Queue, host: Id): number => hosts.find((each) => each.host === host)?.acts ?? 0;

/** The day's first range begins, with nobody in the queue. */
export function begin(opening: Opening): Outcome {
  const gone = { served: 0, missed: 0, left: 0, closed: 0 };
  return outcome({ ...opening, calls: 0, taken: 0, tickets: [], hosts: [], gone }, ...endings(opening));
}

/** The range that is on: the same, the same with another end, or the next of the day, which nobody waits for yet. */
export function open(queue: Queue, opening: Opening): Outcome {
  const { opens, closes, slotMinutes } = opening;
  const isSame =
    queue.opens.getTime() === opens.getTime() &&
    queue.closes.getTime() === closes.getTime() &&
    queue.slotMinutes === slotMinutes;
  if (isSame) return outcome(queue);
  const before = opens >= queue.closes ? closing(queue, queue.closes) : queue;
  return outcome({ ...before, opens, closes, slotMinutes }, ...endings(opening));
}

/** Takes a place at the end. A form that is sent twice takes one. `used`: that ticket is over, another may be taken. */
export function take(queue: Queue, given: NewTicket, now: Date): QueueDecision<'closed' | 'full' | 'used'> {
  const before = find(queue, given.id);
  if (before) return isLive(before) ? outcome(queue) : refuse('used');
  if (!isOpen(queue, now)) return refuse('closed');
  const there = queue.tickets.length < MOST_TICKETS ? queue : withoutOldest(queue);
  if (!there) return refuse('full');
  const number = there.taken + 1;
  const ticket: Ticket = {
    ...given,
    number,
    status: 'waiting',
    takenAt: now,
    call: null,
    joinedAt: null,
    endedAt: null,
  };
  return outcome({ ...there, taken: number, tickets: [...there.tickets, ticket] });
}

/**
 * A host asks for the next in line, whoever it is; a talk that was on has ended by that.
 * @param acts what the host's page showed: pressed twice, or on an older page, the button does nothing
 * @param room sealed, for whoever is called
 */
export function callNext(
  queue: Queue,
  host: Id,
  acts: number,
  room: Uint8Array,
  now: Date,
): QueueDecision<'still-called' | 'closed'> {
  const ended = endTalk(queue, host, acts, now);
  if (!ended.ok || ended.state === queue) return ended;
  if (isOpen(queue, now)) return call(ended.state, host, room, now);
  return presentOf(queue, host) ? ended : refuse('closed');
}

/** A host ends a talk and calls nobody. `still-called`: whoever was called has the time that was promised. */
export function endTalk(queue: Queue, host: Id, acts: number, now: Date): QueueDecision<'still-called'> {
  if (actsOf(queue, host) !== acts) return outcome(queue);
  const present = presentOf(queue, host);
  if (present?.status === 'called' && !isMissed(present, now)) return refuse('still-called');
  const freed = present ? ending(queue, present, present.status === 'called' ? 'missed' : 'served', now) : queue;
  return outcome(acting(freed, host, now));
}

/** A host says to be late from now: the waiting time shown moves. */
export const runLate = (queue: Queue, host: Id, minutes: number, now: Date): Outcome =>
  outcome(acting(queue, host, now, { lateUntil: minutes === 0 ? null : plus(now, minutes * MINUTE) }));

/** Whoever was called comes. Pressed again, it changes nothing. */
export function join(queue: Queue, id: Id, now: Date): QueueDecision<'unknown' | 'not-called' | 'missed' | 'over'> {
  const ticket = find(queue, id);
  if (!ticket) return refuse('unknown');
  if (ticket.status === 'talking') return outcome(queue);
  if (ticket.status === 'waiting') return refuse('not-called');
  if (ticket.status === 'missed' || isMissed(ticket, now)) return refuse('missed');
  if (ticket.status !== 'called') return refuse('over');
  return outcome(having(queue, { ...ticket, status: 'talking', joinedAt: now }));
}

/** A visitor gives the place up, or says that the talk is over. A host who waits for them has the next. */
export function leave(queue: Queue, id: Id, room: Uint8Array, now: Date): QueueDecision<'unknown'> {
  const ticket = find(queue, id);
  if (!ticket) return refuse('unknown');
  if (!isLive(ticket)) return outcome(queue);
  const left = ending(queue, ticket, ticket.status === 'talking' ? 'served' : 'left', now);
  return ticket.status === 'called' && ticket.call && isOpen(queue, now)
    ? call(left, ticket.call.host, room, now)
    : outcome(left);
}

/**
 * The time to come is over: the next is called for the same host.
 * @param order of the call; a later one has a timer of its own
 * @param isFree whether the host is in no talk that was booked
 */
export function passOver(
  queue: Queue,
  order: number,
  room: Uint8Array,
  now: Date,
  isFree: (host: Id) => boolean,
): QueueDecision<never> {
  const ticket = queue.tickets.find((each) => each.call?.order === order);
  if (!ticket?.call || !isMissed(ticket, now)) return outcome(queue);
  const { host } = ticket.call;
  const missed = ending(queue, ticket, 'missed', now);
  return isOpen(queue, now) && isFree(host) ? call(missed, host, room, now) : outcome(missed);
}

/** Closing time: nobody waits any longer. Before it, or for another range, it does nothing. */
export const close = (queue: Queue, now: Date): Outcome =>
  outcome(now < queue.closes ? queue : closing(queue, queue.closes));

/** A day after closing nothing of the queue stays but counts. Too early where a later range has a timer of its own. */
export const forget = (queue: Queue, now: Date): Decision<Queue | undefined, QueueEvent, never> =>
  accept<Queue | undefined, QueueEvent>(now < forgottenAt(queue) ? queue : undefined);

/** What became of everyone who took a ticket, as far as it is known. */
export function endedOf({ tickets, gone }: Queue): Ended {
  const count = (status: keyof Ended): number =>
    gone[status] + tickets.filter((ticket) => ticket.status === status).length;
  return { served: count('served'), missed: count('missed'), left: count('left'), closed: count('closed') };
}

export const isOpen = ({ opens, closes }: Pick<Queue, 'opens' | 'closes'>, now: Date): boolean =>
  opens <= now && now < closes;

/** Whether someone was called and the time to come is over, even if nobody has noted it yet. */
export const isMissed = ({ status, call: called }: Ticket, now: Date): boolean =>
  status === 'called' && called !== null && callEnds(called) <= now;

function call(queue: Queue, host: Id, room: Uint8Array, now: Date): Outcome {
  const next = nextInLine(queue);
  if (!next) return outcome(queue);
  const called: Call = { order: queue.calls + 1, host, at: now, room };
  // What the host's page showed before is no order any more, where somebody is called without the host's doing.
  const hosts = queue.hosts.map((each) => (each.host === host ? { ...each, acts: each.acts + 1 } : each));
  return outcome(having({ ...queue, hosts, calls: called.order }, { ...next, status: 'called', call: called }), {
    type: 'queue.called',
    data: { order: called.order },
    dueAt: callEnds(called),
  });
}

/** Nobody finds the room again by a ticket that is over. */
const ending = (queue: Queue, ticket: Ticket, status: keyof Ended, now: Date): Queue =>
  having(queue, {
    ...ticket,
    status,
    endedAt: now,
    call: ticket.call && { ...ticket.call, room: new Uint8Array() },
  });

const closing = (queue: Queue, at: Date): Queue => {
  const waiting = queue.tickets.filter(({ status }) => status === 'waiting');
  return waiting.reduce((before, ticket) => ending(before, ticket, 'closed', at), queue);
};

const having = (queue: Queue, ticket: Ticket): Queue => ({
  ...queue,
  tickets: queue.tickets.map((each) => (each.id === ticket.id ? ticket : each)),
});

function acting(queue: Queue, host: Id, now: Date, more: Pick<HostAtWork, 'lateUntil'> = { lateUntil: null }): Queue {
  const others = queue.hosts.filter((each) => each.host !== host);
  return { ...queue, hosts: [...others, { host, acts: actsOf(queue, host) + 1, actedAt: now, ...more }] };
}

function withoutOldest(queue: Queue): Queue | undefined {
  const oldest = queue.tickets.find((ticket) => !isLive(ticket));
  if (!oldest) return undefined;
  const status = oldest.status as keyof Ended;
  return {
    ...queue,
    tickets: queue.tickets.filter((each) => each !== oldest),
    gone: { ...queue.gone, [status]: queue.gone[status] + 1 },
  };
}

const forgottenAt = ({ closes }: Pick<Queue, 'closes'>): Date => plus(closes, DAY);

const endings = (opening: Opening): QueueEvent[] => [
  { type: 'queue.closed', dueAt: opening.closes },
  { type: 'queue.forgotten', dueAt: forgottenAt(opening) },
];

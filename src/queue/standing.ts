import type { Id } from '../../libs/privacy/ids.js';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import type { Interval } from '../../libs/time/slots.js';
import { CALL_MINUTES, callEnds, FIRST_CHOICE_MINUTES, isMissed, isOpen, type Queue, type Ticket } from './queue.js';

/** Where a ticket stands at a moment, whether or not its timer has run. */
export type Standing =
  /** `before`: how many wait in front. */
  | { readonly kind: 'waiting'; readonly before: number }
  | { readonly kind: 'called'; readonly until: Date }
  | { readonly kind: 'talking' | 'served' | 'missed' | 'left' }
  /** `firstUntil`: until then those who waited choose among the slots before everyone else. */
  | { readonly kind: 'closed'; readonly firstUntil: Date };

/** When hosts are in talks that were booked, or lead meetings. */
export type Engaged = ReadonlyMap<Id, readonly Interval[]>;

/** A host who has done nothing for so long is not counted on; a host who has not called anyone for less may still come. */
const ON_DUTY = HOUR;
const AWAY_MINUTES = 10;
/** Talks from which on their median says more than the length of a slot. */
const ENOUGH_TALKS = 3;

export function standingOf(queue: Queue, ticket: Ticket, now: Date): Standing {
  const { status, call } = ticket;
  if (status === 'waiting') {
    if (now >= queue.closes) return { kind: 'closed', firstUntil: firstChoiceEnds(queue.closes) };
    return { kind: 'waiting', before: waitingBefore(queue, ticket) };
  }
  if (status === 'closed') return { kind: 'closed', firstUntil: firstChoiceEnds(ticket.endedAt ?? queue.closes) };
  if (status !== 'called' || !call) return { kind: status === 'called' ? 'missed' : status };
  return isMissed(ticket, now) ? { kind: 'missed' } : { kind: 'called', until: callEnds(call) };
}

const waitingBefore = ({ tickets }: Queue, { number }: Ticket): number =>
  tickets.filter((each) => each.status === 'waiting' && each.number < number).length;

/** Those who wait, while it is open. */
export const waitingIn = (queue: Queue, now: Date): readonly Ticket[] =>
  isOpen(queue, now) ? queue.tickets.filter(({ status }) => status === 'waiting') : [];

/** The median of the day's talks in minutes; that of a slot before there were enough. */
export function medianMinutes({ tickets, slotMinutes }: Queue): number {
  const lengths = tickets
    .flatMap(({ status, joinedAt, endedAt }) =>
      status === 'served' && joinedAt && endedAt ? [(endedAt.getTime() - joinedAt.getTime()) / MINUTE] : [],
    )
    .sort((a, b) => a - b);
  if (lengths.length < ENOUGH_TALKS) return slotMinutes;
  const [low = 0, high = 0] = [
    lengths[Math.floor((lengths.length - 1) / 2)],
    lengths[Math.ceil((lengths.length - 1) / 2)],
  ];
  return Math.max(1, (low + high) / 2);
}

/**
 * Minutes until whoever has so many in front is likely to be called. Those in front are given one after another to the host
 * who is free first; each takes as long as talks have taken today. Before anyone has called, one host is counted on.
 */
export function likelyWait(queue: Queue, before: number, now: Date, engaged: Engaged): number {
  const talk = medianMinutes(queue) * MINUTE;
  const freeAt = hostsOnDuty(queue, now).map((host) => ({
    at: freeFrom(queue, host, now, talk),
    engaged: (engaged.get(host) ?? []).toSorted((a, b) => a.from - b.from),
  }));
  if (freeAt.length === 0) freeAt.push({ at: now.getTime(), engaged: [] });
  for (let left = before; ; left--) {
    for (const each of freeAt) each.at = afterEngagements(each.at, each.engaged);
    const first = freeAt.reduce((a, b) => (b.at < a.at ? b : a));
    if (left <= 0) return Math.ceil((first.at - now.getTime()) / MINUTE);
    first.at += talk;
  }
}

/** Hosts who called or said something in the last hour, or are in a talk. */
export const hostsOnDuty = ({ hosts, tickets }: Queue, now: Date): readonly Id[] =>
  hosts
    .filter(
      ({ host, actedAt }) =>
        plus(actedAt, ON_DUTY) > now || tickets.some(({ status, call }) => status === 'talking' && call?.host === host),
    )
    .map(({ host }) => host);

function freeFrom({ tickets, hosts }: Queue, host: Id, now: Date, talk: number): number {
  const late = hosts.find((each) => each.host === host)?.lateUntil?.getTime() ?? 0;
  const present = tickets.find(
    ({ status, call }) => (status === 'called' || status === 'talking') && call?.host === host,
  );
  const began = present?.joinedAt ?? (present ? now : undefined);
  return Math.max(now.getTime(), late, began === undefined ? 0 : began.getTime() + talk);
}

/**
 * Nobody is called so shortly before a talk that was booked that they could come only after it has begun.
 * @param engaged ascending
 */
const afterEngagements = (at: number, engaged: readonly Interval[]): number =>
  engaged.reduce((time, { from, to }) => (from - CALL_MINUTES * MINUTE <= time && time < to ? to : time), at);

/** What a host is in, or would be before someone who is called now has come. */
export const engagementAt = (engaged: Engaged, host: Id, now: Date): Interval | undefined =>
  engaged.get(host)?.find(({ from, to }) => from - CALL_MINUTES * MINUTE <= now.getTime() && now.getTime() < to);

/** True when somebody waits and no host has done anything for a while: visitors are told that one is on the way. */
export function isHostAway(queue: Queue, now: Date, engaged: Engaged): boolean {
  if (waitingIn(queue, now).length === 0) return false;
  if (queue.tickets.some(({ status }) => status === 'called' || status === 'talking')) return false;
  if ([...engaged.keys()].some((host) => engagementAt(engaged, host, now))) return false;
  const last = queue.hosts.reduce((at, { actedAt }) => (actedAt > at ? actedAt : at), queue.opens);
  return plus(last, AWAY_MINUTES * MINUTE) <= now;
}

/** The latest time until which a host has said to be late. */
export function lateUntil({ hosts }: Queue, now: Date): Date | undefined {
  const all = hosts.flatMap(({ lateUntil: until }) => (until && until > now ? [until] : []));
  return all.length === 0 ? undefined : all.reduce((a, b) => (b > a ? b : a));
}

/** Until when those who waited at closing time choose first; undefined when nobody did, or everyone may choose. */
export function firstChoiceUntil(queue: Queue, now: Date): Date | undefined {
  const until = firstChoiceEnds(queue.closes);
  if (now < queue.closes || until <= now) return undefined;
  return queue.tickets.some((ticket) => hasFirstChoice(queue, ticket, now)) ? until : undefined;
}

export function hasFirstChoice(queue: Queue, ticket: Ticket, now: Date): boolean {
  const standing = standingOf(queue, ticket, now);
  return standing.kind === 'closed' && now < standing.firstUntil;
}

const firstChoiceEnds = (closes: Date): Date => plus(closes, FIRST_CHOICE_MINUTES * MINUTE);

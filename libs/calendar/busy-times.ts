import { done, refuse, type Result } from '../rules/decision.js';
import { DAY, HOUR, MINUTE } from '../time/clock.js';
import type { Interval } from '../time/slots.js';
import { Exceptions, isFree, isOver, roughLength } from './busy-entry.js';
import {
  parameter,
  property,
  readCalendars,
  textOf,
  type ReadRefusal,
  type SentComponent,
  type SentProperty,
} from './reader.js';
import { readRule, startsOf } from './recurrence-rule.js';
import { Budget, NotFollowed, SentClocks, type Clocks } from './sent-clocks.js';
import { readDuration, readTime, readTimes, type ReadDuration, type ReadTime } from './sent-time.js';

/**
 * Why nothing is said of a calendar. Where one entry cannot be followed, nobody knows when its owner is busy: to take
 * them for free then would be wrong.
 */
export type BusyRefusal =
  | ReadRefusal
  /** A rule that RFC 5545 does not have, or that repeats within the day */
  | 'unknown-rule'
  /** A zone that neither we nor the calendar know */
  | 'unknown-zone';

export interface BusyReading {
  readonly window: Interval;
  /** On whose clocks days and times without a zone are read */
  readonly timeZone: string;
  /** True for the UIDs of what is known otherwise, and not to be counted here. */
  readonly isKnown?: (uid: string) => boolean;
}

/** Two megabytes of entries of the usual length. */
const LIMITS = { bytes: 2 * 1_024 * 1_024, components: 40_000, properties: 200_000 };

/** Days and starts that are looked at in one calendar; some tenths of a second. */
const MOST_EFFORT = 250_000;

/** Busy times of half a year that anyone really has. */
const MOST_INTERVALS = 5_000;

/** A feed that was read, of which only busy times are taken. */
export type ReadFeed = readonly SentComponent[];

/** Reads a feed, whoever wrote it; never throws. */
export const readFeed = (bytes: Uint8Array): Result<ReadFeed, ReadRefusal> => readCalendars(bytes, LIMITS);

/** The UIDs of its entries. */
export const uidsOf = (feed: ReadFeed): ReadonlySet<string> =>
  new Set(
    eventsOf(feed)
      .map(uidOf)
      .filter((uid) => uid !== ''),
  );

/**
 * When the owner of a feed is busy in a window: whole minutes, ascending, merged. Busy is what takes place and is not
 * said to be free (TRANSP, STATUS, FBTYPE; RFC 5545 3.8.2.7, 3.8.1.11, 3.2.9), whole days too. Entries that have no start
 * that can be read are left out.
 */
export function busyTimes(feed: ReadFeed, reading: BusyReading): Result<readonly Interval[], BusyRefusal> {
  const counting = new Counting(feed, reading);
  try {
    const byUid = Map.groupBy(
      eventsOf(feed).map((event, index) => ({ event, uid: uidOf(event) || index })),
      ({ uid }) => uid,
    );
    for (const [uid, events] of byUid) {
      if (typeof uid === 'string' && reading.isKnown?.(uid) === true) continue;
      counting.addEvents(events.map(({ event }) => event));
    }
    for (const { components } of feed) {
      for (const each of components) if (each.name === 'VFREEBUSY') counting.addFreeBusy(each);
    }
  } catch (error) {
    if (error instanceof NotFollowed) return refuse(error.reason);
    throw error;
  }
  const merged = counting.merged();
  return merged.length > MOST_INTERVALS ? refuse('too-many') : done(merged);
}

const eventsOf = (feed: ReadFeed): readonly SentComponent[] =>
  feed.flatMap(({ components }) => components.filter(({ name }) => name === 'VEVENT'));

const uidOf = (event: SentComponent): string => textOf(property(event, 'UID')?.value ?? '').trim();

/** When something is, and for how long. */
interface Span {
  readonly start: ReadTime;
  readonly clocks: Clocks;
  readonly length: ReadDuration;
}

interface Entry extends Span {
  readonly event: SentComponent;
}

/** Further apart than any two clocks. */
const MARGIN = 26 * HOUR;

class Counting {
  private readonly busy: Interval[] = [];
  private readonly effort = new Budget(MOST_EFFORT);
  private readonly clocks: SentClocks;
  private readonly window: Interval;

  constructor(feed: ReadFeed, reading: BusyReading) {
    this.window = reading.window;
    this.clocks = new SentClocks(feed, reading, this.effort);
  }

  /** All entries of one UID: those that repeat, and what is different at single times (RFC 5545 3.8.4.4). */
  addEvents(events: readonly SentComponent[]): void {
    const [usual, different] = partition(events, (event) => property(event, 'RECURRENCE-ID') === undefined);
    for (const event of different) {
      const entry = this.read(event);
      if (entry) this.add(entry.clocks(entry.start.local), entry);
    }
    for (const event of usual) {
      const entry = this.read(event);
      if (entry) this.addAll(entry, different);
    }
  }

  addFreeBusy(component: SentComponent): void {
    for (const sent of component.properties) {
      if (sent.name !== 'FREEBUSY' || parameter(sent, 'FBTYPE')?.toUpperCase() === 'FREE') continue;
      for (const period of sent.value.split(',')) this.addPeriod(period, undefined);
    }
  }

  merged(): readonly Interval[] {
    const whole: { from: number; to: number }[] = [];
    for (const { from, to } of this.busy.sort((a, b) => a.from - b.from)) {
      const last = whole.at(-1);
      if (last && from <= last.to) last.to = Math.max(last.to, to);
      else whole.push({ from, to });
    }
    return whole;
  }

  /** Undefined for what keeps nobody from anything, or not in this window. */
  private read(event: SentComponent): Entry | undefined {
    const [start] = readTimes(property(event, 'DTSTART'));
    const { from, to } = this.window;
    if (!start || isFree(event) || start.local > to + MARGIN) return undefined;
    const span = roughLength(event, start);
    if (start.local + span < from - MARGIN && isOver(event, from - span - MARGIN)) return undefined;
    return { event, start, clocks: this.clocks.of(start), length: this.lengthOf(event, start) };
  }

  private addAll(entry: Entry, different: readonly SentComponent[]): void {
    const { event, start, clocks } = entry;
    const except = new Exceptions(start, clocks, (time) => this.clocks.of(time));
    for (const sent of event.properties) if (sent.name === 'EXDATE') this.except(except, sent);
    for (const each of different) {
      const sent = property(each, 'RECURRENCE-ID');
      // What is different from one time on, no program writes any more (RFC 5545 3.2.13); we would take it for one time.
      if (sent && parameter(sent, 'RANGE') !== undefined) throw new NotFollowed('unknown-rule');
      this.except(except, sent);
    }
    for (const local of this.localStarts(entry)) if (!except.has(local)) this.add(clocks(local), { ...entry, local });
    for (const sent of event.properties) {
      if (sent.name !== 'RDATE') continue;
      for (const period of sent.value.split(',').filter((text) => text.includes('/'))) {
        this.addPeriod(period, parameter(sent, 'TZID'));
      }
    }
  }

  private except(exceptions: Exceptions, sent: SentProperty | undefined): void {
    for (const time of readTimes(sent)) {
      this.effort.spend(1);
      exceptions.add(time);
    }
  }

  /** On the entry's own clocks, in and around the window. */
  private localStarts({ event, start, clocks, length }: Entry): ReadonlySet<number> {
    const { from, to } = this.window;
    const span = length.days * DAY + length.milliseconds;
    const around = { from: from - span - MARGIN, to: to + MARGIN };
    const locals = new Set([start.local]);
    for (const sent of event.properties) {
      if (sent.name === 'RDATE') {
        for (const time of readTimes(sent)) locals.add(this.onClocks(time, start, around));
      }
      if (sent.name !== 'RRULE') continue;
      const rule = readRule(sent.value);
      if (!rule.ok) throw new NotFollowed('unknown-rule');
      const { until } = rule.value;
      const starts = startsOf(rule.value, start.local, around, this.effort);
      if (!starts) throw new NotFollowed('too-many');
      for (const local of starts) {
        if (until?.isInstant !== true || clocks(local) <= until.local) locals.add(local);
      }
    }
    return locals;
  }

  /** A time as the clocks of a start show it. */
  private onClocks(time: ReadTime, start: ReadTime, around: Interval): number {
    if (time.kind === start.kind && time.zone === start.zone) return time.local;
    if (time.kind === 'day' || start.kind === 'day') return time.local;
    const instant = this.clocks.of(time)(time.local);
    if (instant < around.from || instant > around.to) return time.local;
    // No clock is further from UTC than a day: what it shows is found by asking it twice.
    const clocks = this.clocks.of(start);
    const guess = instant + (instant - clocks(instant));
    return guess + (instant - clocks(guess));
  }

  private addPeriod(text: string, zone: string | undefined): void {
    const [first = '', second = ''] = text.split('/');
    const start = readTime(first, zone);
    if (!start) return;
    const { from, to } = this.window;
    const clocks = this.clocks.of(start);
    const length = readDuration(second);
    const end = readTime(second, zone);
    if (start.local > to + MARGIN) return;
    if (length) this.add(clocks(start.local), { start, clocks, length });
    else if (end && end.local > from - MARGIN) this.addSpan(clocks(start.local), this.clocks.of(end)(end.local));
  }

  private add(
    instant: number,
    { start, local = start.local, clocks, length }: Span & { readonly local?: number },
  ): void {
    const { days, milliseconds } = length;
    this.effort.spend(1);
    this.addSpan(instant, (days === 0 ? instant : clocks(local + days * DAY)) + milliseconds);
  }

  private addSpan(start: number, end: number): void {
    const from = Math.max(Math.floor(start / MINUTE) * MINUTE, this.window.from);
    const to = Math.min(Math.ceil(end / MINUTE) * MINUTE, this.window.to);
    if (end > start && to > from) this.busy.push({ from, to });
  }

  /** A whole day lasts a day, a time without an end no time (RFC 5545 3.6.1). */
  private lengthOf(event: SentComponent, start: ReadTime): ReadDuration {
    const [end] = readTimes(property(event, 'DTEND'));
    const byDefault = { days: start.kind === 'day' ? 1 : 0, milliseconds: 0 };
    if (!end) return readDuration(property(event, 'DURATION')?.value) ?? byDefault;
    const span = Math.max(0, end.local - start.local);
    if (start.kind === 'day') return { days: Math.max(1, Math.round(span / DAY)), milliseconds: 0 };
    // What ends another day is counted on the clocks, as people do; anything else by the watch.
    if (end.kind === start.kind && end.zone === start.zone && span >= DAY)
      return { days: Math.floor(span / DAY), milliseconds: span % DAY };
    const exact = this.clocks.of(end)(end.local) - this.clocks.of(start)(start.local);
    return { days: 0, milliseconds: Math.max(0, exact) };
  }
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  const [first, second]: [Item[], Item[]] = [[], []];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}

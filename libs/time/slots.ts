import type { Availability, DayRange } from './availability.js';
import { DAY, MINUTE } from './clock.js';
import { LocalReader, localAt, offsetsOf } from './offsets.js';

/** Instants, in milliseconds since 1970: from the first on, up to but without the second. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Slots are booked in cells of this length, counted since 1970: two bookings overlap when they share one. */
export const CELL = 5 * MINUTE;

/** What keeps a host from taking a slot. */
export interface HostTime {
  readonly id: string;
  /** Other meetings, the host's own calendar, bookings with their buffers; in any order, overlapping or not. */
  readonly busy: readonly Interval[];
  /** Starts of slots that are taken and have seats left: they can be joined although the time is taken. */
  readonly joinable?: ReadonlySet<number>;
  /** Starts of this host's bookings, where there is a most per day. */
  readonly booked?: readonly number[];
}

export interface FreeSlot {
  /** Milliseconds since 1970 */
  readonly start: number;
  readonly end: number;
  /** Who can take it, in the order given; at least one. */
  readonly hosts: readonly string[];
}

/** The cells that a booking takes: its time and the buffer after it. */
export function cellsOf(start: number, { slotMinutes, bufferMinutes }: SlotLength): readonly number[] {
  const first = Math.floor(start / CELL);
  return Array.from({ length: (slotMinutes + bufferMinutes) / 5 }, (_, index) => first + index);
}

type SlotLength = Pick<Availability, 'slotMinutes' | 'bufferMinutes'>;

/** The time that cells take, in any order: what cellsOf makes of a booking, this makes busy. */
export function intervalsOf(cells: readonly number[]): readonly Interval[] {
  const intervals: { from: number; to: number }[] = [];
  for (const cell of cells.toSorted((a, b) => a - b)) {
    const last = intervals.at(-1);
    if (last && last.to >= cell * CELL) last.to = (cell + 1) * CELL;
    else intervals.push({ from: cell * CELL, to: (cell + 1) * CELL });
  }
  return intervals;
}

/** The window in which slots can be booked now: from the lead time on, up to the horizon. */
export const bookable = (now: Date, leadMinutes: number, horizonDays: number): Interval => ({
  from: now.getTime() + leadMinutes * MINUTE,
  to: now.getTime() + horizonDays * DAY,
});

export const overlapOf = (a: Interval, b: Interval): Interval => ({
  from: Math.max(a.from, b.from),
  to: Math.min(a.to, b.to),
});

/**
 * The starts that an availability has in a window, ascending. They stand on a grid of the clocks, from the beginning of
 * each range in steps of slot and buffer; what the clocks skip is left out, what they show twice is there once, the
 * earlier time. After a skipped hour a start is left out, too, that would come before the slot before it has ended.
 */
export function slotStarts(availability: Availability, { from, to }: Interval): readonly number[] {
  if (from >= to) return [];
  const { timeZone, week, everyWeeks, exceptions, slotMinutes, bufferMinutes } = availability;
  const offsets = offsetsOf(timeZone);
  const reader = new LocalReader(offsets);
  const firstDay = dayNumber(availability.from);
  const firstWeek = weekOf(firstDay);
  const lastDay = Math.min(
    Math.floor(localAt(offsets, to) / DAY),
    availability.until === undefined ? Infinity : dayNumber(availability.until),
  );
  const changed = new Map([...exceptions].map(([day, ranges]) => [dayNumber(day), ranges]));
  const starts: number[] = [];
  let free = from;
  const length = slotMinutes * MINUTE;
  const step = length + bufferMinutes * MINUTE;
  for (let day = Math.max(firstDay, Math.floor(localAt(offsets, from) / DAY)); day <= lastDay; day += 1) {
    const usual = (weekOf(day) - firstWeek) % everyWeeks === 0 ? week[weekdayOf(day)] : undefined;
    const ranges: readonly DayRange[] = (changed.size > 0 ? changed.get(day) : undefined) ?? usual ?? [];
    const midnight = day * DAY;
    for (const range of ranges) {
      const first = midnight + range.from * MINUTE;
      const last = midnight + range.to * MINUTE - length;
      // On nearly every day the clocks run through: one look at them is enough for the whole range.
      const offset = reader.offsetThrough(first, last);
      for (let local = first; local <= last; local += step) {
        const start = offset === undefined ? reader.instant(local) : local - offset;
        if (start < free || start >= to || (offset === undefined && reader.skipped)) continue;
        starts.push(start);
        free = start + length;
      }
    }
  }
  return starts;
}

/** Days since 1970, counted on calendars. */
const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY;
/** 1 January 1970 was a Thursday. */
const weekOf = (day: number): number => Math.floor((day + 3) / 7);
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/**
 * The slots of an availability that at least one of its hosts can take. A host is free where neither slot nor buffer
 * meets what is busy, and fewer than `maxPerDay` of their bookings are on that day of the availability's zone.
 */
export function freeSlots(
  availability: Availability,
  window: Interval,
  hosts: readonly HostTime[],
  maxPerDay = Infinity,
): readonly FreeSlot[] {
  const { slotMinutes, bufferMinutes, timeZone } = availability;
  const length = slotMinutes * MINUTE;
  const taken = length + bufferMinutes * MINUTE;
  const starts = slotStarts(availability, window);
  const free = hosts.map((host) => freeOf(host, starts, taken, dayIsFull(host, timeZone, maxPerDay)));
  const [first, ...others] = free;
  const ids = hosts.map(({ id }) => id);
  const slots: FreeSlot[] = [];
  for (let index = 0; index < starts.length; index += 1) {
    const start = starts[index] ?? 0;
    // Where one host is alone, all slots share the list of who can take them.
    const able = others.length === 0 ? ids : ids.filter((_id, host) => free[host]?.[index] === 1);
    if (others.length === 0 ? first?.[index] === 1 : able.length > 0)
      slots.push({ start, end: start + length, hosts: able });
  }
  return slots;
}

/** Goes along one host's time once, as starts ascend: 1 for each start that the host can take, otherwise 0. */
function freeOf(
  { busy, joinable }: HostTime,
  starts: readonly number[],
  taken: number,
  isFull: ((start: number) => boolean) | undefined,
): Uint8Array {
  const free = new Uint8Array(starts.length);
  const intervals = merged(busy);
  let next = 0;
  let { from, to } = intervals[0] ?? NEVER;
  for (let index = 0; index < starts.length; index += 1) {
    const start = starts[index] ?? 0;
    while (to <= start) {
      next += 1;
      ({ from, to } = intervals[next] ?? NEVER);
    }
    const isFree = from >= start + taken && isFull?.(start) !== true;
    if (isFree || joinable?.has(start) === true) free[index] = 1;
  }
  return free;
}

/** Later than anything. */
const NEVER: Interval = { from: Infinity, to: Infinity };

/** Whether a host has had the most on the day of a start; undefined where there is no most, or no day is full. */
function dayIsFull(
  { booked = [] }: HostTime,
  timeZone: string,
  maxPerDay: number,
): ((start: number) => boolean) | undefined {
  if (maxPerDay === Infinity) return undefined;
  const offsets = offsetsOf(timeZone);
  const dayOf = (instant: number): number => Math.floor(localAt(offsets, instant) / DAY);
  const days = Map.groupBy(booked, dayOf);
  const full = new Set([...days].filter(([, those]) => those.length >= maxPerDay).map(([day]) => day));
  return full.size === 0 ? undefined : (start) => full.has(dayOf(start));
}

/** In order, and none inside or after the beginning of another, so that ends ascend as well. */
function merged(intervals: readonly Interval[]): readonly Interval[] {
  if (areApart(intervals)) return intervals;
  const sorted = intervals.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  const whole: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = whole.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else whole.push({ from, to });
  }
  return whole;
}

function areApart(intervals: readonly Interval[]): boolean {
  let last = -Infinity;
  for (const { from, to } of intervals) {
    if (from < last || to <= from) return false;
    last = to;
  }
  return true;
}

/** Who of those that can takes it: whoever has least to do, so that the load is spread; the first of equals. */
export const leastLoaded = (hosts: readonly string[], loads: ReadonlyMap<string, number>): string | undefined =>
  hosts.reduce<string | undefined>(
    (least, host) => (least === undefined || (loads.get(host) ?? 0) < (loads.get(least) ?? 0) ? host : least),
    undefined,
  );

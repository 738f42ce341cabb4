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
  const step = slotMinutes + bufferMinutes;
  const length = slotMinutes * MINUTE;
  for (let day = Math.max(firstDay, Math.floor(localAt(offsets, from) / DAY)); day <= lastDay; day += 1) {
    const usual = (weekOf(day) - firstWeek) % everyWeeks === 0 ? week[weekdayOf(day)] : undefined;
    const ranges: readonly DayRange[] = (changed.size > 0 ? changed.get(day) : undefined) ?? usual ?? [];
    for (const range of ranges) {
      const midnight = day * DAY;
      const end = range.to - slotMinutes;
      for (let minute = range.from; minute <= end; minute += step) {
        const local = midnight + minute * MINUTE;
        const start = reader.instant(local);
        if (start < free || start >= to || reader.skipped) continue;
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
  const days = new Days(timeZone);
  const sweeps = hosts.map((host) => new HostSweep(host, taken, days, maxPerDay));
  const slots: FreeSlot[] = [];
  for (const start of slotStarts(availability, window)) {
    const free = whoIsFree(sweeps, start);
    if (free) slots.push({ start, end: start + length, hosts: free });
  }
  return slots;
}

function whoIsFree(sweeps: readonly HostSweep[], start: number): readonly string[] | undefined {
  const [first] = sweeps;
  if (first && sweeps.length === 1) return first.isFree(start) ? first.alone : undefined;
  const free = sweeps.filter((sweep) => sweep.isFree(start));
  return free.length === 0 ? undefined : free.map(({ id }) => id);
}

/** Days of a zone, by which bookings are counted. */
class Days {
  private readonly offsets;

  constructor(timeZone: string) {
    this.offsets = offsetsOf(timeZone);
  }

  of(instant: number): number {
    return Math.floor(localAt(this.offsets, instant) / DAY);
  }
}

/** Goes along one host's time once, as starts ascend. */
class HostSweep {
  readonly id: string;
  /** The list of those who are free, where that is this host alone. */
  readonly alone: readonly string[];
  private readonly busy: readonly Interval[];
  private readonly joinable: ReadonlySet<number> | undefined;
  private readonly full: ReadonlySet<number>;
  private next = 0;

  constructor(
    { id, busy, joinable, booked }: HostTime,
    private readonly taken: number,
    private readonly days: Days,
    maxPerDay: number,
  ) {
    this.id = id;
    this.alone = [id];
    this.busy = merged(busy);
    this.joinable = joinable;
    const counts = new Map<number, number>();
    if (maxPerDay < Infinity) {
      for (const start of booked ?? []) counts.set(days.of(start), (counts.get(days.of(start)) ?? 0) + 1);
    }
    this.full = new Set([...counts].filter(([, count]) => count >= maxPerDay).map(([day]) => day));
  }

  isFree(start: number): boolean {
    if (this.joinable?.has(start)) return true;
    let interval = this.busy[this.next];
    while (interval && interval.to <= start) {
      this.next += 1;
      interval = this.busy[this.next];
    }
    if (interval && interval.from < start + this.taken) return false;
    return this.full.size === 0 || !this.full.has(this.days.of(start));
  }
}

/** In order, and none inside or after the beginning of another, so that ends ascend as well. */
function merged(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = intervals.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  const whole: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = whole.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else whole.push({ from, to });
  }
  return whole;
}

/** Who of those that can takes it: whoever has least to do, so that the load is spread; the first of equals. */
export const leastLoaded = (hosts: readonly string[], loads: ReadonlyMap<string, number>): string | undefined =>
  hosts.reduce<string | undefined>(
    (least, host) => (least === undefined || (loads.get(host) ?? 0) < (loads.get(least) ?? 0) ? host : least),
    undefined,
  );

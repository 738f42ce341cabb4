import type { Id } from '../../../libs/privacy/ids.js';
import { DAY, MINUTE, plus } from '../../../libs/time/clock.js';
import { bookable, freeSlots, overlapOf, type FreeSlot, type Interval } from '../../../libs/time/slots.js';
import { onTheClock } from '../../../libs/time/zones.js';
import { availabilityOf, type OfficeHours } from '../hours/office-hours.js';
import { takenSeats, type Slot, type SlotTime } from './slot.js';

/** What may differ from what visitors are offered. */
export interface Offer {
  /** Who can take a slot; those who share the office hours, unless fewer are left. */
  readonly hosts?: readonly Id[];
  /** Hosts themselves may move a booking to a time that is near. */
  readonly leadMinutes?: number;
  /** A slot that counts as free, as it is about to be given up. */
  readonly without?: Id;
  /** When hosts are busy otherwise, as in the meetings that they lead. */
  readonly busy?: ReadonlyMap<Id, readonly Interval[]>;
}

/**
 * The slots that can be booked now, ascending. What is shown and what is taken when a form comes back are both asked for
 * here: one that is shown can be booked, and one that can be booked is shown.
 * @param taken what is taken of any office hours of these hosts, in the window and a day around it
 */
export function freeTimes(
  hours: OfficeHours,
  window: Interval,
  taken: readonly Slot[],
  now: Date,
  { hosts = hours.hosts, leadMinutes = hours.leadMinutes, without, busy }: Offer = {},
): readonly FreeSlot[] {
  const { from, to } = overlapOf(window, bookable(now, leadMinutes, hours.horizonDays));
  if (from >= to || hosts.length === 0) return [];
  const others = taken.filter(({ id, claims }) => claims !== undefined && id !== without);
  const times = hosts.map((id) => {
    const own = others.filter(({ host }) => host === id);
    return {
      id,
      busy: [
        ...own.map(({ start, until }) => ({ from: start.getTime(), to: until.getTime() })),
        ...(busy?.get(id) ?? []),
      ],
      joinable: new Set(own.filter((slot) => canBeJoined(slot, hours)).map(({ start }) => start.getTime())),
      booked: own.filter(({ officeHours }) => officeHours === hours.id).map(({ start }) => start.getTime()),
    };
  });
  // Where clocks skip an hour, a slot depends on the one before it: whatever the window, it begins a day earlier.
  const all = freeSlots(availabilityOf(hours), { from: from - DAY, to }, times, hours.maxPerDay ?? Infinity);
  return all.filter(({ start }) => start >= from);
}

/** True for a slot of group hours in which someone may join those who booked before. */
export const canBeJoined = (slot: Slot, hours: OfficeHours): boolean =>
  slot.officeHours === hours.id &&
  slot.end.getTime() - slot.start.getTime() === hours.slotMinutes * 60_000 &&
  takenSeats(slot) < hours.seats;

/** Those nearest to an instant, ascending. */
export const nearest = (free: readonly FreeSlot[], start: number, count: number): readonly FreeSlot[] =>
  free
    .toSorted((a, b) => Math.abs(a.start - start) - Math.abs(b.start - start))
    .slice(0, count)
    .sort((a, b) => a.start - b.start);

/** How many slots each host has in what is taken. */
export const loadsOf = (taken: readonly Slot[]): ReadonlyMap<Id, number> =>
  new Map([...Map.groupBy(taken, ({ host }) => host)].map(([host, slots]) => [host, slots.length]));

/** The span that a booking takes. Where there is a most per day, it takes one of the day's numbers, which nobody else can have. */
export function timeOf(hours: OfficeHours, host: Id, start: Date, taken: readonly Slot[]): SlotTime {
  const end = plus(start, hours.slotMinutes * MINUTE);
  const span = { host, start, end, until: plus(end, hours.bufferMinutes * MINUTE) };
  if (hours.maxPerDay === null) return span;
  const { date } = onTheClock(start, hours.timeZone);
  const numbered = (number: number): string => [hours.id, host, date, String(number)].join('|');
  const used = new Set(taken.flatMap(({ ofDay }) => ofDay ?? []));
  const all = Array.from({ length: hours.maxPerDay }, (_, index) => numbered(index + 1));
  return { ...span, ofDay: all.find((each) => !used.has(each)) ?? numbered(1) };
}

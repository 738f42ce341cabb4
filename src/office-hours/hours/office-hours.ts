import type { Availability, DayRange } from '../../../libs/time/availability.js';
import type { Id } from '../../../libs/privacy/ids.js';

/** What a conversation may be about: the four contributions, or something else. */
export const TOPICS = ['start-up', 'discussions', 'materials', 'pilots', 'other'] as const;
export type Topic = (typeof TOPICS)[number];

/** A day that is different: the ranges that hold instead, none on a day off. */
export interface Exception {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly ranges: readonly DayRange[];
}

/** When one or several hosts offer time, and to whom. */
export interface OfficeHours {
  readonly id: Id;
  readonly title: string;
  readonly description: string;
  readonly timeZone: string;
  /** Seven lists, Monday's first. */
  readonly week: readonly (readonly DayRange[])[];
  readonly everyWeeks: number;
  /** First and last day, `YYYY-MM-DD`; null: without end. */
  readonly from: string;
  readonly until: string | null;
  readonly exceptions: readonly Exception[];
  readonly slotMinutes: number;
  readonly bufferMinutes: number;
  /** How long before its start a slot can last be booked … */
  readonly leadMinutes: number;
  /** … and how many days before at the earliest. */
  readonly horizonDays: number;
  /** 1 for talks, more for group hours. */
  readonly seats: number;
  readonly languages: readonly string[];
  /** Bookings that one host takes on one day of the zone; null: as many as there are slots. */
  readonly maxPerDay: number | null;
  /** What it is about; none: whatever people bring. */
  readonly topics: readonly Topic[];
  /** Contacts of those who share it; at least one. */
  readonly hosts: readonly Id[];
  /** Regions that come first, up to and with the day `firstUntil`. */
  readonly firstRegions: readonly string[];
  readonly firstUntil: string | null;
  /** The room's address, sealed; empty: a fresh room for each slot. */
  readonly room: Uint8Array;
}

export type OfficeHoursDetails = Omit<OfficeHours, 'id' | 'room'>;

/** The weekly rules as the calculation of slots takes them. */
export const availabilityOf = (hours: OfficeHours): Availability => ({
  timeZone: hours.timeZone,
  week: hours.week,
  everyWeeks: hours.everyWeeks,
  from: hours.from,
  ...(hours.until !== null && { until: hours.until }),
  exceptions: new Map(hours.exceptions.map(({ day, ranges }) => [day, ranges])),
  slotMinutes: hours.slotMinutes,
  bufferMinutes: hours.bufferMinutes,
});

/** The instant from which everyone may book; undefined: everyone may at any time. */
export function openToAllFrom({ firstRegions, firstUntil, timeZone }: OfficeHours): Date | undefined {
  if (firstRegions.length === 0 || firstUntil === null) return undefined;
  const next = Temporal.PlainDate.from(firstUntil).add({ days: 1 });
  return new Date(next.toZonedDateTime(timeZone).epochMilliseconds);
}

/** Whether someone of this region may book now; null: a place that is no known region, or none was named. */
export function mayBook(hours: OfficeHours, region: string | null, now: Date): boolean {
  const opens = openToAllFrom(hours);
  return opens === undefined || opens <= now || (region !== null && hours.firstRegions.includes(region));
}

/** Whether there may still be slots to come. */
export function isOffered({ until, timeZone }: OfficeHours, now: Date): boolean {
  if (until === null) return true;
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  return Temporal.PlainDate.compare(Temporal.PlainDate.from(until), today) >= 0;
}

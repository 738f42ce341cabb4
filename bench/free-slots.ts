import { DateTime } from 'luxon';
import type { Availability } from '../libs/time/availability.js';
import { DAY, MINUTE } from '../libs/time/clock.js';
import { freeSlots, type HostTime, type Interval } from '../libs/time/slots.js';
import { TIME_ZONES } from '../libs/time/zones.js';
import type { Comparison } from './turns.js';

const HOSTS = 50;
const WEEKS = 8;

/** Hosts in zones all over the world, each with hours and a calendar of their own. */
export function slots(): Comparison {
  const window: Interval = { from: Date.UTC(2027, 1, 22), to: Date.UTC(2027, 1, 22) + WEEKS * 7 * DAY };
  const hosts = Array.from({ length: HOSTS }, (_, index) => {
    const hour = 8 + (index % 6);
    const day = [
      { from: hour * 60, to: (hour + 3) * 60 },
      { from: (hour + 5) * 60, to: (hour + 7) * 60 },
    ];
    const availability: Availability = {
      timeZone: TIME_ZONES[(index * 37) % TIME_ZONES.length] ?? 'UTC',
      week: [day, day, day, day, day, [], []],
      ...{ everyWeeks: 1, from: '2027-01-01', exceptions: new Map(), slotMinutes: 30, bufferMinutes: 5 },
    };
    const busy = Array.from({ length: 60 }, (_unused, meeting) => {
      const from = window.from + meeting * 22 * 60 * MINUTE + index * 7 * MINUTE;
      return { from, to: from + 50 * MINUTE };
    });
    return { availability, host: { id: `host-${String(index)}`, busy } satisfies HostTime };
  });
  const all = (find: (given: (typeof hosts)[number], window: Interval) => readonly unknown[]): number =>
    hosts.reduce((sum, given) => sum + find(given, window).length, 0);
  const table = new Map(
    hosts.map(({ availability }) => [availability.timeZone, handTable(availability.timeZone, window)]),
  );
  const contenders = [
    { name: 'libs/time', work: () => all(({ availability, host }) => freeSlots(availability, window, [host])) },
    {
      name: 'by hand, with a table of offsets',
      target: '0.7x',
      work: () =>
        all(({ availability, host }) => byHand(availability, host, window, table.get(availability.timeZone) ?? [])),
    },
    { name: 'luxon', target: '5x', work: () => all(({ availability, host }) => byLuxon(availability, host, window)) },
  ];
  const [found, ...others] = contenders.map(({ work }) => work());
  if (found === 0 || others.some((other) => other !== found)) throw new Error('not the same slots');
  return {
    name: `Free slots of ${String(HOSTS)} hosts in ${String(WEEKS)} weeks: ${String(found)}`,
    unit: 'page',
    contenders,
  };
}

type HandTable = readonly { readonly from: number; readonly offset: number }[];

function handTable(timeZone: string, { from, to }: Interval): HandTable {
  const changes: { from: number; offset: number }[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from - 2 * DAY).toZonedDateTimeISO(timeZone);
  for (;;) {
    changes.push({ from: at.epochMilliseconds, offset: at.offsetNanoseconds / 1e6 });
    const next = at.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds > to + 2 * DAY) return changes;
    at = next;
  }
}

/** As short as it can be for hours that no change of the clocks touches. */
function byHand(
  availability: Availability,
  { id, busy }: HostTime,
  window: Interval,
  table: HandTable,
): readonly unknown[] {
  const { week, slotMinutes, bufferMinutes } = availability;
  const sorted = [...busy].sort((a, b) => a.from - b.from);
  const length = slotMinutes * MINUTE;
  const taken = length + bufferMinutes * MINUTE;
  const found: { start: number; end: number; hosts: readonly string[] }[] = [];
  let row = 0;
  let next = 0;
  for (let midnight = Math.floor(window.from / DAY) * DAY - DAY; midnight <= window.to + DAY; midnight += DAY) {
    for (const range of week[(midnight / DAY + 3) % 7] ?? []) {
      for (let minute = range.from; minute + slotMinutes <= range.to; minute += slotMinutes + bufferMinutes) {
        const local = midnight + minute * MINUTE;
        let following = table[row + 1];
        while (following && local - following.offset >= following.from) {
          row += 1;
          following = table[row + 1];
        }
        const start = local - (table[row]?.offset ?? 0);
        if (start < window.from || start >= window.to) continue;
        let meeting = sorted[next];
        while (meeting && meeting.to <= start) {
          next += 1;
          meeting = sorted[next];
        }
        if (!meeting || meeting.from >= start + taken) found.push({ start, end: start + length, hosts: [id] });
      }
    }
  }
  return found;
}

function byLuxon(availability: Availability, { id, busy }: HostTime, window: Interval): readonly unknown[] {
  const { timeZone, week, slotMinutes, bufferMinutes } = availability;
  const found: { start: number; end: number; hosts: readonly string[] }[] = [];
  const last = DateTime.fromMillis(window.to, { zone: timeZone });
  let day = DateTime.fromMillis(window.from, { zone: timeZone }).startOf('day');
  for (; day <= last; day = day.plus({ days: 1 })) {
    for (const range of week[day.weekday - 1] ?? []) {
      for (let minute = range.from; minute + slotMinutes <= range.to; minute += slotMinutes + bufferMinutes) {
        const start = day.set({ hour: Math.floor(minute / 60), minute: minute % 60 }).toMillis();
        if (start < window.from || start >= window.to) continue;
        const end = start + slotMinutes * MINUTE;
        const free = !busy.some((meeting) => meeting.from < end + bufferMinutes * MINUTE && meeting.to > start);
        if (free) found.push({ start, end, hosts: [id] });
      }
    }
  }
  return found;
}

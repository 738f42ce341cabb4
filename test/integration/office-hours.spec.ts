import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { Clock, DAY, MINUTE, plus } from '../../libs/time/clock.js';
import { type Asked, BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import type { OfficeHours } from '../../src/office-hours/hours/office-hours.js';
import { OfficeHoursService, type GivenOfficeHours } from '../../src/office-hours/hours/office-hours.service.js';
import { FreeSlots } from '../../src/office-hours/slots/free-slots.service.js';
import { SlotRooms } from '../../src/office-hours/slots/slot-rooms.service.js';
import { bookingOf, isLive, type Slot } from '../../src/office-hours/slots/slot.js';
import { SlotsRepository } from '../../src/office-hours/slots/slots.repository.js';
import { TestClock } from '../support/clock.js';
import { appointTwo } from '../support/office-hours.js';
import { startStore } from '../support/parts.js';
import { endStill, startStill } from '../support/still-process.js';

const now = new Date('2027-01-11T06:00:00Z');
const ids = new Ids();
/** Two processes on one database. */
let apps: readonly TestingModule[];
let hosts: readonly Id[];

beforeAll(async () => {
  const { uri } = await startStore();
  apps = [await startStill(uri, new TestClock(now)), await startStill(uri, new TestClock(now))];
  hosts = await appointTwo(first(), now);
});
afterAll(endStill);

const first = (): TestingModule => apps[0] as TestingModule;
const bookings = (process: number): BookingsService =>
  (apps[process % apps.length] as TestingModule).get(BookingsService, { strict: false });
const hoursOf = (process = 0): OfficeHoursService =>
  (apps[process] as TestingModule).get(OfficeHoursService, { strict: false });
const freeSlotsOf = (process = 0): FreeSlots => (apps[process] as TestingModule).get(FreeSlots, { strict: false });

async function offer(more: Partial<GivenOfficeHours> = {}): Promise<OfficeHours> {
  const made = await hoursOf().open(ids.next(), {
    ...{ title: 'Pilots', description: '', timeZone: 'UTC', everyWeeks: 1, from: '2027-01-11', until: null },
    week: Array.from({ length: 7 }, () => [{ from: 480, to: 1200 }]),
    ...{ exceptions: [], slotMinutes: 20, bufferMinutes: 10, leadMinutes: 0, horizonDays: 14, seats: 1 },
    ...{ languages: ['fr'], maxPerDay: null, topics: [], hosts, firstRegions: [], firstUntil: null, room: '', ...more },
  });
  if (!made.ok) throw new Error(made.reason);
  return made.value;
}

const asking = (start: Date, contact = ids.next()): Asked => ({
  ...{ start, contact, language: 'fr', topic: 'pilots', region: null, country: null, note: 'Biogas' },
});

/** Known visitors, whose bookings need no confirming. */
const book = async (process: number, hours: OfficeHours, start: Date, contact?: Id): Promise<string> => {
  const held = await bookings(process).hold(hours, { ...asking(start, contact), known: true });
  return held.ok ? held.value.booking.id : held.reason;
};

const tally = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(outcomes, (each) => (/^(taken|too-many|same-time)$/.test(each) ? each : 'booked'))].map(
      ([name, all]) => [name, all.length],
    ),
  );

const slotsOf = (hours: OfficeHours): Promise<Slot[]> =>
  first()
    .get(SlotsRepository, { strict: false })
    .of(hours.id, { from: now.getTime(), to: plus(now, 30 * DAY).getTime() });

/** What has claims of these hosts must not overlap, buffers included. */
async function overlaps(): Promise<number> {
  const window = { from: now.getTime(), to: plus(now, 30 * DAY).getTime() };
  const taken = await first().get(SlotsRepository, { strict: false }).taken(hosts, window);
  return taken.filter((a) =>
    taken.some((b) => a.id !== b.id && a.host === b.host && a.start < b.until && b.start < a.until),
  ).length;
}

describe('500 bookings of 50 slots at once, by two processes', () => {
  it('book 50, refuse 450, and have others to offer', async () => {
    const hours = await offer();
    const { free } = await freeSlotsOf().within(hours, { from: now.getTime(), to: plus(now, 3 * DAY).getTime() });
    const wanted = free.slice(0, 25);
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, (_, index) => book(index, hours, new Date(wanted[index % 25]?.start ?? 0))),
    );
    expect(tally(outcomes)).toEqual({ booked: 50, taken: 450 });
    const slots = await slotsOf(hours);
    expect(slots.flatMap((slot) => slot.bookings.filter(isLive))).toHaveLength(50);
    expect(await overlaps()).toBe(0);
    // The load is spread evenly.
    expect(hosts.map((host) => slots.filter((slot) => slot.host === host).length)).toEqual([25, 25]);
    const left = await freeSlotsOf(1).within(hours, { from: now.getTime(), to: plus(now, 3 * DAY).getTime() });
    expect(left.free).toHaveLength(free.length - 25);
  });
});

describe('what is taken', () => {
  it('keeps every other grid of its host from overlapping it', async () => {
    const day = { from: '2027-01-13', until: '2027-01-13', hosts: hosts.slice(0, 1) };
    const sets = [
      await offer(day),
      await offer({ ...day, slotMinutes: 45, bufferMinutes: 0 }),
      await offer({ ...day, slotMinutes: 5, bufferMinutes: 25, timeZone: 'Asia/Kathmandu' }),
    ];
    const window = { from: now.getTime(), to: plus(now, 5 * DAY).getTime() };
    const all = await Promise.all(
      sets.map(async (hours) =>
        (await freeSlotsOf().within(hours, window)).free.map(({ start }) => ({ hours, start })),
      ),
    );
    await Promise.all(all.flat().map(({ hours, start }, index) => book(index, hours, new Date(start))));
    expect(await overlaps()).toBe(0);
    // Nothing bookable is left unshown: every grid is full where another is not.
    for (const hours of sets) {
      for (const { start } of (await freeSlotsOf().within(hours, window)).free)
        expect(await book(0, hours, new Date(start))).not.toBe('taken');
    }
    expect(await overlaps()).toBe(0);
  });

  it('seats as many as there are, each once', async () => {
    const hours = await offer({ seats: 4, hosts: hosts.slice(0, 1), from: '2027-01-14', until: '2027-01-14' });
    const start = new Date('2027-01-14T08:00:00Z');
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => book(index, hours, start)));
    expect(tally(outcomes)).toEqual({ booked: 4, taken: 16 });
    const [slot] = await slotsOf(hours);
    expect(slot?.bookings.filter(isLive)).toHaveLength(4);
  });

  it('is no more than the most per day, however many come at once', async () => {
    const hours = await offer({ maxPerDay: 3, hosts: hosts.slice(0, 1), from: '2027-01-15', until: '2027-01-16' });
    const { free } = await freeSlotsOf().within(hours, { from: now.getTime(), to: plus(now, 10 * DAY).getTime() });
    await Promise.all(free.map(({ start }, index) => book(index, hours, new Date(start))));
    const days = Map.groupBy(await slotsOf(hours), ({ start }) => start.toISOString().slice(0, 10));
    for (const slots of days.values()) expect(slots.length).toBeLessThanOrEqual(3);
    for (const { start } of (
      await freeSlotsOf().within(hours, { from: now.getTime(), to: plus(now, 10 * DAY).getTime() })
    ).free)
      await book(0, hours, new Date(start));
    expect((await slotsOf(hours)).length).toBe(6);
  });
});

describe('one contact', () => {
  it('has three bookings to come and no fourth, however many forms are sent at once', async () => {
    const hours = await offer({ from: '2027-01-17', until: '2027-01-17' });
    const { free } = await freeSlotsOf().within(hours, { from: now.getTime(), to: plus(now, 10 * DAY).getTime() });
    const contact = ids.next();
    const outcomes = await Promise.all(
      free.slice(0, 12).map(({ start }, index) => book(index, hours, new Date(start), contact)),
    );
    expect(tally(outcomes)['booked']).toBeLessThanOrEqual(3);
    for (const { start } of free.slice(12, 18)) await book(0, hours, new Date(start), contact);
    const live = (await slotsOf(hours)).flatMap((slot) => slot.bookings.filter(isLive));
    expect(live).toHaveLength(3);
  });
});

describe('moving', () => {
  it('many to one slot at once: one has it, all others keep theirs', async () => {
    const hours = await offer({ hosts: hosts.slice(0, 1), from: '2027-01-18', until: '2027-01-18' });
    const times = (await freeSlotsOf().within(hours, { from: now.getTime(), to: plus(now, 10 * DAY).getTime() })).free;
    const own = await Promise.all(times.slice(0, 6).map(({ start }) => book(0, hours, new Date(start))));
    const goal = new Date(times.at(-1)?.start ?? 0);
    const moved = await Promise.all(own.map((id, index) => bookings(index).move(id, goal)));
    expect(moved.filter(({ ok }) => ok)).toHaveLength(1);
    for (const [index, id] of own.entries()) {
      const booked = await bookings(0).get(id);
      const expected = moved[index]?.ok === true ? goal : new Date(times[index]?.start ?? 0);
      expect([booked?.booking.status, booked?.slot.start]).toEqual(['confirmed', expected]);
    }
    expect(await overlaps()).toBe(0);
  });

  it('among group hours never leaves anyone without a place', async () => {
    const hours = await offer({ seats: 3, hosts: hosts.slice(0, 1), from: '2027-01-19', until: '2027-01-19' });
    const [a, b] = [new Date('2027-01-19T08:00:00Z'), new Date('2027-01-19T08:30:00Z')];
    const there = await Promise.all([0, 1].map((index) => book(index, hours, b)));
    const here = await Promise.all([0, 1, 2].map((index) => book(index, hours, a)));
    const moved = await Promise.all(here.map((id, index) => bookings(index).move(id, b)));
    expect(moved.filter(({ ok }) => ok)).toHaveLength(1);
    const slots = await slotsOf(hours);
    for (const id of [...there, ...here])
      expect(slots.filter((slot) => bookingOf(slot, id)?.status === 'confirmed')).toHaveLength(1);
    for (const slot of slots) expect(slot.bookings.filter(isLive).length).toBeLessThanOrEqual(3);
  });
});

describe('another host', () => {
  it('takes over where they are free, and not where they are not', async () => {
    const hours = await offer({ from: '2027-01-20', until: '2027-01-20' });
    const start = new Date('2027-01-20T08:00:00Z');
    const id = await book(0, hours, start);
    const booked = await bookings(0).get(id);
    const other = hosts.find((host) => host !== booked?.slot.host);
    expect((await bookings(1).takeOver(booked?.slot.id ?? '')).ok).toBe(true);
    expect((await bookings(0).get(id))?.slot.host).toBe(other);
    await book(0, hours, start);
    expect(await bookings(0).takeOver(booked?.slot.id ?? '')).toEqual({ ok: false, reason: 'taken' });
    expect(await overlaps()).toBe(0);
  });
});

describe('the store', () => {
  it('holds neither notes nor rooms in plain', async () => {
    const hours = await offer({ from: '2027-01-21', until: '2027-01-21', room: 'https://meet.example/secret-room' });
    await book(0, hours, new Date('2027-01-21T08:00:00Z'));
    const [slot] = await slotsOf(hours);
    const bytes = Buffer.concat([
      Buffer.from(slot?.room ?? []),
      Buffer.from(slot?.bookings[0]?.note ?? []),
      Buffer.from((await hoursOf().get(hours.id))?.room ?? []),
    ]);
    expect(bytes.length).toBeGreaterThan(100);
    expect(['secret-room', 'Biogas'].filter((text) => bytes.includes(text))).toEqual([]);
    expect(slot && first().get(SlotRooms, { strict: false }).roomOf(slot)).toBe('https://meet.example/secret-room');
  });

  it('lets go of a hold that nobody confirmed', async () => {
    const hours = await offer({ from: '2027-01-22', until: '2027-01-22', hosts: hosts.slice(0, 1) });
    const start = new Date('2027-01-22T08:00:00Z');
    const held = await bookings(0).hold(hours, asking(start));
    if (!held.ok) throw new Error(held.reason);
    const { slot, booking } = held.value;
    expect(await book(1, hours, start)).toBe('taken');
    const later = new TestClock(plus(now, 15 * MINUTE));
    Object.assign(first().get(Clock), { now: () => later.now() });
    await bookings(0).expire(slot.id, booking.id);
    expect(tally([await book(1, hours, start)])).toEqual({ booked: 1 });
    expect(await bookings(0).confirm(booking.id)).toEqual({ ok: false, reason: 'expired' });
  });
});

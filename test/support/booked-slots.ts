import { afterAll, beforeAll } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { TestingModule } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { MINUTE } from '../../libs/time/clock.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import type { OfficeHours } from '../../src/office-hours/hours/office-hours.js';
import { OfficeHoursService, type GivenOfficeHours } from '../../src/office-hours/hours/office-hours.service.js';
import { SlotOffers } from '../../src/office-hours/bookings/slot-offers.service.js';
import { FreeSlots } from '../../src/office-hours/slots/free-slots.service.js';
import { SlotsRepository } from '../../src/office-hours/slots/slots.repository.js';
import { TestClock } from './clock.js';
import { appointTwo } from './office-hours.js';
import { startStore } from './parts.js';
import { endStill, startStill } from './still-process.js';

export const now = new Date('2027-01-11T09:00:00Z');
export const clock = new TestClock(now);
export const ids = new Ids();
let app: TestingModule;
export let hosts: readonly Id[];

/** A process that does nothing by itself, with two hosts, for all tests of a file. */
export function withHosts(): void {
  beforeAll(async () => {
    app = await startStill((await startStore()).uri, clock);
    hosts = await appointTwo(app, now);
  });
  afterAll(endStill);
}

export function get<Service>(service: new (...given: never[]) => Service): Service {
  return app.get(service, { strict: false });
}

export async function offer(more: Partial<GivenOfficeHours> = {}): Promise<OfficeHours> {
  const made = await get(OfficeHoursService).open(ids.next(), {
    ...{ title: 'Pilots', description: '', timeZone: 'UTC', everyWeeks: 1, from: '2027-01-11', until: null },
    week: Array.from({ length: 7 }, () => [{ from: 480, to: 1200 }]),
    ...{ exceptions: [], slotMinutes: 20, bufferMinutes: 10, leadMinutes: 0, horizonDays: 14, seats: 1 },
    ...{ languages: ['fr'], maxPerDay: null, topics: [], hosts: hosts.slice(0, 1), firstRegions: [], firstUntil: null },
    ...{ room: '', ...more },
  });
  if (!made.ok) throw new Error(made.reason);
  return made.value;
}

export async function visitor(timeZone = 'UTC'): Promise<Id> {
  const address = `${ids.next().toLowerCase()}@visitors.example`;
  const enrolled = await get(ContactsService).enrol({
    ...{ address, canonical: address, language: 'fr', timeZone, region: null, country: null, place: null },
    ...{ wants: ['office-hours'], for: 'booking' },
  });
  if (enrolled.outcome === 'silent') throw new Error('silent');
  await get(ContactsService).confirm(enrolled.contact.id);
  return enrolled.contact.id;
}

export async function book(hours: OfficeHours, start: Date, contact: Id): Promise<Id> {
  const held = await get(BookingsService).hold(hours, {
    ...{ start, contact, language: 'fr', topic: null, region: null, country: null, note: '', known: true },
  });
  if (!held.ok) throw new Error(held.reason);
  return held.value.booking.id;
}

export const stored = (collection: string) => app.get<Connection>(getConnectionToken()).collection(collection);

export const startOf = async (id: Id): Promise<string | undefined> =>
  (await get(BookingsService).get(id))?.slot.start.toISOString().slice(11, 16);
/** The entry beside the write that kept a slot: whose turn it is. */
export async function turn(hours: OfficeHours, start: Date): Promise<void> {
  const at = start.getTime();
  for (const { id, offer } of await get(SlotsRepository).of(hours.id, { from: at, to: at + 1 }))
    if (offer) await get(SlotOffers).goOn(id, offer.id);
}
export const offeredTo = async (id: Id): Promise<string | undefined> =>
  (await get(SlotOffers).to(id))?.slot.start.toISOString().slice(11, 16);
export const at = (day: number, time: string): Date => new Date(`2027-01-${String(day)}T${time}:00Z`);

export async function isFree(hours: OfficeHours, start: Date): Promise<boolean> {
  const { free } = await get(FreeSlots).within(hours, { from: start.getTime(), to: start.getTime() + 1 });
  return free.length > 0;
}

/** A freed first slot, and three who have later ones and wait, in another order. */
export async function three(day: number, zones: readonly string[] = []) {
  const hours = await offer({ from: `2027-01-${String(day)}`, until: `2027-01-${String(day)}` });
  const first = await book(hours, at(day, '10:00'), await visitor());
  const own: Id[] = [];
  for (const [index, time] of ['11:00', '12:00', '13:00'].entries())
    own.push(await book(hours, at(day, time), await visitor(zones[index])));
  for (const id of own.toReversed()) {
    await get(SlotOffers).wish(id, true);
    clock.advance(MINUTE);
  }
  await get(BookingsService).cancel(first);
  await turn(hours, at(day, '10:00'));
  const [a = '', b = '', c = ''] = own;
  return { hours, a, b, c };
}

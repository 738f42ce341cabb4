import { Ids, type Id } from '../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { claim, release } from '../../src/office-hours/slots/booking.js';
import type { Slot } from '../../src/office-hours/slots/slot.js';
import type { TestDatabase } from './database.js';
import { everyDay, offerHours } from './office-hours.js';
import type { Visitor } from './visitor.js';

const SLOT_MINUTES = 30;
const ids = new Ids();

/** Office hours that many hosts share, each of whom was appointed for them. */
export interface BusyHours {
  /** Of the public page. */
  readonly path: string;
  readonly hosts: readonly Id[];
}

/** @param from the first day, `YYYY-MM-DD`, with slots of half an hour from 8 to 18 in Berlin, as on all days after it */
export async function offerWithHosts(
  administrator: Visitor,
  { count, from }: { readonly count: number; readonly from: string },
): Promise<BusyHours> {
  await administrator.open('/console/office-hours/new');
  const before = hostsOn(administrator);
  for (let number = 0; number < count; number += 1) {
    await administrator.open('/console/people');
    const name = `host-${String(before.length + number)}`;
    const term = { from, until: Temporal.PlainDate.from(from).add({ days: 300 }).toString() };
    await administrator.submit({
      email: `${name}@hosts.example`,
      role: 'host',
      mandate: name,
      resolution: name,
      ...term,
    });
  }
  await administrator.open('/console/office-hours/new');
  const hosts = hostsOn(administrator).filter((host) => !before.includes(host));
  if (hosts.length !== count) throw new Error(`${String(hosts.length)} hosts instead of ${String(count)}`);
  const hours = { ...everyDay('08:00-18:00'), slotMinutes: String(SLOT_MINUTES), bufferMinutes: '0' };
  return { path: await offerHours(administrator, { ...hours, from, horizonDays: '60', hosts }), hosts };
}

const hostsOn = ({ page }: Visitor): readonly Id[] => page.formWith('hosts').controls.get('hosts')?.options ?? [];

/** Bookings as they are kept, without anything left to be done about them: each host has the same times. */
export async function fillWith(
  database: TestDatabase,
  { path, hosts }: BusyHours,
  starts: readonly Date[],
  now: Date,
): Promise<void> {
  const officeHours = path.split('/').at(-1) ?? '';
  const taken = hosts.flatMap((host) => starts.map((start) => booked({ officeHours, host, start }, now)));
  await database
    .collection('slots')
    .insertMany(taken.map((state) => ({ _id: state.id, version: 1, state, pending: [] })));
}

function booked({ officeHours, host, start }: Pick<Slot, 'officeHours' | 'host' | 'start'>, now: Date): Slot {
  const end = plus(start, SLOT_MINUTES * MINUTE);
  const free = { id: ids.next(), officeHours, host, start, end, until: end, seats: 1, room: new Uint8Array(80) };
  const place = { id: ids.next(), contact: ids.next(), place: 1 };
  const about = {
    language: 'fr',
    topic: 'pilots',
    region: 'copargo',
    country: 'BJ',
    note: new Uint8Array(80),
  } as const;
  const { state } = claim(free, { ...place, ...about }, plus(start, -60 * MINUTE), true);
  if (end > now) return state;
  const over = release(state, place.id, 0, now);
  if (!over.ok) throw new Error('what is over is not released');
  return over.state;
}

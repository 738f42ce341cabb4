import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getConnectionToken } from '@nestjs/mongoose';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import { Aggregates } from '../../libs/outbox/aggregates.js';
import type { Stored } from '../../libs/outbox/aggregate.schema.js';
import { Relay } from '../../libs/outbox/relay.js';
import { Outside } from '../../libs/outside/safe-fetch.js';
import type { Id } from '../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { CalendarReading } from '../../src/office-hours/calendars/calendar-reading.service.js';
import type { HostCalendar } from '../../src/office-hours/calendars/host-calendar.js';
import { HostCalendars } from '../../src/office-hours/calendars/host-calendars.service.js';
import { PeopleService } from '../../src/people/people.service.js';
import type { Person } from '../../src/people/person.js';
import { busyEntry, CALENDAR_NAME, CalendarServer } from '../support/calendar-server.js';
import { TestClock } from '../support/clock.js';
import { appointHost } from '../support/office-hours.js';
import { type OwnPart, startOwnStore } from '../support/parts.js';
import { endStill, startStill } from '../support/still-process.js';
import { filesHolding, spellingsOf } from '../support/traces.js';

const now = new Date('2027-01-11T06:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'ct-host-calendars-'));
const SECRET = 'private-9b74c9897bac770ffc029102a200c5de';
const ADDRESS = `http://${CALENDAR_NAME}/${SECRET}.ics`;
const BUSY = { from: Date.parse('2027-01-12T09:00:00Z'), to: Date.parse('2027-01-12T10:00:00Z') };

let store: OwnPart;
let calendars: CalendarServer;
/** Two processes on one database. */
let apps: readonly TestingModule[];

beforeAll(async () => {
  store = await startOwnStore();
  calendars = await CalendarServer.start();
  calendars.entries = busyEntry('dentist', '2027-01-12T09:00:00Z', '2027-01-12T10:00:00Z');
  const start = (): Promise<TestingModule> =>
    startStill(store.url(), new TestClock(now), { DATA_DIR: folder }, (builder) =>
      builder.overrideProvider(Outside).useValue({ resolve: calendars.resolve, target: calendars.target }),
    );
  apps = [await start(), await start()];
});
afterAll(async () => {
  await endStill();
  await calendars.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const of = <Service>(service: abstract new (...given: never[]) => Service, process = 0): Service =>
  (apps[process] as TestingModule).get<Service>(service, { strict: false });

const appoint = (name: string, until: Date | null = null): Promise<Person> =>
  appointHost(apps[0] as TestingModule, name, now, until);

const documents = () =>
  of<Connection>(getConnectionToken() as never)
    .collection<Stored<HostCalendar>>('host_calendars')
    .find({})
    .toArray();

async function only(): Promise<Stored<HostCalendar> & { readonly state: HostCalendar }> {
  const [document, ...others] = await documents();
  if (!document?.state || others.length > 0) throw new Error('there is not exactly one calendar');
  return { ...document, state: document.state };
}

/** Does what an aggregate has pending, of one type, as the worker would. */
async function work(collection: string, aggregate: Id, type: string): Promise<void> {
  const stored = await of(Aggregates).named(collection)?.findById(aggregate, { pending: 1 }).lean();
  for (const entry of stored?.pending ?? [])
    if (entry.type === type) await of(Relay).handle({ collection, aggregate, entry: entry.id });
}

describe('a calendar that several processes know', () => {
  it('is one for each host, however many forms are sent at once', async () => {
    const { contact } = await appoint('ada');
    await Promise.all(
      [0, 1, 0, 1].map((process) => of(HostCalendars, process).save(contact, ADDRESS, 'Europe/Berlin')),
    );
    expect((await only()).state.contact).toBe(contact);
  });

  it('is read by several at once, and has one timer for the next reading', async () => {
    const { _id: id, state } = await only();
    const outcomes = await Promise.all([0, 1].map((process) => of(CalendarReading, process).read(id, state.reading)));
    expect(outcomes).toEqual(['done', 'done']);
    const after = await only();
    expect(after.state.reading).toBe(state.reading + 1);
    const timers = after.pending.filter(({ dueAt, data }) => data['reading'] === after.state.reading && dueAt);
    expect(timers).toHaveLength(1);
    expect(timers[0]?.dueAt?.getTime()).toBeGreaterThan(plus(now, 12 * MINUTE).getTime());
    expect(await of(HostCalendars, 1).busyOf([state.contact])).toEqual(new Map([[state.contact, [BUSY]]]));
  });

  it('is not asked for by what was asked for before', async () => {
    const { _id: id, state } = await only();
    const before = calendars.answers.length;
    await work('host_calendars', id, 'host-calendar.read-due');
    expect(calendars.answers).toHaveLength(before);
    expect((await only()).pending).toHaveLength(1);
    expect((await only()).state.reading).toBe(state.reading);
  });

  it('gives two readings at most the time of one process, and lets others wait', async () => {
    const { _id: id, state } = await only();
    const outcomes = await Promise.all(
      [0, 0, 0].map((process) => of(CalendarReading, process).read(id, state.reading)),
    );
    expect(outcomes.toSorted()).toEqual(['busy', 'done', 'done']);
  });
});

describe('what is left', () => {
  it('is nothing that can be read, while it is kept', async () => {
    const { state } = await only();
    for (const secret of [SECRET, CALENDAR_NAME, 'Zorro', 'dentist'])
      expect(filesHolding(spellingsOf(secret), [store.folder])).toEqual([]);
    expect(filesHolding([bytesOf(state.source)], [store.folder])).not.toEqual([]);
  });

  it('is nothing at all, once its host is erased', async () => {
    const { state } = await only();
    const { contact } = state;
    await of(ContactsService).erase(contact, { cancelFirst: false, keepBlocked: false });
    await work('contacts', contact, 'contact.erasing');
    expect(await documents()).toEqual([]);
    for (const sealed of [state.source, state.busy])
      expect(filesHolding([bytesOf(sealed)], [store.folder])).toEqual([]);
  });

  it('is nothing of someone who hosts no longer', async () => {
    const bea = await appoint('bea');
    await of(HostCalendars).save(bea.contact, ADDRESS, 'UTC');
    const again = await of(PeopleService).revoke(bea.id, 'administrator');
    expect(again.ok).toBe(true);
    await work('people', bea.id, 'person.revoked');
    expect(await documents()).toEqual([]);
  });

  it('stays for someone who has another role', async () => {
    const cleo = await appoint('cleo');
    const second = await appoint('cleo');
    await of(HostCalendars).save(cleo.contact, ADDRESS, 'UTC');
    await of(PeopleService).revoke(cleo.id, 'administrator');
    await work('people', cleo.id, 'person.revoked');
    expect((await only()).state.contact).toBe(second.contact);
  });
});

const bytesOf = (sealed: Uint8Array | { readonly buffer: unknown } | null): Buffer => {
  if (sealed === null) throw new Error('nothing is sealed');
  return Buffer.from(sealed instanceof Uint8Array ? sealed : (sealed.buffer as Uint8Array));
};

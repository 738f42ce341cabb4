import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { type GivenMeeting, MeetingsService } from '../../src/meetings/meetings.service.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import type { OfficeHours } from '../../src/office-hours/hours/office-hours.js';
import { OfficeHoursService } from '../../src/office-hours/hours/office-hours.service.js';
import { ByHand } from './by-hand.js';
import { TestClock } from './clock.js';
import { appointTwo } from './office-hours.js';
import { startMailbox, type TestMailbox } from './mail.js';
import { startStore } from './parts.js';
import { endStill, startStill } from './still-process.js';

const ids = new Ids();
export let clock: TestClock;
export let mailbox: TestMailbox;
export let hand: ByHand;
let folder: string;

/** For each test a process that does nothing by itself, whose handlers are called by hand. */
export function withHand(): void {
  beforeEach(async () => {
    clock = new TestClock(new Date('2027-01-11T09:00:00Z'));
    folder = mkdtempSync(join(tmpdir(), 'ct-meanwhile-'));
    mailbox = await startMailbox();
    const env = { SMTP_URL: mailbox.url, DATA_DIR: folder, RATE_LIMITS: 'off' };
    hand = new ByHand(await startStill((await startStore()).uri, clock, env));
  });
  afterEach(async () => {
    await endStill();
    await mailbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

export const contacts = (): ContactsService => hand.get(ContactsService);

export async function visitor(): Promise<Id> {
  const address = `${randomBytes(6).toString('hex')}@donga.example`;
  const enrolled = await contacts().enrol({
    ...{ address, canonical: address, language: 'fr', timeZone: 'Africa/Porto-Novo', region: null, country: 'BJ' },
    ...{ place: null, wants: ['meetings', 'office-hours'] },
  });
  if (enrolled.outcome === 'silent') throw new Error('silent');
  await contacts().confirm(enrolled.contact.id);
  return enrolled.contact.id;
}

/** Two who are told of meetings, and nothing left to do. */
export async function hostAndGuest(): Promise<readonly [Id, Id]> {
  const both = [await visitor(), await visitor()] as const;
  await hand.drive();
  return both;
}

export async function announce(host: Id, more: Partial<GivenMeeting> = {}): Promise<Id> {
  const id = ids.next();
  const start = new Date('2027-01-14T18:00:00Z');
  const drafted = await hand.get(MeetingsService).draft({
    ...{ id, title: 'Ideas', description: '', languages: ['fr'], room: '', dialIn: '', capacity: null },
    ...{
      reminders: [60],
      start,
      end: plus(start, HOUR),
      timeZone: 'Europe/Berlin',
      audience: 'everyone',
      host,
      ...more,
    },
  });
  if (!drafted.ok) throw new Error(drafted.reason);
  await hand.get(MeetingsService).tryOut(id);
  const announced = await hand.get(MeetingsService).announce(id);
  if (!announced.ok) throw new Error(announced.reason);
  return id;
}

export async function offer(seats = 1): Promise<OfficeHours> {
  const hosts = (await appointTwo(hand.app, clock.now())).slice(0, 1);
  const made = await hand.get(OfficeHoursService).open(ids.next(), {
    ...{ title: 'Pilots', description: '', timeZone: 'UTC', everyWeeks: 1, from: '2027-01-12', until: null },
    week: Array.from({ length: 7 }, () => [{ from: 480, to: 1200 }]),
    ...{ exceptions: [], slotMinutes: 20, bufferMinutes: 10, leadMinutes: 0, horizonDays: 14, seats },
    ...{ languages: ['fr'], maxPerDay: null, topics: [], hosts, firstRegions: [], firstUntil: null, room: '' },
  });
  if (!made.ok) throw new Error(made.reason);
  return made.value;
}

export const TEN = new Date('2027-01-12T10:00:00Z');

/** @param known by their own link, so that nothing is to be confirmed */
export async function book(hours: OfficeHours, contact: Id, start = TEN, known = true): Promise<Id> {
  const held = await hand.get(BookingsService).hold(hours, {
    ...{ start, contact, language: 'fr', topic: null, region: null, country: null, note: 'Biogas', known },
  });
  if (!held.ok) throw new Error(held.reason);
  return held.value.booking.id;
}

/** All that erasing causes, at once. */
export async function erase(contact: Id): Promise<void> {
  expect(await contacts().erase(contact, { cancelFirst: false, keepBlocked: false })).toMatchObject({ ok: true });
  for (const handler of ERASING) await hand.handle(handler);
  expect(await contacts().get(contact)).toBeUndefined();
}

export const LAST = ['deliveries.erase', 'office-hours.erase'];
export const ERASING = ['people.revoke-erased', 'office-hours.erase-calendar', 'replies.forget-contact', ...LAST];

/** What of the database leads to a contact. */
export async function tracesOf(contact: Id): Promise<Record<string, number>> {
  const count = (name: string, field: string): Promise<number> =>
    hand.stored(name).countDocuments({ [field]: contact });
  return {
    places: await count('invitations', 'state.contact'),
    mails: await count('deliveries', 'contact'),
    bookings: await count('slots', 'state.bookings.contact'),
  };
}

export const NOTHING = { places: 0, mails: 0, bookings: 0 };

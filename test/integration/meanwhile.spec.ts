import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import { ContactsRepository } from '../../src/contacts/contacts.repository.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { DeliveriesRepository } from '../../src/deliveries/deliveries.repository.js';
import { DeliveriesService } from '../../src/deliveries/deliveries.service.js';
import type { Contact } from '../../src/contacts/contact.js';
import { occurrenceId, occurrencesOf } from '../../src/invitations/series.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import { InvitationsRepository } from '../../src/invitations/invitations.repository.js';
import { Subjects } from '../../src/invitations/subject.js';
import { type GivenMeeting, MeetingsService } from '../../src/meetings/meetings.service.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import type { OfficeHours } from '../../src/office-hours/hours/office-hours.js';
import { Conversations } from '../../src/office-hours/letters/conversations.service.js';
import { HostCalendarsRepository } from '../../src/office-hours/calendars/host-calendars.repository.js';
import { HostCalendars } from '../../src/office-hours/calendars/host-calendars.service.js';
import { OfficeHoursService } from '../../src/office-hours/hours/office-hours.service.js';
import { after, ByHand } from '../support/by-hand.js';
import { TestClock } from '../support/clock.js';
import { SlotOffers } from '../../src/office-hours/bookings/slot-offers.service.js';
import { FreeSlots } from '../../src/office-hours/slots/free-slots.service.js';
import { SlotsRepository } from '../../src/office-hours/slots/slots.repository.js';
import { PeopleRepository } from '../../src/people/people.repository.js';
import { PeopleService } from '../../src/people/people.service.js';
import { RepliesRepository } from '../../src/replies/replies.repository.js';
import { RepliesService } from '../../src/replies/replies.service.js';
import { appointTwo } from '../support/office-hours.js';
import { startMailbox, type TestMailbox } from '../support/mail.js';
import { startStore } from '../support/parts.js';
import { endStill, startStill } from '../support/still-process.js';

/** What one process does between two looks of another. */

jest.setTimeout(60_000);

const ids = new Ids();
let clock: TestClock;
let mailbox: TestMailbox;
let hand: ByHand;
let folder: string;

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

const contacts = (): ContactsService => hand.get(ContactsService);

async function visitor(): Promise<Id> {
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
async function hostAndGuest(): Promise<readonly [Id, Id]> {
  const both = [await visitor(), await visitor()] as const;
  await hand.drive();
  return both;
}

async function announce(host: Id, more: Partial<GivenMeeting> = {}): Promise<Id> {
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

async function offer(seats = 1): Promise<OfficeHours> {
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

const TEN = new Date('2027-01-12T10:00:00Z');

/** @param known by their own link, so that nothing is to be confirmed */
async function book(hours: OfficeHours, contact: Id, start = TEN, known = true): Promise<Id> {
  const held = await hand.get(BookingsService).hold(hours, {
    ...{ start, contact, language: 'fr', topic: null, region: null, country: null, note: 'Biogas', known },
  });
  if (!held.ok) throw new Error(held.reason);
  return held.value.booking.id;
}

/** All that erasing causes, at once. */
async function erase(contact: Id): Promise<void> {
  expect(await contacts().erase(contact, { cancelFirst: false, keepBlocked: false })).toMatchObject({ ok: true });
  for (const handler of ERASING) await hand.handle(handler);
  expect(await contacts().get(contact)).toBeUndefined();
}

const LAST = ['deliveries.erase', 'office-hours.erase'];
const ERASING = ['people.revoke-erased', 'office-hours.erase-calendar', 'replies.forget-contact', ...LAST];

/** What of the database leads to a contact. */
async function tracesOf(contact: Id): Promise<Record<string, number>> {
  const count = (name: string, field: string): Promise<number> =>
    hand.stored(name).countDocuments({ [field]: contact });
  return {
    places: await count('invitations', 'state.contact'),
    mails: await count('deliveries', 'contact'),
    bookings: await count('slots', 'state.bookings.contact'),
  };
}

const NOTHING = { places: 0, mails: 0, bookings: 0 };

describe('of somebody who is erased', () => {
  it('nothing stays that an announcement made which had looked before', async () => {
    const [host, guest] = await hostAndGuest();
    await announce(host);
    after(hand.get(ContactsRepository), 'pageOfAudience', () => erase(guest));
    await hand.drive();
    expect(await tracesOf(guest)).toEqual(NOTHING);
  });

  it('nothing stays that was made while the rest was forgotten', async () => {
    const [, guest] = await hostAndGuest();
    after(hand.get(DeliveriesRepository), 'forgetContact', async () => {
      await hand.get(DeliveriesService).tell(guest, 'me-link', 'late');
      await hand.send();
    });
    await erase(guest);
    await hand.drive();
    expect(await tracesOf(guest)).toEqual(NOTHING);
  });

  it('a booking goes, too, where two workers had the erasure in hand', async () => {
    const guest = await visitor();
    await book(await offer(), guest);
    await hand.drive();
    await contacts().erase(guest, { cancelFirst: false, keepBlocked: false });
    for (const handler of ERASING.filter((each) => !LAST.includes(each))) await hand.handle(handler);
    after(hand.get(ContactsRepository), 'destroy', () => hand.handle('deliveries.erase'));
    await hand.handle('deliveries.erase');
    await hand.drive();
    expect(await tracesOf(guest)).toEqual(NOTHING);
  });
});

describe('erasing with the CANCELs first', () => {
  const eraseWithCancels = (contact: Id) => contacts().erase(contact, { cancelFirst: true, keepBlocked: false });

  async function isGoneSoon(contact: Id): Promise<boolean> {
    for (let looks = 0; looks < 4; looks += 1) {
      await hand.drive();
      clock.advance(10_000);
    }
    return (await contacts().get(contact)) === undefined;
  }

  it('does not wait for a place that an announcement made after all were given up', async () => {
    const [host, guest] = await hostAndGuest();
    await announce(host);
    after(hand.get(ContactsRepository), 'pageOfAudience', async () => {
      await eraseWithCancels(guest);
      await hand.handle('invitations.leave-all');
    });
    expect(await isGoneSoon(guest)).toBe(true);
    expect(await tracesOf(guest)).toEqual(NOTHING);
  });

  it('waits for those of a meeting that was cancelled a moment before', async () => {
    const [host, guest] = await hostAndGuest();
    const address = contacts().held((await contacts().get(guest)) as Contact).address;
    const meeting = await announce(host);
    await hand.drive();
    mailbox.box.clear();
    await hand.get(MeetingsService).cancel(meeting, '');
    await eraseWithCancels(guest);
    await hand.handle('invitations.leave-all');
    await hand.handle('deliveries.erase');
    expect(await isGoneSoon(guest)).toBe(true);
    expect((await mailbox.mailsTo(address)).map(({ method }) => method)).toEqual(['CANCEL']);
  });
});

describe('signing up to a series and to one of its dates at once', () => {
  const recurrence: Recurrence = {
    ...{ date: '2027-01-14', time: '19:00', timeZone: 'Europe/Berlin' },
    ...{ repeats: { frequency: 'weekly' }, ends: { count: 4 } },
  };

  it('has one place in it, the one in all of it', async () => {
    const [host, guest] = await hostAndGuest();
    const series = await announce(host, { audience: 'nobody', recurrence });
    await hand.drive();
    const subject = await hand.get(Subjects).load(series);
    const original = subject?.series ? occurrencesOf(subject.series)[2]?.original : undefined;
    if (!original) throw new Error('no series');
    const signUp = (to: Id) => hand.get(InvitationsService).signUp(to, guest);
    after(hand.get(InvitationsRepository), 'find', () => signUp(series));
    await signUp(occurrenceId(series, original));
    await hand.drive();
    const places = await hand.get(InvitationsService).ofContact(guest);
    expect(places.filter(({ left }) => !left).map(({ subject: to }) => to)).toEqual([series]);
  });
});

describe('of somebody who is erased while they do something', () => {
  it.each([true, false])('no booking stays, confirmed by their link: %s', async (known) => {
    const [hours, guest] = [await offer(), await visitor()];
    after(hand.get(SlotsRepository), 'placesOf', () => erase(guest));
    await book(hours, guest, TEN, known);
    await hand.drive();
    expect(await tracesOf(guest)).toEqual(NOTHING);
    const at = TEN.getTime();
    const { free } = await hand.get(FreeSlots).within(hours, { from: at, to: at + 1 });
    expect(free).toHaveLength(1);
  });

  it('no letter about their booking stays', async () => {
    const guest = await visitor();
    const id = await book(await offer(), guest);
    await hand.drive();
    after(hand.get(BookingsService), 'get', () => erase(guest));
    await hand.get(Conversations).write(id, 'host', 'Bring your plans.', 'form');
    await hand.drive();
    expect(await hand.stored('conversations').countDocuments({ state: { $exists: true } })).toBe(0);
  });

  it('no letter stays that came between what is forgotten', async () => {
    const guest = await visitor();
    const id = await book(await offer(), guest);
    await hand.drive();
    after(hand.get(Conversations), 'forget', async () => {
      await hand.get(Conversations).write(id, 'host', 'Bring your plans.', 'form');
      await hand.handle('office-hours.send-letter');
    });
    await erase(guest);
    await hand.drive();
    expect(await hand.stored('conversations').countDocuments({ state: { $exists: true } })).toBe(0);
  });

  it('no calendar of theirs stays, nor is read', async () => {
    const [host = ''] = await appointTwo(hand.app, clock.now());
    await hand.drive();
    after(hand.get(HostCalendarsRepository), 'ofContacts', () => erase(host));
    await hand.get(HostCalendars).save(host, 'https://calendar.example/secret.ics', 'UTC');
    await hand.drive();
    expect(await hand.stored('host_calendars').countDocuments({})).toBe(0);
  });

  it('no appointment of theirs stays', async () => {
    const canonical = `${randomBytes(6).toString('hex')}@hosts.example`;
    const person = { role: 'host', region: '', mandate: '', resolution: '', from: clock.now(), until: null } as const;
    const appoint = () =>
      hand
        .get(PeopleService)
        .appoint({ ...person, email: { address: canonical, canonical }, language: 'en' }, 'administrator');
    const first = await appoint();
    if (!first.ok) throw new Error(first.reason);
    await hand.drive();
    const { contact } = first.value;
    after(hand.get(ContactsRepository), 'findByIndex', () => erase(contact));
    await appoint();
    await hand.drive();
    expect(await hand.get(PeopleService).ofContact(contact)).toEqual([]);
  });

  it('nothing stays that they wrote', async () => {
    const guest = await visitor();
    await hand.drive();
    after(hand.get(RepliesRepository), 'countWrittenOn', () => erase(guest));
    await hand.get(RepliesService).keep('key', 'mail', guest, 'Biogas for all.');
    expect(await hand.stored('written_replies').countDocuments({})).toBe(0);
  });
});

describe('two hosts who offer something to one booking at once', () => {
  it('have offered it one time', async () => {
    const hours = await offer();
    const id = await book(hours, await visitor());
    const offers = hand.get(SlotOffers);
    const offerAt = async (hour: number) => {
      const booked = await hand.get(BookingsService).get(id);
      return booked && offers.offerTo(booked, hours, plus(TEN, hour * HOUR), 0);
    };
    after(hand.get(SlotsRepository), 'offeredTo', () => offerAt(4));
    await offerAt(5);
    expect(await hand.stored('slots').countDocuments({ 'state.offer.booking': id })).toBe(1);
  });
});

describe('two administrators who revoke each other at once', () => {
  it('leave one', async () => {
    const people = hand.get(PeopleService);
    const canonical = `${randomBytes(6).toString('hex')}@twins.example`;
    const [first] = await people.list();
    const second = await people.appoint(
      {
        ...{ email: { address: canonical, canonical }, role: 'administrator', region: '', mandate: '', resolution: '' },
        ...{ from: clock.now(), until: null, language: 'en' },
      },
      'administrator',
    );
    if (!first || !second.ok) throw new Error('there are no two');
    after(hand.get(PeopleRepository), 'withRole', () => people.revoke(first.id, 'administrator'));
    await people.revoke(second.value.id, 'administrator');
    const left = (await people.list()).filter(({ revoked }) => revoked === null);
    expect(left.map(({ role }) => role)).toEqual(['administrator']);
  });
});

describe('of a booking that its visitor deletes', () => {
  const giveUpAndDelete = async (id: Id): Promise<void> => {
    await hand.get(BookingsService).cancel(id);
    expect(await hand.get(BookingsService).remove(id)).toMatchObject({ ok: true });
    await hand.handle('office-hours.forget');
  };
  const tracesOfBooking = async (id: Id): Promise<readonly number[]> =>
    Promise.all([
      hand.stored('deliveries').countDocuments({ subject: id }),
      hand.stored('subject_texts').countDocuments({ subject: id }),
      hand.stored('invitations').countDocuments({ 'state.subject': id }),
    ]);

  it('nothing stays that was being told of its end', async () => {
    const id = await book(await offer(), await visitor());
    await hand.drive();
    await hand.get(BookingsService).cancel(id);
    after(hand.get(InvitationsRepository), 'page', () => giveUpAndDelete(id));
    await hand.drive();
    expect(await tracesOfBooking(id)).toEqual([0, 0, 0]);
  });

  it('nothing stays of the invitations that were being made', async () => {
    const id = await book(await offer(), await visitor());
    after(hand.get(Subjects), 'load', () => giveUpAndDelete(id));
    await hand.handle('office-hours.invite');
    await hand.drive();
    expect(await tracesOfBooking(id)).toEqual([0, 0, 0]);
  });

  it('nothing stays of the mail that was being written', async () => {
    const id = await book(await offer(), await visitor());
    await hand.handle();
    after(hand.get(DeliveriesRepository), 'ofInvitation', () => giveUpAndDelete(id));
    await hand.drive();
    expect(await tracesOfBooking(id)).toEqual([0, 0, 0]);
  });
});

describe('a booking on its way to another slot', () => {
  const ELEVEN = plus(TEN, HOUR);
  const presentOf = async (id: Id) => (await hand.get(BookingsService).get(id))?.booking.status;
  const slotsWith = (id: Id): Promise<number> => hand.stored('slots').countDocuments({ 'state.bookings.id': id });

  /** One of two who share a time, so that it goes by itself. */
  async function shared(): Promise<{ readonly hours: OfficeHours; readonly id: Id; readonly contact: Id }> {
    const hours = await offer(2);
    const contact = await visitor();
    await book(hours, await visitor());
    const id = await book(hours, contact);
    await hand.drive();
    return { hours, id, contact };
  }

  it('is given up when its host or visitor does so at that moment', async () => {
    const { id } = await shared();
    after(hand.get(SlotsRepository), 'placesOf', () => hand.get(BookingsService).cancel(id, 'ill'));
    await hand.get(BookingsService).move(id, ELEVEN);
    await hand.drive();
    expect(await hand.get(BookingsService).get(id)).toMatchObject({
      booking: { status: 'cancelled', cancelReason: 'ill' },
    });
    expect(await slotsWith(id)).toBe(1);
  });

  it('is given up where it is by then', async () => {
    const { id } = await shared();
    after(hand.get(SlotsRepository), 'ofBooking', async () => {
      expect(await hand.get(BookingsService).move(id, ELEVEN)).toMatchObject({ ok: true });
    });
    expect(await hand.get(BookingsService).cancel(id)).toMatchObject({ ok: true });
    expect(await presentOf(id)).toBe('cancelled');
  });

  it('is given up when it was about to take an offer', async () => {
    const hours = await offer();
    const [first, id] = [await book(hours, await visitor()), await book(hours, await visitor(), ELEVEN)];
    await hand.get(SlotOffers).wish(id, true);
    await hand.get(BookingsService).cancel(first);
    await hand.handle('office-hours.next-offer');
    expect(await hand.get(SlotOffers).to(id)).toMatchObject({ offer: { booking: id } });
    after(hand.get(SlotsRepository), 'placesOf', () => hand.get(BookingsService).cancel(id));
    await hand.get(SlotOffers).take(id);
    await hand.drive();
    expect(await presentOf(id)).toBe('cancelled');
    expect(await slotsWith(id)).toBe(1);
  });

  it('is erased with its visitor', async () => {
    const { id, contact } = await shared();
    after(hand.get(SlotsRepository), 'placesOf', () => erase(contact));
    await hand.get(BookingsService).move(id, ELEVEN);
    await hand.drive();
    expect(await tracesOf(contact)).toEqual(NOTHING);
    expect(await presentOf(id)).toBe('cancelled');
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { TestingModule } from '@nestjs/testing';
import type { Connection } from 'mongoose';
import { Database } from '../../libs/database/database.js';
import type { NextPage } from '../../libs/outbox/handlers.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { BookingMatters } from '../../src/deliveries/booking-matters.service.js';
import { HostTimes } from '../../src/meetings/host-times.service.js';
import { BookingsHandlers } from '../../src/office-hours/effects/bookings.handlers.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import { Conversations } from '../../src/office-hours/letters/conversations.service.js';
import { NoShowsService } from '../../src/office-hours/bookings/no-shows.service.js';
import type { OfficeHours } from '../../src/office-hours/hours/office-hours.js';
import { OfficeHoursService, type GivenOfficeHours } from '../../src/office-hours/hours/office-hours.service.js';
import { SlotOffersHandlers } from '../../src/office-hours/effects/slot-offers.handlers.js';
import { SlotOffers } from '../../src/office-hours/bookings/slot-offers.service.js';
import { FreeSlots } from '../../src/office-hours/slots/free-slots.service.js';
import { isLive, type Slot } from '../../src/office-hours/slots/slot.js';
import { SlotsRepository } from '../../src/office-hours/slots/slots.repository.js';
import { IncomingMails } from '../../src/replies/incoming-mails.service.js';
import { TestClock } from '../support/clock.js';
import { appointTwo } from '../support/office-hours.js';
import { startStore } from '../support/parts.js';
import { endStill, startStill } from '../support/still-process.js';

jest.setTimeout(60_000);

const now = new Date('2027-01-11T09:00:00Z');
const clock = new TestClock(now);
const ids = new Ids();
let app: TestingModule;
let hosts: readonly Id[];

beforeAll(async () => {
  app = await startStill((await startStore()).uri, clock);
  hosts = await appointTwo(app, now);
});
afterAll(endStill);

function get<Service>(service: new (...given: never[]) => Service): Service {
  return app.get(service, { strict: false });
}

async function offer(more: Partial<GivenOfficeHours> = {}): Promise<OfficeHours> {
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

async function visitor(timeZone = 'UTC'): Promise<Id> {
  const address = `${ids.next().toLowerCase()}@visitors.example`;
  const enrolled = await get(ContactsService).enrol({
    ...{ address, canonical: address, language: 'fr', timeZone, region: null, country: null, place: null },
    ...{ wants: ['office-hours'], for: 'booking' },
  });
  if (enrolled.outcome === 'silent') throw new Error('silent');
  await get(ContactsService).confirm(enrolled.contact.id);
  return enrolled.contact.id;
}

async function book(hours: OfficeHours, start: Date, contact: Id): Promise<Id> {
  const held = await get(BookingsService).hold(hours, {
    ...{ start, contact, language: 'fr', topic: null, region: null, country: null, note: '', known: true },
  });
  if (!held.ok) throw new Error(held.reason);
  return held.value.booking.id;
}

const stored = (collection: string) => app.get<Connection>(getConnectionToken()).collection(collection);

const startOf = async (id: Id): Promise<string | undefined> =>
  (await get(BookingsService).get(id))?.slot.start.toISOString().slice(11, 16);
/** The entry beside the write that kept a slot: whose turn it is. */
async function turn(hours: OfficeHours, start: Date): Promise<void> {
  const at = start.getTime();
  for (const { id, offer } of await get(SlotsRepository).of(hours.id, { from: at, to: at + 1 }))
    if (offer) await get(SlotOffers).goOn(id, offer.id);
}
const offeredTo = async (id: Id): Promise<string | undefined> =>
  (await get(SlotOffers).to(id))?.slot.start.toISOString().slice(11, 16);
const at = (day: number, time: string): Date => new Date(`2027-01-${String(day)}T${time}:00Z`);

async function isFree(hours: OfficeHours, start: Date): Promise<boolean> {
  const { free } = await get(FreeSlots).within(hours, { from: start.getTime(), to: start.getTime() + 1 });
  return free.length > 0;
}

/** A freed first slot, and three who have later ones and wait, in another order. */
async function three(day: number, zones: readonly string[] = []) {
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

describe('a freed slot', () => {
  it('is held for who asked first, goes on at once when declined, then is taken; the slot that it frees goes on', async () => {
    const { hours, a, b, c } = await three(12);
    expect([await offeredTo(a), await offeredTo(b), await offeredTo(c)]).toEqual([undefined, undefined, '10:00']);
    expect(await isFree(hours, at(12, '10:00'))).toBe(false);
    const other = { ...{ start: at(12, '10:00'), contact: ids.next(), language: 'fr', topic: null } };
    expect(
      await get(BookingsService).hold(hours, { ...other, region: null, country: null, note: '', known: true }),
    ).toEqual({ ok: false, reason: 'taken' });
    const slot = (await get(SlotOffers).to(c))?.slot;
    await get(SlotOffers).decline(c);
    await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '');
    expect([await offeredTo(a), await offeredTo(b), await offeredTo(c)]).toEqual([undefined, '10:00', undefined]);
    expect(await startOf(c)).toBe('13:00');
    expect((await get(SlotOffers).take(b)).ok).toBe(true);
    expect(await get(SlotOffers).take(b)).toMatchObject({ ok: false });
    expect(await startOf(b)).toBe('10:00');
    // The chain: 12:00 is free now, and 13:00 waits for it.
    await turn(hours, at(12, '12:00'));
    expect([await offeredTo(a), await offeredTo(c)]).toEqual([undefined, '12:00']);
    expect((await get(SlotOffers).take(c)).ok).toBe(true);
    expect(await isFree(hours, at(12, '13:00'))).toBe(true);
    const slots = await get(SlotsRepository).of(hours.id, { from: now.getTime(), to: plus(now, 9 * DAY).getTime() });
    expect(slots.flatMap((each: Slot) => each.bookings.filter(isLive))).toHaveLength(3);
  });

  it.each([
    ['cancelled', '08:00', '09:00', (id: Id) => get(BookingsService).cancel(id)],
    ['moved', '10:00', '11:00', (id: Id) => get(BookingsService).move(id, at(24, '18:00'))],
    [
      'erased',
      '12:00',
      '13:00',
      async (id: Id) => {
        const booked = await get(BookingsService).get(id);
        await get(BookingsService).eraseContact(booked?.booking.contact ?? '');
      },
    ],
  ] as const)('is nobody else’s from the write on that frees it: %s', async (_, time, later, act) => {
    const hours = await offer({ from: '2027-01-24', until: '2027-01-24' });
    const first = await book(hours, at(24, time), await visitor());
    const waiting = await book(hours, at(24, later), await visitor());
    await get(SlotOffers).wish(waiting, true);
    await act(first);
    // No entry has run: neither the page nor a form that comes back can have it.
    expect(await isFree(hours, at(24, time))).toBe(false);
    const other = { start: at(24, time), contact: ids.next(), language: 'fr', topic: null, region: null };
    const tried = await get(BookingsService).hold(hours, { ...other, country: null, note: '', known: true });
    expect(tried).toEqual({ ok: false, reason: 'taken' });
    await turn(hours, at(24, time));
    expect(await offeredTo(waiting)).toBe(time);
    // Run twice, as after a kill, it changes nothing.
    await turn(hours, at(24, time));
    expect(await offeredTo(waiting)).toBe(time);
    await get(SlotOffers).decline(waiting);
    await turn(hours, at(24, time));
    expect(await isFree(hours, at(24, time))).toBe(true);
  });

  it('is taken along by a booking that moves where the day has no room for both, although somebody waits', async () => {
    const hours = await offer({ from: '2027-01-23', until: '2027-01-23', maxPerDay: 2 });
    const first = await book(hours, at(23, '10:00'), await visitor());
    const waiting = await book(hours, at(23, '12:00'), await visitor());
    await get(SlotOffers).wish(waiting, true);
    expect(await get(BookingsService).move(first, at(23, '11:00'))).toMatchObject({ ok: true });
    expect(await startOf(first)).toBe('11:00');
  });

  it('an entry that comes before the end of an offer, on a clock that is behind, comes again', async () => {
    const { c } = await three(11);
    const slot = (await get(SlotOffers).to(c))?.slot;
    expect(await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '')).toEqual(slot?.offer?.until);
  });

  it.each([
    ['nobody confirmed in time', 'booking.unconfirmed', false, 'expired'],
    ['is over', 'booking.over', true, 'confirmed'],
  ] as const)('a timer of a booking that %s comes again where the clock is behind', async (_, type, known, status) => {
    const hours = await offer({ from: '2027-01-11', until: '2027-01-11' });
    const held = await get(BookingsService).hold(hours, {
      ...{ start: at(11, known ? '16:00' : '17:00'), contact: await visitor(), language: 'fr', topic: null },
      ...{ region: null, country: null, note: '', known },
    });
    if (!held.ok) throw new Error(held.reason);
    const { slot, booking } = held.value;
    const due = known ? slot.end : booking.heldUntil;
    const handlers = get(BookingsHandlers);
    const act = (): Promise<NextPage> => {
      const entry = { ...{ id: ids.next(), type, handler: '', failures: 0 }, data: { booking: booking.id, moves: 0 } };
      return known ? handlers.release(slot.id, entry) : handlers.expire(slot.id, entry);
    };
    clock.set(plus(due, -1));
    expect(await act()).toEqual({ later: due });
    expect((await get(BookingsService).get(booking.id))?.slot.claims).toEqual(slot.claims);
    clock.set(due);
    expect(await act()).toBeUndefined();
    const after = await get(BookingsService).get(booking.id);
    expect([after?.booking.status, after?.slot.claims]).toEqual([status, undefined]);
    expect(await act()).toBeUndefined();
    clock.set(now);
  });

  it.each([
    ['is kept for the second who waits', '10:00', ['12:00', '13:00'], true],
    ['is free where nobody but the first waits', '15:00', ['17:00'], false],
  ] as const)('beside which a second seat of group hours is given up: that %s', async (_, time, later, isKept) => {
    const hours = await offer({ ...{ from: '2027-01-12', until: '2027-01-12', seats: 2 }, hosts: hosts.slice(1) });
    const leaving = [
      await book(hours, at(12, time), await visitor()),
      await book(hours, at(12, time), await visitor()),
    ];
    const waiting: Id[] = [];
    for (const each of later) {
      const id = await book(hours, at(12, each), await visitor());
      await get(SlotOffers).wish(id, true);
      clock.advance(MINUTE);
      waiting.push(id);
    }
    await get(BookingsService).cancel(leaving[0] ?? '');
    await turn(hours, at(12, time));
    expect(await offeredTo(waiting[0] ?? '')).toBe(time);
    await get(BookingsService).cancel(leaving[1] ?? '');
    expect(await isFree(hours, at(12, time))).toBe(!isKept);
    expect((await get(SlotOffers).take(waiting[0] ?? '')).ok).toBe(true);
    expect(await isFree(hours, at(12, time))).toBe(!isKept);
    await turn(hours, at(12, time));
    for (const id of waiting.slice(1)) {
      expect(await offeredTo(id)).toBe(time);
      expect((await get(SlotOffers).take(id)).ok).toBe(true);
    }
    expect(await startOf(waiting.at(-1) ?? '')).toBe(time);
    clock.set(now);
  });

  it('is free for all when everyone let it pass', async () => {
    const { hours, a, b, c } = await three(13);
    for (const id of [c, b, a]) {
      const slot = (await get(SlotOffers).to(id))?.slot;
      clock.advance(3 * HOUR);
      expect(await get(SlotOffers).take(id)).toEqual({ ok: false, reason: 'gone' });
      await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '');
    }
    expect(await isFree(hours, at(13, '10:00'))).toBe(true);
    clock.set(now);
  });

  it('is not offered at night in their zone', async () => {
    // 09:00 UTC is the middle of the night in Honolulu.
    const { a, b, c } = await three(14, ['UTC', 'Pacific/Honolulu', 'Pacific/Honolulu']);
    expect([await offeredTo(a), await offeredTo(b), await offeredTo(c)]).toEqual(['10:00', undefined, undefined]);
  });

  it('decided just before their night and sent in it, waits for their morning', async () => {
    const hours = await offer({ from: '2027-01-13', until: '2027-01-13', leadMinutes: 0 });
    clock.set(new Date('2027-01-12T21:59:59Z'));
    const first = await book(hours, at(13, '15:00'), await visitor());
    const waiting = await book(hours, at(13, '16:00'), await visitor());
    await get(SlotOffers).wish(waiting, true);
    await get(BookingsService).cancel(first);
    await turn(hours, at(13, '15:00'));
    const before = (await get(SlotOffers).to(waiting))?.offer.id ?? '';
    clock.set(new Date('2027-01-12T22:00:01Z'));
    expect(await get(SlotOffers).tell(before)).toBeUndefined();
    await turn(hours, at(13, '15:00'));
    expect([await offeredTo(waiting), await isFree(hours, at(13, '15:00'))]).toEqual([undefined, false]);
    clock.set(new Date('2027-01-13T07:00:00Z'));
    await turn(hours, at(13, '15:00'));
    const morning = (await get(SlotOffers).to(waiting))?.offer;
    clock.advance(10 * MINUTE);
    const told = await get(SlotOffers).tell(morning?.id ?? '');
    expect(told?.until).toEqual(plus(morning?.until ?? now, 10 * MINUTE));
    expect((await get(SlotOffers).tell(morning?.id ?? ''))?.until).toEqual(told?.until);
    clock.set(now);
  });

  it('goes on when the one it is offered to cancels', async () => {
    const { a, b, c } = await three(15);
    await get(BookingsService).cancel(c);
    const slot = (await get(SlotOffers).to(c))?.slot;
    await get(SlotOffers).decline(c);
    await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '');
    expect([await offeredTo(a), await offeredTo(b)]).toEqual([undefined, '10:00']);
  });

  it('many take at once: one has it', async () => {
    const { b, c } = await three(16);
    const taken = await Promise.all([c, c, b, c].map((id) => get(SlotOffers).take(id)));
    expect(taken.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(1);
    expect([await startOf(c), await startOf(b)]).toEqual(['10:00', '12:00']);
  });
});

describe('a host', () => {
  it('offers another time, later or earlier; one button moves there, otherwise nothing changes', async () => {
    const hours = await offer({ from: '2027-01-17', until: '2027-01-17' });
    const id = await book(hours, at(17, '10:00'), await visitor());
    const booked = await get(BookingsService).get(id);
    if (!booked) throw new Error('not booked');
    expect(await get(SlotOffers).offerTo(booked, hours, at(17, '15:00'), 30)).toMatchObject({ ok: true });
    expect(await get(SlotOffers).offerTo(booked, hours, at(17, '16:00'), 30)).toMatchObject({ reason: 'offered' });
    expect(await isFree(hours, at(17, '15:00'))).toBe(false);
    expect(
      await get(BookingMatters).find({ kind: 'offer', about: (await get(SlotOffers).to(id))?.offer.id ?? '' }),
    ).toMatchObject({
      ...{ by: 'host', title: 'Pilots', start: at(17, '15:00'), booked: { start: at(17, '10:00') } },
    });
    expect((await get(SlotOffers).take(id)).ok).toBe(true);
    expect(await startOf(id)).toBe('15:00');
  });

  it('writes and is answered by whom it wrote to alone, sealed, and forgotten with the booking', async () => {
    const hours = await offer({ from: '2027-01-18', until: '2027-01-18' });
    const contact = await visitor();
    const id = await book(hours, at(18, '10:00'), contact);
    const letters = get(Conversations);
    expect(await letters.write(id, 'host', 'Bring a map', 'form')).toMatchObject({ ok: true });
    expect(await letters.write(id, 'host', 'Bring a map', 'form')).toMatchObject({ ok: true });
    const [first] = await letters.of(id);
    const answers = { kind: 'host-note', about: first?.id ?? '' } as const;
    const hear = (sender: Id, key: string) =>
      get(BookingMatters).hear({ answers, sender, text: 'Oui, une carte de la commune, avec plaisir', key });
    expect(await hear(ids.next(), 'forged')).toBe(false);
    expect([await hear(contact, 'mail'), await hear(contact, 'mail')]).toEqual([true, true]);
    expect((await letters.of(id)).map(({ from, text }) => [from, text])).toEqual([
      ['host', 'Bring a map'],
      ['visitor', 'Oui, une carte de la commune, avec plaisir'],
    ]);
    const kept = await stored('conversations').findOne({ _id: id as never });
    expect(JSON.stringify(kept)).not.toContain('carte');
    await letters.forget(id);
    expect(await letters.of(id)).toEqual([]);
  });

  it('says that nobody came, once for each booking and only for a while; a number remains', async () => {
    const hours = await offer({ from: '2027-01-19', until: '2027-01-19' });
    const noShows = get(NoShowsService);
    const booked = [];
    for (let index = 0; index < 6; index++) {
      const id = await book(hours, plus(at(19, '10:00'), index * 30 * MINUTE), await visitor());
      booked.push(await get(BookingsService).get(id));
    }
    const [one] = booked;
    if (!one) throw new Error('not booked');
    expect(await noShows.say(one, hours, true)).toBe(false);
    clock.set(at(19, '20:00'));
    for (const each of booked)
      if (each) for (const _ of [1, 2]) expect(await noShows.say(each, hours, true)).toBe(true);
    expect(await noShows.count(hours, '2027-01')).toEqual({ kind: 'between', from: 5, to: 9 });
    expect(await noShows.of(one, hours)).toBe(true);
    for (const each of booked.slice(1)) if (each) await noShows.say(each, hours, false);
    expect(await noShows.count(hours, '2027-01')).toEqual({ kind: 'fewer-than', n: 5 });
    const forgetting = jest.spyOn(get(Database), 'forgetDeleted');
    await noShows.close(`${hours.id}.2027-01`);
    expect(forgetting).toHaveBeenCalledTimes(1);
    const kept = await stored('no_shows').findOne({ _id: `${hours.id}.2027-01` as never });
    expect(kept?.['state']).toEqual({ id: `${hours.id}.2027-01`, officeHours: hours.id, month: '2027-01', count: 1 });
    clock.set(at(27, '20:00'));
    expect(await noShows.say(one, hours, true)).toBe(false);
    clock.set(now);
  });

  it('takes over no more than the most per day', async () => {
    const hours = await offer({ from: '2027-01-20', until: '2027-01-20', hosts, maxPerDay: 1 });
    const ids = [
      await book(hours, at(20, '10:00'), await visitor()),
      await book(hours, at(20, '12:00'), await visitor()),
    ];
    const [one, two] = await Promise.all(ids.map((id) => get(BookingsService).get(id)));
    expect(one?.slot.host).not.toBe(two?.slot.host);
    expect(await get(BookingsService).takeOver(one?.slot.id ?? '', two?.slot.host)).toEqual({
      ok: false,
      reason: 'taken',
    });
    await get(BookingsService).cancel(ids[1] ?? '');
    const taken = await get(BookingsService).takeOver(one?.slot.id ?? '', two?.slot.host);
    expect(taken).toMatchObject({ ok: true, value: { host: two?.slot.host } });
    expect(taken.ok && taken.value.ofDay).toContain(two?.slot.host ?? '-');
  });
});

describe('an answer by mail', () => {
  it('goes to the host whom it answers, from that address alone; any other goes to the team', async () => {
    const hours = await offer({ from: '2027-01-23', until: '2027-01-23' });
    const contact = await visitor();
    const id = await book(hours, at(23, '10:00'), contact);
    await get(Conversations).write(id, 'host', 'Bring a map', 'note');
    const [first] = await get(Conversations).of(id);
    await get(SlotOffersHandlers).sendLetter(id, {
      ...{ id: ids.next(), type: 'letter.written', handler: 'office-hours.send-letter', failures: 0 },
      data: { letter: first?.id ?? '' },
    });
    const row = await stored('deliveries').findOne({ about: first?.id });
    expect(row).toMatchObject({ kind: 'host-note', contact, subject: id });
    const found = await get(ContactsService).get(contact);
    const { address } = found ? get(ContactsService).held(found) : { address: '' };
    const mail = (from: string, key: string): Buffer =>
      Buffer.from(
        [
          ...[`From: Someone <${from}>`, 'To: team@movement.example', 'Subject: Re', `Message-ID: <${key}@x.example>`],
          ...[`In-Reply-To: <${String(row?._id)}@movement.example>`, 'Content-Type: text/plain; charset=utf-8', ''],
          ...['Oui, avec plaisir, nous apportons une carte.', '', '-- ', 'Someone, 12 rue de la Gare', ''],
        ].join('\r\n'),
      );
    for (const [from, key] of [
      [address, 'one'],
      [address, 'one'],
      ['stranger@visitors.example', 'two'],
    ] as const)
      await get(IncomingMails).take({
        bytes: mail(from, key),
        returnPath: from,
        recipients: ['team@movement.example'],
      });
    expect((await get(Conversations).of(id)).map(({ from, text, language }) => [from, text, language])).toEqual([
      ['host', 'Bring a map', null],
      ['visitor', 'Oui, avec plaisir, nous apportons une carte.', 'fr'],
    ]);
    expect(await stored('written_replies').countDocuments({})).toBe(1);
  });
});

describe('a meeting', () => {
  it('is told to collide with what its host has agreed to, not with what is before, after or another host’s', async () => {
    const hours = await offer({ from: '2027-01-22', until: '2027-01-22' });
    await book(hours, at(22, '10:00'), await visitor());
    const meeting = (start: string, end: string, host = 0) =>
      get(HostTimes).collides({ start: at(22, start), end: at(22, end), host: hosts[host] ?? '' });
    expect(await meeting('10:10', '11:00')).toBe(true);
    expect(await meeting('09:00', '12:00')).toBe(true);
    expect([
      await meeting('09:00', '10:00'),
      await meeting('10:20', '11:00'),
      await meeting('10:10', '11:00', 1),
    ]).toEqual([...[false, false, false]]);
  });
});

describe('a visitor', () => {
  it('deletes a past booking at any time, with all about it', async () => {
    const hours = await offer({ from: '2027-01-21', until: '2027-01-21' });
    const id = await book(hours, at(21, '10:00'), await visitor());
    const slot = (await get(BookingsService).get(id))?.slot;
    await get(Conversations).write(id, 'host', 'Until soon', 'soon');
    expect(await get(BookingsService).remove(id)).toEqual({ ok: false, reason: 'to-come' });
    clock.set(at(28, '10:00'));
    expect(await get(BookingsService).remove(id)).toMatchObject({ ok: true });
    expect(await get(BookingsService).get(id)).toBeUndefined();
    await get(BookingsHandlers).forget(slot?.id ?? '', {
      ...{ id: ids.next(), type: 'booking.deleted', handler: 'office-hours.forget', failures: 0 },
      data: { booking: id, moves: 0 },
    });
    expect(await get(Conversations).of(id)).toEqual([]);
    clock.set(now);
  });
});

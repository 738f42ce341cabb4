import { describe, expect, it, jest } from '@jest/globals';
import { Database } from '../../libs/database/database.js';
import type { Id } from '../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { BookingMatters } from '../../src/deliveries/booking-matters.service.js';
import { HostTimes } from '../../src/meetings/host-times.service.js';
import { BookingsHandlers } from '../../src/office-hours/effects/bookings.handlers.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import { Conversations } from '../../src/office-hours/letters/conversations.service.js';
import { NoShowsService } from '../../src/office-hours/bookings/no-shows.service.js';
import { SlotOffersHandlers } from '../../src/office-hours/effects/slot-offers.handlers.js';
import { SlotOffers } from '../../src/office-hours/bookings/slot-offers.service.js';
import { IncomingMails } from '../../src/replies/incoming-mails.service.js';
import {
  at,
  book,
  clock,
  get,
  hosts,
  ids,
  isFree,
  now,
  offer,
  startOf,
  stored,
  visitor,
  withHosts,
} from '../support/booked-slots.js';

withHosts();

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

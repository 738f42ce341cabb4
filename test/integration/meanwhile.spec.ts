import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Id } from '../../libs/privacy/ids.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import { ContactsRepository } from '../../src/contacts/contacts.repository.js';
import { DeliveriesRepository } from '../../src/deliveries/deliveries.repository.js';
import { DeliveriesService } from '../../src/deliveries/deliveries.service.js';
import type { Contact } from '../../src/contacts/contact.js';
import { occurrenceId, occurrencesOf } from '../../src/invitations/series.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import { InvitationsRepository } from '../../src/invitations/invitations.repository.js';
import { Subjects } from '../../src/invitations/subject.js';
import { MeetingsService } from '../../src/meetings/meetings.service.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import { Conversations } from '../../src/office-hours/letters/conversations.service.js';
import { HostCalendarsRepository } from '../../src/office-hours/calendars/host-calendars.repository.js';
import { HostCalendars } from '../../src/office-hours/calendars/host-calendars.service.js';
import { after } from '../support/by-hand.js';
import { FreeSlots } from '../../src/office-hours/slots/free-slots.service.js';
import { SlotsRepository } from '../../src/office-hours/slots/slots.repository.js';
import { PeopleRepository } from '../../src/people/people.repository.js';
import { PeopleService } from '../../src/people/people.service.js';
import { RepliesRepository } from '../../src/replies/replies.repository.js';
import { RepliesService } from '../../src/replies/replies.service.js';
import { appointTwo } from '../support/office-hours.js';
import {
  announce,
  book,
  clock,
  contacts,
  erase,
  ERASING,
  hand,
  hostAndGuest,
  LAST,
  mailbox,
  NOTHING,
  offer,
  TEN,
  tracesOf,
  visitor,
  withHand,
} from '../support/meanwhile.js';

/** What one process does between two looks of another. */

withHand();

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

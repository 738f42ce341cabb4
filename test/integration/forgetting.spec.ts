import { afterEach, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { DeliveriesSchedule } from '../../src/deliveries/deliveries.schedule.js';
import { InvitationsRepository } from '../../src/invitations/invitations.repository.js';
import { entryIn } from '../support/invitations.js';
import { eventually } from '../support/waiting.js';
import { Sending, START } from '../support/sending.js';

afterEach(() => Sending.end());

describe('erasing', () => {
  it('with cancelFirst takes the entries out of the calendar, then forgets everything', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    await sending.announce(host);
    await sending.contacts.erase(ama.id, { cancelFirst: true, keepBlocked: false });
    await eventually('the erasure', async () => {
      await sending.at(plus(sending.clock.now(), 10_000));
      return (await sending.contacts.get(ama.id)) === undefined;
    });
    const mails = (await sending.mailbox.mailsTo('ama@donga.example')).map(entryIn);
    expect(mails.map(({ method }) => method)).toEqual(['REQUEST', 'CANCEL']);
    expect((await sending.rows()).some(({ contact }) => contact === ama.id)).toBe(false);
    expect(await sending.invitations.ofContact(ama.id)).toEqual([]);
  });

  it('does not lose sight of a place that is given up while it looks', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    await sending.announce(host);
    const [place] = await sending.invitations.ofContact(ama.id);
    const rows = sending.module.get(InvitationsRepository, { strict: false });
    const looks = { ofContact: rows.ofContact.bind(rows), hasPending: rows.hasPending.bind(rows) };
    const givenUpAfter = async <Seen>(look: Promise<Seen>): Promise<Seen> => {
      const seen = await look;
      Object.assign(rows, looks);
      expect(await sending.invitations.leave(place?.id ?? '')).toMatchObject({ ok: true });
      return seen;
    };
    rows.ofContact = (contact) => givenUpAfter(looks.ofContact(contact));
    rows.hasPending = (contact) => givenUpAfter(looks.hasPending(contact));
    expect(await sending.invitations.isLeaving(ama.id, await sending.invitations.placesOf(ama.id))).toBe(true);
    await sending.settle();
    expect(await sending.invitations.isLeaving(ama.id, await sending.invitations.placesOf(ama.id))).toBe(false);
  });

  it('does not wait longer than an hour for a mail server', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    await sending.announce(host);
    sending.mailbox.box.fail({ at: 'connect', act: { refuse: 421 }, times: 99 });
    await sending.contacts.erase(ama.id, { cancelFirst: true, keepBlocked: false });
    await sending.at(plus(sending.clock.now(), 30 * MINUTE));
    expect(await sending.contacts.get(ama.id)).toMatchObject({ status: 'closing' });
    await sending.at(plus(sending.clock.now(), 31 * MINUTE));
    expect(await sending.contacts.get(ama.id)).toBeUndefined();
  });
});

describe('retention', () => {
  it('forgets the mails of a meeting and their texts 30 days after it, and others by their age', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    await sending.announce(host);
    const texts = sending.database.collection('subject_texts');
    await sending.at(plus(START, HOUR + 29 * DAY));
    expect((await sending.rows('request')).length).toBe(2);
    expect(await texts.countDocuments({})).toBe(1);
    await sending.at(plus(START, HOUR + 30 * DAY));
    expect(await sending.rows('request')).toEqual([]);
    expect(await sending.rows('reminder')).toEqual([]);
    expect(await texts.countDocuments({})).toBe(0);
    expect((await sending.rows('confirmation')).length).toBe(2);
    await sending.module.get(DeliveriesSchedule, { strict: false }).forget();
    expect(await sending.rows()).toEqual([]);
  });
});

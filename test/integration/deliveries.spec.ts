import { afterEach, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { entryIn } from '../support/invitations.js';
import { Sending, START } from '../support/sending.js';

afterEach(() => Sending.end());

describe('an announcement', () => {
  it('never goes to the organizer itself, whom Outlook would not take as its own guest', async () => {
    const sending = await Sending.start({ MAIL_FROM: 'Team <team@donga.example>' });
    const [host] = await sending.guests('host');
    const team = await sending.contact('team');
    await sending.settle();
    if (!host) throw new Error('nobody');
    await sending.announce(host);
    expect(await sending.subjectsTo('team')).toEqual([]);
    expect(await sending.statesOf(team, 'request')).toEqual(['failed']);
    expect(await sending.statesOf(host, 'request')).toEqual(['sent']);
  });

  it('reaches everyone once, the host with an accepted invitation; run again it sends nothing', async () => {
    const sending = await Sending.start();
    const [host, , guest] = await sending.guests('host', 'ama', 'kofi');
    if (!host || !guest) throw new Error('nobody');
    await sending.announce(host);
    expect(await sending.subjectsTo('host')).toEqual(['You host: Ideas']);
    expect(await sending.subjectsTo('ama')).toEqual(['Invitation: Ideas']);
    const [mail] = await sending.mailbox.mailsTo('kofi@donga.example');
    if (!mail) throw new Error('no mail');
    expect(entryIn(mail)).toMatchObject({ method: 'REQUEST', sequence: 0, summary: 'Ideas' });
    const [hosts] = await sending.mailbox.mailsTo('host@donga.example');
    if (!hosts) throw new Error('no mail');
    expect(entryIn(hosts).attendees[0]?.partstat).toBe('ACCEPTED');
    await sending.settle();
    expect(sending.mailbox.box.mails).toHaveLength(3);
  });

  it('keeps no address and no word of a mail in its rows', async () => {
    const sending = await Sending.start();
    const [host] = await sending.guests('host', 'ama');
    if (!host) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 450, text: '4.7.1 <ama@donga.example> wait' }, times: 9 });
    await sending.announce(host);
    const rows = JSON.stringify(await sending.rows());
    expect(rows).not.toMatch(/donga|ama@|wait|Bring some/);
    expect(rows).toContain('4.7.1');
  });

  it('is not sent to whoever unsubscribed, paused or was erased before their turn came', async () => {
    const sending = await Sending.start();
    const [host, ama, kofi, yaa] = await sending.guests('host', 'ama', 'kofi', 'yaa');
    if (!host || !ama || !kofi || !yaa) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 450 }, times: 9 });
    await sending.announce(host);
    await sending.contacts.unsubscribe(ama.id);
    await sending.contacts.pause(kofi.id, plus(sending.clock.now(), DAY));
    await sending.contacts.erase(yaa.id, { cancelFirst: false, keepBlocked: false });
    sending.mailbox.box.recover();
    await sending.at(plus(sending.clock.now(), 2 * MINUTE));
    expect(sending.mailbox.box.mails.map(({ to }) => to)).toEqual([['host@donga.example']]);
    expect(await sending.statesOf(ama, 'request')).toEqual(['superseded']);
    expect(await sending.statesOf(kofi, 'request')).toEqual(['superseded']);
    expect((await sending.rows()).some(({ contact }) => contact === yaa.id)).toBe(false);
  });
});

describe('what a meeting changes', () => {
  it('goes out as one update after the edit window, in the same conversation', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    const id = await sending.announce(host);
    const details = { title: 'Better ideas', description: 'x', languages: ['en'], room: '', dialIn: '' };
    await sending.meetings.edit(id, { ...details, capacity: null, reminders: [60] });
    await sending.at(plus(sending.clock.now(), MINUTE));
    await sending.meetings.move(id, plus(START, HOUR));
    expect(await sending.subjectsTo('ama')).toEqual(['Invitation: Ideas']);
    await sending.at(plus(sending.clock.now(), 5 * MINUTE));
    const [first, second, ...more] = await sending.mailbox.mailsTo('ama@donga.example');
    if (!first || !second) throw new Error('no mail');
    expect(more).toEqual([]);
    expect(second.subject).toBe('New time: Better ideas');
    expect(second.header('in-reply-to')).toBe(first.header('message-id'));
    expect(entryIn(second)).toMatchObject({ uid: entryIn(first).uid, method: 'REQUEST', start: plus(START, HOUR) });
    expect(entryIn(second).sequence).toBeGreaterThan(entryIn(first).sequence);
    expect(entryIn(second).dtstamp > entryIn(first).dtstamp).toBe(true);
  });

  it('is swallowed when it waits and the meeting is cancelled', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    const id = await sending.announce(host);
    await sending.meetings.move(id, plus(START, HOUR));
    await sending.meetings.cancel(id, 'The room is closed');
    await sending.at(plus(sending.clock.now(), 5 * MINUTE));
    expect(await sending.subjectsTo('ama')).toEqual(['Invitation: Ideas', 'Cancelled: Ideas']);
    const [, cancel] = await sending.mailbox.mailsTo('ama@donga.example');
    expect(cancel && entryIn(cancel)).toMatchObject({ method: 'CANCEL', status: 'CANCELLED' });
    expect(cancel?.text).toContain('The room is closed');
  });

  it('sends no CANCEL to whoever never got a REQUEST', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    await sending.contacts.pause(ama.id, plus(sending.clock.now(), 30 * DAY));
    const id = await sending.announce(host);
    await sending.meetings.cancel(id, '');
    await sending.settle();
    expect(await sending.subjectsTo('ama')).toEqual([]);
  });

  it('sends an unsent invitation of an older revision as things are now, once', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 451 }, times: 9 });
    const id = await sending.announce(host);
    await sending.meetings.move(id, plus(START, HOUR));
    sending.mailbox.box.recover();
    await sending.at(plus(sending.clock.now(), 10 * MINUTE));
    const mails = await sending.mailbox.mailsTo('ama@donga.example');
    expect(mails.map((mail) => entryIn(mail).start)).toEqual([plus(START, HOUR)]);
    expect(await sending.statesOf(ama, 'request')).toEqual(expect.arrayContaining(['sent', 'superseded']));
  });
});

describe('a guest', () => {
  it('who declines by a button gets a CANCEL, who comes back a REQUEST, each newer than the last', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    const id = await sending.announce(host);
    const place = await sending.placeOf(id, ama);
    await sending.invitations.answer(place, { answer: 'declined' });
    await sending.settle();
    await sending.invitations.answer(place, { answer: 'accepted' });
    await sending.settle();
    const mails = (await sending.mailbox.mailsTo('ama@donga.example')).map(entryIn);
    expect(mails.map(({ method }) => method)).toEqual(['REQUEST', 'CANCEL', 'REQUEST']);
    expect(mails.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(new Set(mails.map(({ uid }) => uid)).size).toBe(1);
    expect(mails[2]?.attendees[0]?.partstat).toBe('ACCEPTED');
  });

  it('is reminded once, of the present time only, and not after declining', async () => {
    const sending = await Sending.start();
    const [host, ama, kofi] = await sending.guests('host', 'ama', 'kofi');
    if (!host || !ama || !kofi) throw new Error('nobody');
    const id = await sending.announce(host);
    await sending.meetings.move(id, plus(START, 2 * HOUR));
    await sending.at(plus(sending.clock.now(), 5 * MINUTE));
    await sending.invitations.answer(await sending.placeOf(id, kofi), { answer: 'declined' });
    await sending.settle();
    sending.mailbox.box.clear();
    await sending.at(plus(START, -HOUR));
    expect(sending.mailbox.box.mails).toHaveLength(0);
    await sending.at(plus(START, HOUR));
    expect(await sending.subjectsTo('ama')).toEqual(['Reminder, in 1 hour: Ideas']);
    expect(await sending.subjectsTo('kofi')).toEqual([]);
  });

  it('is not reminded after the last instant: the row expires', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    await sending.announce(host);
    sending.mailbox.box.clear();
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 450 }, times: 9 });
    await sending.at(plus(START, -HOUR));
    expect(await sending.statesOf(ama, 'reminder')).toEqual(['open']);
    sending.mailbox.box.recover();
    await sending.at(START);
    expect(await sending.statesOf(ama, 'reminder')).toEqual(['expired']);
    expect(await sending.subjectsTo('ama')).toEqual([]);
  });

  it('who confirms late gets a note with links, and no calendar', async () => {
    const sending = await Sending.start();
    const [host] = await sending.guests('host');
    if (!host) throw new Error('nobody');
    const id = await sending.announce(host);
    const late = await sending.contact('late');
    await sending.settle();
    const note = (await sending.mailbox.mailsTo('late@donga.example')).find(
      ({ subject }) => subject === 'Meetings to come',
    );
    expect(note?.calendar).toBeUndefined();
    expect(note?.text).toContain('Ideas');
    expect(note?.header('list-unsubscribe')).toMatch(/^<http.*unsubscribe/);
    await sending.invitations.signUpById(await sending.placeOf(id, late));
    await sending.settle();
    const mails = await sending.mailbox.mailsTo('late@donga.example');
    expect(mails.at(-1) && entryIn(mails.at(-1) as never)).toMatchObject({ method: 'REQUEST', sequence: 0 });
  });
});

describe('limits', () => {
  const LIMITED = { RATE_LIMITS: 'on', MAX_MAILS_PER_DAY: '3' };

  it('keep announcements of a fourth mail for the next day, and nothing else', async () => {
    const sending = await Sending.start(LIMITED);
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    for (const request of ['a', 'b', 'c']) await sending.deliveries.tell(ama.id, 'me-link', request);
    await sending.settle();
    const id = await sending.announce(host);
    expect(await sending.subjectsTo('ama')).toHaveLength(3);
    expect(await sending.subjectsTo('host')).toHaveLength(1);
    await sending.deliveries.tell(ama.id, 'me-link', 'd');
    await sending.settle();
    expect(await sending.subjectsTo('ama')).toHaveLength(4);
    await sending.at(plus(sending.clock.now(), DAY + HOUR));
    expect((await sending.subjectsTo('ama')).filter((subject) => subject === 'Invitation: Ideas')).toHaveLength(1);
    await sending.meetings.cancel(id, '');
    await sending.settle();
    expect((await sending.subjectsTo('ama')).at(-1)).toBe('Cancelled: Ideas');
  });

  it('keep announcements of the evening for the morning of the reader', async () => {
    const sending = await Sending.start(LIMITED);
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    await sending.at('2027-01-11T22:00:00Z');
    await sending.announce(host);
    expect(await sending.subjectsTo('ama')).toEqual([]);
    await sending.at('2027-01-12T05:59:00Z');
    expect(await sending.subjectsTo('ama')).toEqual([]);
    await sending.at('2027-01-12T06:00:00Z');
    expect(await sending.subjectsTo('ama')).toEqual(['Invitation: Ideas']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { idInUid } from '../../libs/privacy/ids.js';
import { answerMail, handOver, plainMail, type Client } from '../support/calendar-client.js';
import { entryIn } from '../support/invitations.js';
import { change, fromNowOn, idOf, linkIn, reply } from '../support/journeys.js';
import { globalObjectId, winmail } from '../support/winmail.js';
import { Invited, people, port, product, someoneElse, START, TEAM, withInbound } from '../support/invited.js';

withInbound();

describe('answers of calendars', () => {
  it.each<[Client, string]>([
    ['gmail-accepted', 'accepted'],
    ['gmail-declined-with-note', 'declined'],
    ['exchange-accepted', 'accepted'],
    ['outlook-desktop-tentative', 'maybe'],
    ['apple-mac-accepted', 'accepted'],
    ['apple-icloud-declined', 'declined'],
    ['thunderbird-tentative', 'maybe'],
    ['nextcloud-accepted', 'accepted'],
    ['nextcloud-by-link-without-organizer', 'declined'],
  ])('75, 80: %s counts, once, at any depth and disposition, with or without ORGANIZER', async (client, answer) => {
    const invited = await Invited.start();
    const before = (await invited.mails()).length;
    await invited.answer(client);
    expect(await invited.said()).toBe(answer);
    await invited.answer(client);
    expect(await invited.said()).toBe(answer);
    // Whoever declines in their calendar has taken the entry out themselves: no mail follows.
    expect((await invited.mails()).length).toBe(before);
  });

  it('are read where Outlook packs them for itself alone', async () => {
    const invited = await Invited.start();
    const file = winmail('IPM.Microsoft Schedule.MtgRespA', globalObjectId(invited.entry.uid)).toString('base64');
    const headers = ['Content-Type: application/ms-tnef', 'Content-Transfer-Encoding: base64'];
    const mail = plainMail({ from: invited.email, to: TEAM, headers, body: file });
    await handOver(port, invited.email, TEAM, mail);
    await product.settle();
    expect(await invited.said()).toBe('maybe');
  });

  it('count in the console’s bands', async () => {
    const invited = await Invited.start();
    await invited.answer('gmail-accepted');
    const guests = await product.database
      .collection('invitations')
      .countDocuments({ 'state.subject': idOf(invited.meeting), 'state.role': 'guest', 'state.left': false });
    const band = guests < 5 ? 'fewer than 5' : guests < 10 ? '5–9' : `about ${String(Math.round(guests / 5) * 5)}`;
    expect(guests).toBeGreaterThan(0);
    expect(await invited.page()).toMatch(new RegExp(`All together\\s*(?:\\S+:\\s*)?${band}(?!\\d)`));
  });

  it('of someone else to a forwarded invitation change nothing; the sender gets one kind note a day', async () => {
    const invited = await Invited.start();
    const friend = someoneElse();
    for (const client of ['gmail-accepted', 'exchange-accepted', 'nextcloud-accepted'] as const)
      await invited.answer(client, { attendee: friend });
    expect(await invited.said()).toBe('nothing');
    const notes = await product.mailbox.mailsTo(friend);
    expect(notes.map(({ calendar }) => calendar)).toEqual([undefined]);
    expect(notes[0]?.links.join()).toContain(`/meetings/${idOf(invited.meeting)}`);
    expect(notes[0]?.text).not.toContain('/invitations/');
    product.clock.advance(DAY);
    await invited.answer('thunderbird-tentative', { attendee: friend });
    expect(await product.mailbox.mailsTo(friend)).toHaveLength(2);
  });

  it('of ever more senders, who may be forged, have a note sent to twenty of them a day', async () => {
    const invited = await Invited.start();
    const senders = Array.from({ length: 23 }, someoneElse);
    for (const attendee of senders) await invited.answer('gmail-accepted', { attendee });
    const told = await Promise.all(senders.map((sender) => product.mailbox.mailsTo(sender)));
    expect(told.filter(({ length }) => length === 1)).toHaveLength(20);
  });

  it('count when either ATTENDEE or From is whom we invited, however it is spelt', async () => {
    const byAttendee = await Invited.start();
    await byAttendee.answer('gmail-accepted', { from: someoneElse() });
    expect(await byAttendee.said()).toBe('accepted');
    const byFrom = await Invited.start();
    await byFrom.answer('gmail-accepted', { attendee: someoneElse(), from: byFrom.email.toUpperCase() });
    expect(await byFrom.said()).toBe('accepted');
  });

  it('are ignored when they answer an older SEQUENCE, or are older than the last', async () => {
    const invited = await Invited.start();
    await invited.answer('gmail-accepted', { after: 30 });
    await invited.answer('apple-icloud-declined', { after: 20 });
    expect(await invited.said()).toBe('accepted');
    await change(invited.coordinator, invited.meeting, 'move', { date: '2027-02-21', time: '18:00' });
    await product.settle();
    product.clock.advance(HOUR);
    await invited.answer('exchange-accepted', { after: 90 });
    expect(await invited.said()).toBe('nothing');
    await invited.answer('exchange-accepted', { after: 91, sequence: 1 });
    expect(await invited.said()).toBe('accepted');
  });

  it('are to the UID that calendars know, also where the invitation was made when UIDs were ids as they are', async () => {
    const invited = await Invited.start();
    const id = idInUid(invited.entry.uid) ?? '';
    await product.database.collection('invitations').updateOne({ _id: id }, { $unset: { 'state.uid': '' } });
    const isNew = fromNowOn(product.mailbox);
    await change(invited.coordinator, invited.meeting, 'move', { date: '2027-02-21', time: '18:00' });
    await product.settle();
    product.clock.advance(HOUR);
    const [moved] = (await invited.mails()).filter(isNew);
    if (!moved) throw new Error('nothing was said of the move');
    expect(entryIn(moved)).toMatchObject({ uid: id, sequence: 1 });
    await invited.answer('gmail-accepted', { entry: entryIn(moved), after: 90 });
    expect(await invited.said()).toBe('accepted');
  });

  it('do not undo a button that was pressed later', async () => {
    const invited = await Invited.start();
    await reply(product.visitor('en'), linkIn(invited.mail, 'invitations'), 'accepted');
    await invited.answer('apple-icloud-declined', { after: 5 });
    expect(await invited.said()).toBe('accepted');
  });

  it('add nobody', async () => {
    const invited = await Invited.start();
    const [before, contacts] = await Promise.all(
      ['invitations', 'contacts'].map((name) => product.database.collection(name).countDocuments({})),
    );
    await invited.answer('gmail-accepted', { attendee: someoneElse() });
    expect(await product.database.collection('invitations').countDocuments({})).toBe(before);
    expect(await product.database.collection('contacts').countDocuments({})).toBe(contacts);
  });

  it.each([
    ['an automatic answer', ['Auto-Submitted: auto-replied'], 'guest'],
    ['a null sender', [], 'null'],
    ['a note of absence', ['Auto-Submitted: auto-replied (vacation)', 'Precedence: bulk'], 'guest'],
  ])('%s is ignored, whatever it carries', async (_, headers, sender) => {
    const invited = await Invited.start();
    const to = TEAM;
    const mail = answerMail('gmail-accepted', {
      ...{ entry: invited.entry, attendee: invited.email, to, headers, dtstamp: plus(invited.entry.dtstamp, MINUTE) },
    });
    await handOver(port, sender === 'null' ? '' : invited.email, to, mail);
    await product.settle();
    expect(await invited.said()).toBe('nothing');
  });

  it('what a calendar sends by program, as Google marks it, is an answer all the same', async () => {
    const invited = await Invited.start();
    await invited.answer('gmail-accepted', { headers: ['Auto-Submitted: auto-generated'] });
    expect(await invited.said()).toBe('accepted');
  });

  it('know a UID that comes back in capitals, and with the name of a host', async () => {
    const invited = await Invited.start();
    const { uid } = invited.entry;
    const entry = (spelt: string) => ({ ...invited.entry, uid: spelt });
    await invited.answer('gmail-accepted', { entry: entry(uid.toUpperCase()) });
    expect(await invited.said()).toBe('accepted');
    await invited.answer('apple-icloud-declined', { entry: entry(`${uid}@calendar.example`), after: 2 });
    expect(await invited.said()).toBe('declined');
  });

  it('know no UID that is none of ours', async () => {
    const invited = await Invited.start();
    for (const uid of ['__proto__', 'constructor', 'A'.repeat(22), '0'.repeat(32), 'x@y'])
      await invited.answer('gmail-accepted', { entry: { uid, sequence: 0 } });
    expect(await invited.said()).toBe('nothing');
  });

  it('find all seats taken: a kind mail says so, and nothing is recorded', async () => {
    const first = await Invited.start({ capacity: '1', audience: 'everyone' });
    const second = people;
    const other = `guest${String(second - 1)}@donga.example`;
    await first.answer('gmail-accepted');
    const [invitation] = (await product.mailbox.mailsTo(other))
      .filter((mail) => mail.calendar?.includes('REQUEST') && mail.subject === first.mail.subject)
      .slice(-1);
    if (!invitation) throw new Error('nobody else was invited');
    const entry = entryIn(invitation);
    const isNew = fromNowOn(product.mailbox);
    const mail = answerMail('exchange-accepted', {
      ...{ entry, attendee: other, to: TEAM, dtstamp: plus(entry.dtstamp, MINUTE) },
    });
    await handOver(port, other, TEAM, mail);
    await product.settle();
    const told = (await product.mailbox.mailsTo(other)).filter(isNew);
    expect(told.map(({ subject, calendar }) => [subject.replace(/\s/g, ' '), calendar])).toEqual([
      ['Complet : Premières idées', undefined],
    ]);
    const again = { entry, attendee: other, to: TEAM, dtstamp: plus(entry.dtstamp, 2 * MINUTE) };
    await handOver(port, other, TEAM, answerMail('gmail-accepted', again));
    await product.settle();
    expect((await product.mailbox.mailsTo(other)).filter(isNew)).toHaveLength(1);
  });
});

describe('other things that calendars ask for', () => {
  it('COUNTER: a wish that the coordinator sees as a count, answered with DECLINECOUNTER; the answer stays', async () => {
    const invited = await Invited.start();
    await invited.answer('gmail-accepted');
    const isNew = fromNowOn(product.mailbox);
    await invited.answer('exchange-counter', { after: 2 });
    await invited.answer('exchange-counter', { after: 2 });
    const [declined, ...more] = (await invited.mails()).filter(isNew);
    if (!declined) throw new Error('no answer');
    expect(more).toEqual([]);
    expect(entryIn(declined)).toMatchObject({ method: 'DECLINECOUNTER', uid: invited.entry.uid, start: START });
    expect(entryIn(declined).dtstamp > invited.entry.dtstamp).toBe(true);
    expect(declined.method).toBe('DECLINECOUNTER');
    expect(await invited.said()).toBe('accepted');
    const wishes = product.database.collection('time_wishes');
    expect(await wishes.countDocuments({ subject: idOf(invited.meeting), moves: 0 })).toBe(1);
    expect(await invited.page()).toMatch(/People who wish for another time\s*fewer than 5/);
  });

  it('COUNTER: asked again and again is answered once, and once more for the time that it was moved to', async () => {
    const invited = await Invited.start();
    const isNew = fromNowOn(product.mailbox);
    const answers = async () =>
      (await invited.mails()).filter((mail) => isNew(mail) && mail.method === 'DECLINECOUNTER');
    for (const after of [1, 2, 3, 4, 5]) await invited.answer('exchange-counter', { after });
    expect(await answers()).toHaveLength(1);
    await change(invited.coordinator, invited.meeting, 'move', { date: '2027-02-21', time: '18:00' });
    await product.settle();
    product.clock.advance(HOUR);
    for (const after of [91, 92]) await invited.answer('exchange-counter', { after, sequence: 1 });
    expect(await answers()).toHaveLength(2);
  });

  it('DELEGATED: kindly refused', async () => {
    const invited = await Invited.start();
    const isNew = fromNowOn(product.mailbox);
    await invited.answer('thunderbird-delegated');
    const [told, ...more] = (await invited.mails()).filter(isNew);
    expect(more).toEqual([]);
    expect(told?.calendar).toBeUndefined();
    expect(told?.links.join()).toContain(`/meetings/${idOf(invited.meeting)}`);
    expect(await invited.said()).toBe('nothing');
    // Asked again and again, in whoever's name: once an hour.
    for (const after of [2, 3]) await invited.answer('thunderbird-delegated', { after });
    expect((await invited.mails()).filter(isNew)).toHaveLength(1);
    product.clock.advance(HOUR);
    await invited.answer('thunderbird-delegated', { after: 4 });
    expect((await invited.mails()).filter(isNew)).toHaveLength(2);
  });

  it('REFRESH: the invitation as it is now, once an hour', async () => {
    const invited = await Invited.start();
    await invited.answer('gmail-accepted');
    const isNew = fromNowOn(product.mailbox);
    await invited.answer('refresh', { after: 2 });
    await invited.answer('refresh', { after: 3 });
    const again = (await invited.mails()).filter(isNew).map(entryIn);
    expect(again).toHaveLength(1);
    expect(again[0]).toMatchObject({ method: 'REQUEST', uid: invited.entry.uid, sequence: invited.entry.sequence });
    expect(again[0]?.attendees[0]?.partstat).toBe('ACCEPTED');
    expect((again[0]?.dtstamp ?? 0) > invited.entry.dtstamp).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { idInUid } from '../../libs/privacy/ids.js';
import {
  answerMail,
  bounceMail,
  handOver,
  plainMail,
  type Answering,
  type Client,
} from '../support/calendar-client.js';
import { entryIn, type CalendarEntry } from '../support/invitations.js';
import {
  announcedMeeting,
  change,
  enrol,
  fromNowOn,
  idOf,
  linkIn,
  openOwnPage,
  reply,
  showInterest,
  wallClock,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { freePort } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';
import { globalObjectId, winmail } from '../support/winmail.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(120_000);

const START = new Date('2027-02-20T17:00:00Z');
const TEAM = 'team@come-together.example';

let product: TimedProduct;
let port: number;

beforeAll(async () => {
  port = await freePort();
  product = await TimedProduct.start({ INBOUND_SMTP_PORT: String(port) });
});

afterAll(() => product.stop());

let people = 0;
let strangers = 0;
const someoneElse = (): string => `stranger${String((strangers += 1))}@elsewhere.example`;
const someone = (): string => `guest${String((people += 1))}@donga.example`;

/** A meeting, whoever leads it, and someone invited to it with their calendar's entry. */
class Invited {
  private constructor(
    readonly email: string,
    readonly coordinator: Visitor,
    readonly meeting: string,
    readonly mail: ReadMail,
  ) {}

  static async start(fields: Record<string, string> = {}): Promise<Invited> {
    const email = someone();
    await enrol(product, { email, language: 'fr' });
    const { coordinator, meeting } = await announcedMeeting(product, {
      ...wallClock(START, 'Europe/Berlin'),
      ...fields,
    });
    await product.settle();
    product.clock.advance(HOUR);
    const { pathname } = new URL(meeting, product.address);
    const mail = await product.mailbox.waitForMailTo(
      email,
      (each) => each.calendar?.includes('METHOD:REQUEST') === true,
    );
    return new Invited(email, coordinator, pathname, mail);
  }

  get entry(): CalendarEntry {
    return entryIn(this.mail);
  }

  /** Answers as a program would, some minutes after the invitation. */
  async answer(client: Client, more: Partial<Answering> & { readonly after?: number } = {}): Promise<void> {
    const { after = 1, ...others } = more;
    const dtstamp = plus(this.entry.dtstamp, after * MINUTE);
    const mail = answerMail(client, { entry: this.entry, attendee: this.email, to: TEAM, dtstamp, ...others });
    await handOver(port, more.from ?? more.attendee ?? this.email, TEAM, mail);
    await product.settle();
  }

  /** What the guest's own page says now. */
  async said(): Promise<string> {
    const page = await product
      .visitor('en')
      .open(linkIn(this.mail, 'invitations').replace('/invitations', '/en/invitations'));
    return /Your reply: (\w+)/.exec(page.text)?.[1] ?? 'nothing';
  }

  async mails(): Promise<readonly ReadMail[]> {
    return product.mailbox.mailsTo(this.email);
  }

  async page(): Promise<string> {
    return (await this.coordinator.open(this.meeting)).text;
  }
}

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

describe('bounces', () => {
  const rowOf = async (mail: ReadMail) => {
    const id = /^<([\w-]+)@/.exec(mail.header('message-id') ?? '')?.[1] ?? '';
    const row = await product.database.collection('deliveries').findOne({ _id: id });
    if (!row) throw new Error('no delivery');
    return row;
  };
  const returnPathOf = ({ id }: ReadMail): string => product.mailbox.box.find(id)?.from ?? '';

  it('say by the envelope’s token which mail came back; an address that fails hard is suppressed', async () => {
    const invited = await Invited.start();
    const path = returnPathOf(invited.mail);
    expect(path).toMatch(/^bounce\+[0-9a-f]{32}@come-together\.example$/);
    await handOver(port, '', path, bounceMail(path, invited.email, ['Action: failed', 'Status: 5.1.1']));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'failed', enhanced: '5.1.1' });
    const isNew = fromNowOn(product.mailbox);
    await change(invited.coordinator, invited.meeting, 'cancel', { reason: '' });
    await product.settle();
    expect((await invited.mails()).filter(isNew)).toEqual([]);
  });

  it('are told by the returned Message-ID where they went to the team’s address', async () => {
    const invited = await Invited.start();
    const returned = `Message-ID: ${invited.mail.header('message-id') ?? ''}`;
    const fields = ['Action: failed', 'Status: 5.2.2', 'Diagnostic-Code: smtp; 552 5.2.2 mailbox full'];
    await handOver(port, '', TEAM, bounceMail(TEAM, invited.email, fields, returned));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'failed', code: 552, enhanced: '5.2.2' });
    const isNew = fromNowOn(product.mailbox);
    await openOwnPage(product, invited.email);
    expect((await invited.mails()).filter(isNew)).toHaveLength(1);
  });

  it('say that a server has given up after days: that mail has failed, the address may be sound', async () => {
    const invited = await Invited.start();
    const path = returnPathOf(invited.mail);
    const isNew = fromNowOn(product.mailbox);
    await handOver(port, '', path, bounceMail(path, invited.email, ['Action: failed', 'Status: 4.4.1']));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'failed', enhanced: '4.4.1' });
    await openOwnPage(product, invited.email);
    expect((await invited.mails()).filter(isNew)).toHaveLength(1);
  });

  it.each([
    ['a delay', ['Action: delayed', 'Status: 4.4.1']],
    ['a temporary failure', ['Status: 4.2.2']],
    ['a receipt', ['Action: delivered', 'Status: 2.0.0']],
  ])('change nothing for %s', async (_, fields) => {
    const invited = await Invited.start();
    const path = returnPathOf(invited.mail);
    await handOver(port, '', path, bounceMail(path, invited.email, fields));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'sent' });
  });
});

describe('what a person writes', () => {
  const write = async (
    from: string,
    body: string,
    headers: readonly string[] = [],
    messageId?: string,
  ): Promise<void> => {
    await handOver(port, from, TEAM, plainMail({ from, to: TEAM, body, headers, ...(messageId ? { messageId } : {}) }));
    await product.settle();
  };
  const open = async (coordinator: Visitor, words: string) => {
    const list = await coordinator.open('/console/replies');
    for (const { href } of list.links.filter((each) => /\/console\/replies\/[\w-]{22}$/.test(each.href))) {
      const page = await coordinator.open(href);
      if (page.text.includes(words)) return page;
    }
    throw new Error(`no “${words}” on ${list.text}`);
  };

  it('is shown by place and language, never by whom, and is answered through the mailer', async () => {
    const invited = await Invited.start();
    const { coordinator, email } = invited;
    const words = 'Est-ce que je peux venir avec une amie ? Nous sommes deux.';
    const mail = `${words}\r\n\r\nBien cordialement,\r\nAfi Dossou\r\n\r\nLe lun. 11 janv. 2027 à 10:00, Come Together <${TEAM}> a écrit :\r\n> Bonjour\r\n`;
    await write(email, mail, [], '<once@client.example>');
    await write(email, mail, [], '<once@client.example>');
    const list = await coordinator.open('/console/replies');
    expect(list.text.split('Est-ce que').length).toBe(2);
    const page = await open(coordinator, words);
    expect(page.heading).toBe('A reply from Copargo, in French');
    expect(page.body).not.toMatch(/Dossou|Bonjour|donga\.example/);

    const isNew = fromNowOn(product.mailbox);
    expect((await coordinator.submit({ answer: '' }, { form: /\/replies\// })).status).toBe(422);
    await coordinator.submit({ answer: 'Oui, avec plaisir.' }, { form: /\/replies\// });
    expect(coordinator.page.text).toContain('Your answer is on its way.');
    await product.settle();
    const [answer, ...more] = (await invited.mails()).filter(isNew);
    expect(more).toEqual([]);
    expect(answer?.text).toContain('Oui, avec plaisir.');
    expect(answer?.text).toContain(`> ${words}`);
    expect(answer?.calendar).toBeUndefined();
  });

  it('comes from nowhere in particular when who wrote is no contact, who is answered and forgotten', async () => {
    const { coordinator } = await Invited.start();
    const stranger = someoneElse();
    await write(stranger, 'Where can I find the materials that you have?');
    const page = await open(coordinator, 'Where can I find');
    expect(page.heading).toBe('A reply in English');
    await coordinator.submit({ answer: 'On the page.' }, { form: /\/replies\// });
    await product.settle();
    const [answer] = await product.mailbox.mailsTo(stranger);
    expect(answer?.text).toContain('On the page.');
    const stored = JSON.stringify([
      await product.database.collection('written_replies').find({}).toArray(),
      await product.database.collection('correspondents').find({}).toArray(),
    ]);
    expect(stored).not.toMatch(/elsewhere|materials|On the page/);
    const again = await coordinator.send(page.url.pathname);
    expect(again.body).not.toContain('elsewhere.example');
  });

  it('beside an answer in a calendar is shown like any other, never with the answer', async () => {
    const invited = await Invited.start();
    await invited.answer('gmail-declined-with-note');
    const page = await open(invited.coordinator, 'Market day, sorry');
    expect(page.text).toContain('A note beside a reply in a calendar');
    expect(page.text).not.toMatch(/declined/i);
  });

  it.each([
    ['out of office', ['Auto-Submitted: auto-replied']],
    ['a list', ['List-Id: <news.example>']],
    ['a program', ['Auto-Submitted: auto-generated']],
  ])('%s is no one’s words', async (_, headers) => {
    const before = await product.database.collection('written_replies').countDocuments({});
    await write(someoneElse(), 'I am away until Monday.', headers);
    expect(await product.database.collection('written_replies').countDocuments({})).toBe(before);
  });

  it('is erased with its writer', async () => {
    const invited = await Invited.start();
    await write(invited.email, 'Une question de plus pour vous.');
    const before = await product.database.collection('written_replies').countDocuments({});
    const own = await openOwnPage(product, invited.email);
    await own.follow(/\/erase$/);
    await own.submit({}, { form: /\/erase$/ });
    await product.settle();
    expect(await product.database.collection('written_replies').countDocuments({})).toBe(before - 1);
  });

  it('is erased with its writer also where it was written before they left their address', async () => {
    const held = async (): Promise<readonly number[]> => [
      await product.database.collection('written_replies').countDocuments({}),
      await product.database.collection('correspondents').countDocuments({}),
    ];
    const [email, before] = [someone(), await held()];
    await write(email, 'Une question avant de venir.');
    expect(await held()).toEqual(before.map((count) => count + 1));
    await enrol(product, { email, language: 'fr' });
    const own = await openOwnPage(product, email);
    await own.follow(/\/erase$/);
    await own.submit({}, { form: /\/erase$/ });
    await product.settle();
    expect(await held()).toEqual(before);
  });

  it('stays where somebody else typed its writer’s address, which then lapses', async () => {
    const email = someone();
    await write(email, 'Une question sans réponse encore.');
    const held = () => product.database.collection('written_replies').countDocuments({});
    const before = await held();
    await showInterest(product, { email, language: 'fr' });
    product.clock.advance(49 * HOUR);
    await product.settle();
    expect(await held()).toBe(before);
  });
});

describe('the port', () => {
  it('is no relay: an unknown recipient is refused before the mail', async () => {
    for (const to of ['someone@elsewhere.example', 'info@come-together.example', 'bounce+@come-together.example'])
      await expect(handOver(port, 'a@b.example', to, 'x')).rejects.toMatchObject({ responseCode: 550 });
    await expect(
      handOver(port, 'a@b.example', TEAM.toUpperCase(), plainMail({ to: TEAM, body: '' })),
    ).resolves.toBeUndefined();
  });
});

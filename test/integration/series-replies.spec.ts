import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import {
  answerMail,
  calendarOf,
  handOver,
  plainMail,
  type Answering,
  type Client,
} from '../support/calendar-client.js';
import { TestClock } from '../support/clock.js';
import { entryIn } from '../support/invitations.js';
import { announcedMeeting, change, enrol, fromNowOn, idOf, linkIn } from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { answersIn } from '../support/series-answers.js';
import { freePort } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Visitor } from '../support/visitor.js';

const TEAM = 'team@come-together.example';
const NOW = new Date('2027-03-01T09:00:00Z');
/** Tuesdays at 19:00 in Berlin; the third is that of the corpus. */
const SERIES = {
  ...{ date: '2027-03-16', time: '19:00', timeZone: 'Europe/Berlin', durationMinutes: '60' },
  ...{ repeats: 'weekly', occurrences: '5' },
};
const [SECOND, THIRD] = ['2027-03-23T18:00:00.000Z', '2027-03-30T17:00:00.000Z'] as const;

let product: TimedProduct;
let port: number;
let coordinator: Visitor;
let meeting: string;
let people = 0;

beforeAll(async () => {
  port = await freePort();
  product = await TimedProduct.start({ INBOUND_SMTP_PORT: String(port) }, new TestClock(NOW));
});
afterAll(() => product.stop());

/** Someone invited to a series of their own, with the first invitation that came. */
async function invited(): Promise<{ email: string; mail: ReadMail }> {
  const email = `guest${String((people += 1))}@donga.example`;
  await enrol(product, { email });
  ({ coordinator, meeting } = await announcedMeeting(product, SERIES));
  await product.settle();
  product.clock.advance(HOUR);
  const isThis = (mail: ReadMail): boolean => mail.calendar?.includes('RRULE:FREQ=WEEKLY') === true;
  const mail = (await product.mailbox.mailsTo(email)).findLast(isThis);
  if (!mail) throw new Error('no invitation');
  return { email, mail };
}

type More = Partial<Omit<Answering, 'entry'>> & { readonly after?: number };

/** Answers as a program would, some minutes after the invitation. */
async function answer(
  { email, mail }: { email: string; mail: ReadMail },
  client: Client,
  more: More = {},
): Promise<void> {
  const { after = 1, ...others } = more;
  const entry = entryIn(mail);
  const dtstamp = plus(entry.dtstamp, after * MINUTE);
  await handOver(port, email, TEAM, answerMail(client, { entry, attendee: email, to: TEAM, dtstamp, ...others }));
  await product.settle();
}

const said = ({ mail }: { mail: ReadMail }) => answersIn(product, entryIn(mail).uid);

describe('an answer to one date of a series', () => {
  it.each<[Client, string]>([
    ['gmail-occurrence', 'tentative'],
    ['apple-ios-occurrence', 'declined'],
    ['exchange-occurrence', 'declined'],
  ])('%s counts for that date, once, and for no other', async (client, third) => {
    const guest = await invited();
    const isNew = fromNowOn(product.mailbox);
    await answer(guest, client);
    expect(await said(guest)).toEqual({ all: 'needs-action', [THIRD]: third });
    await answer(guest, client);
    expect(await said(guest)).toEqual({ all: 'needs-action', [THIRD]: third });
    // The entry is their own and shows it already.
    expect((await product.mailbox.mailsTo(guest.email)).filter(isNew)).toEqual([]);
    expect(await count({ 'state.occurrences.answer': third })).toBe(1);
    expect(await count({ 'state.answer': third })).toBe(0);
  });

  const count = (filter: object): Promise<number> =>
    product.database.collection('invitations').countDocuments({ 'state.subject': idOf(meeting), ...filter });

  it('comes with the answer to all in one mail, and is read in both', async () => {
    const guest = await invited();
    for (let times = 0; times < 2; times += 1) {
      await answer(guest, 'nextcloud-series');
      expect(await said(guest)).toEqual({ all: 'accepted', [THIRD]: 'declined' });
    }
    expect(await count({ 'state.answer': 'accepted', 'state.role': 'guest' })).toBe(1);
    expect(await count({ 'state.occurrences.answer': 'declined' })).toBe(1);
    const own = await product
      .visitor('en')
      .open(linkIn(guest.mail, 'invitations').replace('/invitations', '/en/invitations'));
    expect(own.text).toMatch(/30 March 2027[^.]*?declined/i);
  });

  it('keeps what is written beside each date', async () => {
    const guest = await invited();
    const notes = ['Gladly.', 'Not that week.', 'Gladly.'];
    const entry = entryIn(guest.mail);
    const answers = { entry, attendee: guest.email, to: TEAM, dtstamp: plus(entry.dtstamp, MINUTE) };
    const calendar = calendarOf('nextcloud-series', answers)
      .replace(/(BEGIN:VEVENT[^]*?)(?=END:VCALENDAR)/, '$1$1')
      .replace(/END:VEVENT/g, () => `COMMENT:${notes.shift() ?? ''}\r\nEND:VEVENT`);
    const before = await product.database.collection('written_replies').countDocuments({});
    const headers = ['Content-Type: text/calendar; method=REPLY'];
    await handOver(port, guest.email, TEAM, plainMail({ from: guest.email, to: TEAM, headers, body: calendar }));
    await product.settle();
    expect(await product.database.collection('written_replies').countDocuments({})).toBe(before + 2);
    const page = await coordinator.open('/console/replies');
    expect(page.text).toContain('Gladly.');
    expect(page.text).toContain('Not that week.');
  });

  it('is the same in whatever order it comes with the answer to all', async () => {
    const inOrder = await invited();
    await answer(inOrder, 'apple-ios-occurrence', { after: 10 });
    await answer(inOrder, 'gmail-accepted', { after: 20 });
    const other = await invited();
    await answer(other, 'gmail-accepted', { after: 20 });
    await answer(other, 'apple-ios-occurrence', { after: 10 });
    expect([await said(inOrder), await said(other)]).toEqual([
      { all: 'accepted', [THIRD]: 'declined' },
      { all: 'accepted', [THIRD]: 'declined' },
    ]);
  });

  it('77 is ignored when a newer one to the same date is there; one to another date is not', async () => {
    const guest = await invited();
    await answer(guest, 'gmail-occurrence', { after: 30 });
    await answer(guest, 'apple-ios-occurrence', { after: 20 });
    expect(await said(guest)).toEqual({ all: 'needs-action', [THIRD]: 'tentative' });
    await answer(guest, 'apple-ios-occurrence', { after: 25, occurrence: '20270323' });
    expect(await said(guest)).toEqual({ all: 'needs-action', [SECOND]: 'declined', [THIRD]: 'tentative' });
    await answer(guest, 'exchange-occurrence', { after: 40 });
    expect(await said(guest)).toEqual({ all: 'needs-action', [SECOND]: 'declined', [THIRD]: 'declined' });
  });

  it('77 to the time before that date was moved is none; one to the new time counts', async () => {
    const guest = await invited();
    await change(coordinator, meeting, 'move', { occurrence: THIRD, scope: 'this', date: '2027-03-31', time: '20:00' });
    await product.settle();
    const moved = (await product.mailbox.mailsTo(guest.email)).at(-1);
    if (!moved) throw new Error('no mail');
    product.clock.advance(HOUR);
    await answer(guest, 'apple-ios-occurrence', { after: 90 });
    expect(await said(guest)).toEqual({ all: 'needs-action' });
    await answer(guest, 'apple-ios-occurrence', { after: 91, sequence: entryIn(moved).sequence });
    expect(await said(guest)).toEqual({ all: 'needs-action', [THIRD]: 'declined' });
  });

  it('on which there is nothing changes nothing', async () => {
    const guest = await invited();
    await answer(guest, 'apple-ios-occurrence', { occurrence: '20270326' });
    await answer(guest, 'exchange-occurrence', { occurrence: '20280330' });
    expect(await said(guest)).toEqual({ all: 'needs-action' });
  });

  it('of someone who comes to that date alone is their answer, with and without the date', async () => {
    const email = `guest${String((people += 1))}@donga.example`;
    const { mail: another } = await invited();
    await enrol(product, { email });
    const visitor = product.visitor('fr');
    await visitor.open(`/meetings/${idOf(meeting)}`);
    await visitor.submit({ email, occurrence: [THIRD] });
    await product.settle();
    const single = (await product.mailbox.mailsTo(email)).findLast(({ calendar }) => calendar?.includes('REQUEST'));
    if (!single) throw new Error('no invitation');
    expect(entryIn(single).uid).not.toBe(entryIn(another).uid);
    await answer({ email, mail: single }, 'apple-ios-occurrence', { after: 1 });
    expect(await said({ mail: single })).toEqual({ all: 'declined' });
    await answer({ email, mail: single }, 'gmail-accepted', { after: 2 });
    expect(await said({ mail: single })).toEqual({ all: 'accepted' });
  });

  it('may be a wish for another time, which is answered and changes no answer', async () => {
    const guest = await invited();
    const isNew = fromNowOn(product.mailbox);
    product.clock.advance(DAY);
    await answer(guest, 'exchange-counter', { after: 2 });
    const [declined] = (await product.mailbox.mailsTo(guest.email)).filter(isNew);
    expect(declined?.method).toBe('DECLINECOUNTER');
    expect(await said(guest)).toEqual({ all: 'needs-action' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HANDLED } from '../../libs/mail/inbound-mailbox.js';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { answerMail, bounceMail, handOver, plainMail, type Client } from '../support/calendar-client.js';
import { TestClock } from '../support/clock.js';
import { Dovecot } from '../support/dovecot.js';
import { entryIn } from '../support/invitations.js';
import { announcedMeeting, enrol, fromNowOn, linkIn, someEvening } from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { freePort } from '../support/product.js';
import { answersIn } from '../support/series-answers.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Visitor } from '../support/visitor.js';
import { eventually } from '../support/waiting.js';

const TEAM = 'team@come-together.example';
const GUEST = 'afi@donga.example';

let dovecot: Dovecot;
let product: TimedProduct;
let port: number;
let coordinator: Visitor;
let invitation: ReadMail;

beforeAll(async () => {
  dovecot = await Dovecot.start();
  port = await freePort();
  // Mails lie in the mailbox under the server's own time.
  const clock = new TestClock(new Date(Math.floor(Date.now() / MINUTE) * MINUTE));
  product = await TimedProduct.start({ IMAP_URL: dovecot.url, INBOUND_SMTP_PORT: String(port) }, clock);
  await enrol(product, { email: GUEST });
  ({ coordinator } = await announcedMeeting(product, someEvening()));
  await product.settle();
  invitation = await product.mailbox.waitForMailTo(GUEST, ({ calendar }) => calendar !== undefined);
  product.clock.advance(HOUR);
});

afterAll(async () => {
  await product.stop();
  await dovecot.close();
});

/** Lies in the mailbox until it is marked as handled. */
async function deliver(raw: string): Promise<void> {
  await dovecot.deliver(raw, new Date());
  await eventually('the mail to be handled', async () =>
    (await dovecot.marks()).every((flags) => flags.includes(HANDLED)),
  );
  await product.settle();
}

async function said(): Promise<string> {
  const link = linkIn(invitation, 'invitations').replace('/invitations', '/en/invitations');
  return /Your reply: (\w+)/.exec((await product.visitor('en').open(link)).text)?.[1] ?? 'nothing';
}

const answer = (client: 'gmail-accepted' | 'apple-icloud-declined', minutes: number, messageId: string): string =>
  answerMail(client, {
    ...{ entry: entryIn(invitation), attendee: GUEST, to: TEAM, messageId },
    dtstamp: plus(entryIn(invitation).dtstamp, minutes * MINUTE),
  });

describe('what comes into the mailbox', () => {
  it('is an answer, in any order and by both ways, once', async () => {
    await deliver(answer('gmail-accepted', 20, '<a@client.example>'));
    expect(await said()).toBe('accepted');
    await deliver(answer('apple-icloud-declined', 10, '<b@client.example>'));
    expect(await said()).toBe('accepted');
    await handOver(port, GUEST, TEAM, answer('apple-icloud-declined', 30, '<c@client.example>'));
    expect(await said()).toBe('declined');
    await deliver(answer('gmail-accepted', 20, '<a@client.example>'));
    expect(await said()).toBe('declined');
  });

  it('is an answer to one date of a series, in any order and by both ways, once', async () => {
    const isNew = fromNowOn(product.mailbox);
    const evening = { ...someEvening(), time: '19:00' };
    await announcedMeeting(product, { ...evening, repeats: 'weekly', occurrences: '4' });
    await product.settle();
    const series = (await product.mailbox.mailsTo(GUEST)).find((mail) => isNew(mail) && mail.calendar !== undefined);
    if (!series) throw new Error('no invitation');
    product.clock.advance(HOUR);
    const entry = entryIn(series);
    const day = Temporal.PlainDate.from(evening.date).add({ weeks: 1 });
    const original = day.toZonedDateTime({ timeZone: evening.timeZone, plainTime: evening.time }).toInstant();
    const second = new Date(original.epochMilliseconds).toISOString();
    const by = (client: Client, minutes: number, messageId: string): string =>
      answerMail(client, {
        ...{ entry, attendee: GUEST, to: TEAM, messageId, occurrence: day.toString().replaceAll('-', '') },
        dtstamp: plus(entry.dtstamp, minutes * MINUTE),
      });
    const answers = () => answersIn(product, entry.uid);
    await deliver(by('gmail-accepted', 30, '<e@client.example>'));
    expect(await answers()).toEqual({ all: 'accepted' });
    await deliver(by('apple-ios-occurrence', 20, '<f@client.example>'));
    expect(await answers()).toEqual({ all: 'accepted', [second]: 'declined' });
    await handOver(port, GUEST, TEAM, by('apple-ios-occurrence', 20, '<f@client.example>'));
    await handOver(port, GUEST, TEAM, by('exchange-occurrence', 10, '<g@client.example>'));
    await deliver(by('gmail-accepted', 30, '<e@client.example>'));
    expect(await answers()).toEqual({ all: 'accepted', [second]: 'declined' });
    await deliver(by('nextcloud-series', 40, '<h@client.example>'));
    await deliver(by('nextcloud-series', 40, '<i@client.example>'));
    expect(await answers()).toEqual({ all: 'accepted', [second]: 'declined' });
    const guests = product.database.collection('invitations');
    expect(await guests.countDocuments({ 'state.occurrences.answer': 'declined' })).toBe(1);
  });

  it('is what someone wrote, the same by both ways', async () => {
    const mail = plainMail({ from: GUEST, to: TEAM, body: 'Je viens avec ma sœur.', messageId: '<d@client.example>' });
    await handOver(port, GUEST, TEAM, mail);
    await deliver(mail);
    const page = await coordinator.open('/console/replies');
    expect(page.text.split('Je viens avec ma sœur.')).toHaveLength(2);
  });

  it('is a bounce, told by the address it was sent to', async () => {
    const path = product.mailbox.box.find(invitation.id)?.from ?? '';
    await deliver(
      `Return-Path: <>\r\nDelivered-To: ${path}\r\n${bounceMail(TEAM, GUEST, ['Action: failed', 'Status: 5.1.1'])}`,
    );
    const [, row = ''] = /^<([\w-]+)@/.exec(invitation.header('message-id') ?? '') ?? [];
    expect(await product.database.collection('deliveries').findOne({ _id: row })).toMatchObject({ state: 'failed' });
  });
});

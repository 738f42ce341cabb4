import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { DatabaseModule } from '../../libs/database/database.module.js';
import { OutboxModule } from '../../libs/outbox/outbox.module.js';
import { Sweep } from '../../libs/outbox/sweep.js';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock, DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { readSettings } from '../../src/config.js';
import { readAddress } from '../../src/contacts/address.js';
import type { Contact } from '../../src/contacts/contact.js';
import { CONTACT_EVENTS } from '../../src/contacts/contacts.events.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { CoreModule } from '../../src/core.module.js';
import { DeliveriesModule, DeliveriesWorkerModule } from '../../src/deliveries/deliveries.module.js';
import { DeliveriesSchedule } from '../../src/deliveries/deliveries.schedule.js';
import { DeliveriesService } from '../../src/deliveries/deliveries.service.js';
import type { Delivery } from '../../src/deliveries/delivery.js';
import { MailWriter } from '../../src/deliveries/mail-writer.service.js';
import { INVITATION_EVENTS } from '../../src/invitations/invitations.events.js';
import { InvitationsRepository } from '../../src/invitations/invitations.repository.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import { MEETING_EVENTS } from '../../src/meetings/meetings.events.js';
import { type GivenMeeting, MeetingsService } from '../../src/meetings/meetings.service.js';
import { TestClock } from '../support/clock.js';
import { TestDatabase } from '../support/database.js';
import { entryIn } from '../support/invitations.js';
import { startMailbox, type TestMailbox } from '../support/mail.js';
import { startRedis, startStore } from '../support/parts.js';
import { eventually } from '../support/waiting.js';

// Each starts a process of its own beside those of other tests.
jest.setTimeout(60_000);

const START = new Date('2027-01-14T18:00:00Z');
/** Handled elsewhere: by participation. */
const EVENTS = [...CONTACT_EVENTS, ...MEETING_EVENTS, ...INVITATION_EVENTS];

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Everything that sending needs, in this process, with a clock that stands until it is moved. */
class Sending {
  private constructor(
    readonly module: TestingModule,
    readonly mailbox: TestMailbox,
    readonly database: TestDatabase,
    readonly clock: TestClock,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<Sending> {
    const folder = mkdtempSync(join(tmpdir(), 'ct-sending-'));
    const [redis, { uri }, mailbox] = await Promise.all([startRedis(), startStore(), startMailbox()]);
    const read = readSettings({
      ...{ MONGODB_URI: uri, REDIS_URL: redis.url, SMTP_URL: mailbox.url, DATA_DIR: folder },
      ...{ SECRET_KEY: randomBytes(32).toString('base64'), EDIT_WINDOW_SECONDS: '120', RATE_LIMITS: 'off', ...env },
    });
    if (!read.ok) throw new Error(read.problems.join());
    const clock = new TestClock(new Date('2027-01-11T09:00:00Z'));
    const module = await Test.createTestingModule({
      imports: [
        CoreModule.with(read.settings),
        DatabaseModule.connect(uri),
        OutboxModule.connect({ redisUrl: redis.url, events: EVENTS, works: true, prefix: redis.prefix }),
        DeliveriesModule,
        DeliveriesWorkerModule,
      ],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .overrideProvider(DatabaseClock)
      .useValue({ now: () => clock.now(), adjust: () => Promise.resolve() })
      .setLogger({ log() {}, error() {}, warn() {} })
      .compile();
    const database = await TestDatabase.open(uri, () => clock.now());
    ends.push(
      () => {
        rmSync(folder, { recursive: true, force: true });
      },
      () => mailbox.close(),
      () => database.close(),
      () => module.close(),
    );
    module.enableShutdownHooks();
    await module.init();
    return new Sending(module, mailbox, database, clock);
  }

  get contacts(): ContactsService {
    return this.module.get(ContactsService, { strict: false });
  }

  get meetings(): MeetingsService {
    return this.module.get(MeetingsService, { strict: false });
  }

  get invitations(): InvitationsService {
    return this.module.get(InvitationsService, { strict: false });
  }

  get deliveries(): DeliveriesService {
    return this.module.get(DeliveriesService, { strict: false });
  }

  /** Moves the clock and waits until nothing is due. */
  async at(instant: Date | string): Promise<void> {
    this.clock.set(instant);
    await this.settle();
  }

  async settle(): Promise<void> {
    // Looked for again and again: a job that is just ending swallows one that is added for the same row.
    await eventually('all that is due to be done', async () => {
      await this.module.get(Sweep).run();
      return this.isDone();
    });
  }

  /** Entries first: what an entry causes is there before it is gone, so that nothing is missed on its way from one to the other. */
  private async isDone(): Promise<boolean> {
    const now = this.clock.now();
    const count = (name: string, field: string): Promise<number> =>
      this.database.collection(name).countDocuments({ [field]: { $lte: now } });
    for (const name of ['contacts', 'meetings', 'invitations'])
      if ((await count(name, 'pending.dueAt')) > 0) return false;
    return (await count('deliveries', 'dueAt')) === 0;
  }

  async contact(name: string, more: { confirmed?: boolean } = {}): Promise<Contact> {
    const address = readAddress(`${name}@donga.example`);
    if (!address) throw new Error('no address');
    const enrolled = await this.contacts.enrol({
      ...{ address: address.address, canonical: address.canonical, language: 'en', timeZone: 'Africa/Porto-Novo' },
      ...{ region: null, country: 'BJ', place: null, wants: ['meetings'] },
    });
    if (enrolled.outcome === 'silent') throw new Error('silent');
    if (more.confirmed === false) return enrolled.contact;
    const confirmed = await this.contacts.confirm(enrolled.contact.id);
    if (!confirmed.ok) throw new Error(confirmed.reason);
    return confirmed.value;
  }

  /** Contacts who have had their confirmations, so that what comes next is what a test is about. */
  async guests(...names: string[]): Promise<Contact[]> {
    const guests: Contact[] = [];
    for (const name of names) guests.push(await this.contact(name));
    await this.settle();
    this.mailbox.box.clear();
    return guests;
  }

  async announce(host: Contact, more: Partial<GivenMeeting> = {}): Promise<string> {
    const id = this.module.get(Ids, { strict: false }).next();
    const drafted = await this.meetings.draft({
      ...{ id, title: 'Ideas', description: 'Bring some.', languages: ['en'], room: '', dialIn: '' },
      ...{ capacity: null, reminders: [60], start: START, end: plus(START, HOUR), timeZone: 'Europe/Berlin' },
      ...{ audience: 'everyone', host: host.id, ...more },
    });
    if (!drafted.ok) throw new Error(drafted.reason);
    await this.meetings.tryOut(id);
    const announced = await this.meetings.announce(id);
    if (!announced.ok) throw new Error(announced.reason);
    await this.settle();
    return id;
  }

  async rows(kind?: string): Promise<Delivery[]> {
    const filter = kind === undefined ? {} : { kind };
    return (await this.database.collection('deliveries').find(filter).toArray()) as unknown as Delivery[];
  }

  async statesOf(contact: Contact, kind: string): Promise<string[]> {
    return (await this.rows(kind)).filter((row) => row.contact === contact.id).map(({ state }) => state);
  }

  subjectsTo(name: string): Promise<string[]> {
    return this.mailbox.mailsTo(`${name}@donga.example`).then((mails) => mails.map(({ subject }) => subject));
  }

  async placeOf(meeting: string, contact: Contact): Promise<string> {
    const invitation = await this.invitations.find(meeting, contact.id);
    if (!invitation) throw new Error('no invitation');
    return invitation.id;
  }
}

describe('an announcement', () => {
  it('33: never goes to the organizer itself, whom Outlook would not take as its own guest', async () => {
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

describe('a signature', () => {
  it('stands on every mail once DKIM is configured', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const sending = await Sending.start({
      ...{ DKIM_DOMAIN: 'come-together.example', DKIM_SELECTOR: 'ct' },
      DKIM_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).replaceAll('\n', '\\n'),
    });
    await sending.contact('ama', { confirmed: false });
    await sending.settle();
    const [mail] = await sending.mailbox.mailsTo('ama@donga.example');
    expect(mail?.subject).toBe('Please confirm your email address');
    expect(mail?.header('dkim-signature')).toMatch(/d=come-together\.example; s=ct;/);
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

describe('a mail server', () => {
  it.each([
    ['421', { at: 'connect', act: { refuse: 421 } }],
    ['450', { at: 'rcpt', act: { refuse: 450, text: '4.2.0 greylisted' } }],
    ['451', { at: 'data', act: { refuse: 451, text: '4.3.0 later' } }],
    ['a dropped connection', { at: 'mail', act: 'drop' }],
  ] as const)('that says %s gets the mail later', async (_, fault) => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    sending.mailbox.box.fail(fault);
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await sending.settle();
    expect(await sending.statesOf(ama, 'me-link')).toEqual(['open']);
    await sending.at(plus(sending.clock.now(), 2 * MINUTE));
    expect(await sending.statesOf(ama, 'me-link')).toEqual(['sent']);
    expect(await sending.subjectsTo('ama')).toHaveLength(1);
  });

  it('that refuses the address for good is not asked again: the row has failed, the address is suppressed', async () => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 550, text: '5.1.1 nobody' }, times: 9 });
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await sending.settle();
    const [row] = await sending.rows('me-link');
    expect(row).toMatchObject({ state: 'failed', code: 550, enhanced: '5.1.1' });
    expect(await sending.contacts.get(ama.id)).toMatchObject({ suppressed: true });
    sending.mailbox.box.recover();
    await sending.deliveries.tell(ama.id, 'me-link', 'again');
    await sending.settle();
    expect(await sending.subjectsTo('ama')).toEqual([]);
  });

  it('that refuses this mail alone has nobody suppressed; a person can retry it', async () => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 552, text: '5.2.2 full' } });
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await sending.settle();
    const [row] = await sending.deliveries.troubled(10);
    expect(row).toMatchObject({ state: 'failed', code: 552, enhanced: '5.2.2' });
    expect(await sending.contacts.get(ama.id)).toMatchObject({ suppressed: false });
    expect(await sending.deliveries.retry(row?._id ?? '')).toBe(true);
    await sending.settle();
    expect(await sending.statesOf(ama, 'me-link')).toEqual(['sent']);
  });

  it('that goes away after the mail gets the same bytes again', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'data', act: 'drop', to: (address) => address.startsWith('ama') });
    await sending.announce(host);
    const [row] = (await sending.rows('request')).filter(({ contact }) => contact === ama.id);
    expect(row).toMatchObject({ state: 'open', enhanced: '4.4.2' });
    await sending.at(plus(sending.clock.now(), 2 * MINUTE));
    const [first, second, ...more] = await sending.mailbox.mailsTo('ama@donga.example');
    expect(more).toEqual([]);
    expect(first?.raw.equals(second?.raw ?? Buffer.alloc(0))).toBe(true);
    expect(await sending.statesOf(ama, 'request')).toEqual(['sent']);
  });

  it('that says nothing is left when the process ends, and the mail waits for the next process', async () => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    const stalled = new Promise<void>((resolve) => {
      sending.mailbox.box.fail({
        ...{ at: 'rcpt', act: 'stall' },
        to: () => {
          resolve();
          return true;
        },
      });
    });
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await stalled;
    await sending.module.close();
    const [row] = await sending.rows('me-link');
    expect(row).toMatchObject({ state: 'open', failures: 0 });
    expect((row?.dueAt ?? new Date(8e15)) <= sending.clock.now()).toBe(true);
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

describe('a poison row', () => {
  it('is set aside after eight failures, without hindering the others', async () => {
    const sending = await Sending.start();
    const [host, ama, kofi] = await sending.guests('host', 'ama', 'kofi');
    if (!host || !ama || !kofi) throw new Error('nobody');
    const writer = sending.module.get(MailWriter, { strict: false });
    const write = writer.write.bind(writer);
    writer.write = (writing) => {
      if (writing.contact.id === ama.id) throw new Error('ama@donga.example cannot be written to');
      return write(writing);
    };
    await sending.announce(host);
    expect(await sending.subjectsTo('kofi')).toEqual(['Invitation: Ideas']);
    for (let hours = 1; hours <= 8; hours++) await sending.at(plus(sending.clock.now(), HOUR + MINUTE));
    expect(await sending.statesOf(ama, 'request')).toEqual(['quarantined']);
    writer.write = write;
    const [row] = await sending.deliveries.troubled(10);
    expect(await sending.deliveries.retry(row?._id ?? '')).toBe(true);
    await sending.settle();
    expect(await sending.subjectsTo('ama')).toEqual(['Invitation: Ideas']);
  });
});

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
    expect(await sending.invitations.isLeaving(ama.id)).toBe(true);
    await sending.settle();
    expect(await sending.invitations.isLeaving(ama.id)).toBe(false);
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

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { DatabaseModule } from '../../libs/database/database.module.js';
import { OutboxModule } from '../../libs/outbox/outbox.module.js';
import { Sweep } from '../../libs/outbox/sweep.js';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock, HOUR, plus } from '../../libs/time/clock.js';
import { readSettings } from '../../src/config.js';
import { readAddress } from '../../src/contacts/address.js';
import type { Contact } from '../../src/contacts/contact.js';
import { CONTACT_EVENTS } from '../../src/contacts/contacts.events.js';
import { ContactsService } from '../../src/contacts/contacts.service.js';
import { CoreModule } from '../../src/core.module.js';
import { DeliveriesModule } from '../../src/deliveries/deliveries.module.js';
import { DeliveriesWorkerModule } from '../../src/deliveries/deliveries-worker.module.js';
import { DeliveriesService } from '../../src/deliveries/deliveries.service.js';
import type { Delivery } from '../../src/deliveries/delivery.js';
import { INVITATION_EVENTS } from '../../src/invitations/invitations.events.js';
import { InvitationsService } from '../../src/invitations/invitations.service.js';
import { MEETING_EVENTS } from '../../src/meetings/meetings.events.js';
import { type GivenMeeting, MeetingsService } from '../../src/meetings/meetings.service.js';
import { TestClock } from './clock.js';
import { TestDatabase } from './database.js';
import { startMailbox, type TestMailbox } from './mail.js';
import { startRedis, startStore } from './parts.js';
import { eventually } from './waiting.js';

export const START = new Date('2027-01-14T18:00:00Z');
/** Handled elsewhere: by participation. */
const EVENTS = [...CONTACT_EVENTS, ...MEETING_EVENTS, ...INVITATION_EVENTS];

/** Everything that sending needs, in this process, with a clock that stands until it is moved. */
export class Sending {
  private static readonly ends: (() => Promise<void> | void)[] = [];

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
    Sending.ends.push(
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

  /** Ends all that was started. */
  static async end(): Promise<void> {
    for (const end of Sending.ends.splice(0).toReversed()) await end();
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

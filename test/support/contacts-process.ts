import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { Database } from '../../libs/database/database.js';
import { DatabaseModule } from '../../libs/database/database.module.js';
import { OutboxModule } from '../../libs/outbox/outbox.module.js';
import { ErasureLog } from '../../libs/privacy/erasure-log.js';
import type { Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { readSettings, type Settings } from '../../src/config.js';
import { readAddress } from '../../src/contacts/address.js';
import { ContactsHandlers } from '../../src/contacts/contacts.handlers.js';
import { ContactsModule } from '../../src/contacts/contacts.module.js';
import { ContactsService, type Enrolment } from '../../src/contacts/contacts.service.js';
import { CoreModule } from '../../src/core.module.js';
import { TestClock } from './clock.js';
import { startRedis, startStore } from './parts.js';

/** Those that contacts handle themselves; what else they cause is for other features. */
const TIMERS = ['contact.unconfirmed', 'contact.year-passed', 'contact.silent'];
export const SECRET_KEY = randomBytes(32).toString('base64');

/** What is to be done after a test, the last first. */
export const ends: (() => Promise<unknown>)[] = [];

export function withEnds(): void {
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
}

interface Process {
  readonly contacts: ContactsService;
  readonly handlers: ContactsHandlers;
  readonly clock: TestClock;
  readonly erased: ErasureLog;
  readonly module: TestingModule;
}

/** One process of the product that knows contacts alone. */
export async function processOn(uri: string, secretKey = SECRET_KEY, previous?: string): Promise<Process> {
  const folder = mkdtempSync(join(tmpdir(), 'ct-contacts-'));
  const redis = await startRedis();
  const read = readSettings({
    MONGODB_URI: uri,
    REDIS_URL: redis.url,
    SMTP_URL: 'smtp://127.0.0.1',
    SECRET_KEY: secretKey,
    SECRET_KEY_PREVIOUS: previous,
    DATA_DIR: folder,
  });
  if (!read.ok) throw new Error(read.problems.join());
  const settings: Settings = read.settings;
  const clock = new TestClock();
  const module = await Test.createTestingModule({
    imports: [
      CoreModule.with(settings),
      DatabaseModule.connect(uri),
      OutboxModule.connect({ redisUrl: redis.url, prefix: redis.prefix, events: TIMERS, works: false }),
      ContactsModule,
    ],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  module.useLogger(false);
  await module.init();
  await module.get(Database).createIndexes();
  ends.push(async () => {
    await module.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    contacts: module.get(ContactsService),
    handlers: module.get(ContactsHandlers),
    clock,
    erased: module.get(ErasureLog),
    module,
  };
}

export const start = async (): Promise<Process> => processOn((await startStore()).uri);

export function enrolment(email: string, more: Partial<Enrolment> = {}): Enrolment {
  const address = readAddress(email);
  if (!address) throw new Error('no address');
  return {
    ...address,
    language: 'fr',
    timeZone: 'Africa/Porto-Novo',
    region: 'copargo',
    country: 'BJ',
    place: null,
    wants: ['meetings'],
    ...more,
  };
}

export async function enrolled({ contacts }: Process, email: string, more: Partial<Enrolment> = {}): Promise<Id> {
  const outcome = await contacts.enrol(enrolment(email, more));
  if (outcome.outcome !== 'enrolled') throw new Error(outcome.outcome);
  return outcome.contact.id;
}

export const entry = (asked: number) => ({
  id: 'x',
  type: 'x',
  handler: 'x',
  failures: 0,
  data: { asked },
});

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import mongoose from 'mongoose';
import { Database } from '../../libs/database/database.js';
import { DatabaseModule } from '../../libs/database/database.module.js';
import { OutboxModule } from '../../libs/outbox/outbox.module.js';
import { ErasureLog, readErasures } from '../../libs/privacy/erasure-log.js';
import type { Id } from '../../libs/privacy/ids.js';
import { Clock, DAY, HOUR } from '../../libs/time/clock.js';
import { readSettings, type Settings } from '../../src/config.js';
import { readAddress } from '../../src/contacts/address.js';
import { ContactsHandlers } from '../../src/contacts/contacts.handlers.js';
import { ContactsModule } from '../../src/contacts/contacts.module.js';
import { ContactsService, type Enrolment } from '../../src/contacts/contacts.service.js';
import { CoreModule } from '../../src/core.module.js';
import { takeFolder } from '../../src/local/folder.js';
import { DATABASE_NAME, withDatabase } from '../../src/local/store-server.js';
import { TestClock } from '../support/clock.js';
import { type OwnPart, projectRoot, startOwnStore, startRedis, startStore } from '../support/parts.js';

/** Those that contacts handle themselves; what else they cause is for other features. */
const TIMERS = ['contact.unconfirmed', 'contact.year-passed', 'contact.silent'];
const SECRET_KEY = randomBytes(32).toString('base64');

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Process {
  readonly contacts: ContactsService;
  readonly handlers: ContactsHandlers;
  readonly clock: TestClock;
  readonly erased: ErasureLog;
  readonly module: TestingModule;
}

/** One process of the product that knows contacts alone. */
async function processOn(uri: string, secretKey = SECRET_KEY, previous?: string): Promise<Process> {
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

const start = async (): Promise<Process> => processOn((await startStore()).uri);

function enrolment(email: string, more: Partial<Enrolment> = {}): Enrolment {
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

async function enrolled({ contacts }: Process, email: string, more: Partial<Enrolment> = {}): Promise<Id> {
  const outcome = await contacts.enrol(enrolment(email, more));
  if (outcome.outcome !== 'enrolled') throw new Error(outcome.outcome);
  return outcome.contact.id;
}

const entry = (asked: number) => ({
  id: 'x',
  type: 'x',
  handler: 'x',
  failures: 0,
  data: { asked },
});

describe('leaving an address', () => {
  it('twenty times at once, in as many spellings, makes one contact', async () => {
    const { uri } = await startStore();
    const [one, two] = [await processOn(uri), await processOn(uri)];
    const spellings = ['Ada@Example.org', 'ada@EXAMPLE.ORG', ' ada@example.org', 'ADA@example.org'];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? one : two).contacts.enrol(enrolment(spellings[i % spellings.length] ?? '')),
      ),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'enrolled')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'waiting')).toHaveLength(19);
    const ids = new Set(outcomes.map((outcome) => ('contact' in outcome ? outcome.contact.id : '')));
    expect(ids.size).toBe(1);
  });

  it('is found again by any spelling, and by no other address', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@bücher.example');
    const find = (email: string) => process.contacts.findByAddress(readAddress(email)?.canonical ?? '');
    expect((await find('ADA@BÜCHER.example'))?.id).toBe(id);
    expect((await find('ada@xn--bcher-kva.example'))?.id).toBe(id);
    expect(await find('ada+x@bücher.example')).toBeUndefined();
    expect(await find('a.da@bücher.example')).toBeUndefined();
  });

  it('adds up what is wished until it is confirmed; after that a form changes nothing', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org', { wants: [], wish: 'first' });
    await process.contacts.enrol(enrolment('ada@example.org', { wants: ['office-hours'], wish: 'second' }));
    expect(await process.contacts.get(id)).toMatchObject({ wants: ['office-hours'], wishes: ['first', 'second'] });

    await process.contacts.confirm(id);
    const confirmed = await process.contacts.get(id);
    const again = await process.contacts.enrol(
      enrolment('ada@example.org', { wants: ['meetings'], wish: 'third', language: 'de', region: 'alfter' }),
    );
    expect(again.outcome).toBe('known');
    expect(await process.contacts.get(id)).toEqual(confirmed);
  });

  it('opens for its owner what was typed', async () => {
    const process = await start();
    const id = await enrolled(process, 'Ada@example.org', { region: null, place: 'Djougou' });
    const contact = await process.contacts.get(id);
    if (!contact) throw new Error('gone');
    expect(process.contacts.held(contact)).toEqual({ address: 'Ada@example.org', place: 'Djougou' });
  });

  it('is found and opened while SECRET_KEY changes', async () => {
    const { uri } = await startStore();
    const before = await processOn(uri);
    const id = await enrolled(before, 'ada@example.org');
    const after = await processOn(uri, randomBytes(32).toString('base64'), SECRET_KEY);
    const contact = await after.contacts.findByAddress('ada@example.org');
    expect(contact?.id).toBe(id);
    expect(contact && after.contacts.held(contact).address).toBe('ada@example.org');
    expect((await after.contacts.enrol(enrolment('ada@example.org'))).outcome).toBe('waiting');
  });

  it('is carried over, so that the old key can go', async () => {
    const { uri } = await startStore();
    const [before, fresh] = [await processOn(uri), randomBytes(32).toString('base64')];
    const id = await enrolled(before, 'ada@example.org', { region: null, place: 'Djougou' });
    const after = await processOn(uri, fresh, SECRET_KEY);
    const added = await enrolled(after, 'bob@example.org');
    expect(await after.contacts.carryOver()).toBe(1);
    expect(await after.contacts.carryOver()).toBe(0);
    const alone = await processOn(uri, fresh);
    const contact = await alone.contacts.findByAddress('ada@example.org');
    expect(contact?.id).toBe(id);
    expect(contact && alone.contacts.held(contact)).toEqual({ address: 'ada@example.org', place: 'Djougou' });
    expect((await alone.contacts.findByAddress('bob@example.org'))?.id).toBe(added);
  });

  it('of someone appointed confirms it, known or not', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    const known = await process.contacts.ensureAppointed(enrolment('ada@example.org', { wants: [] }));
    expect(known).toMatchObject({ id, status: 'confirmed', wants: ['meetings'] });
    const fresh = await process.contacts.ensureAppointed(enrolment('bob@example.org', { wants: [] }));
    expect(fresh).toMatchObject({ status: 'confirmed', wants: [] });
    expect((await process.contacts.ensureAppointed(enrolment('bob@example.org'))).id).toBe(fresh.id);
  });
});

describe('an audience', () => {
  it('is paged through and counted: confirmed, of its regions, each once', async () => {
    const process = await start();
    const { contacts } = process;
    const people = [
      ...Array.from({ length: 5 }, (_, i) => enrolment(`c${String(i)}@example.org`)),
      ...Array.from({ length: 3 }, (_, i) =>
        enrolment(`a${String(i)}@example.org`, { region: 'alfter', country: 'DE' }),
      ),
      enrolment('far@example.org', { region: null, country: 'TG', place: 'Lomé', language: 'de' }),
      enrolment('hours@example.org', { wants: ['office-hours'] }),
      enrolment('out@example.org'),
    ];
    const ids = new Map<string, Id>();
    for (const each of people) {
      const outcome = await contacts.enrol(each);
      if (outcome.outcome !== 'enrolled') throw new Error(outcome.outcome);
      ids.set(each.address, outcome.contact.id);
      await contacts.confirm(outcome.contact.id);
    }
    await enrolled(process, 'unconfirmed@example.org');
    await contacts.unsubscribe(ids.get('out@example.org') ?? '');

    const seen: Id[] = [];
    for (let after: Id | undefined; ;) {
      const page = await contacts.pageOfAudience({}, after, 4);
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id;
      if (page.length < 4) break;
    }
    expect([...seen].sort()).toEqual([...ids.values()].sort());
    expect(seen).toEqual([...seen].sort());
    expect(await contacts.pageOfAudience({ regions: ['alfter'] }, undefined, 100)).toHaveLength(3);

    const counts = await contacts.countAudience({});
    const byRegion = counts.map(({ region, country, language, count }) => [region, country, language, count].join());
    expect(byRegion.sort()).toEqual([',TG,de,1', 'alfter,DE,fr,3', 'copargo,BJ,fr,5']);
    expect(await contacts.countAudience({ regions: ['copargo'] })).toHaveLength(1);
  });
});

describe('retention', () => {
  it('lets go of an unconfirmed address after 48 hours, later when it was left again', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    process.clock.advance(47 * HOUR);
    expect(await process.handlers.lapse(id)).toEqual({ later: new Date('2027-01-13T09:00:00Z') });
    await process.contacts.enrol(enrolment('ada@example.org'));
    process.clock.advance(2 * HOUR);
    expect(await process.handlers.lapse(id)).toEqual({ later: new Date('2027-01-15T08:00:00Z') });
    process.clock.advance(47 * HOUR);
    expect(await process.handlers.lapse(id)).toBeUndefined();
    expect(await process.contacts.get(id)).toMatchObject({ status: 'closing' });
    expect(await process.contacts.enrol(enrolment('ada@example.org'))).toEqual({ outcome: 'silent' });
  });

  it('asks once a year, and erases 30 days after silence but nobody who answered', async () => {
    const process = await start();
    const [silent, answers] = [await enrolled(process, 's@example.org'), await enrolled(process, 'a@example.org')];
    for (const id of [silent, answers]) {
      await process.contacts.confirm(id);
      process.clock.advance(365 * DAY);
      for (let twice = 0; twice < 2; twice++) await process.handlers.askAgain(id, entry(0));
      expect(await process.contacts.get(id)).toMatchObject({ status: 'confirmed', asked: 1 });
    }
    for (let twice = 0; twice < 2; twice++) await process.contacts.stillInterested(answers);
    process.clock.advance(30 * DAY);
    for (const id of [silent, answers]) await process.handlers.endInSilence(id, entry(1));
    expect(await process.contacts.get(silent)).toMatchObject({ status: 'closing' });
    expect(await process.contacts.get(answers)).toMatchObject({ status: 'confirmed', asked: 2 });
  });
});

describe('erasing', () => {
  it('leaves nothing but a random id; the address may come back as someone new', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    await process.contacts.confirm(id);
    await process.contacts.erase(id, { cancelFirst: true, keepBlocked: false });
    for (let twice = 0; twice < 2; twice++) await process.contacts.destroy(id);
    expect(await process.contacts.get(id)).toBeUndefined();
    expect(await process.contacts.findByAddress('ada@example.org')).toBeUndefined();
    expect(await readErasures(process.erased.file)).toEqual([{ id, keepBlocked: false }]);
    expect(await enrolled(process, 'ada@example.org')).not.toBe(id);
  });

  it('takes the timers along: of a year to come nothing is left to do', async () => {
    const { uri } = await startStore();
    const process = await processOn(uri);
    const id = await enrolled(process, 'ada@example.org');
    await process.contacts.confirm(id);
    await process.contacts.destroy(id);
    const connection = await mongoose.createConnection(uri).asPromise();
    ends.push(() => connection.close());
    const left = await connection.collection('contacts').find({}).toArray();
    for (const document of left) {
      expect(Object.keys(document).sort()).toEqual(['_id', 'ended', 'pending', 'version']);
      expect(document['pending']).toEqual([]);
    }
  });

  it('keeps an address blocked when its owner wished so, in every spelling', async () => {
    const process = await start();
    const id = await enrolled(process, 'ada@example.org');
    await process.contacts.erase(id, { cancelFirst: false, keepBlocked: true });
    await process.contacts.destroy(id);
    for (const spelling of ['ada@example.org', 'ADA@example.org'])
      expect(await process.contacts.enrol(enrolment(spelling))).toEqual({ outcome: 'silent' });
    expect((await process.contacts.enrol(enrolment('ada.b@example.org'))).outcome).toBe('enrolled');
  });
});

describe('replaying erasures after a backup was restored', () => {
  /** The command behind `npm run replay-erasures -- FILE…`, from the sources as they lie. */
  async function replay(env: NodeJS.ProcessEnv, ...files: string[]): Promise<{ code: number | null; said: string }> {
    const loader = join(projectRoot, 'tools', 'typescript.mjs');
    const program = join(projectRoot, 'src', 'local', 'replay-erasures.ts');
    const child = spawn(process.execPath, ['--no-warnings', '--import', loader, program, ...files], {
      cwd: projectRoot,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  const said = (read: number, erased: number): string =>
    `Erasures in the log: ${String(read)}. Come back with the backup, and erased now: ${String(erased)}.\n`;

  /** A folder that is gone after the test. */
  function folderFor(): string {
    const folder = mkdtempSync(join(tmpdir(), 'ct-replay-'));
    ends.push(() => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    });
    return folder;
  }

  /** A server that names its database. */
  const server = async (uri: string): Promise<NodeJS.ProcessEnv> => ({
    MONGODB_URI: uri,
    REDIS_URL: (await startRedis()).url,
    SMTP_URL: 'smtp://127.0.0.1:1',
    SECRET_KEY,
    DATA_DIR: folderFor(),
  });

  it('erases those who came back, at once, and leaves all others', async () => {
    const { uri } = await startStore();
    const process = await processOn(uri);
    const [erased, stays] = [await enrolled(process, 'ada@example.org'), await enrolled(process, 'bob@example.org')];
    await process.contacts.confirm(erased);
    const log = join(folderFor(), 'erased.log');
    writeFileSync(log, `${erased}\n\ntorn-li\n${'A'.repeat(22)}\n${erased}\n`);
    const env = await server(uri);
    const first = await replay(env, log);
    expect(first).toEqual({ code: 0, said: said(2, 1) });
    expect(await process.contacts.get(erased)).toBeUndefined();
    expect(await process.contacts.findByAddress('ada@example.org')).toBeUndefined();
    expect(await process.contacts.get(stays)).toMatchObject({ status: 'unconfirmed' });
    expect((await replay(env, log)).said).toBe(said(2, 0));
  }, 60_000);

  it('blocks again whoever wished it', async () => {
    const { uri } = await startStore();
    const process = await processOn(uri);
    const id = await enrolled(process, 'ada@example.org');
    const log = join(folderFor(), 'erased.log');
    writeFileSync(log, `\n${id}\n\n${id} blocked\n`);
    expect((await replay(await server(uri), log)).said).toBe(said(1, 1));
    expect(await process.contacts.enrol(enrolment('ADA@example.org'))).toEqual({ outcome: 'silent' });
  }, 60_000);

  it('opens the database of a data folder by itself, and refuses one that is in use', async () => {
    const store = await startOwnStore();
    ends.push(() => store.close());
    const uri = withDatabase(store.url(), DATABASE_NAME);
    const before = await processOn(uri);
    const [erased, stays] = [await enrolled(before, 'ada@example.org'), await enrolled(before, 'bob@example.org')];
    await before.module.close();
    await store.stop();
    const data = folderFor();
    cpSync(join(store.folder, 'data'), join(data, 'store'), { recursive: true });
    writeFileSync(join(data, 'secret-key'), SECRET_KEY);
    const log = join(data, 'erased.log');
    writeFileSync(log, `${erased}\n`);
    const lock = takeFolder(data);
    expect(await replay({ DATA_DIR: data }, log)).toMatchObject({ code: 1, said: expect.stringContaining('Stop it') });
    lock?.close();
    expect(await replay({ DATA_DIR: data }, log)).toEqual({
      code: 0,
      said: said(1, 1),
    });
    await rm(join(store.folder, 'data'), { recursive: true });
    cpSync(join(data, 'store'), join(store.folder, 'data'), { recursive: true });
    await store.start();
    const after = await processOn(uri);
    expect(await after.contacts.get(erased)).toBeUndefined();
    expect(await after.contacts.get(stays)).toMatchObject({ status: 'unconfirmed' });
  }, 60_000);

  it('says what is missing', async () => {
    expect(await replay({})).toMatchObject({ code: 1, said: expect.stringContaining('Name one or more files') });
    expect(await replay({}, '/none/erased.log')).toMatchObject({
      code: 1,
      said: 'There is no such file: /none/erased.log\n',
    });
  }, 60_000);
});

describe('the bytes on the disk', () => {
  const bytes = (store: OwnPart): Buffer =>
    Buffer.concat(
      readdirSync(store.folder, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => readFileSync(join(file.parentPath, file.name))),
    );
  const spellings = (text: string): Buffer[] => {
    const plain = Buffer.from(text);
    return [plain, Buffer.from(plain.toString('base64').slice(0, -4)), Buffer.from(plain.toString('hex'))];
  };

  it('hold no address and no place, and after erasing neither seal, key nor index', async () => {
    const store = await startOwnStore();
    ends.push(() => store.close());
    const process = await processOn(store.url());
    const email = 'ada.of.the.hills@copargo.example';
    const id = await enrolled(process, email, { region: null, place: 'Tanéka Koko' });
    const contact = await process.contacts.get(id);
    if (!contact) throw new Error('gone');
    for (const text of [email, email.toUpperCase(), 'ada.of.the.hills', 'Tanéka Koko'])
      for (const spelling of spellings(text)) expect(bytes(store).includes(spelling)).toBe(false);
    const held = [Buffer.from(contact.dataKey), Buffer.from(contact.address), Buffer.from(contact.index)];
    for (const each of held) expect(bytes(store).includes(each)).toBe(true);

    await process.contacts.erase(id, { cancelFirst: false, keepBlocked: true });
    await process.contacts.destroy(id);
    for (const each of held) expect(bytes(store).includes(each)).toBe(false);
    for (const spelling of spellings(email)) expect(bytes(store).includes(spelling)).toBe(false);
    expect((await process.contacts.enrol(enrolment(email))).outcome).toBe('silent');
  });
});

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import mongoose from 'mongoose';
import { readSettings, type Settings } from '../../src/config.js';
import { CoreModule } from '../../src/core.module.js';
import type { Form, NewForm } from '../../src/feedback/feedback.js';
import { FeedbackReleases } from '../../src/feedback/releases.service.js';
import { FeedbackModule } from '../../src/feedback/feedback.module.js';
import { FeedbackReleaseModule } from '../../src/feedback/feedback-release.module.js';
import { FeedbackService } from '../../src/feedback/feedback.service.js';
import { ReleasesRepository } from '../../src/feedback/releases.repository.js';
import { SealedLists } from '../../src/feedback/sealed-lists.js';
import { Ids } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { Clock } from '../../libs/time/clock.js';
import { TestClock } from '../support/clock.js';
import { type OwnPart, startOwnStore, startStore } from '../support/parts.js';

const SECRET_KEY = randomBytes(32).toString('base64');
const lists = new SealedLists(KeyRing.of(SECRET_KEY));
const firstWeek = new Date('2027-01-11T04:00:00Z');
const secondWeek = new Date('2027-01-18T04:00:00Z');

const open: TestingModule[] = [];

/** One process that keeps forms, or releases them. */
async function processOn(uri: string, module: typeof FeedbackModule | typeof FeedbackReleaseModule) {
  const read = readSettings({
    MONGODB_URI: 'mongodb://localhost',
    REDIS_URL: '/tmp/r',
    SMTP_URL: 'smtp://x',
    SECRET_KEY,
  });
  if (!read.ok) throw new Error(read.problems.join());
  const settings: Settings = { ...read.settings, MONGODB_URI: uri };
  const process = await Test.createTestingModule({ imports: [CoreModule.with(settings), module] })
    .overrideProvider(Clock)
    .useValue(new TestClock(new Date('2027-01-04T04:00:00Z')))
    .compile();
  open.push(process);
  return process.init();
}

const webOn = async (uri: string) => (await processOn(uri, FeedbackModule)).get(FeedbackService);

/** Starting, it finds its first week empty: a test starts it before it keeps forms. */
async function workerOn(uri: string) {
  const worker = await processOn(uri, FeedbackReleaseModule);
  return { worker, releases: worker.get(FeedbackReleases) };
}

const form = (question: string, more: Partial<NewForm> = {}): NewForm => ({
  pool: 'interest',
  region: 'copargo',
  country: 'BJ',
  language: 'fr',
  fields: { questions: question },
  ...more,
});

const counted = (count: number, text: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => text(i));

async function collections(uri: string) {
  const connection = await mongoose.createConnection(uri).asPromise();
  const read = async (name: string) => connection.collection(name).find({}).toArray();
  return { connection, read };
}

/** The questions of the forms that wait, and how large their documents are. */
async function waiting(uri: string): Promise<{ questions: string[]; sizes: number[] }> {
  const { connection, read } = await collections(uri);
  const documents = await read('feedback_waiting');
  const sizes = documents.map((document) => mongoose.mongo.BSON.calculateObjectSize(document));
  const forms = documents.flatMap(({ _id, sealed }) => {
    return lists.open('feedback_waiting', String(_id), sealed as mongoose.mongo.Binary) as readonly Form[];
  });
  expect(documents.every((document) => document['state'] === 'waiting')).toBe(true);
  await connection.close();
  return { questions: forms.map(({ fields }) => fields.questions ?? ''), sizes };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((process) => process.close()));
});

describe('keeping forms', () => {
  it('loses none that several processes acknowledge at once', async () => {
    const { uri } = await startStore();
    const webs = await Promise.all([webOn(uri), webOn(uri), webOn(uri)]);
    const questions = counted(300, (i) => `question ${String(i)}`);
    const thirds = webs.map((web, i) => ({ web, texts: questions.slice(i * 100, (i + 1) * 100) }));
    await Promise.all(thirds.flatMap(({ web, texts }) => texts.map((text) => web.keep(form(text)))));
    const kept = await waiting(uri);
    expect(kept.questions.sort()).toEqual(questions.sort());
  });

  it('begins the next document when one is full, each under 256 KB and padded to about 64', async () => {
    const { uri } = await startStore();
    const web = await webOn(uri);
    await web.keep(form('a short one'));
    const [size] = (await waiting(uri)).sizes;
    const long = counted(60, (i) => `${String(i)} ${'é'.repeat(5_000)}`);
    for (const text of long) await web.keep(form(text));
    const { questions, sizes } = await waiting(uri);
    expect(questions.sort()).toEqual(['a short one', ...long].sort());
    expect(sizes.length).toBeGreaterThan(2);
    for (const each of [size ?? 0, ...sizes]) {
      expect(each).toBeLessThanOrEqual(256 * 1024);
      expect(each % 65_536).toBeGreaterThan(65_536 - 512);
    }
  });
});

describe('reading released answers', () => {
  it('shows them by topic, language, place and meeting, as pages and as CSV, and none before', async () => {
    const { uri } = await startStore();
    const web = await webOn(uri);
    const { releases } = await workerOn(uri);
    const meeting = 'AAAAAAAAAAAAAAAAAAAAAQ';
    const texts = counted(60, (i) => `=question ${String(i)}`);
    for (const text of texts) await web.keep(form(text));
    for (const text of counted(5, (i) => `frage ${String(i)}`))
      await web.keep(form(text, { region: 'alfter', country: 'DE', language: 'de' }));
    for (const idea of counted(5, (i) => `idea ${String(i)}`))
      await web.keep(form('', { pool: `meeting:${meeting}`, fields: { idea } }));
    for (const idea of counted(4, (i) => `too few ${String(i)}`))
      await web.keep(form('', { pool: 'meeting:AAAAAAAAAAAAAAAAAAAAAg', fields: { idea } }));
    expect(await web.answersReleased()).toBe(0);
    expect(await web.answers()).toEqual({ answers: [], page: 1, more: false });

    await releases.runIfDue(firstWeek);
    expect(await web.answersReleased()).toBe(70);
    const first = await web.answers({ topic: 'questions', language: 'fr' });
    const second = await web.answers({ topic: 'questions', language: 'fr', page: 2 });
    expect([first.more, second.more]).toEqual([true, false]);
    expect([...first.answers, ...second.answers].map(({ text }) => text).sort()).toEqual(texts.sort());
    expect((await web.answers({ place: { region: 'alfter' } })).answers).toHaveLength(5);
    expect((await web.answers({ place: { country: 'DE' } })).answers).toHaveLength(0);
    expect((await web.ideasOf(meeting)).map(({ text }) => text).sort()).toEqual(counted(5, (i) => `idea ${String(i)}`));
    expect(await web.ideasOf('AAAAAAAAAAAAAAAAAAAAAg')).toEqual([]);
    const csv = (await Array.fromAsync(web.answersCsv({ language: 'fr', topic: 'questions' }))).join('');
    expect(csv.split('\r\n')).toHaveLength(62);
    expect(csv).toContain(`"'=question 0"`);
    expect(csv).not.toContain('"=');
  });

  it('keeps no time, no order and nothing of the sender beside an answer', async () => {
    const { uri } = await startStore();
    const web = await webOn(uri);
    const { releases } = await workerOn(uri);
    const questions = counted(40, (i) => `question ${String(i).padStart(2, '0')}`);
    for (const text of questions) await web.keep(form(text));
    await releases.runIfDue(firstWeek);
    const { connection, read } = await collections(uri);
    const stored = await read('feedback_answers');
    await connection.close();
    for (const answer of stored) {
      expect(Object.keys(answer).sort()).toEqual(['_id', 'language', 'place', 'text', 'topic', 'week']);
      expect(String(answer._id)).toMatch(/^[\w-]{22}$/);
    }
    // 40 in their own order by chance: once in 40! runs.
    const inStore = stored.map((answer) => String(answer['text']));
    expect(inStore).not.toEqual(questions);
    expect([...inStore].sort()).toEqual(questions);
  });
});

describe('the weekly run', () => {
  it('releases once when many workers run it together, and forms that come meanwhile wait', async () => {
    const { uri } = await startStore();
    const web = await webOn(uri);
    const last = await workerOn(uri);
    const workers = [last, ...(await Promise.all([workerOn(uri), workerOn(uri), workerOn(uri)]))];
    const early = counted(20, (i) => `early ${String(i)}`);
    for (const text of early) await web.keep(form(text));
    const late = counted(20, (i) => `late ${String(i)}`);
    await Promise.all([
      ...workers.map(({ releases }) => releases.runIfDue(firstWeek)),
      ...late.map((text) => web.keep(form(text))),
    ]);
    const released = async () =>
      (await Array.fromAsync(web.answersCsv())).slice(1).map((line) => /(early|late) \d+/.exec(line)?.[0] ?? line);
    const inFirst = await released();
    expect(new Set(inFirst).size).toBe(inFirst.length);
    expect(inFirst).toEqual(expect.arrayContaining(early));
    await last.releases.runIfDue(secondWeek);
    // Whether the late ones made the first week or not: those left are fewer than five, or out by now.
    const { questions } = await waiting(uri);
    expect([...(await released()), ...questions].sort()).toEqual([...early, ...late].sort());
    expect(questions.length).toBeLessThan(5);
  });

  it('is ended by the next worker after a kill before any of its steps', async () => {
    const steps = Object.getOwnPropertyNames(ReleasesRepository.prototype).filter(
      (name) => !['constructor', 'waiting', 'runs', 'drafts'].includes(name),
    );
    expect(steps.length).toBeGreaterThan(8);
    for (const fatal of steps) {
      const { uri } = await startStore();
      const web = await webOn(uri);
      const { worker, releases } = await workerOn(uri);
      const texts = counted(7, (i) => `question ${String(i)}`);
      for (const text of texts) await web.keep(form(text));
      for (const text of ['few 1', 'few 2']) await web.keep(form(text, { region: 'alfter' }));
      const repository = worker.get(ReleasesRepository);
      const killed = new Proxy(repository, {
        get: (target, name) => {
          if (name === fatal) return () => Promise.reject(new Error('killed'));
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        },
      });
      const dying = new FeedbackReleases(killed, worker.get(Ids));
      await expect(dying.runIfDue(firstWeek)).rejects.toThrow('killed');
      await releases.runIfDue(firstWeek);
      expect(await web.answersReleased()).toBe(7);
      expect((await waiting(uri)).questions.sort()).toEqual(['few 1', 'few 2']);
      const { connection, read } = await collections(uri);
      expect(await read('feedback_drafts')).toEqual([]);
      expect((await read('feedback_runs')).every((run) => Object.keys(run).sort().join() === '_id,done')).toBe(true);
      await connection.close();
    }
  });
});

describe('the bytes on the disk', () => {
  let store: OwnPart;
  beforeEach(async () => {
    store = await startOwnStore();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((process) => process.close()));
    await store.close();
  });

  /** Every file of the store, its journal and free pages too. */
  const bytes = (): Buffer => {
    const files = readdirSync(store.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
  };
  const found = (text: string): boolean => {
    const stored = bytes();
    const plain = Buffer.from(text);
    return [plain, Buffer.from(plain.toString('base64').slice(0, -4)), Buffer.from(plain.toString('hex'))].some(
      (spelling) => stored.includes(spelling),
    );
  };

  it('hold no answer in plain before its release, and no form after it', async () => {
    const uri = store.url();
    const web = await webOn(uri);
    const { releases } = await workerOn(uri);
    const shared = counted(5, (i) => `we want a well by the school ${String(i)}`);
    const alone = 'my goat ate the survey';
    for (const text of shared) await web.keep(form(text));
    await web.keep(form(alone, { region: 'alfter' }));
    for (const text of [...shared, alone]) expect(found(text)).toBe(false);

    const { connection, read } = await collections(uri);
    const sealed = (await read('feedback_waiting')).map(
      (document) => (document['sealed'] as mongoose.mongo.Binary).buffer,
    );
    expect(sealed.some((each) => bytes().includes(each.subarray(16, 80)))).toBe(true);

    await releases.runIfDue(firstWeek);
    // That a released answer is found shows that the search can find.
    for (const text of shared) expect(found(text)).toBe(true);
    expect(found(alone)).toBe(false);
    for (const each of sealed) expect(bytes().includes(each.subarray(16, 80))).toBe(false);
    await connection.close();
  });
});

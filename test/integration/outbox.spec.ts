import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { getQueueToken } from '@nestjs/bullmq';
import { Global, Injectable, Module } from '@nestjs/common';
import { InjectModel, MongooseModule } from '@nestjs/mongoose';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { trusted } from 'mongoose';
import type { Documents } from '../../libs/database/documents.js';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { DatabaseModule } from '../../libs/database/database.module.js';
import { aggregateSchema, type Stored } from '../../libs/outbox/aggregate.schema.js';
import { Aggregates, type AggregateStore } from '../../libs/outbox/aggregates.js';
import { accept, refuse, type Decision } from '../../libs/rules/decision.js';
import { ENTRIES_QUEUE } from '../../libs/outbox/dispatcher.js';
import { QUARANTINE_AT, type DomainEvent, type Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import { OutboxModule } from '../../libs/outbox/outbox.module.js';
import { Quarantine } from '../../libs/outbox/quarantine.js';
import { Relay } from '../../libs/outbox/relay.js';
import { Sweep } from '../../libs/outbox/sweep.js';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { TestClock } from '../support/clock.js';
import { countedId } from '../support/ids.js';
import { type OwnPart, startOwnRedis, startStore } from '../support/parts.js';
import { eventually } from '../support/waiting.js';

interface Tally {
  readonly count: number;
}

const TALLIES = 'tallies';

@Injectable()
class Tallies {
  readonly store: AggregateStore<Tally, DomainEvent>;

  constructor(
    @InjectModel(TALLIES) readonly model: Documents<Stored<Tally>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Tally, DomainEvent>(model);
  }

  async pending(id: string): Promise<readonly Entry[]> {
    return (await this.model.findById(id).lean<Stored<Tally>>())?.pending ?? [];
  }
}

/** What was handled, and what the next handling does instead. */
class Diary {
  readonly lines: string[] = [];
  act: (entry: Entry) => NextPage | Promise<NextPage> = () => undefined;
}

@Injectable()
class TallyHandlers {
  constructor(private readonly diary: Diary) {}

  @Handles('tally.note', 'tally.raised', 'tally.due')
  note(aggregate: string, entry: Entry): Promise<NextPage> {
    this.diary.lines.push(`${entry.type} ${aggregate} ${entry.cursor ?? ''}`.trim());
    return Promise.resolve(this.diary.act(entry));
  }

  @Handles('tally.also', 'tally.raised')
  also(): Promise<NextPage> {
    return Promise.resolve(undefined);
  }
}

@Global()
@Module({ providers: [Clock, Ids], exports: [Clock, Ids] })
class Basics {}

/** The database's clock of this test: it stands still until it is moved. */
const clock = new TestClock();

let redis: OwnPart;
const open: TestingModule[] = [];

beforeAll(async () => {
  redis = await startOwnRedis();
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
afterAll(() => redis.close());

async function processOn(uri: string, works: boolean) {
  const module = await Test.createTestingModule({
    imports: [
      Basics,
      DatabaseModule.connect(uri),
      OutboxModule.connect({
        redisUrl: redis.url(),
        events: ['tally.raised', 'tally.due'],
        works,
        prefix: `test-${new URL(uri.replace(/^mongodb:/, 'http:').replace(/%2F/gi, '-')).pathname.slice(1)}`,
      }),
      MongooseModule.forFeature([{ name: TALLIES, schema: aggregateSchema<Tally>(TALLIES) }]),
    ],
    providers: [Tallies, TallyHandlers, Diary],
  })
    .overrideProvider(DatabaseClock)
    .useValue({ now: () => clock.now(), adjust: () => Promise.resolve() })
    .setLogger({ log() {}, error() {}, warn() {} })
    .compile();
  open.push(module);
  await module.init();
  return {
    module,
    tallies: module.get(Tallies),
    diary: module.get(Diary),
    sweep: module.get(Sweep),
    relay: module.get(Relay),
    quarantine: module.get(Quarantine),
    queue: module.get<Queue>(getQueueToken(ENTRIES_QUEUE)),
  };
}

const raise = (tally: Tally): Decision<Tally, DomainEvent, 'full'> =>
  tally.count >= 100 ? refuse('full') : accept({ count: tally.count + 1 }, { type: 'tally.raised' });

describe('a save', () => {
  it('is state, version and one entry per event and handler, in one document', async () => {
    const { tallies } = await processOn((await startStore()).uri, false);
    const id = countedId(1);
    await tallies.store.create(id, { count: 0 });
    expect(await tallies.store.change(id, raise)).toEqual({ ok: true, value: { count: 1 } });
    const stored = await tallies.model.findById(id).lean<Stored<Tally>>();
    expect(stored).toMatchObject({ version: 1, state: { count: 1 } });
    expect(stored?.pending.map(({ type, handler }) => `${type} ${handler}`).sort()).toEqual([
      'tally.raised tally.also',
      'tally.raised tally.note',
    ]);
  });

  it('loses nothing when many decide at once', async () => {
    const { uri } = await startStore();
    const [one, two] = [await processOn(uri, false), await processOn(uri, false)];
    const id = countedId(1);
    await one.tallies.store.create(id, { count: 0 });
    const outcomes = await Promise.all(
      [one, two, one, two, one, two].map(({ tallies }) => tallies.store.change(id, raise)),
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect((await one.tallies.store.load(id))?.state.count).toBe(6);
    expect(await one.tallies.pending(id)).toHaveLength(12);
  });

  it('refuses what a rule refuses, an unknown id, a taken id, and a form that shows an older version', async () => {
    const { tallies } = await processOn((await startStore()).uri, false);
    const id = countedId(1);
    await tallies.store.create(id, { count: 100 });
    expect(await tallies.store.create(id, { count: 0 })).toEqual({ ok: false, reason: 'exists' });
    expect(await tallies.store.change(id, raise)).toEqual({ ok: false, reason: 'full' });
    expect(await tallies.store.change(countedId(2), raise)).toEqual({ ok: false, reason: 'unknown' });
    await tallies.store.change(id, () => accept<Tally, DomainEvent>({ count: 5 }));
    expect(await tallies.store.change(id, raise, 0)).toEqual({ ok: false, reason: 'changed-meanwhile' });
    expect((await tallies.store.load(id))?.state).toEqual({ count: 5 });
  });
});

describe('an entry', () => {
  it('is closed by its handler alone, and an ended aggregate goes when nothing is pending', async () => {
    const { uri } = await startStore();
    const web = await processOn(uri, false);
    const id = countedId(1);
    await web.tallies.store.create(id, { count: 0 }, [{ type: 'tally.raised' }]);
    await web.tallies.store.change(id, () => accept<undefined, DomainEvent>(undefined));
    await web.sweep.run();
    expect(await web.tallies.model.countDocuments({ _id: id })).toBe(1);
    const worker = await processOn(uri, true);
    await worker.sweep.run();
    await eventually('the entries to be closed', async () => (await web.tallies.pending(id)).length === 0);
    await worker.sweep.run();
    expect(await web.tallies.model.countDocuments({ _id: id })).toBe(0);
    expect(worker.diary.lines).toEqual([`tally.raised ${id}`]);
  });

  it('that is due later waits for its time, by the clock of the database', async () => {
    const { uri } = await startStore();
    const { tallies, sweep, diary } = await processOn(uri, true);
    const id = countedId(1);
    const dueAt = new Date(clock.now().getTime() + 2 * HOUR);
    await tallies.store.create(id, { count: 0 }, [{ type: 'tally.due', dueAt }]);
    await sweep.run();
    expect(diary.lines).toEqual([]);
    clock.advance(2 * HOUR);
    await sweep.run();
    await eventually('the timer', () => diary.lines.length === 1);
  });

  it('that is due soon comes at its time, without a sweep', async () => {
    const { tallies, diary } = await processOn((await startStore()).uri, true);
    const id = countedId(1);
    await tallies.store.create(id, { count: 0 }, [{ type: 'tally.due', dueAt: plus(clock.now(), 500) }]);
    await eventually('the timer', async () => (await tallies.pending(id)).length === 0);
    expect(diary.lines).toEqual([`tally.due ${id}`]);
  });

  it('that Redis would bring too late is brought by the sweep, and handled once', async () => {
    const { tallies, sweep, diary, queue } = await processOn((await startStore()).uri, true);
    const [id, moved, far] = [countedId(1), countedId(2), countedId(3)];
    const dueAt = plus(clock.now(), 4 * MINUTE);
    for (const each of [id, moved]) await tallies.store.create(each, { count: 0 }, [{ type: 'tally.due', dueAt }]);
    const later = plus(clock.now(), 6 * MINUTE);
    await tallies.store.create(far, { count: 0 }, [{ type: 'tally.due', dueAt: later }]);
    await eventually('Redis to hold what is due soon', async () => (await queue.getDelayedCount()) === 2);
    await tallies.model.updateOne(
      { _id: moved, 'pending.type': 'tally.due' },
      { $set: { 'pending.$.dueAt': clock.now() } },
    );
    await sweep.run();
    await eventually('the timer that became due earlier', async () => (await tallies.pending(moved)).length === 0);
    expect(diary.lines).toEqual([`tally.due ${moved}`]);
    // The clock of this process, by which Redis holds the other one, stays where it is.
    clock.advance(4 * MINUTE);
    await Promise.all([sweep.run(), sweep.run()]);
    await eventually('the timer', async () => (await tallies.pending(id)).length === 0);
    await eventually('Redis to hold nothing', async () => (await queue.count()) === 0);
    expect(diary.lines).toEqual([`tally.due ${moved}`, `tally.due ${id}`]);
    expect(await tallies.pending(far)).toHaveLength(1);
  });

  it('that became due later, while Redis brings it as before, waits for its new time', async () => {
    const { tallies, sweep, diary, queue } = await processOn((await startStore()).uri, true);
    const id = countedId(1);
    await tallies.store.create(id, { count: 0 }, [{ type: 'tally.due', dueAt: plus(clock.now(), 4 * MINUTE) }]);
    await eventually('Redis to hold it', async () => (await queue.getDelayedCount()) === 1);
    const change = { $set: { 'pending.$.dueAt': plus(clock.now(), HOUR) } };
    await tallies.model.updateOne({ _id: id, 'pending.type': 'tally.due' }, change);
    const [job] = await queue.getDelayed();
    await job?.promote();
    await eventually('Redis to hold nothing', async () => (await queue.getJobs()).length === 0);
    expect(diary.lines).toEqual([]);
    clock.advance(HOUR);
    await sweep.run();
    await eventually('the timer', async () => (await tallies.pending(id)).length === 0);
    expect(diary.lines).toEqual([`tally.due ${id}`]);
  });

  it('survives FLUSHALL', async () => {
    const { uri } = await startStore();
    const web = await processOn(uri, false);
    const ids = Array.from({ length: 20 }, (_, index) => countedId(index + 1));
    for (const id of ids) {
      const dueAt = plus(clock.now(), MINUTE);
      await web.tallies.store.create(id, { count: 0 }, [{ type: 'tally.raised' }, { type: 'tally.due', dueAt }]);
    }
    const client = new Redis(redis.url());
    await client.flushall();
    client.disconnect();
    clock.advance(MINUTE);
    const { sweep, diary } = await processOn(uri, true);
    await sweep.run();
    await eventually('all to be handled', () => diary.lines.length >= 2 * ids.length);
    expect(new Set(diary.lines).size).toBe(2 * ids.length);
  });

  it('of a fan-out goes on from its cursor after a failure', async () => {
    const { uri } = await startStore();
    const { tallies, sweep, diary } = await processOn(uri, true);
    diary.act = ({ cursor }) => {
      if (cursor === undefined) return { cursor: 'a' };
      if (cursor === 'a' && diary.lines.length < 3) throw new Error('away for a moment');
      return cursor === 'a' ? { cursor: 'b' } : undefined;
    };
    const id = countedId(1);
    await tallies.store.create(id, { count: 0 }, [{ type: 'tally.due' }]);
    await eventually('the failure to be noted', async () => (await tallies.pending(id))[0]?.failures === 1);
    clock.advance(MINUTE);
    await sweep.run();
    await eventually('the entry to be closed', async () => (await tallies.pending(id)).length === 0);
    expect(diary.lines).toEqual([`tally.due ${id}`, `tally.due ${id} a`, `tally.due ${id} a`, `tally.due ${id} b`]);
  });

  it('that fails eight times is set aside, seen, and put back to work', async () => {
    const { uri } = await startStore();
    const { tallies, sweep, diary, quarantine, relay } = await processOn(uri, true);
    diary.act = () => {
      throw new Error('poison');
    };
    const [id, other] = [countedId(1), countedId(2)];
    await tallies.store.create(id, { count: 0 }, [{ type: 'tally.due' }]);
    for (let failures = 1; failures < QUARANTINE_AT; failures++) {
      await eventually('a failure', async () => (await tallies.pending(id))[0]?.failures === failures);
      clock.advance(2 * HOUR);
      await sweep.run();
    }
    await eventually('the quarantine', async () => (await quarantine.entries(10)).length === 1);
    const [set] = await quarantine.entries(10);
    expect(set).toMatchObject({ aggregate: id, type: 'tally.due', handler: 'tally.note' });
    expect(await tallies.model.countDocuments({ 'pending.dueAt': trusted({ $exists: true }) })).toBe(0);
    diary.act = () => undefined;
    await tallies.store.create(other, { count: 0 }, [{ type: 'tally.due' }]);
    await eventually('the others to go on', async () => (await tallies.pending(other)).length === 0);
    if (set) await relay.retry(set);
    await sweep.run();
    await eventually('the retry', async () => (await tallies.pending(id)).length === 0);
  });
});

describe('a start', () => {
  it('fails when an event has no handler', async () => {
    const { uri } = await startStore();
    const module = await Test.createTestingModule({
      imports: [
        Basics,
        DatabaseModule.connect(uri),
        OutboxModule.connect({ redisUrl: redis.url(), events: ['tally.lost'], works: false, prefix: 'test-start' }),
      ],
    })
      .setLogger({ log() {}, error() {}, warn() {} })
      .compile();
    open.push(module);
    await expect(module.init()).rejects.toThrow('no handler for tally.lost');
  });
});

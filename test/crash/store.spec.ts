import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { type OwnPart, startOwnStore } from '../support/parts.js';

const KILLS = Number(process.env['KILLS'] ?? 200);
const WRITERS = 8;
/** A kill comes at some point within this many milliseconds after the load has begun. */
const LONGEST_LIFE = 250;

interface Row {
  readonly _id: string;
  readonly writer: number;
  /** A seat that one document may hold; undefined where it holds none. */
  readonly seat?: number;
  readonly n: number;
  readonly tags: readonly string[];
  readonly text: string;
}

/** What a writer knows of a document: what was acknowledged, and what it asked for when the connection broke. */
interface Known {
  readonly sure: Row | undefined;
  readonly asked: readonly (Row | undefined)[];
}

/** One client that inserts, changes and deletes documents of its own, and notes what it was told. */
class Writer {
  private readonly known = new Map<string, Known>();
  private count = 0;

  constructor(
    private readonly number: number,
    private readonly random: () => number,
  ) {}

  /** Writes until the server is gone, and gives how many writes were acknowledged. Throws what is no broken connection. */
  async write(rows: mongo.Collection<Row>): Promise<number> {
    for (let done = 0; ; done++) {
      try {
        await this.step(rows);
      } catch (error) {
        if (isGone(error)) return done;
        throw error;
      }
    }
  }

  private async step(rows: mongo.Collection<Row>): Promise<void> {
    const settled = [...this.known].filter(([, { sure, asked }]) => sure !== undefined && asked.length === 0);
    const [id, known] = settled[Math.floor(this.random() * settled.length)] ?? [];
    const act = this.random();
    if (id === undefined || known?.sure === undefined || act < 0.2) await this.insert(rows);
    else if (act < 0.25) await this.insertSeveral(rows);
    else if (act < 0.6) await this.change(rows, id, known.sure);
    else await this.delete(rows, id, known.sure);
  }

  private fresh(): Row {
    this.count += 1;
    const _id = `w${String(this.number)}-${String(this.count)}`;
    const seat = Math.floor(this.random() * 400);
    const tags = [`t${String(this.count % 7)}`, `u${String(this.count % 3)}`];
    const text = 'x'.repeat(Math.floor(this.random() * 2_000));
    return { _id, writer: this.number, n: 0, tags, text, ...(this.random() < 0.5 ? { seat } : {}) };
  }

  private async insert(rows: mongo.Collection<Row>): Promise<void> {
    const row = this.fresh();
    this.ask(row._id, undefined, row);
    this.settle(row._id, (await this.taken(rows.insertOne(row))) ? undefined : row);
  }

  /** Unordered, as a fan-out does: a seat that is taken keeps out only its own document. */
  private async insertSeveral(rows: mongo.Collection<Row>): Promise<void> {
    const several = Array.from({ length: 5 }, () => this.fresh());
    for (const row of several) this.ask(row._id, undefined, row);
    let refused = new Set<number>();
    try {
      await rows.insertMany(several, { ordered: false });
    } catch (error) {
      if (!(error instanceof mongo.MongoBulkWriteError) || isGone(error)) throw error;
      refused = new Set([error.writeErrors].flat().map(({ index }) => index));
    }
    for (const [index, row] of several.entries()) this.settle(row._id, refused.has(index) ? undefined : row);
  }

  private async change(rows: mongo.Collection<Row>, id: string, before: Row): Promise<void> {
    const seat = Math.floor(this.random() * 400);
    const after = { ...before, n: before.n + 1, seat, tags: [...before.tags.slice(-3), `v${String(before.n)}`] };
    this.ask(id, before, after);
    const change = { $set: { seat, tags: after.tags }, $inc: { n: 1 } };
    this.settle(id, (await this.taken(rows.updateOne({ _id: id, n: before.n }, change))) ? before : after);
  }

  private async delete(rows: mongo.Collection<Row>, id: string, before: Row): Promise<void> {
    this.ask(id, before, undefined);
    await rows.deleteOne({ _id: id });
    this.settle(id, undefined);
  }

  private ask(id: string, sure: Row | undefined, wanted: Row | undefined): void {
    this.known.set(id, { sure, asked: [wanted] });
  }

  private settle(id: string, sure: Row | undefined): void {
    this.known.set(id, { sure, asked: [] });
  }

  /** True where another document holds the seat. */
  private async taken(act: Promise<unknown>): Promise<boolean> {
    try {
      await act;
      return false;
    } catch (error) {
      if (error instanceof mongo.MongoServerError && error.code === 11000) return true;
      throw error;
    }
  }

  /** Compares what is stored with what was acknowledged; what was only asked for may have been done or not. */
  check(stored: ReadonlyMap<string, Row>): void {
    for (const [id, { sure, asked }] of this.known) {
      const row = stored.get(id);
      const allowed = [sure, ...asked].map((each) => canonical(each));
      expect({ id, allowed, holds: allowed.includes(canonical(row)) }).toEqual({ id, allowed, holds: true });
      if (row === undefined) this.known.delete(id);
      else this.settle(id, row);
    }
    const strangers = [...stored.values()].filter(({ _id, writer }) => writer === this.number && !this.known.has(_id));
    expect(strangers).toEqual([]);
  }
}

const canonical = (row: Row | undefined): string =>
  row === undefined ? 'absent' : JSON.stringify([row._id, row.writer, row.seat ?? null, row.n, row.tags, row.text]);

/**
 * True where no answer came: the driver's own errors, the system's for a socket that nobody holds any more, and either
 * as the driver dresses it up for a bulk, with no document to blame.
 */
const isGone = (error: unknown): boolean =>
  (error instanceof mongo.MongoBulkWriteError && [error.writeErrors].flat().length === 0) ||
  (error instanceof mongo.MongoError && !(error instanceof mongo.MongoServerError)) ||
  (typeof error === 'object' && error !== null && 'syscall' in error);

/** Numbers from 0 to 1 that can be had again from the seed, which a failure prints (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe(`the store under ${String(WRITERS)} writers, killed ${String(KILLS)} times`, () => {
  const seed = randomBytes(4).readUInt32LE();
  const random = randomFrom(seed);
  let store: OwnPart;
  let acknowledged = 0;

  beforeAll(async () => {
    store = await startOwnStore();
    await withRows(async (rows) => {
      await rows.createIndex({ seat: 1 }, { unique: true, partialFilterExpression: { seat: { $exists: true } } }, {});
      await rows.createIndex({ tags: 1, _id: 1 }, {}, {});
      await rows.createIndex({ writer: 1, n: -1 }, {}, {});
    });
  }, 60_000);

  afterAll(() => store.close());

  async function withRows<Result>(act: (rows: mongo.Collection<Row>) => Promise<Result>): Promise<Result> {
    // A try that is not acknowledged must not be repeated behind our back: what was asked for would then be unknown.
    const options = { retryWrites: false, retryReads: false, serverSelectionTimeoutMS: 20_000, maxPoolSize: WRITERS };
    const client = await mongo.MongoClient.connect(store.url(), options);
    try {
      return await act(client.db('crash').collection<Row>('rows'));
    } finally {
      await client.close();
    }
  }

  it(
    'loses nothing that it acknowledged, and its indexes agree with its documents',
    async () => {
      const writers = Array.from({ length: WRITERS }, (_, number) => new Writer(number, random));
      for (let kill = 0; kill < KILLS; kill++) {
        await withRows(async (rows) => {
          const writing = Promise.all(writers.map((writer) => writer.write(rows)));
          await sleep(random() * LONGEST_LIFE);
          await store.kill();
          acknowledged += (await writing).reduce((sum, count) => sum + count, 0);
        });
        await store.start();
        await withRows(async (rows) => {
          const stored = new Map((await rows.find().toArray()).map((row) => [row._id, row]));
          for (const writer of writers) writer.check(stored);
          await expectSoundIndexes(rows, [...stored.values()]);
        });
      }
      expect(acknowledged).toBeGreaterThan(KILLS);
    },
    KILLS * 5_000 + 60_000,
  );

  it('takes writes after all that, and keeps seats unique', async () => {
    await withRows(async (rows) => {
      const held = await rows.findOne({ seat: { $exists: true } });
      if (held?.seat === undefined) throw new Error(`nobody holds a seat (seed ${String(seed)})`);
      const second = { ...held, _id: 'second' };
      await expect(rows.insertOne(second)).rejects.toMatchObject({ code: 11000 });
      await rows.deleteOne({ _id: held._id });
      await rows.insertOne(second);
      expect(await rows.find({ seat: { $eq: held.seat } }).toArray()).toMatchObject([{ _id: 'second' }]);
    });
  });

  /** Asks by each index, and compares with all documents. */
  async function expectSoundIndexes(rows: mongo.Collection<Row>, all: readonly Row[]): Promise<void> {
    const seats = all.flatMap(({ seat }) => (seat === undefined ? [] : [seat]));
    expect({ seed, seats: seats.length }).toEqual({ seed, seats: new Set(seats).size });
    const ids = async (filter: mongo.Filter<Row>): Promise<string[]> =>
      (await rows.find(filter, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id).sort();
    const bySeat = await ids({ seat: { $gte: 0 } });
    expect(bySeat).toEqual(
      all
        .filter(({ seat }) => seat !== undefined)
        .map(({ _id }) => _id)
        .sort(),
    );
    for (const tag of ['t1', 'u2', 'v0', 'v3'])
      expect(await ids({ tags: tag })).toEqual(
        all
          .filter(({ tags }) => tags.includes(tag))
          .map(({ _id }) => _id)
          .sort(),
      );
    for (let writer = 0; writer < WRITERS; writer++)
      expect(await ids({ writer })).toEqual(
        all
          .filter((row) => row.writer === writer)
          .map(({ _id }) => _id)
          .sort(),
      );
  }
});

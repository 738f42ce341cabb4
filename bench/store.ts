/**
 * `npm run bench:store -- [--sizes 1000,100000,1000000] [--writers 1,16] [--operations 2000] [--rounds 5]`: the embedded
 * store beside plain `node:sqlite` doing the same work, with the same promise (WAL, synchronous=FULL: an acknowledged
 * write is on the disk). Both take turns within each round, so that a busy machine slows both; what counts is the ratio.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { type OwnPart, startOwnStore } from '../test/support/parts.js';

interface Row {
  readonly _id: string;
  readonly version: number;
  readonly key: string;
  readonly state: { readonly status: string; readonly text: string };
}

/** One way to keep rows. Each operation resolves when it is done, a write when it is on the disk. */
interface Contender {
  fill(rows: readonly Row[]): Promise<void>;
  insert(row: Row): Promise<void>;
  byId(id: string): Promise<void>;
  byKey(key: string): Promise<void>;
  update(id: string): Promise<void>;
}

const keyOf = (number: number): string => `key-${String((number * 7_919) % 1_000_003)}-${String(number)}`;
const idOf = (number: number): string => `id-${String(number).padStart(9, '0')}`;
const text = randomBytes(150).toString('hex');
const rowOf = (number: number): Row => ({
  _id: idOf(number),
  version: 0,
  key: keyOf(number),
  state: { status: number % 3 === 0 ? 'open' : 'sent', text },
});

function found(row: unknown): void {
  if (row === null || row === undefined) throw new Error('a row that was written is not found');
}

/** Through the official driver, as the product does. */
class Store implements Contender {
  private constructor(
    private readonly part: OwnPart,
    private readonly client: mongo.MongoClient,
    private readonly rows: mongo.Collection<Row>,
  ) {}

  static async open(connections: number): Promise<Store> {
    const part = await startOwnStore();
    const client = await mongo.MongoClient.connect(part.url(), { maxPoolSize: connections });
    const rows = client.db('bench').collection<Row>('rows');
    await rows.createIndex({ key: 1 }, { unique: true }, {});
    return new Store(part, client, rows);
  }

  async fill(rows: readonly Row[]): Promise<void> {
    await this.rows.insertMany(rows, { ordered: false });
  }

  async insert(row: Row): Promise<void> {
    await this.rows.insertOne(row);
  }

  async byId(id: string): Promise<void> {
    found(await this.rows.findOne({ _id: id }));
  }

  async byKey(key: string): Promise<void> {
    found(await this.rows.findOne({ key }));
  }

  async update(id: string): Promise<void> {
    const { modifiedCount } = await this.rows.updateOne({ _id: id }, { $inc: { version: 1 } });
    if (modifiedCount !== 1) throw new Error('an update changed nothing');
  }

  megabytes(): number | undefined {
    try {
      const status = readFileSync(`/proc/${String(this.part.pid)}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.part.close();
  }
}

/** The same rows as BSON in one table with the same two indexes, in this process, without server, driver or socket. */
class Plain implements Contender {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ct-bench-'));
  private readonly database = new DatabaseSync(join(this.folder, 'plain.db'));
  private readonly statements: Record<'insert' | 'byId' | 'byKey' | 'update', StatementSync>;

  constructor() {
    this.database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE rows (id TEXT PRIMARY KEY, key TEXT UNIQUE, document BLOB) WITHOUT ROWID`);
    this.statements = {
      insert: this.database.prepare('INSERT INTO rows VALUES (?, ?, ?)'),
      byId: this.database.prepare('SELECT document FROM rows WHERE id = ?'),
      byKey: this.database.prepare('SELECT document FROM rows WHERE key = ?'),
      update: this.database.prepare('UPDATE rows SET document = ? WHERE id = ?'),
    };
  }

  fill(rows: readonly Row[]): Promise<void> {
    this.database.exec('BEGIN');
    for (const row of rows) this.statements.insert.run(row._id, row.key, mongo.BSON.serialize(row));
    this.database.exec('COMMIT');
    return Promise.resolve();
  }

  insert(row: Row): Promise<void> {
    this.statements.insert.run(row._id, row.key, mongo.BSON.serialize(row));
    return Promise.resolve();
  }

  byId(id: string): Promise<void> {
    found(this.read('byId', id));
    return Promise.resolve();
  }

  byKey(key: string): Promise<void> {
    found(this.read('byKey', key));
    return Promise.resolve();
  }

  update(id: string): Promise<void> {
    const row = this.read('byId', id);
    this.statements.update.run(mongo.BSON.serialize({ ...row, version: Number(row?.['version']) + 1 }), id);
    return Promise.resolve();
  }

  private read(statement: 'byId' | 'byKey', value: string): mongo.Document | undefined {
    const document = this.statements[statement].get(value)?.['document'];
    return document instanceof Uint8Array ? mongo.BSON.deserialize(document) : undefined;
  }

  close(): void {
    this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

type Act = (contender: Contender, number: number) => Promise<void>;

/** Takes so many numbers, each of `writers` at once the next, and gives the milliseconds that it took. */
async function timed(contender: Contender, act: Act, numbers: readonly number[], writers: number): Promise<number> {
  const begin = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let number = numbers[next++]; number !== undefined; number = numbers[next++]) await act(contender, number);
  };
  await Promise.all(Array.from({ length: writers }, work));
  return performance.now() - begin;
}

const ACTS: Readonly<Record<string, Act>> = {
  'look up by _id': (contender, number) => contender.byId(idOf(number)),
  'look up by index': (contender, number) => contender.byKey(keyOf(number)),
  update: (contender, number) => contender.update(idOf(number)),
  insert: (contender, number) => contender.insert(rowOf(number)),
};

async function measure(
  size: number,
  writersList: readonly number[],
  operations: number,
  rounds: number,
): Promise<void> {
  const [store, plain] = [await Store.open(Math.max(...writersList)), new Plain()];
  try {
    for (let from = 0; from < size; from += 1_000) {
      const rows = Array.from({ length: Math.min(1_000, size - from) }, (_, offset) => rowOf(from + offset));
      for (const contender of [store, plain]) await contender.fill(rows);
    }
    let fresh = size;
    for (const writers of writersList)
      for (const [name, act] of Object.entries(ACTS)) {
        const total = { store: 0, plain: 0 };
        for (let round = 0; round < rounds; round++) {
          const count = Math.ceil(operations / rounds);
          const numbers = Array.from({ length: count }, (_, n) =>
            name === 'insert' ? fresh + n : (n * 104_729 + round) % size,
          );
          if (name === 'insert') fresh += count;
          const order = round % 2 === 0 ? (['store', 'plain'] as const) : (['plain', 'store'] as const);
          for (const who of order) total[who] += await timed(who === 'store' ? store : plain, act, numbers, writers);
        }
        report(size, writers, name, operations, total.store, total.plain);
      }
    console.log(`${groups(size)} documents: the store's process holds ${String(store.megabytes() ?? '?')} MB\n`);
  } finally {
    await store.close();
    plain.close();
  }
}

const groups = (number: number): string => number.toLocaleString('en-GB');

function report(size: number, writers: number, name: string, operations: number, store: number, plain: number): void {
  const rate = (milliseconds: number): string => groups(Math.round((operations * 1_000) / milliseconds)).padStart(8);
  console.log(
    `${groups(size).padStart(9)} documents, ${String(writers).padStart(2)} at once, ${name.padEnd(16)}: ` +
      `store ${rate(store)}/s, node:sqlite ${rate(plain)}/s, ratio ${(store / plain).toFixed(2)}`,
  );
}

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000,1000000' },
    writers: { type: 'string', default: '1,16' },
    operations: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '5' },
  },
});
const list = (given: string): number[] => given.split(',').map(Number);

console.log('The ratio is the time of the store by that of node:sqlite: 1.00 is as fast, below is faster.\n');
for (const size of list(values.sizes))
  await measure(size, list(values.writers), Number(values.operations), Number(values.rounds));

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { copyDatabase, CopyFailure, NOTES } from '../../../libs/database/copying.js';
import { takeFolder } from '../../../src/local/folder.js';
import { type OwnPart, projectRoot, startOwnStore, startStore } from '../../support/parts.js';
import { exact, type Fields } from './database.js';

const { Decimal128, Double, Long } = mongo;
const silent = (): void => undefined;

/** A source and a target, both new, on the store that all tests share (or on MONGODB_URI). */
let source: mongo.MongoClient;
let target: mongo.MongoClient;
let from: string;
let to: string;

beforeEach(async () => {
  [from, to] = [(await startStore()).uri, (await startStore()).uri];
  [source, target] = [await mongo.MongoClient.connect(from), await mongo.MongoClient.connect(to)];
});

afterEach(async () => {
  for (const client of [source, target]) {
    await client.db().dropDatabase();
    await client.close();
  }
});

type Rows = mongo.Collection<Fields & { _id?: string | number }>;
const rows = (client: mongo.MongoClient, name = 'rows'): Rows => client.db().collection(name);
const contents = async (client: mongo.MongoClient, name = 'rows'): Promise<string[]> => {
  const found = await rows(client, name)
    .find({}, { sort: { _id: 1 }, promoteValues: false })
    .toArray();
  return found.map(exact);
};
const refused = async (): Promise<string> => {
  const outcome: unknown = await copyDatabase(from, to, silent).catch((error: unknown) => error);
  if (!(outcome instanceof CopyFailure)) throw new Error(`expected a refusal, but got ${String(outcome)}`);
  return outcome.message;
};

async function fill(): Promise<void> {
  await rows(source).insertMany(
    Array.from({ length: 1_200 }, (_, _id) => ({ _id, k: `k${String(_id)}`, t: [_id, 'x'] })),
  );
  await rows(source).createIndex({ k: 1 }, { unique: true, partialFilterExpression: { k: { $exists: true } } }, {});
  await rows(source).createIndex({ t: 1, _id: -1 }, { name: 'by t' }, {});
  await rows(source, 'kinds').insertMany([
    { _id: 'a', long: Long.MAX_VALUE, double: new Double(1), decimal: Decimal128.fromString('1.10'), none: null },
    new Map<string, unknown>([
      ['_id', 'b'],
      ['10', 1],
      [
        '2',
        [
          new Map<string, unknown>([
            ['1', 'x'],
            ['0', new Double(2)],
          ]),
        ],
      ],
      [
        'inside',
        new Map<string, unknown>([
          ['3', Long.fromNumber(3)],
          ['1', new Date(5)],
        ]),
      ],
    ]) as unknown as Fields,
  ]);
  await source.db().createCollection('empty');
}

describe('a copy into another database', () => {
  it('holds every document, with its types, and every index', async () => {
    await fill();
    const heard: string[] = [];
    const copied = await copyDatabase(from, to, (collection, done, all) => {
      heard.push(`${collection} ${String(done)}/${String(all)}`);
    });
    expect(copied.map(({ collection, documents, indexes }) => [collection, documents, indexes])).toEqual([
      ['empty', 0, 0],
      ['kinds', 2, 0],
      ['rows', 1_200, 2],
    ]);
    expect(heard).toEqual(expect.arrayContaining(['rows 0/1200', 'rows 500/1200', 'rows 1200/1200']));
    for (const name of ['rows', 'kinds', 'empty'])
      expect(await contents(target, name)).toEqual(await contents(source, name));
    const indexes = (client: mongo.MongoClient) => rows(client).listIndexes().toArray();
    expect(await indexes(target)).toEqual(expect.arrayContaining(await indexes(source)));
    expect(await indexes(target)).toHaveLength(3);
  });

  it('keeps the order of fields whose names look like numbers', async () => {
    await fill();
    await copyDatabase(from, to, silent);
    const bytes = async (client: mongo.MongoClient) =>
      (
        await rows(client, 'kinds')
          .find({}, { raw: true, sort: { _id: 1 } })
          .toArray()
      ).map(String);
    expect(await bytes(target)).toEqual(await bytes(source));
  });

  it('can be run again, and changes nothing then', async () => {
    await fill();
    const first = await copyDatabase(from, to, silent);
    expect(await copyDatabase(from, to, silent)).toEqual(first);
  });

  it('run again takes over what has changed since, also keys that changed hands', async () => {
    await fill();
    await copyDatabase(from, to, silent);
    await rows(source).updateOne({ _id: 1 }, { $set: { k: 'free' } });
    await rows(source).updateOne({ _id: 2 }, { $set: { k: 'k1' } });
    await rows(source).updateOne({ _id: 1 }, { $set: { k: 'k2' } });
    await rows(source).deleteMany({ _id: { $gte: 1_100 } });
    await rows(source).insertOne({ _id: 5_000 });
    await rows(source).dropIndex('by t');
    await rows(source, 'kinds').drop();
    await rows(source, 'later').insertOne({ _id: 1 });
    await copyDatabase(from, to, silent);
    expect(await contents(target)).toEqual(await contents(source));
    expect(await rows(target).listIndexes().toArray()).toHaveLength(2);
    const names = await target.db().listCollections({}, { nameOnly: true }).toArray();
    expect(names.map(({ name }) => name).sort()).toEqual(['empty', 'later', 'rows', NOTES]);
  });

  it('that broke off goes on', async () => {
    await fill();
    const broken = copyDatabase(from, to, (collection, done) => {
      if (collection === 'rows' && done === 500) throw new Error('pulled the plug');
    });
    await expect(broken).rejects.toThrow('pulled the plug');
    expect(await rows(target).countDocuments()).toBe(500);
    await copyDatabase(from, to, silent);
    expect(await contents(target)).toEqual(await contents(source));
  });

  it('leaves a target alone that holds other data', async () => {
    await fill();
    await rows(target, 'theirs').insertOne({ _id: 1 });
    expect(await refused()).toMatch(/holds other data already \(theirs\)\. Name an empty database, or drop/);
    expect(await contents(target, 'theirs')).toHaveLength(1);
    expect(await rows(target).countDocuments()).toBe(0);
  });

  it('leaves a target alone that holds the copy of another database', async () => {
    await rows(source).insertOne({ _id: 1 });
    await copyDatabase(from, to, silent);
    const other = (await startStore()).uri;
    const outcome = copyDatabase(other, to, silent);
    await expect(outcome).rejects.toThrow('holds a copy of another database');
    expect(await contents(target)).toHaveLength(1);
  });

  it('leaves a target alone that has been used since it was filled', async () => {
    await fill();
    await copyDatabase(from, to, silent);
    await rows(target).insertOne({ _id: 9_999 });
    expect(await refused()).toMatch(/has been used since it was filled \(rows differs\)/);
    expect(await rows(target).countDocuments()).toBe(1_201);
  });

  it('says that the target cannot be reached', async () => {
    const nowhere = 'mongodb://127.0.0.1:1/none?serverSelectionTimeoutMS=200&directConnection=true';
    await expect(copyDatabase(from, nowhere, silent)).rejects.toThrow(/^The target cannot be reached/);
  }, 20_000);
});

describe('npm run store:copy', () => {
  let part: OwnPart;
  const folder = mkdtempSync(join(tmpdir(), 'ct-copy-'));

  beforeAll(async () => {
    part = await startOwnStore();
  });
  afterAll(async () => {
    await part.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The command behind the npm script, from the sources as they lie. */
  const command = (...args: string[]) => commandWith('', ...args);

  function commandWith(uri: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
    const loader = join(projectRoot, 'tools', 'typescript.mjs');
    const program = join(projectRoot, 'src', 'local', 'store-copy.ts');
    const child = spawn(process.execPath, ['--no-warnings', '--import', loader, program, ...args], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: '', MONGODB_URI: uri },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ code, output });
      });
    });
  }

  it('copies a data folder on which nothing runs', async () => {
    const client = await mongo.MongoClient.connect(part.url());
    await rows(client).insertMany([{ _id: 1 }, { _id: 2 }]);
    await rows(client).createIndex({ a: 1 }, {}, {});
    await client.close();
    await part.stop();
    const data = join(folder, 'data');
    mkdirSync(data);
    cpSync(join(part.folder, 'data'), join(data, 'store'), { recursive: true });
    await part.start();
    const { code, output } = await command('--to', to, '--data', 'data');
    expect(output).toMatch(
      /rows: 2 of 2\n[^]*rows: 2 documents and 1 indexes agree \(sha256 [0-9a-f]{16}…\)\nAll is there\./,
    );
    expect(code).toBe(0);
    expect(await contents(target)).toEqual([{ _id: 1 }, { _id: 2 }].map((each) => exact(each)));
    expect(await command('--to', to, '--data', 'data')).toMatchObject({ code: 0 });
  });

  it('copies from any MongoDB', async () => {
    await rows(source).insertOne({ _id: 1 });
    expect(await command('--to', to, '--from', from)).toMatchObject({ code: 0 });
    expect(await contents(target)).toHaveLength(1);
  });

  it('copies to where MONGODB_URI leads, so that no password is shown beside the command', async () => {
    await rows(source).insertOne({ _id: 1 });
    expect(await commandWith(to, '--from', from)).toMatchObject({ code: 0 });
    expect(await contents(target)).toHaveLength(1);
  });

  it('refuses while npm start uses the folder', async () => {
    const data = join(folder, 'busy');
    const lock = takeFolder(data);
    const { code, output } = await command('--to', to, '--data', 'busy');
    lock?.close();
    expect(output).toBe('`npm start` is running on busy. Stop it (Ctrl-C), then run this again.\n');
    expect(code).toBe(1);
  });

  it.each<[string, string[], RegExp]>([
    ['no target', [], /^There is no target: set MONGODB_URI\.\nUsage: /],
    [
      'a folder without a database',
      ['--to', 'mongodb://127.0.0.1:1', '--data', 'none'],
      /^There is no database in none\. Name its folder: --data DIR\n$/,
    ],
    ['an unknown word', ['--into', 'x'], /--into[^]*\nUsage: /],
    [
      'two sources',
      ['--to', 'mongodb://a', '--from', 'mongodb://b', '--data', 'x'],
      /^Either --from or --data, not both\./,
    ],
    ['one database twice', ['--to', 'mongodb://a', '--from', 'mongodb://a'], /name the same database/],
    ['an address that is none', ['--to', 'mongodb://a', '--from', 'nonsense'], /^The source cannot be reached: /],
  ])(
    'says in one line what is wrong: %s',
    async (_, args, says) => {
      const { code, output } = await command(...args);
      expect(output).toMatch(says);
      expect(output).not.toContain('    at ');
      expect(code).toBe(1);
    },
    60_000,
  );
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mongo } from 'mongoose';
import { decode } from './bson.js';
import { Catalog } from './catalog.js';
import { Cursors } from './cursors.js';
import { Scheduler } from './scheduler.js';
import { Sqlite } from './sqlite.js';

const { deserialize, serialize } = mongo.BSON;

let folder: string, sql: Sqlite, scheduler: Scheduler;
const reported: unknown[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ct-scheduler-'));
  sql = new Sqlite(folder);
  reported.length = 0;
  scheduler = new Scheduler({ sql, catalog: new Catalog(sql), cursors: new Cursors() }, (error) =>
    reported.push(error),
  );
  // Whoever looks at the clock finds that its turn is over: every step of a command is one.
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
});

afterEach(() => {
  jest.restoreAllMocks();
  sql.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (command: object): Promise<Record<string, unknown>> =>
  deserialize(await scheduler.run(() => decode(Buffer.from(serialize({ ...command, $db: 'test' })))));
const inserting = (count: number, from = 0): object => ({
  insert: 'things',
  documents: Array.from({ length: count }, (_, index) => ({ _id: `thing ${String(from + index)}` })),
});
const counted = async (): Promise<unknown> =>
  (await run({ aggregate: 'things', pipeline: [{ $group: { _id: null, n: { $sum: 1 } } }], cursor: {} }))['cursor'];

describe('a command of many turns', () => {
  it('waits for the disk once, when it is done', async () => {
    const commit = jest.spyOn(sql, 'commit');
    expect(await run(inserting(20))).toMatchObject({ ok: 1, n: 20 });
    expect(commit).toHaveBeenCalledTimes(1);
  });

  it('is written now and then where it takes long', async () => {
    const commit = jest.spyOn(sql, 'commit');
    expect(await run(inserting(300))).toMatchObject({ ok: 1, n: 300 });
    expect(commit).toHaveBeenCalledTimes(10);
  });

  it('is written as far as it is when another is done, whose reply may show it', async () => {
    const commit = jest.spyOn(sql, 'commit');
    const written = jest.spyOn(sql, 'wholly');
    const long = run(inserting(20));
    await run({ ping: 1 });
    expect(commit).toHaveBeenCalledTimes(1);
    expect(written.mock.calls.length).toBeLessThan(20);
    await long;
    expect(commit).toHaveBeenCalledTimes(2);
  });

  it('has not happened at all when it cannot be written, and whoever asked for it is told', async () => {
    jest.spyOn(sql, 'commit').mockImplementationOnce(() => {
      throw new Error('disk I/O error');
    });
    const [long, short] = await Promise.all([run(inserting(20)), run({ ping: 1 })]);
    expect([long, short]).toMatchObject([
      { ok: 0, code: 14031 },
      { ok: 0, code: 14031 },
    ]);
    expect(reported).toHaveLength(1);
    expect(await run(inserting(20))).toMatchObject({ ok: 1, n: 20 });
    expect(await counted()).toMatchObject({ firstBatch: [{ n: 20 }] });
  });
});

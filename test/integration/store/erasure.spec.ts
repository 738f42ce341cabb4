import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { type OwnPart, startOwnStore } from '../../support/parts.js';

/** What was erased is in none of the store's files any more once they are flushed. A real server promises no such thing. */
let store: OwnPart;
let client: mongo.MongoClient;

beforeAll(async () => {
  store = await startOwnStore();
  client = await mongo.MongoClient.connect(store.url());
});

afterAll(async () => {
  await client.close();
  await store.close();
});

const SECRET = 'somebody@example.org';

/** How often the secret stands in the files, after a flush. */
async function found(): Promise<number> {
  await client.db().admin().command({ fsync: 1 });
  const files = ['store.db', 'store.db-wal'].map((name) => join(store.folder, 'data', name));
  return files.reduce((sum, file) => sum + readFileSync(file).toString('latin1').split(SECRET).length - 1, 0);
}

/** Documents of very different sizes, in an order that is neither that of their ids nor of their keys. */
const documents = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    _id: String((n * 7_919) % 10_007),
    address: `${String((n * 104_729) % 10_009)} ${SECRET}`,
    text: 'x'.repeat((n * 37) % 900),
  }));

describe('what was erased', () => {
  it.each([
    ['deleted', (rows: mongo.Collection<{ _id: string }>) => rows.deleteMany({})],
    [
      'changed away',
      async (rows: mongo.Collection<{ _id: string }>) => {
        for (const { _id } of documents(3_000)) await rows.updateOne({ _id }, { $unset: { address: 1 } });
      },
    ],
    [
      'deleted one by one, between others',
      async (rows: mongo.Collection<{ _id: string }>) => {
        for (const [n, { _id }] of documents(3_000).entries()) {
          await rows.deleteOne({ _id });
          if (n % 3 === 0) await rows.insertOne({ _id: `new ${_id}` });
        }
      },
    ],
    ['dropped', (rows: mongo.Collection<{ _id: string }>) => rows.drop()],
  ])(
    'is in no file any more when it is %s',
    async (name, erase) => {
      const rows = client.db().collection<{ _id: string }>(name.replaceAll(/\W/g, '_'));
      await rows.createIndex({ address: 1 }, {}, {});
      await rows.createIndex({ address: 1, text: 1 }, {}, {});
      // In small batches, so that pages fill, split and move what stands in them.
      for (let from = 0; from < 3_000; from += 50) await rows.insertMany(documents(3_000).slice(from, from + 50));
      expect(await found()).toBeGreaterThan(3_000);
      await erase(rows);
      expect(await found()).toBe(0);
    },
    120_000,
  );
});

import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { refusal, TestDatabase } from './database.js';

const database = TestDatabase.forThisFile();
const counted = (count: number) => Array.from({ length: count }, (_, index) => ({ _id: index }));

interface Batch {
  readonly cursor: {
    readonly id: mongo.Long;
    readonly ns: string;
    readonly firstBatch: unknown[];
    readonly nextBatch: unknown[];
  };
}

const command = async (body: mongo.Document): Promise<Batch> =>
  (await database.db.command(body, { promoteLongs: false })) as unknown as Batch;

describe('cursors', () => {
  it('give all, in batches', async () => {
    const collection = await database.with(...counted(1_000));
    for (const batchSize of [1_000, 999, 300, 7]) {
      const found = await collection.find({}, { batchSize, sort: { _id: 1 } }).toArray();
      expect(found).toEqual(counted(1_000));
    }
  });

  it('give 101 documents first where nothing is said', async () => {
    const collection = await database.with(...counted(150));
    const { cursor } = await command({ find: collection.collectionName });
    expect(cursor.firstBatch).toHaveLength(101);
    const rest = await command({ getMore: cursor.id, collection: collection.collectionName });
    expect(rest.cursor.nextBatch).toHaveLength(49);
    expect(rest.cursor.id.isZero()).toBe(true);
    expect(cursor.ns).toBe(collection.namespace);
  });

  it('have the id 0 when all is in the first batch', async () => {
    const collection = await database.with(...counted(3));
    const { cursor } = await command({ find: collection.collectionName, batchSize: 10 });
    expect(cursor).toMatchObject({ firstBatch: counted(3) });
    expect(cursor.id.isZero()).toBe(true);
  });

  it('may begin with nothing', async () => {
    const collection = await database.with(...counted(3));
    const { cursor } = await command({ find: collection.collectionName, batchSize: 0 });
    expect(cursor.firstBatch).toEqual([]);
    expect(cursor.id.isZero()).toBe(false);
    const rest = await command({ getMore: cursor.id, collection: collection.collectionName });
    expect(rest.cursor.nextBatch).toEqual(counted(3));
  });

  it('give one batch only, if asked', async () => {
    const collection = await database.with(...counted(10));
    const { cursor } = await command({ find: collection.collectionName, batchSize: 4, singleBatch: true });
    expect(cursor.firstBatch).toHaveLength(4);
    expect(cursor.id.isZero()).toBe(true);
  });

  it('end at the limit', async () => {
    const collection = await database.with(...counted(100));
    const found = await collection.find({}, { limit: 25, batchSize: 10, sort: { _id: 1 } }).toArray();
    expect(found).toEqual(counted(25));
    expect(await collection.find({}, { limit: 5, skip: 98, batchSize: 1 }).toArray()).toHaveLength(2);
  });

  it('of an aggregate give all, in batches', async () => {
    const collection = await database.with(...counted(500));
    const found = await collection.aggregate([{ $match: { _id: { $gte: 100 } } }], { batchSize: 33 }).toArray();
    expect(found).toEqual(counted(500).slice(100));
  });

  it('of what is not there are empty', async () => {
    expect(await database.db.collection('none').find({ a: 1 }).toArray()).toEqual([]);
    expect(
      await database.db
        .collection('none')
        .aggregate([{ $match: {} }])
        .toArray(),
    ).toEqual([]);
  });

  it('are done when killed', async () => {
    const collection = await database.with(...counted(10));
    const { cursor } = await command({ find: collection.collectionName, batchSize: 2 });
    const killed = await database.db.command(
      { killCursors: collection.collectionName, cursors: [cursor.id, mongo.Long.fromNumber(77)] },
      { promoteLongs: false },
    );
    expect(killed).toMatchObject({ ok: 1, cursorsAlive: [], cursorsUnknown: [] });
    expect((killed['cursorsKilled'] as unknown[]).map(String)).toEqual([String(cursor.id)]);
    expect((killed['cursorsNotFound'] as unknown[]).map(String)).toEqual(['77']);
    const more = command({ getMore: cursor.id, collection: collection.collectionName });
    expect(await refusal(more)).toMatchObject({ code: 43, codeName: 'CursorNotFound' });
  });

  it('that never were are not found', async () => {
    const more = command({ getMore: mongo.Long.fromString('123456789'), collection: 'none' });
    expect(await refusal(more)).toMatchObject({ code: 43, codeName: 'CursorNotFound' });
  });

  it('belong to a collection', async () => {
    const [one, other] = [await database.with(...counted(10)), await database.with(...counted(10))];
    const { cursor } = await command({ find: one.collectionName, batchSize: 2 });
    const more = command({ getMore: cursor.id, collection: other.collectionName });
    expect(await refusal(more)).toMatchObject({ code: 13, codeName: 'Unauthorized' });
  });

  it('can be left before their end', async () => {
    const collection = await database.with(...counted(1_000));
    const cursor = collection.find({}, { batchSize: 10, sort: { _id: 1 } });
    const seen: unknown[] = [];
    for await (const { _id } of cursor) {
      seen.push(_id);
      if (seen.length === 15) break;
    }
    expect(seen).toEqual(Array.from({ length: 15 }, (_, index) => index));
    const more = command({ getMore: cursor.id, collection: collection.collectionName });
    expect(await refusal(more)).toMatchObject({ code: 43 });
  });

  it('go on while others write', async () => {
    const collection = await database.with(...counted(400));
    const seen: number[] = [];
    for await (const { _id } of collection.find({ _id: { $lt: 400 } }, { batchSize: 50, sort: { _id: 1 } })) {
      seen.push(Number(_id));
      if (seen.length % 50 === 1) {
        await collection.deleteOne({ _id: seen.length - 1 });
        await collection.insertOne({ _id: 1_000 + seen.length });
      }
    }
    expect(seen).toEqual(counted(400).map(({ _id }) => _id));
  });

  it('many at once do not mix', async () => {
    const collection = await database.with(...counted(300));
    const reads = Array.from({ length: 12 }, (_, part) =>
      collection.find({ _id: { $gte: part * 20 } }, { batchSize: 9, sort: { _id: 1 } }).toArray(),
    );
    const all = await Promise.all(reads);
    expect(all.map((found) => found.length)).toEqual(Array.from({ length: 12 }, (_, part) => 300 - part * 20));
  });

  it('keep a batch within 16 MB', async () => {
    const text = 'x'.repeat(1_000_000);
    const collection = await database.with(...counted(40).map((each) => ({ ...each, text })));
    const { cursor } = await command({ find: collection.collectionName, batchSize: 40 });
    expect(cursor.firstBatch.length).toBeGreaterThan(0);
    expect(cursor.firstBatch.length).toBeLessThanOrEqual(16);
    await database.db.command({ killCursors: collection.collectionName, cursors: [cursor.id] });
    const found = await collection.find({}, { sort: { _id: 1 }, batchSize: 1_000 }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual(counted(40).map(({ _id }) => _id));
    expect(found.every((each) => each['text'] === text)).toBe(true);
  });
});

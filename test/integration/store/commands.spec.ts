import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { idsOf, refusal, refusalOf, TestDatabase, makeIndex } from './database.js';

const database = TestDatabase.forThisFile();
const admin = (command: mongo.Document) => database.db.admin().command(command);

describe('the server', () => {
  it('answers ping', async () => {
    expect(await admin({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(await database.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('says hello, with its limits', async () => {
    const hello = await admin({ hello: 1 });
    expect(hello).toMatchObject({
      ok: 1,
      isWritablePrimary: true,
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      minWireVersion: expect.any(Number),
      maxWireVersion: expect.any(Number),
    });
    // What is due is judged by it, wherever a process's own clock is wrong.
    expect(hello['localTime']).toBeInstanceOf(Date);
    expect(hello['maxWireVersion']).toBeGreaterThanOrEqual(21);
  });

  it('tells its version', async () => {
    const info = await admin({ buildInfo: 1 });
    expect(info['version']).toMatch(/^\d+\.\d+\.\d+/);
    expect(info['versionArray']).toHaveLength(4);
  });

  it('flushes when asked', async () => {
    expect(await admin({ fsync: 1 })).toMatchObject({ ok: 1 });
  });

  it('takes the end of sessions', async () => {
    expect(await admin({ endSessions: [{ id: new mongo.UUID() }] })).toMatchObject({ ok: 1 });
  });

  it('says no to an unknown command and goes on', async () => {
    expect(await refusal(admin({ nonsense: 1 }))).toMatchObject({ code: 59, codeName: 'CommandNotFound' });
    expect(await admin({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it.each<[string, mongo.Document]>([
    ['find', { find: 'c', nonsense: 1 }],
    ['insert', { insert: 'c', documents: [{ _id: 1 }], nonsense: 1 }],
    ['update', { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } } }], nonsense: 1 }],
    ['delete', { delete: 'c', deletes: [{ q: {}, limit: 0 }], nonsense: 1 }],
    ['findAndModify', { findAndModify: 'c', query: {}, remove: true, nonsense: 1 }],
    ['aggregate', { aggregate: 'c', pipeline: [], cursor: {}, nonsense: 1 }],
    ['count', { count: 'c', nonsense: 1 }],
    ['createIndexes', { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a' }], nonsense: 1 }],
    ['a single update', { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, nonsense: 1 }] }],
    ['a single delete', { delete: 'c', deletes: [{ q: {}, limit: 0, nonsense: 1 }] }],
  ])('refuses a field that it does not know: %s', async (_, command) => {
    expect(await refusalOf(database.db, command)).toMatchObject({ code: 40415 });
  });

  it.each<[string, mongo.Document, unknown]>([
    ['a collection without a name', { find: '' }, 73],
    ['a collection whose name is a number', { find: 5 }, expect.any(Number)],
    ['a name with a zero character', { find: 'a\0b' }, 73],
    ['a name with $', { insert: 'a$b', documents: [{ _id: 1 }] }, 73],
    ['nothing to insert', { insert: 'c', documents: [] }, 16],
    ['documents that are none', { insert: 'c', documents: 'x' }, 14],
    ['a limit below zero', { find: 'c', limit: -1 }, 51024],
    ['a skip below zero', { find: 'c', skip: -1 }, 51024],
    ['a batch size below zero', { find: 'c', batchSize: -1 }, 51024],
    ['a sort that is no document', { find: 'c', sort: 'x' }, 14],
    ['a projection that is no document', { find: 'c', projection: 'x' }, 14],
    ['a delete without a limit', { delete: 'c', deletes: [{ q: {} }] }, 40414],
    ['a delete of two', { delete: 'c', deletes: [{ q: {}, limit: 2 }] }, 9],
    ['an aggregate without a cursor', { aggregate: 'c', pipeline: [] }, 9],
  ])('refuses %s', async (_, command, code) => {
    expect(await refusalOf(database.db, command)).toMatchObject({ code });
  });
});

describe('collections', () => {
  const names = async () =>
    (await database.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);

  it('are made, listed and dropped', async () => {
    await database.db.createCollection('made');
    const listed = await database.db.listCollections({ name: 'made' }).toArray();
    expect(listed).toMatchObject([
      {
        name: 'made',
        type: 'collection',
        options: {},
        info: { readOnly: false },
        idIndex: { key: { _id: 1 }, name: '_id_' },
      },
    ]);
    expect(await database.db.dropCollection('made')).toBe(true);
    expect(await names()).not.toContain('made');
  });

  it('are made by the first document', async () => {
    await database.db.collection('first').insertOne({ a: 1 });
    expect(await names()).toContain('first');
  });

  it('are not made by reading, deleting or an update that finds nothing', async () => {
    const collection = database.db.collection('unmade');
    await collection.findOne({});
    await collection.deleteMany({});
    await collection.updateOne({}, { $set: { a: 1 } });
    expect(await names()).not.toContain('unmade');
  });

  it('are made once', async () => {
    await database.db.command({ create: 'once' });
    expect(await refusal(database.db.command({ create: 'once', capped: false, nonsense: 1 }))).toMatchObject({
      code: 40415,
    });
    expect(await names()).toContain('once');
  });

  it('go with their documents and indexes', async () => {
    const collection = await database.with({ a: 1 }, { a: 2 });
    await makeIndex(collection, { a: 1 }, { unique: true });
    expect(await collection.drop()).toBe(true);
    expect(await collection.countDocuments()).toBe(0);
    await collection.insertMany([{ a: 1 }, { a: 1 }]);
    expect(await collection.listIndexes().toArray()).toHaveLength(1);
  });

  it('of other databases are others', async () => {
    const collection = await database.with({ a: 1 });
    const twin = database.db.collection(collection.collectionName);
    expect(await twin.countDocuments()).toBe(1);
    expect(await database.db.command({ count: `${collection.collectionName}x` })).toMatchObject({ n: 0 });
  });
});

describe('inserting', () => {
  it('says how many', async () => {
    const collection = await database.with();
    const documents = [{ _id: 1 }, { _id: 2 }];
    expect(await database.db.command({ insert: collection.collectionName, documents })).toMatchObject({ ok: 1, n: 2 });
  });

  it('says which is there already', async () => {
    const collection = await database.with({ _id: 1 });
    const documents = [{ _id: 0 }, { _id: 1 }, { _id: 2 }];
    const taken = { index: 1, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } };
    const ordered = await database.db.command({ insert: collection.collectionName, documents });
    expect(ordered).toMatchObject({ ok: 1, n: 1, writeErrors: [taken] });
    expect(await idsOf(collection, {})).toEqual([0, 1]);
    await collection.deleteOne({ _id: 0 });
    const unordered = await database.db.command({ insert: collection.collectionName, documents, ordered: false });
    expect(unordered).toMatchObject({ ok: 1, n: 2, writeErrors: [taken] });
    expect(await idsOf(collection, {})).toEqual([0, 1, 2]);
  });

  it('of a document over 16 MB is refused', async () => {
    const collection = await database.with();
    const act = collection.insertOne({ text: 'x'.repeat(16_777_300) });
    await expect(act).rejects.toThrow(/larger|too large/i);
    expect(await collection.countDocuments()).toBe(0);
  });

  it('of a document that an update makes larger than 16 MB too', async () => {
    const collection = await database.with({ text: 'x'.repeat(9_000_000) });
    const why = await refusal(collection.updateOne({ _id: 1 }, { $set: { more: 'x'.repeat(9_000_000) } }));
    expect(why.code).toEqual(expect.any(Number));
    expect(await collection.countDocuments({ more: { $exists: true } })).toBe(0);
  });
});

describe('deleting', () => {
  it('one', async () => {
    const collection = await database.with({ a: 1 }, { a: 1 }, { a: 2 });
    expect(await collection.deleteOne({ a: 1 })).toEqual({ acknowledged: true, deletedCount: 1 });
    expect(await collection.countDocuments({ a: 1 })).toBe(1);
  });

  it('many', async () => {
    const collection = await database.with({ a: 1 }, { a: 1 }, { a: 2 });
    await makeIndex(collection, { a: 1 });
    expect(await collection.deleteMany({ a: { $in: [1, 7] } })).toMatchObject({ deletedCount: 2 });
    expect(await idsOf(collection, {})).toEqual([3]);
  });

  it('all', async () => {
    const collection = await database.with({}, {});
    expect(await collection.deleteMany({})).toMatchObject({ deletedCount: 2 });
    expect(await collection.deleteMany({})).toMatchObject({ deletedCount: 0 });
  });

  it('by an array that is empty, and a field that is there', async () => {
    const collection = await database.with({ ended: 1, pending: [] }, { ended: 1, pending: [1] }, { pending: [] });
    expect(await collection.deleteMany({ ended: { $exists: true }, pending: { $size: 0 } })).toMatchObject({
      deletedCount: 1,
    });
    expect(await idsOf(collection, {})).toEqual([2, 3]);
  });
});

describe('counting', () => {
  it('counts by a filter, from a place on and up to a number', async () => {
    const { collectionName: count } = await database.with({ a: 1 }, { a: 1 }, { a: 2 });
    expect(await database.db.command({ count })).toMatchObject({ ok: 1, n: 3 });
    expect(await database.db.command({ count, query: { a: 1 } })).toMatchObject({ n: 2 });
    expect(await database.db.command({ count, query: { a: 1 }, limit: 1 })).toMatchObject({ n: 1 });
    expect(await database.db.command({ count, skip: 2 })).toMatchObject({ n: 1 });
    expect(await database.db.command({ count: 'none' })).toMatchObject({ n: 0 });
  });

  it('estimates', async () => {
    const collection = await database.with({}, {}, {});
    expect(await collection.estimatedDocumentCount()).toBe(3);
  });
});

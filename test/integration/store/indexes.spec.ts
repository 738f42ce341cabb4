import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { type Collection, type Fields, idsOf, refusal, TestDatabase, makeIndex } from './database.js';

const { Double, Long } = mongo;
const database = TestDatabase.forThisFile();

interface DuplicateKey {
  readonly keyPattern: unknown;
  readonly keyValue: unknown;
}

async function duplicate(act: Promise<unknown>): Promise<DuplicateKey> {
  const why = await refusal(act);
  expect(why.code).toBe(11000);
  expect(why.message).toContain('E11000');
  return { keyPattern: why['keyPattern'], keyValue: why['keyValue'] };
}

const keysOf = async (collection: Collection): Promise<unknown[]> =>
  (await collection.find({}, { sort: { k: 1 } }).toArray()).map(({ k }) => k);

/** The stages of the plan that the server says it would take. */
async function plan(collection: Collection, filter: Fields, options: mongo.FindOptions = {}): Promise<string> {
  const { queryPlanner } = (await collection.find(filter, options).explain('queryPlanner')) as {
    queryPlanner: { winningPlan: unknown };
  };
  return JSON.stringify(queryPlanner.winningPlan);
}

/** What it shows, the index, its options, the documents that are there, and one more that must not come in, or may. */
type UniqueCase = readonly [string, Fields, mongo.CreateIndexesOptions, readonly Fields[], Fields, 'taken' | 'free'];

const partial = (filter: Fields): mongo.CreateIndexesOptions => ({ partialFilterExpression: filter });

const uniqueness: readonly UniqueCase[] = [
  ['the same value', { k: 1 }, {}, [{ k: 'a' }], { k: 'a' }, 'taken'],
  ['another value', { k: 1 }, {}, [{ k: 'a' }], { k: 'A' }, 'free'],
  ['the same number of another type', { k: 1 }, {}, [{ k: 1 }], { k: new Double(1) }, 'taken'],
  ['a number and its text', { k: 1 }, {}, [{ k: 1 }], { k: '1' }, 'free'],
  [
    'int64 beyond 2^53, one apart',
    { k: 1 },
    {},
    [{ k: Long.fromString('9007199254740992') }],
    { k: Long.fromString('9007199254740993') },
    'free',
  ],
  ['null and missing', { k: 1 }, {}, [{ k: null }], { x: 1 }, 'taken'],
  ['missing and missing', { k: 1 }, {}, [{ x: 1 }], { x: 2 }, 'taken'],
  ['sub-documents alike', { k: 1 }, {}, [{ k: { a: 1 } }], { k: { a: 1 } }, 'taken'],
  ['sub-documents in another order', { k: 1 }, {}, [{ k: { a: 1, b: 1 } }], { k: { b: 1, a: 1 } }, 'free'],
  ['both fields of a compound index', { a: 1, b: 1 }, {}, [{ a: 1, b: 1 }], { a: 1, b: 1 }, 'taken'],
  ['one field of a compound index', { a: 1, b: 1 }, {}, [{ a: 1, b: 1 }], { a: 1, b: 2 }, 'free'],
  ['a compound index, one field missing', { a: 1, b: 1 }, {}, [{ a: 1 }], { a: 1, b: null }, 'taken'],
  ['a path', { 'a.b': 1 }, {}, [{ a: { b: 1 } }], { a: { b: 1, c: 2 } }, 'taken'],
  ['an element of two arrays', { k: 1 }, {}, [{ k: [1, 2] }], { k: [2, 3] }, 'taken'],
  ['an element and a value', { k: 1 }, {}, [{ k: [1, 2] }], { k: 2 }, 'taken'],
  ['arrays without a common element', { k: 1 }, {}, [{ k: [1, 2] }], { k: [3, 4] }, 'free'],
  ['an element twice in one array', { k: 1 }, {}, [{ k: 9 }], { k: [1, 1] }, 'free'],
  ['a path through arrays', { 'a.b': 1 }, {}, [{ a: [{ b: 1 }, { b: 2 }] }], { a: [{ b: 2 }] }, 'taken'],
  ['an empty array and an empty array', { k: 1 }, {}, [{ k: [] }], { k: [] }, 'taken'],
  ['both outside a partial index', { k: 1 }, partial({ s: 'on' }), [{ k: 1 }], { k: 1 }, 'free'],
  ['one outside a partial index', { k: 1 }, partial({ s: 'on' }), [{ k: 1, s: 'on' }], { k: 1, s: 'off' }, 'free'],
  ['both in a partial index', { k: 1 }, partial({ s: 'on' }), [{ k: 1, s: 'on' }], { k: 1, s: 'on' }, 'taken'],
  ['partial by $exists', { k: 1 }, partial({ k: { $exists: true } }), [{ x: 1 }], { x: 2 }, 'free'],
  ['partial by $exists, both there', { k: 1 }, partial({ k: { $exists: true } }), [{ k: 1 }], { k: 1 }, 'taken'],
  ['partial by $gt, both above', { k: 1 }, partial({ n: { $gt: 5 } }), [{ k: 1, n: 6 }], { k: 1, n: 7 }, 'taken'],
  ['partial by $gt, one below', { k: 1 }, partial({ n: { $gt: 5 } }), [{ k: 1, n: 6 }], { k: 1, n: 5 }, 'free'],
  ['partial by $gte', { k: 1 }, partial({ n: { $gte: 5 } }), [{ k: 1, n: 6 }], { k: 1, n: 5 }, 'taken'],
  ['partial by $lt', { k: 1 }, partial({ n: { $lt: 5 } }), [{ k: 1, n: 4 }], { k: 1, n: 5 }, 'free'],
  ['partial by $lte', { k: 1 }, partial({ n: { $lte: 5 } }), [{ k: 1, n: 4 }], { k: 1, n: 5 }, 'taken'],
  [
    'partial by two conditions',
    { k: 1 },
    partial({ s: 'on', n: { $gt: 5 } }),
    [{ k: 1, s: 'on', n: 9 }],
    { k: 1, s: 'on', n: 1 },
    'free',
  ],
];

describe('unique indexes', () => {
  it.each(uniqueness)('%s', async (_, key, options, documents, fresh, outcome) => {
    const collection = await database.with(...documents);
    await makeIndex(collection, key, { unique: true, ...options });
    const insert = collection.insertOne({ _id: 'fresh', ...fresh });
    if (outcome === 'free') await insert;
    else expect((await duplicate(insert)).keyPattern).toEqual(key);
    expect(await collection.countDocuments()).toBe(documents.length + (outcome === 'free' ? 1 : 0));
    expect(await collection.countDocuments({ _id: 'fresh' })).toBe(outcome === 'free' ? 1 : 0);
  });

  it.each(uniqueness)('the same when the index comes later: %s', async (_, key, options, documents, fresh, outcome) => {
    const collection = await database.with(...documents, fresh);
    const create = makeIndex(collection, key, { unique: true, ...options });
    if (outcome === 'free') await create;
    else expect((await duplicate(create)).keyPattern).toEqual(key);
    expect(await collection.listIndexes().toArray()).toHaveLength(outcome === 'free' ? 2 : 1);
    expect(await collection.countDocuments()).toBe(documents.length + 1);
  });

  it.each(uniqueness)('the same for an update: %s', async (_, key, options, documents, fresh, outcome) => {
    const collection = await database.with(...documents, { _id: 'changed', k: 'else', a: 'else', x: 'else' });
    await makeIndex(collection, key, { unique: true, ...options });
    const before = await collection.findOne({ _id: 'changed' });
    const unset = Object.fromEntries(['k', 'a', 'x'].filter((field) => !(field in fresh)).map((field) => [field, 1]));
    const update = collection.updateOne({ _id: 'changed' }, { $set: fresh, $unset: unset } as Fields);
    if (outcome === 'free') expect(await update).toMatchObject({ modifiedCount: 1 });
    else {
      expect((await duplicate(update)).keyPattern).toEqual(key);
      expect(await collection.findOne({ _id: 'changed' })).toEqual(before);
    }
  });

  it('say the key and the value', async () => {
    const collection = await database.with({ state: { subject: 's', contact: 'c' } });
    await makeIndex(collection, { 'state.subject': 1, 'state.contact': -1 }, { unique: true });
    expect(await duplicate(collection.insertOne({ state: { subject: 's', contact: 'c' } }))).toEqual({
      keyPattern: { 'state.subject': 1, 'state.contact': -1 },
      keyValue: { 'state.subject': 's', 'state.contact': 'c' },
    });
    const byId = await duplicate(collection.insertOne({ _id: 1 }));
    expect(byId).toEqual({ keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
  });

  it('say the element that is taken', async () => {
    const collection = await database.with({ k: [1, 2] });
    await makeIndex(collection, { k: 1 }, { unique: true });
    expect((await duplicate(collection.insertOne({ k: [3, 2] }))).keyValue).toEqual({ k: 2 });
  });

  it('let a document keep its own key', async () => {
    const collection = await database.with({ k: 1 }, { k: 2 });
    await makeIndex(collection, { k: 1 }, { unique: true });
    expect(await collection.updateOne({ _id: 1 }, { $set: { k: 1, x: 1 } })).toMatchObject({ modifiedCount: 1 });
  });

  it('let a key go with its document, and with a change', async () => {
    const collection = await database.with({ k: 1 }, { k: 2 });
    await makeIndex(collection, { k: 1 }, { unique: true });
    await collection.deleteOne({ k: 1 });
    await collection.insertOne({ k: 1 });
    await collection.updateOne({ k: 2 }, { $set: { k: 3 } });
    await collection.insertOne({ k: 2 });
    expect(await collection.countDocuments()).toBe(3);
  });

  it('let a document leave a partial index by a change', async () => {
    const collection = await database.with({ k: 1, s: 'on' });
    await makeIndex(collection, { k: 1 }, { unique: true, partialFilterExpression: { s: 'on' } });
    await collection.updateOne({ _id: 1 }, { $set: { s: 'off' } });
    await collection.insertOne({ _id: 2, k: 1, s: 'on' });
    await duplicate(collection.updateOne({ _id: 1 }, { $set: { s: 'on' } }));
    expect(await idsOf(collection, { s: 'on' })).toEqual([2]);
  });

  it('refuse an upsert', async () => {
    const collection = await database.with({ k: 1 });
    await makeIndex(collection, { k: 1 }, { unique: true });
    await duplicate(collection.updateOne({ _id: 9 }, { $set: { k: 1 } }, { upsert: true }));
    expect(await collection.countDocuments()).toBe(1);
  });

  it('let in one of many at once', async () => {
    const collection = await database.with();
    await makeIndex(collection, { k: 1 }, { unique: true });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => collection.insertOne({ n, k: 'seat' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await collection.countDocuments()).toBe(1);
  });
});

describe('an unordered bulk', () => {
  it('takes what is free and says what was taken', async () => {
    const collection = await database.with({ k: 1 });
    await makeIndex(collection, { k: 1 }, { unique: true });
    const fresh = [2, 1, 3, 3, 4].map((k, index) => ({ _id: `n${String(index)}`, k }));
    const why = await refusal(collection.insertMany(fresh, { ordered: false }));
    if (!(why instanceof mongo.MongoBulkWriteError)) throw new Error('a bulk says so in its own error');
    const errors = [why.writeErrors].flat();
    expect(errors.map(({ index, code }) => ({ index, code }))).toEqual([1, 3].map((index) => ({ index, code: 11000 })));
    expect(why.insertedCount).toBe(3);
    expect(await keysOf(collection)).toEqual([1, 2, 3, 4]);
  });

  it('and an ordered one ends at the first', async () => {
    const collection = await database.with({ _id: 2 });
    const why = await refusal(collection.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]));
    expect(why).toMatchObject({ code: 11000 });
    expect(await idsOf(collection, {})).toEqual([1, 2]);
  });

  it('of many documents is taken whole', async () => {
    const collection = await database.with();
    const many = Array.from({ length: 2_500 }, (_, _id) => ({ _id }));
    expect(await collection.insertMany(many, { ordered: false })).toMatchObject({ insertedCount: 2_500 });
    expect(await refusal(collection.insertMany([...many, { _id: -1 }], { ordered: false }))).toMatchObject({
      code: 11000,
    });
    expect(await collection.countDocuments()).toBe(2_501);
  });

  it('of updates says which failed', async () => {
    const collection = await database.with({ k: 1 }, { k: 2 }, { k: 3 });
    await makeIndex(collection, { k: 1 }, { unique: true });
    const updates = [2, 3].map((_id) => ({ q: { _id }, u: { $set: { k: _id === 2 ? 1 : 9 } } }));
    const command = { update: collection.collectionName, updates, ordered: false };
    const reply = await database.db.command(command);
    expect(reply).toMatchObject({ n: 1, nModified: 1, writeErrors: [{ index: 0, code: 11000, keyPattern: { k: 1 } }] });
    expect(await keysOf(collection)).toEqual([1, 2, 9]);
  });

  it('of updates counts what changed, beside what was taken and what found nothing', async () => {
    const collection = await database.with({ k: 1 }, { k: 2 }, { k: 3 });
    await makeIndex(collection, { k: 1 }, { unique: true });
    const to = (_id: number, k: number) => ({ updateOne: { filter: { _id }, update: { $set: { k } } } });
    expect(await collection.bulkWrite([to(1, 5), to(7, 6)], { ordered: false })).toMatchObject({ modifiedCount: 1 });
    const why = await refusal(collection.bulkWrite([to(1, 7), to(2, 3), to(3, 8)], { ordered: false }));
    if (!(why instanceof mongo.MongoBulkWriteError)) throw new Error('a bulk says so in its own error');
    expect([why.writeErrors].flat().map(({ index, code }) => ({ index, code }))).toEqual([{ index: 1, code: 11000 }]);
    expect(why.modifiedCount).toBe(2);
    expect(await keysOf(collection)).toEqual([2, 7, 8]);
  });
});

describe('indexes are used', () => {
  it.each<[string, Fields, mongo.CreateIndexesOptions, Fields, mongo.FindOptions]>([
    ['equality', { k: 1 }, {}, { k: 5 }, {}],
    ['a range', { k: 1 }, {}, { k: { $gte: 5, $lt: 7 } }, {}],
    ['$in', { k: 1 }, {}, { k: { $in: [1, 5] } }, {}],
    ['a path', { 'a.b': 1 }, {}, { 'a.b': 5 }, {}],
    ['the first field of a compound index', { k: 1, n: 1 }, {}, { k: 5 }, {}],
    ['both fields of a compound index', { k: 1, n: 1 }, {}, { k: 5, n: { $gt: 1 } }, {}],
    ['a sort', { k: 1, _id: 1 }, {}, {}, { sort: { k: 1, _id: 1 }, limit: 3 }],
    ['a partial index whose condition the filter implies', { k: 1 }, partial({ k: { $exists: true } }), { k: 5 }, {}],
    ['a partial index by equality', { k: 1 }, partial({ s: 'on' }), { k: 5, s: 'on' }, {}],
    [
      'due rows',
      { due: 1, _id: 1 },
      partial({ due: { $exists: true } }),
      { due: { $lte: 50 } },
      { sort: { due: 1, _id: 1 } },
    ],
    [
      'due entries in arrays',
      { 'pending.due': 1, _id: 1 },
      partial({ 'pending.due': { $exists: true } }),
      { 'pending.due': { $lte: 50 } },
      {},
    ],
  ])('for %s', async (_, key, options, filter, find) => {
    const documents = Array.from({ length: 100 }, (_, n) => ({
      k: n,
      n,
      due: n,
      s: 'on',
      a: { b: n },
      pending: [{ due: n }, { due: n + 1 }],
    }));
    const collection = await database.with(...documents);
    const without = await collection.find(filter, { sort: { _id: 1 }, ...find }).toArray();
    expect(await plan(collection, filter, find)).toContain('COLLSCAN');
    await makeIndex(collection, key, options);
    expect(await plan(collection, filter, find)).toMatch(/IXSCAN/);
    expect(await plan(collection, filter, find)).not.toContain('COLLSCAN');
    expect(await collection.find(filter, { sort: { _id: 1 }, ...find }).toArray()).toEqual(without);
  });

  it.each<[string, Fields, mongo.CreateIndexesOptions, Fields]>([
    ['another field', { k: 1 }, {}, { n: 5 }],
    ['a partial index whose condition the filter does not imply', { k: 1 }, partial({ s: 'on' }), { k: 5 }],
    ['a partial index, of which null may be outside', { k: 1 }, partial({ k: { $exists: true } }), { k: null }],
    ['the second field of a compound index alone', { a: 1, n: 1 }, {}, { n: 5 }],
  ])('but not for %s', async (_, key, options, filter) => {
    const collection = await database.with({ k: 5, n: 5 }, { k: 5, s: 'off' }, { k: 5, s: 'on' }, { n: 5 });
    const before = await idsOf(collection, filter);
    await makeIndex(collection, key, options);
    expect(await plan(collection, filter)).toContain('COLLSCAN');
    expect(await idsOf(collection, filter)).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
  });

  it('for _id without being asked', async () => {
    const collection = await database.with({}, {});
    expect(await plan(collection, { _id: 2 })).not.toContain('COLLSCAN');
    expect(await plan(collection, { x: 2 })).toContain('COLLSCAN');
  });

  it('and give a document with several matching elements once', async () => {
    const collection = await database.with({ v: [1, 2, 3] }, { v: [2, 9] }, { v: 0 });
    await makeIndex(collection, { v: 1 });
    expect(await collection.find({ v: { $gte: 1 } }, { sort: { v: 1 } }).toArray()).toHaveLength(2);
    expect(await collection.countDocuments({ v: { $in: [1, 2, 3] } })).toBe(2);
    expect(await collection.updateMany({ v: { $gte: 1 } }, { $set: { seen: 1 } })).toMatchObject({ matchedCount: 2 });
    expect(await collection.deleteMany({ v: { $gte: 1 } })).toMatchObject({ deletedCount: 2 });
  });
});

describe('createIndexes, listIndexes, dropIndexes', () => {
  const names = async (collection: Collection) =>
    (await collection.listIndexes().toArray()).map(({ name }) => String(name));

  it('name an index by its fields', async () => {
    const collection = await database.with({});
    expect(await makeIndex(collection, { a: 1, 'b.c': -1 })).toBe('a_1_b.c_-1');
    expect(await makeIndex(collection, { z: 1 }, { name: 'mine' })).toBe('mine');
    expect(await names(collection)).toEqual(['_id_', 'a_1_b.c_-1', 'mine']);
  });

  it('tell all about each', async () => {
    const collection = await database.with({});
    await makeIndex(collection, { a: 1 }, { unique: true, partialFilterExpression: { a: { $exists: true } } });
    expect(await collection.listIndexes().toArray()).toEqual([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { a: 1 }, name: 'a_1', unique: true, partialFilterExpression: { a: { $exists: true } } },
    ]);
  });

  it('make the collection, and the same index once', async () => {
    const collection = await database.with();
    await makeIndex(collection, { a: 1 });
    await makeIndex(collection, { a: 1 });
    expect(await names(collection)).toEqual(['_id_', 'a_1']);
  });

  it('make several at once', async () => {
    const collection = await database.with({});
    expect(await collection.createIndexes([{ key: { a: 1 } }, { key: { b: 1 }, unique: true }])).toEqual([
      'a_1',
      'b_1',
    ]);
    const again = { createIndexes: collection.collectionName, indexes: [{ key: { a: 1 }, name: 'a_1' }] };
    expect(await database.db.command(again)).toMatchObject({ numIndexesBefore: 3, numIndexesAfter: 3, ok: 1 });
  });

  it('drop one and all but _id', async () => {
    const collection = await database.with({});
    for (const field of ['a', 'b', 'c']) await makeIndex(collection, { [field]: 1 });
    await collection.dropIndex('b_1');
    expect(await names(collection)).toEqual(['_id_', 'a_1', 'c_1']);
    await collection.dropIndexes();
    expect(await names(collection)).toEqual(['_id_']);
  });

  it.each<[string, unknown, number, string]>([
    ['a direction of 0', { key: { a: 0 }, name: 'x' }, 67, 'CannotCreateIndex'],
    ['no fields', { key: {}, name: 'x' }, 67, 'CannotCreateIndex'],
    ['an unknown kind', { key: { a: 'nonsense' }, name: 'x' }, 67, 'CannotCreateIndex'],
    [
      'a partial filter with $ne',
      { key: { a: 1 }, name: 'x', partialFilterExpression: { a: { $ne: 1 } } },
      67,
      'CannotCreateIndex',
    ],
    ['an unknown option', { key: { a: 1 }, name: 'x', nonsense: true }, 197, 'InvalidIndexSpecificationOption'],
    ['no key', { name: 'x' }, 9, 'FailedToParse'],
    ['no name', { key: { a: 1 } }, 9, 'FailedToParse'],
    ['the name of another index', { key: { b: 1 }, name: 'k_1' }, 86, 'IndexKeySpecsConflict'],
    ['the fields of another index under another name', { key: { k: 1 }, name: 'x' }, 85, 'IndexOptionsConflict'],
    ['other options under the same name', { key: { k: 1 }, name: 'k_1', unique: true }, 86, 'IndexKeySpecsConflict'],
  ])('are refused: %s', async (_, index, code, codeName) => {
    const collection = await database.with({ a: 1, k: 1 });
    await makeIndex(collection, { k: 1 });
    const command = { createIndexes: collection.collectionName, indexes: [index] };
    expect(await refusal(database.db.command(command))).toMatchObject({ code, codeName });
    expect(await names(collection)).toEqual(['_id_', 'k_1']);
  });

  it('refuse two arrays in one index, in whatever order they come', async () => {
    const collection = await database.with({});
    await makeIndex(collection, { a: 1, b: 1 });
    expect(await refusal(collection.insertOne({ a: [1], b: [2] }))).toMatchObject({ code: 171 });
    await collection.insertOne({ _id: 'x', a: [1], b: 2 });
    expect(await refusal(collection.updateOne({ _id: 'x' }, { $set: { b: [2] } }))).toMatchObject({ code: 171 });
    const other = await database.with({ a: [1], b: [2] });
    expect(await refusal(makeIndex(other, { a: 1, b: 1 }))).toMatchObject({ code: 171 });
  });

  it('refuse to drop what is not there, and _id', async () => {
    const collection = await database.with({});
    expect(await refusal(collection.dropIndex('none'))).toMatchObject({ code: 27, codeName: 'IndexNotFound' });
    expect(await refusal(collection.dropIndex('_id_'))).toMatchObject({ code: 72, codeName: 'InvalidOptions' });
    expect(await refusal(database.db.collection('none').listIndexes().toArray())).toMatchObject({
      code: 26,
      codeName: 'NamespaceNotFound',
    });
  });
});

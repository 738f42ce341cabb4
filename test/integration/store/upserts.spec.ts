import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { exact, type Fields, refusal, stored, TestDatabase, makeIndex } from './database.js';

const { Long, ObjectId } = mongo;
const database = TestDatabase.forThisFile();

/** What it shows, the filter that finds nothing, the update, and the document that is made. */
type Case = readonly [string, Fields, Fields, Fields];

const cases: readonly Case[] = [
  ['what the filter says is equal is taken over', { _id: 'x', a: 1 }, { $set: { b: 2 } }, { _id: 'x', a: 1, b: 2 }],
  ['so is $eq', { _id: 'x', a: { $eq: 1 } }, { $set: { b: 2 } }, { _id: 'x', a: 1, b: 2 }],
  ['a path makes a sub-document', { _id: 'x', 'a.b': 1 }, { $set: { 'a.c': 2 } }, { _id: 'x', a: { b: 1, c: 2 } }],
  [
    'other comparisons are not taken over',
    { _id: 'x', a: { $gt: 1 }, c: { $exists: false } },
    { $set: { b: 2 } },
    { _id: 'x', b: 2 },
  ],
  ['nor are alternatives', { _id: 'x', $or: [{ a: 1 }, { a: 2 }] }, { $set: { b: 2 } }, { _id: 'x', b: 2 }],
  ['null is a value like others', { _id: 'x', a: null }, { $set: { b: 2 } }, { _id: 'x', a: null, b: 2 }],
  ['the update goes over the filter', { _id: 'x', a: 1 }, { $set: { a: 2 } }, { _id: 'x', a: 2 }],
  ['$inc counts on from the filter', { _id: 'x', n: 5 }, { $inc: { n: 1 } }, { _id: 'x', n: 6 }],
  ['$setOnInsert sets', { _id: 'x' }, { $setOnInsert: { b: 1 }, $set: { a: 2 } }, { _id: 'x', a: 2, b: 1 }],
  ['$push makes the array', { _id: 'x' }, { $push: { v: 1 } }, { _id: 'x', v: [1] }],
  ['$min and $max set', { _id: 'x' }, { $min: { a: 1 }, $max: { b: 2 } }, { _id: 'x', a: 1, b: 2 }],
  ['$unset has nothing to remove', { _id: 'x', a: 1 }, { $unset: { b: 1 } }, { _id: 'x', a: 1 }],
  [
    'types are kept',
    { _id: 'x', a: Long.fromString('9007199254740993') },
    { $set: { b: 1 } },
    { _id: 'x', a: Long.fromString('9007199254740993'), b: 1 },
  ],
  ['_id may come from $setOnInsert', { a: 1 }, { $setOnInsert: { _id: 'y' } }, { _id: 'y', a: 1 }],
  ['_id may come from $set', { a: 1 }, { $set: { _id: 'y' } }, { _id: 'y', a: 1 }],
];

describe('upserts', () => {
  it.each(cases)('%s', async (_, filter, update, expected) => {
    const collection = await database.with({ _id: 'other', z: 1 });
    const outcome = await collection.updateOne(filter, update, { upsert: true });
    expect(outcome).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1, upsertedId: expected['_id'] });
    expect((await stored(collection, { _id: { $ne: 'other' } })).map(exact)).toEqual([exact(expected)]);
  });

  it('give an ObjectId where neither filter nor update has an _id, and put it first', async () => {
    const collection = await database.with();
    const { upsertedId } = await collection.updateOne({ a: 1 }, { $set: { b: 1 } }, { upsert: true });
    expect(upsertedId).toBeInstanceOf(ObjectId);
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: upsertedId, a: 1, b: 1 })]);
  });

  it('change what is there, without $setOnInsert', async () => {
    const collection = await database.with({ _id: 'x', a: 1 });
    const update = { $set: { a: 2 }, $setOnInsert: { b: 1 } };
    expect(await collection.updateOne({ _id: 'x' }, update, { upsert: true })).toMatchObject({
      ...{ matchedCount: 1, modifiedCount: 1, upsertedCount: 0, upsertedId: null },
    });
    expect(await stored(collection).then((all) => all.map(exact))).toEqual([exact({ _id: 'x', a: 2 })]);
  });

  it('make one of many at once', async () => {
    const collection = await database.with();
    const once = () => collection.updateOne({ _id: 'x' }, { $inc: { n: 1 } } as Fields, { upsert: true });
    const outcomes = await Promise.all(Array.from({ length: 20 }, once));
    expect(outcomes.filter(({ upsertedCount }) => upsertedCount === 1)).toHaveLength(1);
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: 'x', n: 20 })]);
  });

  it('of many make one too', async () => {
    const collection = await database.with();
    expect(await collection.updateMany({ a: 1 }, { $set: { b: 1 } }, { upsert: true })).toMatchObject({
      upsertedCount: 1,
    });
    expect(await collection.countDocuments({ a: 1, b: 1 })).toBe(1);
  });

  it.each<[string, Fields, Fields, number]>([
    ['another _id than the filter says', { _id: 'x' }, { $set: { _id: 'y' } }, 66],
    ['a field and what is in it', { a: { c: 1 }, 'a.b': 2 }, { $set: { b: 1 } }, 54],
    ['a path into a value of the filter', { a: 1, _id: 'x' }, { $set: { 'a.b': 1 } }, 28],
    ['$inc of what the filter says is a string', { _id: 'x', n: '1' }, { $inc: { n: 1 } }, 14],
  ])('are refused: %s', async (_, q, u, code) => {
    const collection = await database.with({ _id: 'other' });
    const command = { update: collection.collectionName, updates: [{ q, u, upsert: true }] };
    expect(await database.db.command(command)).toMatchObject({ n: 0, writeErrors: [{ index: 0, code }] });
    expect(await collection.countDocuments()).toBe(1);
  });
});

describe('findAndModify', () => {
  const queue = () => database.with({ p: 2, s: 'open' }, { p: 1, s: 'open' }, { p: 0, s: 'done' });

  it('gives the document as it was', async () => {
    const collection = await queue();
    expect(await collection.findOneAndUpdate({ _id: 1 }, { $set: { s: 'x' } })).toEqual({ _id: 1, p: 2, s: 'open' });
    expect(await collection.findOne({ _id: 1 })).toEqual({ _id: 1, p: 2, s: 'x' });
  });

  it('or as it became', async () => {
    const collection = await queue();
    const became = await collection.findOneAndUpdate({ _id: 1 }, { $set: { s: 'x' } }, { returnDocument: 'after' });
    expect(became).toEqual({ _id: 1, p: 2, s: 'x' });
  });

  it('takes the first of a sort', async () => {
    const collection = await queue();
    for (const index of [undefined, { s: 1 as const, p: 1 as const }]) {
      if (index) await makeIndex(collection, index);
      const options = { sort: { p: 1 as const }, projection: { _id: 1 } };
      const first = await collection.findOneAndUpdate({ s: 'open' }, { $set: { s: 'open' } }, options);
      expect(first).toEqual({ _id: 2 });
    }
  });

  it('gives to each of many at once another one', async () => {
    const collection = await database.with(...Array.from({ length: 20 }, () => ({ s: 'open' })));
    const take = () => collection.findOneAndUpdate({ s: 'open' }, { $set: { s: 'taken' } }, { sort: { _id: 1 } });
    const taken = await Promise.all(Array.from({ length: 25 }, take));
    const ids = taken.flatMap((each) => (each ? [Number(each._id)] : []));
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('does so also when it has to sort all of them itself', async () => {
    const collection = await database.with(...Array.from({ length: 20 }, (_, n) => ({ s: 'open', p: (n * 7) % 20 })));
    const take = () => collection.findOneAndUpdate({ s: 'open' }, { $set: { s: 'taken' } }, { sort: { p: 1 } });
    const taken = await Promise.all(Array.from({ length: 20 }, take));
    const places = taken.map((each) => Number(each?.['p']));
    expect(places.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('finds nothing', async () => {
    const collection = await queue();
    expect(await collection.findOneAndUpdate({ s: 'none' }, { $set: { a: 1 } })).toBeNull();
    expect(await collection.findOneAndDelete({ s: 'none' })).toBeNull();
  });

  it('makes what is not there', async () => {
    const collection = await queue();
    const options = { upsert: true, returnDocument: 'after' } as const;
    expect(await collection.findOneAndUpdate({ _id: 9 }, { $inc: { n: 1 } } as Fields, options)).toEqual({
      _id: 9,
      n: 1,
    });
    expect(await collection.findOneAndUpdate({ _id: 10 }, { $inc: { n: 1 } } as Fields, { upsert: true })).toBeNull();
    expect(await collection.countDocuments({ n: 1 })).toBe(2);
  });

  it('removes', async () => {
    const collection = await queue();
    expect(await collection.findOneAndDelete({ s: 'open' }, { sort: { p: 1 } })).toEqual({ _id: 2, p: 1, s: 'open' });
    expect(await collection.countDocuments()).toBe(2);
  });

  it('shows what the projection shows', async () => {
    const collection = await queue();
    expect(await collection.findOneAndUpdate({ _id: 1 }, { $set: { s: 'x' } }, { projection: { p: 1 } })).toEqual({
      _id: 1,
      p: 2,
    });
  });

  it('says what it did', async () => {
    const collection = await queue();
    const command = { findAndModify: collection.collectionName, query: { _id: 1 }, update: { $set: { s: 'x' } } };
    const found = { ok: 1, lastErrorObject: { n: 1, updatedExisting: true }, value: { _id: 1, s: 'open' } };
    expect(await database.db.command(command)).toMatchObject(found);
    const made = { ok: 1, lastErrorObject: { n: 1, updatedExisting: false, upserted: 'new' }, value: null };
    expect(await database.db.command({ ...command, query: { _id: 'new' }, upsert: true })).toMatchObject(made);
    const none = { ok: 1, lastErrorObject: { n: 0, updatedExisting: false }, value: null };
    expect(await database.db.command({ ...command, query: { _id: 'none' } })).toMatchObject(none);
  });

  it('fails on a unique index and changes nothing', async () => {
    const collection = await database.with({ k: 1 }, { k: 2 });
    await makeIndex(collection, { k: 1 }, { unique: true });
    const why = await refusal(collection.findOneAndUpdate({ _id: 1 }, { $set: { k: 2 } }));
    expect(why).toMatchObject({ code: 11000, codeName: 'DuplicateKey' });
    expect(why['keyPattern']).toEqual({ k: 1 });
    expect(why['keyValue']).toEqual({ k: 2 });
    expect(await collection.findOne({ _id: 1 })).toEqual({ _id: 1, k: 1 });
  });

  it('is refused where it is to remove and update', async () => {
    const collection = await queue();
    const command = { findAndModify: collection.collectionName, query: {}, remove: true, update: { $set: { a: 1 } } };
    expect(await refusal(database.db.command(command))).toMatchObject({ code: 9, codeName: 'FailedToParse' });
    const neither = { findAndModify: collection.collectionName, query: {} };
    expect(await refusal(database.db.command(neither))).toMatchObject({ code: 9 });
    expect(await collection.countDocuments()).toBe(3);
  });
});

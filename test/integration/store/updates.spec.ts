import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { exact, type Fields, refusal, stored, TestDatabase, makeIndex } from './database.js';

const { Decimal128, Double, Int32, Long } = mongo;
const database = TestDatabase.forThisFile();

const greatest32 = new Int32(2147483647);
const decimal = (text: string): mongo.Decimal128 => Decimal128.fromString(text);
const long = (text: string): mongo.Long => Long.fromString(text);
const day = (number: number): Date => new Date(Date.UTC(2027, 0, number));

/** What it shows, the document (its _id is 1), the update, and the document after it, with types and order. */
type Case = readonly [string, Fields, Fields, Fields];

const set: readonly Case[] = [
  ['changes a field where it stands', { a: 1, b: 2, c: 3 }, { $set: { b: 9 } }, { a: 1, b: 9, c: 3 }],
  ['adds at the end', { a: 1 }, { $set: { b: 2 } }, { a: 1, b: 2 }],
  ['adds several in the order of their names', { z: 1 }, { $set: { y: 1, c: 2, b: 3 } }, { z: 1, b: 3, c: 2, y: 1 }],
  ['makes the way to a path', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  ['goes into a sub-document', { a: { x: 1 } }, { $set: { 'a.y': 2 } }, { a: { x: 1, y: 2 } }],
  ['replaces a sub-document whole', { a: { x: 1 } }, { $set: { a: { y: 2 } } }, { a: { y: 2 } }],
  ['changes an element', { v: [1, 2, 3] }, { $set: { 'v.1': 9 } }, { v: [1, 9, 3] }],
  ['adds an element after the last', { v: [1] }, { $set: { 'v.1': 9 } }, { v: [1, 9] }],
  ['fills a gap in an array with null', { v: [1] }, { $set: { 'v.3': 9 } }, { v: [1, null, null, 9] }],
  ['goes into an element', { v: [{ x: 1 }] }, { $set: { 'v.0.y': 2 } }, { v: [{ x: 1, y: 2 }] }],
  ['makes fields, not elements, where nothing was', {}, { $set: { 'v.0': 1 } }, { v: { '0': 1 } }],
  ['changes the type', { v: '1' }, { $set: { v: 1 } }, { v: 1 }],
  ['tells int from double', { v: new Int32(1) }, { $set: { v: new Double(1) } }, { v: new Double(1) }],
  ['takes null', { v: 1 }, { $set: { v: null } }, { v: null }],
  [
    'leaves int64, decimal and double beside it',
    { l: long('9007199254740993'), d: decimal('1.10'), f: new Double(3) },
    { $set: { x: 1 } },
    { l: long('9007199254740993'), d: decimal('1.10'), f: new Double(3), x: 1 },
  ],
  ['of nothing changes nothing', { a: 1 }, { $set: {} }, { a: 1 }],
  [
    'takes names like methods of objects',
    {},
    { $set: { constructor: 1, toString: 2 } },
    { constructor: 1, toString: 2 },
  ],
];

const unset: readonly Case[] = [
  ['removes a field', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
  ['whatever the value is', { a: 1, b: 2 }, { $unset: { a: 1 } }, { b: 2 }],
  ['removes at a path and leaves the rest', { a: { b: 1, c: 2 } }, { $unset: { 'a.b': 1 } }, { a: { c: 2 } }],
  ['leaves the empty sub-document', { a: { b: 1 } }, { $unset: { 'a.b': 1 } }, { a: {} }],
  ['leaves null in the place of an element', { v: [1, 2] }, { $unset: { 'v.0': 1 } }, { v: [null, 2] }],
  ['does nothing for what is missing', { a: 1 }, { $unset: { b: 1, 'c.d': 1, 'a.b': 1 } }, { a: 1 }],
];

const inc: readonly Case[] = [
  ['an int', { n: 1 }, { $inc: { n: 2 } }, { n: new Int32(3) }],
  ['by a negative number', { n: 1 }, { $inc: { n: -2 } }, { n: new Int32(-1) }],
  ['what is missing begins there', {}, { $inc: { n: 2 } }, { n: new Int32(2) }],
  ['at a path', { a: {} }, { $inc: { 'a.n': 1 } }, { a: { n: 1 } }],
  ['an element', { v: [1, 2] }, { $inc: { 'v.1': 5 } }, { v: [1, 7] }],
  ['beyond 32 bits it becomes an int64', { n: greatest32 }, { $inc: { n: 1 } }, { n: long('2147483648') }],
  ['an int by an int64', { n: 1 }, { $inc: { n: long('1') } }, { n: long('2') }],
  ['an int64 by an int, exactly', { n: long('9007199254740992') }, { $inc: { n: 1 } }, { n: long('9007199254740993') }],
  ['an int by a double', { n: 1 }, { $inc: { n: 0.5 } }, { n: new Double(1.5) }],
  ['a double by an int stays a double', { n: new Double(1.5) }, { $inc: { n: 1 } }, { n: new Double(2.5) }],
  ['a double that is whole stays a double', { n: new Double(1) }, { $inc: { n: 1 } }, { n: new Double(2) }],
  [
    'a double beyond 32 bits stays a double',
    { n: new Double(2 ** 40) },
    { $inc: { n: 1 } },
    { n: new Double(2 ** 40 + 1) },
  ],
];

const extremes: readonly Case[] = [
  ['$min takes the lesser', { n: 5 }, { $min: { n: 3 } }, { n: 3 }],
  ['$min leaves the lesser', { n: 5 }, { $min: { n: 7 } }, { n: 5 }],
  ['$min sets what is missing', {}, { $min: { n: 7 } }, { n: 7 }],
  ['$max takes the greater', { n: 5 }, { $max: { n: 7 } }, { n: 7 }],
  ['$max leaves the greater', { n: 5 }, { $max: { n: 3 } }, { n: 5 }],
  ['$max sets what is missing', {}, { $max: { 'a.n': 1 } }, { a: { n: 1 } }],
  ['$max compares dates', { d: day(1) }, { $max: { d: day(2) } }, { d: day(2) }],
  ['$min compares dates', { d: day(1) }, { $min: { d: day(2) } }, { d: day(1) }],
  ['$max compares across types: a string is more than a number', { v: 9 }, { $max: { v: 'a' } }, { v: 'a' }],
  ['$min compares across types: null is less than a number', { v: 9 }, { $min: { v: null } }, { v: null }],
  ['$max among equals keeps the type', { n: new Int32(2) }, { $max: { n: new Double(2) } }, { n: new Int32(2) }],
];

const push: readonly Case[] = [
  ['$push at the end', { v: [1] }, { $push: { v: 2 } }, { v: [1, 2] }],
  ['$push makes the array', {}, { $push: { v: 1 } }, { v: [1] }],
  ['$push at a path', { a: {} }, { $push: { 'a.v': 1 } }, { a: { v: [1] } }],
  ['$push of an array is one element', { v: [] }, { $push: { v: [1, 2] } }, { v: [[1, 2]] }],
  ['$push of a sub-document', { v: [] }, { $push: { v: { a: 1 } } }, { v: [{ a: 1 }] }],
  ['$push with $each', { v: [1] }, { $push: { v: { $each: [2, 3] } } }, { v: [1, 2, 3] }],
  ['$push with $each of nothing', { v: [1] }, { $push: { v: { $each: [] } } }, { v: [1] }],
  ['$push with $each makes the array', {}, { $push: { v: { $each: [{ a: 1 }] } } }, { v: [{ a: 1 }] }],
  ['$push keeps types', { v: [long('1')] }, { $push: { v: new Double(1) } }, { v: [long('1'), new Double(1)] }],
  ['$push into an element', { v: [{ w: [1] }] }, { $push: { 'v.0.w': 2 } }, { v: [{ w: [1, 2] }] }],
];

const pull: readonly Case[] = [
  ['$pull a value', { v: [1, 2, 1] }, { $pull: { v: 1 } }, { v: [2] }],
  ['$pull across number types', { v: [1, long('1'), '1'] }, { $pull: { v: 1 } }, { v: ['1'] }],
  [
    '$pull by a field of a sub-document',
    { v: [{ id: 'a', n: 1 }, { id: 'b' }] },
    { $pull: { v: { id: 'a' } } },
    { v: [{ id: 'b' }] },
  ],
  [
    '$pull by two fields needs both',
    {
      v: [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
      ],
    },
    { $pull: { v: { a: 1, b: 2 } } },
    { v: [{ a: 1, b: 1 }] },
  ],
  ['$pull by fields in any order', { v: [{ a: 1, b: 2, c: 3 }] }, { $pull: { v: { b: 2, a: 1 } } }, { v: [] }],
  ['$pull by a comparison', { v: [1, 5, 9] }, { $pull: { v: { $gte: 5 } } }, { v: [1] }],
  ['$pull by $in', { v: [1, 2, 3] }, { $pull: { v: { $in: [1, 3] } } }, { v: [2] }],
  [
    '$pull by a comparison of a field',
    { v: [{ t: 1 }, { t: 9 }] },
    { $pull: { v: { t: { $lt: 5 } } } },
    { v: [{ t: 9 }] },
  ],
  [
    '$pull by $in of a field',
    { v: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
    { $pull: { v: { id: { $in: ['a', 'c'] } } } },
    { v: [{ id: 'b' }] },
  ],
  ['$pull what is not there', { v: [1] }, { $pull: { v: 2 } }, { v: [1] }],
  ['$pull where nothing is', { a: 1 }, { $pull: { v: 2, 'b.c': 1 } }, { a: 1 }],
  ['$pull at a path', { a: { v: [1, 2] } }, { $pull: { 'a.v': 1 } }, { a: { v: [2] } }],
  ['$pull leaves the empty array', { v: [1] }, { $pull: { v: 1 } }, { v: [] }],
];

const together: readonly Case[] = [
  [
    'operators on different fields',
    { version: 3, state: { a: 1 }, pending: [] },
    { $set: { state: { b: 2 } }, $inc: { version: 1 }, $push: { pending: { $each: [{ id: 'x' }] } } },
    { version: 4, state: { b: 2 }, pending: [{ id: 'x' }] },
  ],
  ['$set and $unset', { a: 1, b: 2 }, { $set: { c: 3 }, $unset: { a: 1 } }, { b: 2, c: 3 }],
  [
    'different fields of one sub-document',
    { a: { x: 1, y: 1 } },
    { $set: { 'a.x': 2 }, $inc: { 'a.y': 1 } },
    { a: { x: 2, y: 2 } },
  ],
  ['$setOnInsert does nothing to what is there', { a: 1 }, { $setOnInsert: { a: 9, b: 9 } }, { a: 1 }],
];

describe.each([
  ['$set', set],
  ['$unset', unset],
  ['$inc', inc],
  ['$min and $max', extremes],
  ['$push', push],
  ['$pull', pull],
  ['together', together],
])('updates: %s', (_, cases) => {
  it.each(cases)('%s', async (_title, document, update, expected) => {
    const collection = await database.with(document, { other: true });
    const changed = exact({ _id: 1, ...document }) === exact({ _id: 1, ...expected }) ? 0 : 1;
    expect(await collection.updateOne({ _id: 1 }, update)).toMatchObject({ matchedCount: 1, modifiedCount: changed });
    expect((await stored(collection)).map(exact)).toEqual(
      [
        { _id: 1, ...expected },
        { _id: 2, other: true },
      ].map((each) => exact(each)),
    );
  });
});

describe('updates: the positional $', () => {
  const entries = [
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
    { id: 'b', n: 5 },
  ];

  it.each<[string, Fields, Fields, unknown]>([
    [
      'is the first element that matched',
      { 'v.id': 'b' },
      { $set: { 'v.$.n': 9 } },
      [entries[0], { id: 'b', n: 9 }, entries[2]],
    ],
    ['whole', { 'v.id': 'a' }, { $set: { 'v.$': 'x' } }, ['x', entries[1], entries[2]]],
    [
      'by $elemMatch',
      { v: { $elemMatch: { id: 'b', n: 5 } } },
      { $inc: { 'v.$.n': 1 } },
      [entries[0], entries[1], { id: 'b', n: 6 }],
    ],
    ['removes a field', { 'v.id': 'b' }, { $unset: { 'v.$.n': 1 } }, [entries[0], { id: 'b' }, entries[2]]],
    ['adds a field', { 'v.id': 'a' }, { $set: { 'v.$.x': 1 } }, [{ ...entries[0], x: 1 }, entries[1], entries[2]]],
    [
      'with two operators',
      { 'v.id': 'a' },
      { $set: { 'v.$.x': 1 }, $inc: { 'v.$.n': 1 } },
      [{ id: 'a', n: 2, x: 1 }, entries[1], entries[2]],
    ],
    [
      'beside a condition on the document',
      { _id: 1, 'v.id': 'b' },
      { $set: { 'v.$.n': 9 } },
      [entries[0], { id: 'b', n: 9 }, entries[2]],
    ],
  ])('%s', async (_, filter, update, expected) => {
    const collection = await database.with({ v: entries });
    expect(await collection.updateOne(filter, update)).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: 1, v: expected })]);
  });

  it('among values', async () => {
    const collection = await database.with({ v: [1, 5, 9] });
    await collection.updateOne({ v: { $gt: 3 } }, { $set: { 'v.$': 0 } });
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: 1, v: [1, 0, 9] })]);
  });

  it('is refused where the filter names no array', async () => {
    const collection = await database.with({ v: entries });
    const why = await refusal(collection.updateOne({ _id: 1 }, { $set: { 'v.$.n': 9 } }));
    expect(why).toMatchObject({ code: 2 });
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: 1, v: entries })]);
  });
});

describe('updates of several documents', () => {
  it('updateOne changes one', async () => {
    const collection = await database.with({ a: 1 }, { a: 1 }, { a: 2 });
    expect(await collection.updateOne({ a: 1 }, { $set: { b: 1 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 1,
    });
    expect(await collection.countDocuments({ b: 1 })).toBe(1);
  });

  it('updateMany changes all, and counts those that it changed', async () => {
    const collection = await database.with({ a: 1, b: 1 }, { a: 1 }, { a: 2 }, { a: 1 });
    expect(await collection.updateMany({ a: 1 }, { $set: { b: 1 } })).toMatchObject({
      matchedCount: 3,
      modifiedCount: 2,
    });
    expect(await collection.countDocuments({ b: 1 })).toBe(3);
  });

  it('updateMany that moves documents within the index it reads changes each once', async () => {
    const collection = await database.with(...Array.from({ length: 50 }, (_, n) => ({ n })));
    await makeIndex(collection, { n: 1 });
    expect(await collection.updateMany({ n: { $gte: 0 } }, { $inc: { n: 10 } } as Fields)).toMatchObject({
      modifiedCount: 50,
    });
    const found = await collection.find({}, { sort: { n: 1 } }).toArray();
    expect(found.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, n) => n + 10));
  });

  it('finds none', async () => {
    const collection = await database.with({ a: 1 });
    const none = { matchedCount: 0, modifiedCount: 0, upsertedCount: 0, upsertedId: null };
    expect(await collection.updateMany({ a: 2 }, { $set: { b: 1 } })).toMatchObject(none);
    expect(await database.db.collection('not-there').updateOne({}, { $set: { b: 1 } })).toMatchObject(none);
  });

  it('of a version that is no longer the present one changes nothing', async () => {
    const collection = await database.with({ version: 4 });
    const save = () =>
      collection.updateOne({ _id: 1, version: 4 }, { $set: { state: 'x' }, $inc: { version: 1 } } as Fields);
    const outcomes = await Promise.all([save(), save(), save(), save()]);
    expect(outcomes.map(({ modifiedCount }) => modifiedCount).sort()).toEqual([0, 0, 0, 1]);
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: 1, version: 5, state: 'x' })]);
  });

  it('counts up exactly under many at once', async () => {
    const collection = await database.with({ n: 0 });
    await Promise.all(
      Array.from({ length: 100 }, () => collection.updateOne({ _id: 1 }, { $inc: { n: 1 } } as Fields)),
    );
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: 1, n: 100 })]);
  });
});

describe('updates that MongoDB itself does not take', () => {
  it.each<[string, Fields, unknown, number]>([
    ['an unknown operator', { v: 1 }, { $nonsense: { v: 1 } }, 9],
    ['an operator that is no document', { v: 1 }, { $set: 5 }, 9],
    ['two operators on one field', { v: 1 }, { $set: { v: 1 }, $inc: { v: 1 } }, 40],
    ['a field and what is in it', { v: {} }, { $set: { v: 1, 'v.a': 1 } }, 40],
    ['what is in a field and the field', { v: {} }, { $set: { 'v.a': 1 }, $unset: { v: 1 } }, 40],
    ['another _id', { v: 1 }, { $set: { _id: 2 } }, 66],
    ['removing _id', { v: 1 }, { $unset: { _id: 1 } }, 66],
    ['a path through a value', { v: 1 }, { $set: { 'v.a': 1 } }, 28],
    ['a path through null', { v: null }, { $set: { 'v.a': 1 } }, 28],
    ['a field of an array', { v: [1] }, { $set: { 'v.a': 1 } }, 28],
    ['an empty name', { v: 1 }, { $set: { '': 1 } }, 56],
    ['an empty name within a path', { v: {} }, { $set: { 'v..a': 1 } }, 56],
    ['$inc of a string', { v: '1' }, { $inc: { v: 1 } }, 14],
    ['$inc of null', { v: null }, { $inc: { v: 1 } }, 14],
    ['$inc of a date', { v: day(1) }, { $inc: { v: 1 } }, 14],
    ['$inc of an array', { v: [1] }, { $inc: { v: 1 } }, 14],
    ['$inc by a string', { v: 1 }, { $inc: { v: '1' } }, 14],
    ['$inc beyond 64 bits', { v: Long.MAX_VALUE }, { $inc: { v: 1 } }, 2],
    ['$push to a value', { v: 1 }, { $push: { v: 1 } }, 2],
    ['$push to null', { v: null }, { $push: { v: 1 } }, 2],
    ['$push with $each of a value', { v: [] }, { $push: { v: { $each: 1 } } }, 2],
    ['$pull from a value', { v: 1 }, { $pull: { v: 1 } }, 2],
  ])('%s', async (_, document, u, code) => {
    const collection = await database.with(document);
    const command = { update: collection.collectionName, updates: [{ q: { _id: 1 }, u }] };
    const reply = await database.db.command(command);
    expect(reply).toMatchObject({ ok: 1, n: 0, nModified: 0, writeErrors: [{ index: 0, code }] });
    expect((await stored(collection)).map(exact)).toEqual([exact({ _id: 1, ...document })]);
  });

  it('an update that fails at the second of three documents says so and leaves that one', async () => {
    const collection = await database.with({ n: 1 }, { n: 'x' }, { n: 1 });
    const command = { update: collection.collectionName, updates: [{ q: {}, u: { $inc: { n: 1 } }, multi: true }] };
    expect(await database.db.command(command)).toMatchObject({ writeErrors: [{ code: 14 }] });
    expect(await collection.findOne({ _id: 2 })).toEqual({ _id: 2, n: 'x' });
  });
});

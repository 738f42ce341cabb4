import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { exact, type Fields, idsOf, refusal, TestDatabase, makeIndex } from './database.js';

const { Binary, Double, Int32, Long, ObjectId } = mongo;
const database = TestDatabase.forThisFile();

/** What it shows, the documents (numbered from 1), the filter, and the numbers of those that it finds. */
type Case = readonly [string, readonly Fields[], Fields, readonly number[]];

const two = [{ v: new Int32(2) }, { v: new Double(2) }, { v: Long.fromNumber(2) }];
const day = (number: number): Date => new Date(Date.UTC(2027, 0, number));
const id = (digit: string): mongo.ObjectId => new ObjectId(digit.repeat(24));
const bytes = (text: string, subtype = 0): mongo.Binary => new Binary(Buffer.from(text), subtype);

const equality: readonly Case[] = [
  ['numbers are equal across their types', [...two, { v: '2' }, { v: true }], { v: 2 }, [1, 2, 3]],
  ['zero is not false, and not empty', [{ v: 0 }, { v: false }, { v: '' }, { v: null }], { v: 0 }, [1]],
  ['false is only false', [{ v: 0 }, { v: false }, { v: null }, {}], { v: false }, [2]],
  ['the empty string is itself', [{ v: '' }, { v: null }, {}, { v: ' ' }], { v: '' }, [1]],
  ['minus zero is zero', [{ v: new Double(-0) }, { v: 0 }], { v: 0 }, [1, 2]],
  ['not-a-number equals itself', [{ v: NaN }, { v: 0 }, {}], { v: NaN }, [1]],
  ['strings differ by case', [{ v: 'a' }, { v: 'A' }], { v: 'a' }, [1]],
  ['strings differ by composition', [{ v: 'é' }, { v: 'e\u0301' }], { v: 'é' }, [1]],
  ['null finds null and missing', [{ v: null }, {}, { v: 0 }, { v: '' }, { v: [] }, { v: {} }], { v: null }, [1, 2]],
  ['null finds an array that holds null', [{ v: [1, null] }, { v: [1] }, { v: [[null]] }], { v: null }, [1]],
  ['dates are equal by their instant', [{ v: day(1) }, { v: day(2) }, { v: day(1).getTime() }], { v: day(1) }, [1]],
  ['object ids', [{ v: id('a') }, { v: id('b') }, { v: 'a'.repeat(24) }], { v: id('a') }, [1]],
  [
    'bytes with the same subtype',
    [{ v: bytes('x') }, { v: bytes('x', 128) }, { v: bytes('y') }],
    { v: bytes('x') },
    [1],
  ],
  ['booleans', [{ v: true }, { v: false }, { v: 1 }, { v: 'true' }], { v: true }, [1]],
  [
    'an int64 beyond 2^53 is exact',
    ['9007199254740992', '9007199254740993', '9007199254740994'].map((v) => ({ v: Long.fromString(v) })),
    { v: Long.fromString('9007199254740993') },
    [2],
  ],
  [
    'a double near an int64 is not it',
    [{ v: Long.fromString('9007199254740993') }, { v: Long.fromString('9007199254740992') }],
    { v: new Double(9007199254740992) },
    [2],
  ],
  [
    'a sub-document is equal by fields and their order',
    [{ v: { a: 1, b: 2 } }, { v: { b: 2, a: 1 } }, { v: { a: 1 } }, { v: { a: 1, b: 2, c: 3 } }],
    { v: { a: 1, b: 2 } },
    [1],
  ],
  [
    'numbers in a sub-document are equal across their types',
    [{ v: { a: Long.fromNumber(1) } }, { v: { a: '1' } }],
    { v: { a: 1 } },
    [1],
  ],
  ['the empty sub-document', [{ v: {} }, { v: { a: 1 } }, {}, { v: [] }], { v: {} }, [1]],
  ['$eq says the same', [{ v: 1 }, { v: [1] }, { v: 2 }], { v: { $eq: 1 } }, [1, 2]],
  ['$eq takes a value as it is', [{ v: { x: 1 } }, { v: { x: 2 } }], { v: { $eq: { x: 1 } } }, [1]],
  ['two conditions are both needed', [{ a: 1, b: 1 }, { a: 1, b: 2 }, { b: 1 }], { a: 1, b: 1 }, [1]],
  ['an empty filter finds all', [{ v: 1 }, {}, { v: null }], {}, [1, 2, 3]],
];

const presence: readonly Case[] = [
  ['$exists finds null too', [{ v: null }, {}, { v: 0 }, { v: [] }], { v: { $exists: true } }, [1, 3, 4]],
  ['$exists: false finds what is missing', [{ v: null }, {}, { v: 0 }], { v: { $exists: false } }, [2]],
  ['$exists on a path', [{ a: { b: null } }, { a: {} }, { a: 1 }, {}], { 'a.b': { $exists: true } }, [1]],
  [
    '$exists on a path through an array',
    [{ a: [{ b: 1 }, {}] }, { a: [{}] }, { a: [] }],
    { 'a.b': { $exists: true } },
    [1],
  ],
  [
    '$exists: false needs every element without',
    [{ a: [{ b: 1 }, {}] }, { a: [{}] }],
    { 'a.b': { $exists: false } },
    [2],
  ],
  ['$exists on an element', [{ a: [1, 2] }, { a: [1] }, { a: [] }], { 'a.1': { $exists: true } }, [1]],
  [
    '$ne null leaves what is there',
    [{ v: null }, {}, { v: 0 }, { v: [1, null] }, { v: [] }],
    { v: { $ne: null } },
    [3, 5],
  ],
  ['$in with null finds what is missing', [{ v: 1 }, {}, { v: 2 }, { v: null }], { v: { $in: [null, 1] } }, [1, 2, 4]],
  [
    'null at a path: missing, null, or nothing to go into',
    [{ a: {} }, { a: null }, { a: 4 }, { a: { b: 'hi' } }, { a: { b: null } }, {}],
    { 'a.b': null },
    [1, 2, 3, 5, 6],
  ],
  [
    'null at a path through an array needs a sub-document',
    [
      { a: [[]] },
      { a: [] },
      { a: [{ b: 1 }, {}] },
      { a: [{ b: 1 }] },
      { a: [{ b: null }] },
      { a: [null, null] },
      { a: [1] },
    ],
    { 'a.b': null },
    [3, 5],
  ],
  [
    '$ne null at a path is the opposite',
    [{ a: { b: 'hi' } }, { a: [[]] }, { a: [] }, { a: [{ b: 1 }] }, { a: [{}] }, { a: [null] }, { a: 1 }],
    { 'a.b': { $ne: null } },
    [1, 2, 3, 4, 6],
  ],
];

const comparison: readonly Case[] = [
  ['$gt', [{ v: 1 }, { v: 2 }, { v: 3 }], { v: { $gt: 2 } }, [3]],
  ['$gte', [{ v: 1 }, { v: 2 }, { v: 3 }], { v: { $gte: 2 } }, [2, 3]],
  ['$lt', [{ v: 1 }, { v: 2 }, { v: 3 }], { v: { $lt: 2 } }, [1]],
  ['$lte', [{ v: 1 }, { v: 2 }, { v: 3 }], { v: { $lte: 2 } }, [1, 2]],
  [
    'only numbers are compared with a number',
    [{ v: 2 }, { v: '2' }, { v: day(1) }, { v: true }, {}],
    { v: { $gt: 1 } },
    [1],
  ],
  ['numbers are compared across their types', [...two, { v: 1.5 }], { v: { $gt: 1.75 } }, [1, 2, 3]],
  ['only strings are compared with a string', [{ v: 'b' }, { v: 5 }, { v: null }, { v: {} }], { v: { $gt: 'a' } }, [1]],
  [
    'only dates are compared with a date',
    [{ v: day(1) }, { v: 99e12 }, { v: 'z' }, {}],
    { v: { $gt: new Date(0) } },
    [1],
  ],
  ['dates before 1970', [{ v: new Date(-2) }, { v: new Date(0) }], { v: { $lt: new Date(-1) } }, [1]],
  ['null is less than nothing', [{ v: null }, {}, { v: 0 }], { v: { $lt: 1 } }, [3]],
  ['not-a-number is neither less nor more', [{ v: NaN }, { v: 1 }], { v: { $gte: -Infinity } }, [2]],
  ['infinities', [{ v: -Infinity }, { v: 0 }, { v: Infinity }], { v: { $gt: 1e308 } }, [3]],
  ['booleans: true is more', [{ v: true }, { v: false }, { v: 1 }], { v: { $gt: false } }, [1]],
  ['object ids by their bytes', [{ v: id('a') }, { v: id('b') }, { v: 'f' }], { v: { $gt: id('a') } }, [2]],
  ['bytes: the longer is more', [{ v: bytes('z') }, { v: bytes('aa') }], { v: { $gt: bytes('z') } }, [2]],
  [
    'strings by their UTF-8 bytes, not by UTF-16 units',
    [{ v: '\uFFFD' }, { v: '😀' }, { v: 'z' }, { v: 'é' }],
    { v: { $gt: '\uFFFD' } },
    [2],
  ],
  ['capitals come before small letters', [{ v: 'Z' }, { v: 'a' }, { v: 'é' }], { v: { $lt: 'a' } }, [1]],
  ['a beginning is less than the whole', [{ v: 'ab' }, { v: 'abc' }, { v: '' }], { v: { $lt: 'abc' } }, [1, 3]],
  ['a string with a zero character', [{ v: 'a\0b' }, { v: 'a' }, { v: 'a\0a' }], { v: { $gt: 'a\0a' } }, [1]],
  [
    'int64 beyond 2^53',
    ['9007199254740992', '9007199254740993'].map((v) => ({ v: Long.fromString(v) })),
    { v: { $gt: Long.fromString('9007199254740992') } },
    [2],
  ],
  [
    'an int64 against a double beyond 2^53',
    [{ v: Long.fromString('9007199254740993') }, { v: Long.fromString('9007199254740992') }],
    { v: { $gt: new Double(9007199254740992) } },
    [1],
  ],
  ['the whole int64 range', [{ v: Long.MAX_VALUE }, { v: Long.MIN_VALUE }], { v: { $lt: Long.fromNumber(0) } }, [2]],
  [
    'a sub-document field by field',
    [{ v: { a: 1 } }, { v: { a: 2 } }, { v: { b: 0 } }],
    { v: { $gt: { a: 1 } } },
    [2, 3],
  ],
  ['between', [{ v: 1 }, { v: 5 }, { v: 9 }], { v: { $gt: 1, $lt: 9 } }, [2]],
  ['between takes two elements of an array together', [{ v: [1, 9] }, { v: [1] }], { v: { $gt: 5, $lt: 3 } }, [1]],
  ['one element of an array is enough', [{ v: [1, 6] }, { v: [1, 2] }, { v: [] }], { v: { $gt: 5 } }, [1]],
  ['$ne', [{ v: 1 }, { v: 2 }, {}, { v: null }, { v: '1' }], { v: { $ne: 1 } }, [2, 3, 4, 5]],
  ['$ne needs that no element is it', [{ v: [1, 2] }, { v: [2] }, { v: [] }], { v: { $ne: 1 } }, [2, 3]],
  ['$in', [{ v: 1 }, { v: 2 }, { v: 3 }], { v: { $in: [1, 3] } }, [1, 3]],
  ['$in across types', [{ v: 1 }, { v: '1' }, { v: true }, { v: {} }], { v: { $in: ['1', true, {}] } }, [2, 3, 4]],
  ['$in of nothing finds nothing', [{ v: 1 }, {}, { v: [] }], { v: { $in: [] } }, []],
  ['$in finds an element', [{ v: [1, 2] }, { v: [3] }], { v: { $in: [2, 9] } }, [1]],
  ['$in finds a whole array', [{ v: [1, 2] }, { v: [2, 1] }, { v: [[1, 2]] }], { v: { $in: [[1, 2]] } }, [1, 3]],
  ['by _id', [{}, {}, {}], { _id: 2 }, [2]],
  ['by _id across number types', [{}, {}], { _id: Long.fromNumber(2) }, [2]],
  ['by _id in a range', [{}, {}, {}], { _id: { $gt: 1, $lte: 3 } }, [2, 3]],
  ['by _id among others', [{}, {}, {}], { _id: { $in: [3, 1, 9] } }, [1, 3]],
];

const logic: readonly Case[] = [
  ['$or', [{ a: 1 }, { b: 1 }, { a: 2 }], { $or: [{ a: 1 }, { b: 1 }] }, [1, 2]],
  ['$or beside another condition', [{ a: 1, c: 1 }, { b: 1 }, { a: 1 }], { c: 1, $or: [{ a: 1 }, { b: 1 }] }, [1]],
  [
    '$or of null and less',
    [{ t: null }, { t: 1 }, { t: 9 }, {}],
    { $or: [{ t: null }, { t: { $lte: 5 } }] },
    [1, 2, 4],
  ],
];

const arrays: readonly Case[] = [
  ['an element', [{ v: [1, 2] }, { v: [3] }, { v: 1 }, { v: [[1]] }], { v: 1 }, [1, 3]],
  [
    'the whole array, in order',
    [{ v: [1, 2] }, { v: [2, 1] }, { v: [1, 2, 3] }, { v: [[1, 2]] }],
    { v: [1, 2] },
    [1, 4],
  ],
  ['the empty array', [{ v: [] }, { v: [[]] }, { v: [1] }, {}, { v: null }], { v: [] }, [1, 2]],
  ['an element that is a sub-document', [{ v: [{ a: 1 }] }, { v: [{ a: 1, b: 1 }] }], { v: { a: 1 } }, [1]],
  ['a path into the elements', [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 3 }] }, { a: { b: 1 } }], { 'a.b': 1 }, [1, 3]],
  ['a path to an array in the elements', [{ a: [{ b: [1, 2] }] }, { a: [{ b: 3 }] }], { 'a.b': 2 }, [1]],
  ['a path does not go into arrays of arrays', [{ a: [[{ b: 1 }]] }, { a: [{ b: 1 }] }], { 'a.b': 1 }, [2]],
  ['a position', [{ v: [1, 2] }, { v: [2, 1] }, { v: 1 }], { 'v.0': 1 }, [1]],
  ['a position or a field of that name', [{ v: [7] }, { v: { '0': 7 } }, { v: [{ '0': 7 }] }], { 'v.0': 7 }, [1, 2, 3]],
  ['a position and a path', [{ v: [{ b: 1 }, { b: 2 }] }, { v: [{ b: 2 }, { b: 1 }] }], { 'v.1.b': 2 }, [1]],
  [
    'two conditions may be met by two elements',
    [
      {
        v: [
          { a: 1, b: 2 },
          { a: 2, b: 1 },
        ],
      },
      { v: [{ a: 1, b: 1 }] },
    ],
    { 'v.a': 1, 'v.b': 1 },
    [1, 2],
  ],
  [
    '$elemMatch wants both in one element',
    [
      {
        v: [
          { a: 1, b: 2 },
          { a: 2, b: 1 },
        ],
      },
      { v: [{ a: 1, b: 1 }] },
      { v: { a: 1, b: 1 } },
    ],
    { v: { $elemMatch: { a: 1, b: 1 } } },
    [2],
  ],
  ['$elemMatch on values', [{ v: [1, 9] }, { v: [6] }, { v: 6 }], { v: { $elemMatch: { $gt: 5, $lt: 8 } } }, [2]],
  [
    '$elemMatch with null',
    [{ v: [null] }, { v: [1] }, { v: null }, {}, { v: [] }],
    { v: { $elemMatch: { $eq: null } } },
    [1],
  ],
  [
    '$elemMatch with a comparison',
    [{ v: [{ t: 1 }, { t: 9, x: 1 }] }, { v: [{ t: 9 }, { t: 1, x: 1 }] }],
    { v: { $elemMatch: { t: { $gt: 5 }, x: { $exists: true } } } },
    [1],
  ],
  ['$elemMatch at a path', [{ a: { v: [1, 5] } }, { a: { v: [5] } }], { 'a.v': { $elemMatch: { $lt: 3 } } }, [1]],
  ['$size', [{ v: [] }, { v: [1] }, { v: [[1, 2]] }, { v: 1 }, {}], { v: { $size: 1 } }, [2, 3]],
  ['$size 0 is the empty array only', [{ v: [] }, { v: null }, {}, { v: [1] }], { v: { $size: 0 } }, [1]],
];

const paths: readonly Case[] = [
  ['a field of a sub-document', [{ a: { b: 1 } }, { a: { b: 2 } }, { 'a.b': 1 }, { a: 1 }], { 'a.b': 1 }, [1]],
  ['three levels', [{ a: { b: { c: 1 } } }, { a: { b: 1 } }, { a: { c: 1 } }], { 'a.b.c': 1 }, [1]],
  ['through two arrays', [{ a: [{ b: [{ c: 1 }] }] }, { a: [{ b: [{ c: 2 }] }] }], { 'a.b.c': 1 }, [1]],
  [
    '$ne at a path through an array',
    [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 2 }] }, {}],
    { 'a.b': { $ne: 1 } },
    [2, 3],
  ],
  ['$in at a path through an array', [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 3 }] }], { 'a.b': { $in: [2, 4] } }, [1]],
  ['names like methods of objects', [{ constructor: 1 }, { toString: 2 }, {}], { constructor: 1 }, [1]],
  ['a name like the prototype', [{ hasOwnProperty: 1 }, {}], { hasOwnProperty: { $exists: true } }, [1]],
  ['the length of an array is not a field', [{ v: [1] }, { v: { length: 1 } }, { v: 'x' }], { 'v.length': 1 }, [2]],
];

/** A field that an index may be made on: what is found through it must be the same as without. Positions are no fields. */
const firstField = (filter: Fields): string =>
  (Object.keys(filter).find((key) => !key.startsWith('$')) ?? 'v').replace(/\.\d.*/, '');

describe.each([
  ['equality', equality],
  ['null and missing', presence],
  ['comparison', comparison],
  ['$or', logic],
  ['arrays', arrays],
  ['paths', paths],
])('filters: %s', (_, cases) => {
  it.each(cases)('%s', async (_title, documents, filter, ids) => {
    const collection = await database.with(...documents);
    expect(await idsOf(collection, filter)).toEqual(ids);
    expect(await collection.countDocuments(filter)).toBe(ids.length);
    const field = firstField(filter);
    if (field !== '_id') await makeIndex(collection, { [field]: 1 });
    expect(await idsOf(collection, filter)).toEqual(ids);
    if (field !== '_id') await makeIndex(collection, { [field]: -1, _id: 1 });
    expect(await idsOf(collection, filter)).toEqual(ids);
  });
});

describe('filters: the same through an index as without', () => {
  const values = [
    ...[null, 0, -1, 2.5, 1e300, NaN, -Infinity, '', 'a', 'Z', 'é', '\uFFFD', '😀', true, false, day(1), day(2)],
    ...[
      id('a'),
      id('b'),
      bytes('x'),
      bytes('yy'),
      {},
      { a: 1 },
      { b: { c: 2 } },
      [],
      [1, 'a', null],
      [[1]],
      [{ a: 1 }],
    ],
    ...[Long.fromString('9007199254740993'), new Int32(7)],
  ];

  it.each(['$eq', '$gt', '$gte', '$lt', '$lte', '$ne'])('%s with a value of every type', async (operator) => {
    const documents = [...values.map((v) => ({ v })), {}];
    const [plain, indexed] = [await database.with(...documents), await database.with(...documents)];
    await makeIndex(indexed, { v: 1 });
    for (const value of values) {
      const filter = { v: { [operator]: value } };
      expect([exact({ value }), await idsOf(indexed, filter)]).toEqual([exact({ value }), await idsOf(plain, filter)]);
    }
  });
});

describe('filters that MongoDB itself does not take', () => {
  it.each<[string, Fields, number]>([
    ['an unknown operator', { v: { $nonsense: 1 } }, 2],
    ['an unknown operator at the top', { $nonsense: [] }, 2],
    ['$in without a list', { v: { $in: 1 } }, 2],
    ['$nin without a list', { v: { $nin: 1 } }, 2],
    ['$or without a list', { $or: { a: 1 } }, 2],
    ['$or of nothing', { $or: [] }, 2],
    ['$and of nothing', { $and: [] }, 2],
    ['$or of what is no condition', { $or: [1] }, 2],
    ['$size of a string', { v: { $size: 'x' } }, 2],
    ['$size below zero', { v: { $size: -1 } }, 2],
    ['$elemMatch of a value', { v: { $elemMatch: 1 } }, 2],
    ['$all without a list', { v: { $all: 1 } }, 2],
    ['$regex of a number', { v: { $regex: 1 } }, 2],
    ['$options without $regex', { v: { $options: 'i' } }, 2],
    ['$ne of a regular expression', { v: { $ne: /a/ } }, 2],
    ['$not of a value', { v: { $not: 1 } }, 2],
    ['an operator within $in', { v: { $in: [{ $gt: 1 }] } }, 2],
  ])('%s', async (_, filter, code) => {
    const collection = await database.with({ v: 1 });
    expect(await refusal(collection.find(filter).toArray())).toMatchObject({ code });
    expect(await refusal(collection.deleteMany(filter))).toMatchObject({ code });
    expect(await collection.countDocuments()).toBe(1);
  });

  it('a filter that is no document', async () => {
    const collection = await database.with({ v: 1 });
    const command = { find: collection.collectionName, filter: 'x' };
    expect(await refusal(database.db.command(command))).toMatchObject({ code: 14, codeName: 'TypeMismatch' });
  });
});

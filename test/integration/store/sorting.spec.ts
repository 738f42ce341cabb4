import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { type Collection, type Fields, refusal, TestDatabase, makeIndex } from './database.js';

const { Binary, Double, Int32, Long, ObjectId } = mongo;
const database = TestDatabase.forThisFile();

/** The manual's order of types, with values of each type in their own order. Neighbours are never equal. */
const ascending: readonly unknown[] = [
  [],
  null,
  NaN,
  -Infinity,
  Long.MIN_VALUE,
  new Int32(-1),
  0,
  new Double(0.5),
  new Int32(1),
  Long.fromNumber(2),
  new Double(2.5),
  Long.fromString('9007199254740992'),
  Long.fromString('9007199254740993'),
  Long.MAX_VALUE,
  1e300,
  Infinity,
  '',
  '10',
  '2',
  'A',
  'Z',
  'a',
  'a\0',
  'a\0b',
  'aa',
  'b',
  'e\u0301',
  'é',
  '\uFFFD',
  '😀',
  {},
  { a: null },
  { a: 1 },
  { a: 1, b: 1 },
  { a: 2 },
  { b: 1 },
  { a: '1' },
  new Binary(Buffer.from(''), 0),
  new Binary(Buffer.from('b'), 0),
  new Binary(Buffer.from('a'), 128),
  new Binary(Buffer.from('aa'), 0),
  new ObjectId('a'.repeat(24)),
  new ObjectId('b'.repeat(24)),
  false,
  true,
  new Date(-1),
  new Date(0),
  new Date(Date.UTC(2027, 0, 1)),
];

/** In an order that is neither that of the list nor its reverse. */
const mixed = <Item>(items: readonly Item[]): Item[] =>
  items.map((_, index) => items[(index * 17 + 5) % items.length] as Item);

const order = async (collection: Collection, sort: Fields, filter: Fields = {}): Promise<unknown[]> => {
  const found = await collection.find(filter, { projection: { _id: 1 }, sort: sort as mongo.Sort }).toArray();
  return found.map(({ _id }) => _id);
};

describe('the order of values', () => {
  const documents = ascending.map((v, _id) => ({ _id, v }));
  const numbers = documents.map(({ _id }) => _id);

  it('takes a list whose order is worth something', () => {
    expect(new Set(mixed(numbers)).size).toBe(ascending.length);
  });

  it.each([
    ['without an index', undefined],
    ['through an ascending index', { v: 1 }],
    ['through a descending index', { v: -1 }],
    ['through a compound index', { v: 1, _id: 1 }],
  ] as const)('goes across all types, %s', async (_, index) => {
    const collection = await database.with(...mixed(documents));
    if (index) await makeIndex(collection, index);
    expect(await order(collection, { v: 1 })).toEqual(numbers);
    expect(await order(collection, { v: -1 })).toEqual(numbers.toReversed());
  });

  it('goes across all types for _id, but for arrays, which no _id can be', async () => {
    // The driver gives an id to what has null for one.
    const ids = ascending.filter((v) => v !== null && !Array.isArray(v));
    const collection = await database.with(...mixed(ids.map((_id, place) => ({ _id, place }))));
    const found = await collection.find({}, { projection: { _id: 0 }, sort: { _id: 1 } }).toArray();
    expect(found.map((each) => each['place'])).toEqual(ids.map((_, place) => place));
  });

  it('goes across all types in a range of one type', async () => {
    const collection = await database.with(...mixed(documents));
    const between = async () => order(collection, { v: 1 }, { v: { $gte: 'A', $lte: '😀' } });
    const expected = numbers.filter((number) => typeof ascending[number] === 'string').slice(3);
    expect(await between()).toEqual(expected);
    await makeIndex(collection, { v: 1 });
    expect(await between()).toEqual(expected);
  });
});

/** What it shows, the documents (numbered from 1), the sort, and the numbers in their order. */
type Case = readonly [string, readonly Fields[], Fields, readonly number[]];

const cases: readonly Case[] = [
  ['numbers, not texts of numbers', [{ v: 10 }, { v: 9 }, { v: 1 }], { v: 1 }, [3, 2, 1]],
  ['what is missing counts as null', [{ v: 1 }, {}, { v: '' }], { v: 1 }, [2, 1, 3]],
  [
    'a second field decides among equals',
    [
      { a: 1, b: 2 },
      { a: 1, b: 1 },
      { a: 0, b: 9 },
    ],
    { a: 1, b: 1 },
    [3, 2, 1],
  ],
  [
    'one up, one down',
    [
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 0, b: 9 },
    ],
    { a: 1, b: -1 },
    [3, 2, 1],
  ],
  [
    'the order of the fields of a sort matters',
    [
      { a: 2, b: 1 },
      { a: 1, b: 2 },
    ],
    { b: 1, a: 1 },
    [1, 2],
  ],
  ['a path', [{ a: { b: 2 } }, { a: { b: 1 } }, { a: 3 }], { 'a.b': 1 }, [3, 2, 1]],
  ['upwards an array counts by its least element', [{ v: [5, 1] }, { v: [2, 9] }, { v: 3 }], { v: 1 }, [1, 2, 3]],
  ['downwards by its greatest', [{ v: [5, 1] }, { v: [2, 9] }, { v: 6 }], { v: -1 }, [2, 3, 1]],
  ['an array of mixed types by its least', [{ v: ['a', 3] }, { v: 4 }, { v: [null, 9] }], { v: 1 }, [3, 1, 2]],
  ['the empty array comes before null', [{ v: null }, { v: [] }, {}], { v: 1, _id: 1 }, [2, 1, 3]],
  ['an array in an array is an array', [{ v: [[9]] }, { v: 'z' }, { v: [{}] }, { v: true }], { v: 1 }, [2, 3, 1, 4]],
  [
    'a path through an array',
    [{ a: [{ b: 5 }, { b: 1 }] }, { a: [{ b: 2 }] }, { a: [{ b: 3 }] }],
    { 'a.b': 1 },
    [1, 2, 3],
  ],
  ['the same downwards', [{ a: [{ b: 5 }, { b: 1 }] }, { a: [{ b: 2 }] }, { a: [{ b: 3 }] }], { 'a.b': -1 }, [1, 3, 2]],
  ['an element without the field counts as null', [{ a: [{ b: 1 }, {}] }, { a: [{ b: 0 }] }], { 'a.b': 1 }, [1, 2]],
  ['_id downwards', [{}, {}, {}], { _id: -1 }, [3, 2, 1]],
  [
    'equals across number types stay together',
    [{ v: 2 }, { v: Long.fromNumber(1) }, { v: 1.0 }],
    { v: 1, _id: -1 },
    [3, 2, 1],
  ],
];

describe('sorting', () => {
  it.each(cases)('%s', async (_, documents, sort, ids) => {
    const collection = await database.with(...documents);
    expect(await order(collection, sort)).toEqual(ids);
    const index = Object.keys(sort).includes('_id') ? { v: 1 } : sort;
    await makeIndex(collection, index);
    expect(await order(collection, sort)).toEqual(ids);
  });

  it('comes before skip, and skip before limit', async () => {
    const collection = await database.with(...[5, 3, 1, 4, 2].map((v) => ({ v })));
    const page = async (skip: number, limit: number) =>
      (await collection.find({}, { sort: { v: 1 }, skip, limit }).toArray()).map(({ v }) => v);
    for (const index of [undefined, { v: 1 as const }]) {
      if (index) await makeIndex(collection, index);
      expect(await page(0, 2)).toEqual([1, 2]);
      expect(await page(1, 3)).toEqual([2, 3, 4]);
      expect(await page(4, 3)).toEqual([5]);
      expect(await page(9, 3)).toEqual([]);
      expect(await page(2, 0)).toEqual([3, 4, 5]);
    }
  });

  it('pages by a field and _id without leaving out or repeating one', async () => {
    const documents = Array.from({ length: 100 }, (_, index) => ({ _id: `k${String(index)}`, due: (index * 7) % 5 }));
    const collection = await database.with(...documents);
    await makeIndex(collection, { due: 1, _id: 1 });
    const seen: unknown[] = [];
    let after: { due?: unknown; _id?: unknown } | undefined;
    for (;;) {
      const filter = after ? { $or: [{ due: { $gt: after.due } }, { due: after.due, _id: { $gt: after._id } }] } : {};
      const page = await collection.find(filter as Fields, { sort: { due: 1, _id: 1 }, limit: 7 }).toArray();
      seen.push(...page.map(({ due, _id }) => `${String(due)} ${String(_id)}`));
      after = page.at(-1);
      if (page.length < 7) break;
    }
    const expected = documents.map(({ due, _id }) => `${String(due)} ${_id}`);
    expect(seen).toEqual(expected.sort());
  });

  it.each<[string, unknown]>([
    ['a direction of 0', { v: 0 }],
    ['a direction of 2', { v: 2 }],
    ['a word', { v: 'up' }],
    ['an empty name', { '': 1 }],
    ['a name that begins with $', { $v: 1 }],
  ])('is refused: %s', async (_, sort) => {
    const collection = await database.with({ v: 1 });
    const command = { find: collection.collectionName, sort };
    expect((await refusal(database.db.command(command))).code).toEqual(expect.any(Number));
  });
});

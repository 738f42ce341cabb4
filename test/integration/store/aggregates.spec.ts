import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { exact, type Fields, refusal, TestDatabase } from './database.js';

const { Double, Int32, Long } = mongo;
const database = TestDatabase.forThisFile();

/** What it shows, the documents (numbered from 1), the stages, and what comes, with types. */
type Case = readonly [string, readonly Fields[], readonly Fields[], readonly Fields[]];

const people = [
  { r: 'copargo', c: 'BJ', n: 1 },
  { r: 'alfter', c: 'DE', n: 2 },
  { r: 'copargo', c: 'BJ', n: 3 },
  { c: 'BJ', n: 4 },
];
const int = (value: number): mongo.Int32 => new Int32(value);

const cases: readonly Case[] = [
  ['no stage gives all', [{ a: 1 }], [], [{ _id: 1, a: 1 }]],
  ['$match', people, [{ $match: { r: 'alfter' } }], [{ _id: 2, ...people[1] }]],
  [
    '$group counts by a field',
    people,
    [{ $group: { _id: '$c', count: { $sum: 1 } } }],
    [
      { _id: 'BJ', count: int(3) },
      { _id: 'DE', count: int(1) },
    ],
  ],
  [
    '$group puts what is missing under null',
    people,
    [{ $group: { _id: '$r', count: { $sum: 1 } } }],
    [
      { _id: null, count: int(1) },
      { _id: 'alfter', count: int(1) },
      { _id: 'copargo', count: int(2) },
    ],
  ],
  [
    'null and missing are one group',
    [{ r: null }, {}, { r: 0 }],
    [{ $group: { _id: '$r', count: { $sum: 1 } } }],
    [
      { _id: null, count: int(2) },
      { _id: 0, count: int(1) },
    ],
  ],
  [
    '$group takes numbers of all types as one',
    [{ v: 1 }, { v: Long.fromNumber(1) }, { v: new Double(1) }, { v: '1' }],
    [{ $group: { _id: '$v', count: { $sum: 1 } } }],
    [
      { _id: 1, count: int(3) },
      { _id: '1', count: int(1) },
    ],
  ],
  ['$group of all', people, [{ $group: { _id: null, count: { $sum: 1 } } }], [{ _id: null, count: int(4) }]],
  [
    '$group of nothing gives nothing',
    people,
    [{ $match: { n: 99 } }, { $group: { _id: null, count: { $sum: 1 } } }],
    [],
  ],
  [
    '$group by several fields leaves out what is missing',
    people,
    [{ $group: { _id: { r: '$r', c: '$c' }, count: { $sum: 1 } } }],
    [
      { _id: { c: 'BJ' }, count: int(1) },
      { _id: { r: 'alfter', c: 'DE' }, count: int(1) },
      { _id: { r: 'copargo', c: 'BJ' }, count: int(2) },
    ],
  ],
  [
    '$group by a path',
    [{ state: { a: 'x' } }, { state: { a: 'y' } }, { state: { a: 'x' } }],
    [{ $group: { _id: '$state.a', count: { $sum: 1 } } }],
    [
      { _id: 'x', count: int(2) },
      { _id: 'y', count: int(1) },
    ],
  ],
  [
    '$group by a whole array',
    [{ v: [1, 2] }, { v: [1, 2] }, { v: 5 }],
    [{ $group: { _id: '$v', count: { $sum: 1 } } }],
    [
      { _id: [1, 2], count: int(2) },
      { _id: 5, count: int(1) },
    ],
  ],
  [
    '$group adds up ints, and past 32 bits int64',
    [{ n: 2147483647 }, { n: 1 }, { n: 'x' }, {}],
    [{ $group: { _id: null, n: { $sum: '$n' } } }],
    [{ _id: null, n: Long.fromString('2147483648') }],
  ],
  [
    '$group adds up int64 exactly',
    [{ n: Long.fromString('9007199254740992') }, { n: 1 }],
    [{ $group: { _id: null, n: { $sum: '$n' } } }],
    [{ _id: null, n: Long.fromString('9007199254740993') }],
  ],
  [
    '$group by a boolean',
    [{ v: true }, { v: false }, { v: true }],
    [{ $group: { _id: '$v', count: { $sum: 1 } } }],
    [
      { _id: false, count: int(1) },
      { _id: true, count: int(2) },
    ],
  ],
];

describe('aggregates', () => {
  it.each(cases)('%s', async (_, documents, pipeline, expected) => {
    const collection = await database.with(...documents);
    const found = await collection.aggregate([...pipeline], { promoteValues: false }).toArray();
    // Groups come in any order.
    expect(found.map((each) => exact(each)).sort()).toEqual(expected.map((each) => exact(each)).sort());
  });

  it('count what a filter finds', async () => {
    const collection = await database.with(...people);
    expect(await collection.countDocuments()).toBe(4);
    expect(await collection.countDocuments({ c: 'BJ' })).toBe(3);
    expect(await collection.countDocuments({ c: 'FR' })).toBe(0);
    expect(await database.db.collection('none').countDocuments()).toBe(0);
  });

  it('of many groups give all of them', async () => {
    const collection = await database.with(...Array.from({ length: 1_000 }, (_, n) => ({ k: n % 250 })));
    const found = await collection.aggregate([{ $group: { _id: '$k', count: { $sum: 1 } } }]).toArray();
    expect(found.sort((a, b) => Number(a['_id']) - Number(b['_id']))).toEqual(
      Array.from({ length: 250 }, (_, _id) => ({ _id, count: 4 })),
    );
  });

  it.each<[string, unknown, number]>([
    ['an unknown stage', [{ $nonsense: {} }], 40324],
    ['a stage with two names', [{ $match: {}, $sort: { a: 1 } }], 40323],
    ['a stage that is no document', ['x'], 14],
    ['a $match that is no filter', [{ $match: 'x' }], 15959],
    ['a $group without _id', [{ $group: { count: { $sum: 1 } } }], 15955],
    ['a $group with an unknown accumulator', [{ $group: { _id: null, x: { $nonsense: 1 } } }], 15952],
    ['a $group with a value', [{ $group: { _id: null, x: 1 } }], 40234],
  ])('are refused: %s', async (_, pipeline, code) => {
    const collection = await database.with(...people);
    const command = { aggregate: collection.collectionName, pipeline, cursor: {} };
    expect(await refusal(database.db.command(command))).toMatchObject({ code });
  });
});

import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { exact, type Fields, refusal, TestDatabase, makeIndex } from './database.js';

const { Long } = mongo;
const database = TestDatabase.forThisFile();

/** What it shows, the document (its _id is 1), the projection, and what comes, with order and types. */
type Case = readonly [string, Fields, Fields, Fields];

const cases: readonly Case[] = [
  ['what is named, and _id', { a: 1, b: 2 }, { a: 1 }, { _id: 1, a: 1 }],
  ['true is 1', { a: 1, b: 2 }, { a: true }, { _id: 1, a: 1 }],
  ['without _id', { a: 1, b: 2 }, { a: 1, _id: 0 }, { a: 1 }],
  ['only _id', { a: 1 }, { _id: 1 }, { _id: 1 }],
  ['all but _id', { a: 1, b: 2 }, { _id: 0 }, { a: 1, b: 2 }],
  ['false is 0', { a: 1, b: 2 }, { a: true, _id: false }, { a: 1 }],
  ['the order is that of the document', { c: 1, a: 2, b: 3 }, { b: 1, c: 1 }, { _id: 1, c: 1, b: 3 }],
  ['what is missing is missing', { a: 1 }, { z: 1 }, { _id: 1 }],
  ['nothing named is all', { a: 1 }, {}, { _id: 1, a: 1 }],
  ['a path keeps the way to it', { a: { b: 1, c: 2 }, d: 3 }, { 'a.b': 1 }, { _id: 1, a: { b: 1 } }],
  ['a path to what is missing keeps the empty way', { a: { c: 2 } }, { 'a.b': 1 }, { _id: 1, a: {} }],
  ['a path into a value leaves it out', { a: 5, d: 1 }, { 'a.b': 1 }, { _id: 1 }],
  [
    'a path goes through an array',
    { a: [{ b: 1, c: 2 }, { c: 3 }, { b: 4 }] },
    { 'a.b': 1 },
    { _id: 1, a: [{ b: 1 }, {}, { b: 4 }] },
  ],
  ['values in that array are left out', { a: [1, { b: 1 }, null, 'x'] }, { 'a.b': 1 }, { _id: 1, a: [{ b: 1 }] }],
  ['two paths in one sub-document', { a: { b: 1, c: 2, d: 3 } }, { 'a.b': 1, 'a.d': 1 }, { _id: 1, a: { b: 1, d: 3 } }],
  [
    'types are kept',
    { a: Long.fromString('9007199254740993'), b: 1 },
    { a: 1 },
    { _id: 1, a: Long.fromString('9007199254740993') },
  ],
  ['null stays', { a: null, b: 1 }, { a: 1 }, { _id: 1, a: null }],
];

describe('projections', () => {
  it.each(cases)('%s', async (_, document, projection, expected) => {
    const collection = await database.with(document);
    const found = await collection.find({}, { projection, promoteValues: false }).toArray();
    expect(found.map(exact)).toEqual([exact(expected)]);
  });

  it.each<[string, Fields, number]>([
    ['a field and what is in it', { a: 1, 'a.b': 1 }, 31249],
    ['what is in a field and the field', { 'a.b': 1, a: 1 }, 31250],
  ])('are refused: %s', async (_, projection, code) => {
    const collection = await database.with({ a: 1 });
    expect(await refusal(collection.find({}, { projection }).toArray())).toMatchObject({ code });
  });

  it('of a filter on another field', async () => {
    const collection = await database.with({ a: 1, b: 1 }, { a: 2, b: 2 });
    await makeIndex(collection, { a: 1 });
    expect(await collection.find({ a: 2 }, { projection: { b: 1, _id: 0 } }).toArray()).toEqual([{ b: 2 }]);
  });

  it('of a sort on another field', async () => {
    const collection = await database.with({ a: 2 }, { a: 1 });
    expect(await collection.find({}, { projection: { _id: 1 }, sort: { a: 1 } }).toArray()).toEqual([
      { _id: 2 },
      { _id: 1 },
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { decode, type Doc, encode } from './bson.js';
import { readFilter } from './filter.js';
import { readUpdate, upserted } from './update.js';

const { Decimal128, Double, Int32, Long } = mongo;
const { deserialize, serialize } = mongo.BSON;

const of = (document: object): Doc => decode(Buffer.from(serialize(document)));
const raw = (doc: Doc): object => deserialize(encode(doc), { promoteValues: false, promoteBuffers: false });
const applied = (document: object, update: object, ...places: number[]): Doc =>
  readUpdate(of(update)).apply(of(document), new Set(places));
const int = (value: number): mongo.Int32 => new Int32(value);

describe('an update', () => {
  it.each<[string, object, object, object]>([
    ['$set makes documents on the way', {}, { $set: { 'a.b': int(1) } }, { a: { b: int(1) } }],
    ['$set makes fields in the order of their names', {}, { $set: { b: int(1), a: int(2) } }, { a: int(2), b: int(1) }],
    ['a number as a name makes a field', {}, { $set: { 'a.0': int(1) } }, { a: { 0: int(1) } }],
    ['beyond an array null fills up', { a: [] }, { $set: { 'a.1': int(1) } }, { a: [null, int(1)] }],
    ['$unset of an item leaves null', { a: [int(1), int(2)] }, { $unset: { 'a.0': '' } }, { a: [null, int(2)] }],
    ['$unset through a scalar does nothing', { a: int(1) }, { $unset: { 'a.b': '' } }, { a: int(1) }],
    ['$inc begins with the number itself', {}, { $inc: { a: new Double(1) } }, { a: new Double(1) }],
    ['$inc grows to int64', { a: int(2147483647) }, { $inc: { a: int(1) } }, { a: Long.fromString('2147483648') }],
    [
      '$inc of int64 is exact',
      { a: Long.fromString('9007199254740992') },
      { $inc: { a: int(1) } },
      { a: Long.fromString('9007199254740993') },
    ],
    ['$inc by a double gives a double', { a: int(1) }, { $inc: { a: new Double(0.5) } }, { a: new Double(1.5) }],
    ['$min compares types too', { a: 'x' }, { $min: { a: int(1) } }, { a: int(1) }],
    ['$max keeps what is equal', { a: int(1) }, { $max: { a: new Double(1) } }, { a: int(1) }],
    ['$push adds an array as one item', { a: [] }, { $push: { a: [int(1)] } }, { a: [[int(1)]] }],
    ['$push with $each adds its items', {}, { $push: { a: { $each: [int(1), int(2)] } } }, { a: [int(1), int(2)] }],
    [
      '$pull by a field',
      { a: [{ id: int(1), b: int(1) }, { id: int(2) }] },
      { $pull: { a: { id: int(1) } } },
      { a: [{ id: int(2) }] },
    ],
    ['$pull by operators', { a: [int(1), int(5)] }, { $pull: { a: { $gt: int(3) } } }, { a: [int(1)] }],
    ['$pull by a value', { a: [int(1), new Double(1), '1'] }, { $pull: { a: int(1) } }, { a: ['1'] }],
  ])('%s', (_, document, update, expected) => {
    expect(raw(applied(document, update))).toEqual(expected);
  });

  it('changes the item that the filter found', () => {
    expect(raw(applied({ a: [{ x: int(1) }, { x: int(2) }] }, { $set: { 'a.$.x': int(3) } }, 1))).toEqual({
      a: [{ x: int(1) }, { x: int(3) }],
    });
  });

  it('leaves a document as it is when it changes nothing', () => {
    const document = { _id: int(1), a: int(1), list: [int(1)] };
    const update = {
      $set: { a: int(1) },
      $max: { b: int(0) },
      $pull: { list: int(7) },
      $push: { list2: { $each: [] } },
    };
    expect(applied(document, { ...update, $max: {}, $push: {} })).toEqual(of(document));
  });

  it.each<[object, object, number]>([
    [{}, { $foo: { a: 1 } }, 9],
    [{}, { $set: { a: 1 }, b: 1 }, 9],
    [{}, { $set: 1 }, 9],
    [{}, { $set: { '': 1 } }, 56],
    [{}, { $set: { 'a.': 1 } }, 56],
    [{}, { $set: { $a: 1 } }, 52],
    [{}, { $set: { a: 1, 'a.b': 1 } }, 40],
    [{}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    [{ a: int(1) }, { $set: { 'a.b': 1 } }, 28],
    [{ a: [] }, { $set: { 'a.b': 1 } }, 28],
    [{ _id: int(1) }, { $set: { _id: 2 } }, 66],
    [{ _id: int(1) }, { _id: 2 }, 9],
    [{ a: 'x' }, { $inc: { a: 1 } }, 14],
    [{}, { $inc: { a: 'x' } }, 14],
    [{ a: Decimal128.fromString('1') }, { $inc: { a: 1 } }, 14],
    [{ a: Long.MAX_VALUE }, { $inc: { a: int(1) } }, 2],
    [{ a: 1 }, { $push: { a: 1 } }, 2],
    [{ a: [] }, { $push: { a: { $each: 1 } } }, 2],
    [{ a: [] }, { $push: { a: { $each: [], $slice: 1 } } }, 2],
    [{ a: 1 }, { $pull: { a: 1 } }, 2],
    [{ a: [1] }, { $set: { 'a.$': 1 } }, 2],
    [{ a: [1] }, { $set: { 'a.$[]': 1 } }, 2],
    [{}, { a: 1, $set: { a: 1 } }, 9],
    [{ a: Decimal128.fromString('1') }, { $min: { a: 1 } }, 2],
  ])('of %j by %j is refused', (document, update, code) => {
    expect(() => applied(document, update)).toThrow(expect.objectContaining({ code }));
  });
});

describe('an upsert', () => {
  const made = (filter: object, update: object): [string[], object] => {
    const doc = upserted(readFilter(of(filter)), readUpdate(of(update)));
    return [[...doc.keys()], raw(doc)];
  };

  it('begins with what must be equal', () => {
    expect(made({ 'a.b': int(1), _id: 'x', c: { $gt: 1 }, d: { $eq: 'y' } }, { $set: { e: 'z' } })).toEqual([
      ['a', '_id', 'd', 'e'],
      { _id: 'x', a: { b: int(1) }, d: 'y', e: 'z' },
    ]);
  });

  it.each([[{ a: 1, 'a.b': 2 }], [{ 'a.b': 1, a: 2 }]])('is refused when %j says two things', (filter) => {
    expect(() => made(filter, { $set: { c: 1 } })).toThrow(expect.objectContaining({ code: 54 }));
  });
});

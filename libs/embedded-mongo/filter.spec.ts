import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { readFilter } from './filter.js';
import { decode, type Doc } from './bson.js';

const { Decimal128, Int32, Long } = mongo;
const { serialize } = mongo.BSON;

const of = (document: object): Doc => decode(Buffer.from(serialize(document)));
const fits = (filter: object, document: object): boolean => readFilter(of(filter)).matches(of(document));

describe('a filter', () => {
  it.each<[string, object, object, boolean]>([
    ['null fits what is missing', { a: null }, {}, true],
    ['null fits a field that a scalar cannot have', { 'a.b': null }, { a: 1 }, true],
    ['null fits where one of an array lacks the field', { 'a.b': null }, { a: [{ b: 1 }, { c: 1 }] }, true],
    ['null fits no field of an array without documents', { 'a.b': null }, { a: [1, 2] }, false],
    ['nor of an empty one', { 'a.b': null }, { a: [] }, false],
    ['$ne null fits what is there', { a: { $ne: null } }, { a: 1 }, true],
    ['$exists: false fits an array without documents', { 'a.b': { $exists: false } }, { a: [1] }, true],
    ['$gte null fits what is missing', { a: { $gte: null } }, {}, true],
    ['$gt null fits nothing', { a: { $gt: null } }, { a: 1 }, false],
    ['an item of an array fits', { a: 1 }, { a: [2, 1] }, true],
    ['an item of an array in an array does not', { a: 1 }, { a: [[1]] }, false],
    ['an array fits itself', { a: [1, 2] }, { a: [1, 2] }, true],
    ['an array fits where it is an item', { a: [1, 2] }, { a: [[1, 2], 3] }, true],
    ['two bounds may be kept by two items', { a: { $gt: 4, $lt: 2 } }, { a: [1, 5] }, true],
    ['with $elemMatch one item keeps both', { a: { $elemMatch: { $gt: 4, $lt: 2 } } }, { a: [1, 5] }, false],
    ['a position names an item', { 'a.1': 5 }, { a: [1, 5] }, true],
    ['a position or a name', { 'a.0': 5 }, { a: [{ 0: 5 }] }, true],
    ['a path goes on behind a position', { 'a.1.b': 5 }, { a: [1, { b: 5 }] }, true],
    ['numbers are equal across types', { a: Long.fromNumber(1) }, { a: new Int32(1) }, true],
    ['beyond 2^53 exactly', { a: Long.fromString('9007199254740993') }, { a: 9007199254740992 }, false],
    ['types do not compare', { a: { $lt: 'z' } }, { a: 1 }, false],
    ['NaN is in no range', { a: { $lt: 5 } }, { a: NaN }, false],
    ['NaN is at least NaN', { a: { $gte: NaN } }, { a: NaN }, true],
    ['sub-documents compare with the order of their fields', { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, false],
    ['$in with null fits what is missing', { a: { $in: [null, 1] } }, {}, true],
    ['$size counts the array itself', { a: { $size: 1 } }, { a: [[1, 2]] }, true],
  ])('%s', (_, filter, document, expected) => {
    expect(fits(filter, document)).toBe(expected);
  });

  it.each<[object, number]>([
    [{ $where: '1' }, 2],
    [{ $expr: {} }, 2],
    [{ $and: [] }, 2],
    [{ $or: [1] }, 2],
    [{ a: { $mod: [2, 0] } }, 2],
    [{ a: { $gt: 1, b: 1 } }, 2],
    [{ a: { $in: 1 } }, 2],
    [{ a: { $in: [{ $gt: 1 }] } }, 2],
    [{ a: { $size: -1 } }, 2],
    [{ a: { $not: 1 } }, 2],
    [{ a: { $ne: /x/ } }, 2],
    [{ a: /a+/ }, 2],
    [{ a: /a/i }, 2],
    [{ a: { $options: 'i' } }, 2],
    [{ a: { $nin: [1] } }, 2],
    [{ a: { $all: [1] } }, 2],
    [{ a: { $not: { $gt: 1 } } }, 2],
    [{ $nor: [{ a: 1 }] }, 2],
    [{ a: { $ref: 'x', $id: 1 } }, 2],
    [{ a: Decimal128.fromString('1') }, 2],
    [{ a: { $elemMatch: 1 } }, 2],
  ])('refuses %j', (filter, code) => {
    expect(() => readFilter(of(filter))).toThrow(expect.objectContaining({ code }));
  });

  it('knows where in an array it fits', () => {
    const at = (filter: object, document: object): number[] => {
      const places = new Set<number>();
      readFilter(of(filter)).matches(of(document), places);
      return [...places];
    };
    expect(at({ 'a.id': 2 }, { a: [{ id: 1 }, { id: 2 }] })).toEqual([1]);
    expect(at({ a: { $elemMatch: { id: 2 } } }, { a: [{ id: 1 }, { id: 2 }] })).toEqual([1]);
    expect(at({ a: 1 }, { a: 1 })).toEqual([]);
    expect(at({ a: 1, b: 1 }, { a: [1], b: [0, 1] })).toEqual([0, 1]);
  });
});

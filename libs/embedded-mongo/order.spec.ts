import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { compare, keyOf, NOTHING } from './order.js';
import { keyOfRow } from './paths.js';
import { decode, type Value } from './bson.js';

const { Decimal128, Double, Int32, Long, MaxKey, ObjectId, Timestamp } = mongo;
const { serialize } = mongo.BSON;

const of = (value: unknown): Value => decode(Buffer.from(serialize({ value }))).get('value') ?? null;
const long = (text: string): mongo.Long => Long.fromString(text);
const sign = (a: Value, b: Value): number => Math.sign(compare(a, b));
const keySign = (a: Value, b: Value, direction: 1 | -1 = 1): number => {
  const [x, y] = [a, b].map((value) => keyOfRow([value], { names: ['a'], directions: [direction] })) as [
    string,
    string,
  ];
  return x < y ? -1 : Number(x > y);
};

/** Each sorts before the next (docs: BSON comparison order). */
const ascending: readonly unknown[] = [
  null,
  NaN,
  -1.7976931348623157e308,
  long('-9223372036854775808'),
  long('-9223372036854775807'),
  long('-9007199254740993'),
  -9007199254740992,
  -1.5,
  new Int32(-1),
  -0.1,
  -5e-324,
  0,
  5e-324,
  0.1,
  new Int32(1),
  2,
  9007199254740992,
  long('9007199254740993'),
  long('9223372036854775807'),
  9223372036854775808,
  1.7976931348623157e308,
  Infinity,
  '',
  '\0',
  'a',
  'a\0',
  'a\0b',
  'aa',
  'b',
  'é',
  '\uffff',
  '\u{1f600}',
  {},
  { b: 1 },
  { b: 1, a: 1 },
  { a: 'x' },
  [],
  [1],
  [1, 2],
  [2],
  Buffer.from('z'),
  Buffer.from('aa'),
  new ObjectId('000000000000000000000001'),
  new ObjectId('000000000000000000000002'),
  false,
  true,
  new Date(-1),
  new Date(0),
];

describe('the order of all values', () => {
  const values = ascending.map(of);

  it('is MongoDB’s', () => {
    for (const [i, a] of values.entries())
      for (const [j, b] of values.entries())
        expect({ a: ascending[i], b: ascending[j], order: sign(a, b) }).toEqual({
          a: ascending[i],
          b: ascending[j],
          order: Math.sign(i - j),
        });
  });

  it('is that of their keys, turned for a descending index', () => {
    for (const [i, a] of values.entries())
      for (const [j, b] of values.entries()) {
        expect(keySign(a, b)).toBe(Math.sign(i - j));
        expect(keySign(a, b, -1)).toBe(Math.sign(j - i));
      }
  });

  it.each([
    [new Int32(1), new Double(1)],
    [new Int32(1), long('1')],
    [long('9007199254740992'), new Double(9007199254740992)],
    [new Double(-0), new Int32(0)],
    [{ a: new Int32(1) }, { a: new Double(1) }],
  ])('takes %p and %p for the same', (a, b) => {
    expect(compare(of(a), of(b))).toBe(0);
    expect(keyOf(of(a))).toEqual(keyOf(of(b)));
  });

  it.each([Decimal128.fromString('1'), new Timestamp({ t: 1, i: 1 }), /a/, new MaxKey()])(
    'refuses to compare %p',
    (value) => {
      expect(() => keyOf(of(value))).toThrow('not in the embedded store');
    },
  );

  it('puts an empty array of an index before null', () => {
    expect(keyOf(NOTHING) < keyOf(null)).toBe(true);
  });

  const any = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...ascending) },
    { weight: 2, arbitrary: fc.double() },
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)),
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...ascending), { maxLength: 3 }),
    fc.dictionary(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => !name.includes('\0')),
      fc.constantFrom(...ascending),
    ),
  );

  it('is the same by values and by keys, whatever the values', () => {
    fc.assert(
      fc.property(any, any, (x, y) => {
        const [a, b] = [of(x), of(y)];
        expect(sign(a, b)).toBe(keySign(a, b));
        expect(keySign(a, b, -1)).toBe(0 - keySign(a, b));
      }),
      { numRuns: 2_000 },
    );
  });

  it('goes field by field in keys of several, of which none begins another', () => {
    fc.assert(
      fc.property(any, any, any, any, (w, x, y, z) => {
        const [[a, b], [c, d]] = [
          [of(w), of(x)],
          [of(y), of(z)],
        ] as const;
        const pattern = { names: ['a', 'b'], directions: [1, -1] } as const;
        const [left, right] = [keyOfRow([a, b], pattern), keyOfRow([c, d], pattern)];
        expect(left < right ? -1 : Number(left > right)).toBe(keySign(a, c) || keySign(b, d, -1));
        if (left.length < right.length) expect(right.startsWith(left)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

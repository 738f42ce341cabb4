import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { decode, type Doc, encode, Int32, type Value } from './bson.js';

const { Binary, Code, Decimal128, Double, Int32: BsonInt, Long, ObjectId } = mongo;
const { serialize } = mongo.BSON;

const bytesOf = (document: object): Buffer => Buffer.from(serialize(document, { ignoreUndefined: false }));

const everything = {
  _id: new ObjectId('0102030405060708090a0b0c'),
  double: new Double(1),
  int: new BsonInt(1),
  long: Long.fromString('9007199254740993'),
  decimal: Decimal128.fromString('1.10'),
  text: 'é\u{1f600}',
  bytes: new Binary(Buffer.from('abc'), 5),
  date: new Date(1),
  nothing: null,
  yes: true,
  pattern: /a.b/i,
  code: new Code('return 1'),
  list: [new BsonInt(1), { deep: [new Double(2)] }],
};

describe('a document', () => {
  it('is written with the bytes it was read from, also those of what was not changed in it', () => {
    const raw = bytesOf(everything);
    expect(encode(decode(raw))).toEqual(raw);
    const changed = decode(raw);
    const [, second] = changed.get('list') as Value[];
    (second as Doc).set('new', 'x');
    expect(encode(changed)).toEqual(
      bytesOf({ ...everything, list: [new BsonInt(1), { deep: [new Double(2)], new: 'x' }] }),
    );
  });

  it('keeps its fields in order, also those named like numbers', () => {
    const doc: Doc = new Map<string, Value>([
      ['b', new Int32(1)],
      ['10', new Int32(2)],
      ['2', new Int32(3)],
    ]);
    expect([...decode(encode(doc)).keys()]).toEqual(['b', '10', '2']);
  });

  it('holds names that JavaScript has a use for', () => {
    const doc: Doc = new Map<string, Value>([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(decode(encode(doc)).get('__proto__')).toBe('x');
    expect(decode(encode(doc)).get('toString')).toBeUndefined();
  });
});

describe('reading', () => {
  it('passes every type that is held', () => {
    expect(() => {
      decode(bytesOf(everything));
    }).not.toThrow();
  });

  it('finds every broken byte or leaves a document that can be read', () => {
    const raw = bytesOf(everything);
    for (let at = 0; at < raw.length; at++)
      for (const byte of [0, 1, 127, 255]) {
        const broken = Buffer.from(raw);
        broken[at] = byte;
        let doc: Doc;
        try {
          doc = decode(broken);
        } catch (error) {
          expect(error).toHaveProperty('codeName');
          continue;
        }
        expect(encode(doc).length).toBe(broken.length);
      }
  });

  it.each([
    ['a document that ends early', Buffer.from([5, 0, 0, 0])],
    ['a length that is too large', Buffer.from([6, 0, 0, 0, 0])],
    ['a field without an end', Buffer.from([8, 0, 0, 0, 10, 97, 97, 0])],
    ['a field that stands twice', Buffer.from([11, 0, 0, 0, 10, 97, 0, 10, 97, 0, 0])],
    ['undefined', Buffer.from([8, 0, 0, 0, 6, 97, 0, 0])],
    ['no UTF-8', Buffer.from([14, 0, 0, 0, 2, 97, 0, 2, 0, 0, 0, 0xff, 0, 0])],
  ])('refuses %s', (_, raw) => {
    expect(() => {
      decode(raw);
    }).toThrow();
  });

  it('refuses what nests too deep', () => {
    let deep: object = {};
    for (let i = 0; i < 300; i++) deep = { deep };
    expect(() => {
      decode(bytesOf(deep));
    }).toThrow('nested object depth');
  });
});

import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { check } from './checking.js';
import { Int32 } from './scalars.js';
import { Doc, type List } from './values.js';

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
    expect(Doc.of(Doc.read(raw).fields).bytes).toEqual(raw);
    const changed = Doc.read(raw);
    const list = changed.get('list') as List;
    changed.open();
    list.open();
    (list.items[1] as Doc).open().set('new', 'x');
    expect(changed.bytes).toEqual(
      bytesOf({ ...everything, list: [new BsonInt(1), { deep: [new Double(2)], new: 'x' }] }),
    );
  });

  it('keeps its fields in order, also those named like numbers', () => {
    const doc = Doc.of([
      ['b', new Int32(1)],
      ['10', new Int32(2)],
      ['2', new Int32(3)],
    ]);
    expect([...Doc.read(doc.bytes).fields.keys()]).toEqual(['b', '10', '2']);
  });

  it('holds names that JavaScript has a use for', () => {
    const doc = Doc.of([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Doc.read(doc.bytes).get('__proto__')).toBe('x');
    expect(Doc.read(doc.bytes).get('toString')).toBeUndefined();
  });
});

describe('checking', () => {
  it('passes every type that is held', () => {
    expect(() => {
      check(bytesOf(everything));
    }).not.toThrow();
  });

  it('finds every broken byte or leaves a document that can be read', () => {
    const raw = bytesOf(everything);
    for (let at = 0; at < raw.length; at++)
      for (const byte of [0, 1, 127, 255]) {
        const broken = Buffer.from(raw);
        broken[at] = byte;
        try {
          check(broken);
        } catch (error) {
          expect(error).toHaveProperty('codeName');
          continue;
        }
        expect(Doc.of(Doc.read(broken).fields).bytes.length).toBe(broken.length);
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
      check(raw);
    }).toThrow();
  });

  it('refuses what nests too deep', () => {
    let deep: object = {};
    for (let i = 0; i < 300; i++) deep = { deep };
    expect(() => {
      check(bytesOf(deep));
    }).toThrow('nested object depth');
  });
});

import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { type Collection, exact, type Fields, refusal, stored, TestDatabase } from './database.js';

const { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp, UUID } = mongo;
const database = TestDatabase.forThisFile();

const values: readonly (readonly [string, unknown])[] = [
  ['a string', 'été'],
  ['the empty string', ''],
  ['a string with a zero character', 'a\0b'],
  ['signs beyond the basic plane', '😀𝔸'],
  ['an int32', new Int32(-7)],
  ['the greatest int32', new Int32(2147483647)],
  ['an int64 of a small number', Long.fromNumber(7)],
  ['the greatest int64', Long.MAX_VALUE],
  ['the least int64', Long.MIN_VALUE],
  ['a double', new Double(0.1)],
  ['a double of a whole number', new Double(7)],
  ['minus zero', new Double(-0)],
  ['not-a-number', new Double(NaN)],
  ['infinity', new Double(-Infinity)],
  ['the least double', new Double(Number.MIN_VALUE)],
  ['a decimal', Decimal128.fromString('1234567890.1234567890123456')],
  ['a decimal with zeros at its end', Decimal128.fromString('1.500')],
  ['a decimal far out', Decimal128.fromString('1E+6000')],
  ['a decimal that is no number', Decimal128.fromString('NaN')],
  ['true', true],
  ['false', false],
  ['null', null],
  ['a date', new Date(Date.UTC(2027, 0, 12, 18, 0, 0, 123))],
  ['a date before 1970', new Date(-1)],
  ['an object id', new ObjectId()],
  ['bytes', new Binary(Buffer.from([0, 255, 128]), 0)],
  ['no bytes', new Binary(Buffer.alloc(0), 0)],
  ['bytes of a subtype', new Binary(Buffer.from('x'), 128)],
  ['a UUID', new UUID()],
  ['many bytes', new Binary(Buffer.alloc(300_000, 7), 0)],
  ['a regular expression', new BSONRegExp('a.b', 'im')],
  ['a timestamp', new Timestamp({ t: 5, i: 6 })],
  ['code', new Code('1 + 1')],
  ['the least key', new MinKey()],
  ['the greatest key', new MaxKey()],
  ['an empty document', {}],
  ['an empty array', []],
  ['arrays in arrays', [[], [[1]], [null, 'x', { a: [1] }]]],
  ['names with a dot or a $', { 'a.b': 1, $c: 2, d$: 3, '.': 4 }],
  ['names with spaces, accents and signs', { 'a b': 1, é: 2, '😀': 3, 'x-y': 4 }],
];

describe('what is stored comes back as it was', () => {
  it.each(values)('%s', async (_, value) => {
    const document = { _id: 1, v: value, inside: { v: value }, list: [value, value] };
    const collection = await database.with(document);
    expect((await stored(collection)).map(exact)).toEqual([exact(document)]);
  });

  it.each(values)('and stays so when other fields change: %s', async (_, value) => {
    const collection = await database.with({ _id: 1, v: value, inside: { v: value }, n: 1 });
    await collection.updateOne({ _id: 1 }, {
      $set: { 'inside.x': 1 },
      $inc: { n: 1 },
      $push: { list: value },
    } as Fields);
    const expected = { _id: 1, v: value, inside: { v: value, x: 1 }, n: 2, list: [value] };
    expect((await stored(collection)).map(exact)).toEqual([exact(expected)]);
  });

  /** What an embedded store keeps but does not compare; a real server does both. */
  const isCompared = (value: unknown): boolean =>
    ![BSONRegExp, Code, Decimal128, MaxKey, MinKey, Timestamp].some((type) => value instanceof type);

  it.each(values.filter(([, value]) => isCompared(value)))(
    'and is found, and set by an update: %s',
    async (_, value) => {
      const collection = await database.with({ v: 'else' }, { v: value });
      expect(await collection.countDocuments({ _id: 2, v: { $eq: value } })).toBe(1);
      expect(await collection.countDocuments({ _id: 1, v: { $eq: value } })).toBe(0);
      await collection.updateOne({ _id: 1 }, { $set: { v: value } });
      expect((await stored(collection)).map(exact)).toEqual([1, 2].map((_id) => exact({ _id, v: value })));
    },
  );
});

/** The names of a document's fields as they lie in its bytes: a JavaScript object puts names like "10" in an order of its own. */
async function namesInBytes(collection: Collection, path: string): Promise<string[]> {
  const [raw] = (await collection.find({}, { raw: true }).toArray()) as unknown as Buffer[];
  if (raw === undefined) throw new Error('there is no document');
  const read = (bytes: Uint8Array): Map<string, Uint8Array> => {
    const names = new Map<string, Uint8Array>();
    for (const [, offset, length, at] of mongo.BSON.onDemand.parseToElements(bytes)) {
      const name = Buffer.from(bytes.subarray(offset, offset + length)).toString();
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      names.set(name, bytes.subarray(at, at + view.readInt32LE(Math.min(at, bytes.byteLength - 4))));
    }
    return names;
  };
  let document: Uint8Array = raw;
  for (const name of path === '' ? [] : path.split('.')) document = read(document).get(name) ?? document;
  return [...read(document).keys()];
}

describe('the order of fields', () => {
  const numbered = new Map<string, unknown>([
    ['10', 'a'],
    ['b', 1],
    ['2', 'c'],
    ['a', 2],
  ]);

  it('is kept, also of names that look like numbers', async () => {
    const collection = await database.with(new Map<string, unknown>([['_id', 1], ...numbered, ['inside', numbered]]));
    expect(await namesInBytes(collection, '')).toEqual(['_id', '10', 'b', '2', 'a', 'inside']);
    expect(await namesInBytes(collection, 'inside')).toEqual(['10', 'b', '2', 'a']);
  });

  it('is kept when another field changes', async () => {
    const collection = await database.with(new Map<string, unknown>([['_id', 1], ...numbered, ['inside', numbered]]));
    await collection.updateOne({ _id: 1 }, { $set: { 'inside.b': 9, b: 9 }, $push: { list: 1 as never } });
    expect(await namesInBytes(collection, '')).toEqual(['_id', '10', 'b', '2', 'a', 'inside', 'list']);
    expect(await namesInBytes(collection, 'inside')).toEqual(['10', 'b', '2', 'a']);
  });

  it('is that of the value that an update sets', async () => {
    const collection = await database.with({ _id: 1 });
    await collection.updateOne({ _id: 1 }, { $set: { inside: numbered } });
    expect(await namesInBytes(collection, 'inside')).toEqual(['10', 'b', '2', 'a']);
  });

  it('has _id first, wherever it stood', async () => {
    const collection = await database.with(
      new Map<string, unknown>([
        ['b', 1],
        ['_id', 1],
        ['a', 2],
      ]),
    );
    expect(await namesInBytes(collection, '')).toEqual(['_id', 'b', 'a']);
  });

  it('has an _id first that the server gave', async () => {
    const collection = await database.with();
    const documents = [{ b: 1 }];
    await database.db.command({ insert: collection.collectionName, documents });
    expect(await namesInBytes(collection, '')).toEqual(['_id', 'b']);
    expect((await collection.findOne())?._id).toBeInstanceOf(ObjectId);
  });

  it('distinguishes sub-documents', async () => {
    const collection = await database.with(
      new Map<string, unknown>([
        ['_id', 1],
        [
          'v',
          new Map([
            ['10', 1],
            ['2', 1],
          ]),
        ],
      ]),
      new Map<string, unknown>([
        ['_id', 2],
        [
          'v',
          new Map([
            ['2', 1],
            ['10', 1],
          ]),
        ],
      ]),
    );
    expect(
      await collection
        .find({
          v: new Map([
            ['10', 1],
            ['2', 1],
          ]),
        })
        .toArray(),
    ).toMatchObject([{ _id: 1 }]);
  });
});

describe('_id', () => {
  it.each<[string, unknown]>([
    ['a string', 'x'],
    ['an object id', new ObjectId()],
    ['an int64', Long.MAX_VALUE],
    ['a date', new Date(5)],
    ['bytes', new Binary(Buffer.from('x'), 0)],
    ['a sub-document', { a: 1, b: { c: 'x' } }],
    ['a boolean', false],
  ])('may be %s', async (_, _id) => {
    const collection = await database.with({ _id, v: 1 });
    expect(await refusal(collection.insertOne({ _id } as Fields))).toMatchObject({ code: 11000 });
    expect((await stored(collection, { _id })).map(exact)).toEqual([exact({ _id, v: 1 })]);
    expect(await collection.deleteOne({ _id } as Fields)).toMatchObject({ deletedCount: 1 });
  });

  it('is one across number types', async () => {
    const collection = await database.with({ _id: new Int32(1) });
    expect(await refusal(collection.insertOne({ _id: new Double(1) } as Fields))).toMatchObject({ code: 11000 });
    await collection.insertOne({ _id: '1' });
  });

  it.each<[string, unknown]>([
    ['an array', [1]],
    ['a regular expression', new BSONRegExp('x')],
  ])('may not be %s', async (_, _id) => {
    const collection = await database.with();
    const command = { insert: collection.collectionName, documents: [{ _id }] };
    expect(await database.db.command(command)).toMatchObject({
      n: 0,
      writeErrors: [{ index: 0, code: expect.any(Number) }],
    });
    expect(await collection.countDocuments()).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import { type Collection, type Fields, idsOf, TestDatabase, makeIndex } from './database.js';
import { type Document, matches, sorted, updated, type Value } from './model.js';

const database = TestDatabase.forThisFile();

/** Few values, so that documents and filters meet; of all types, so that they also pass each other. */
const scalar: fc.Arbitrary<Value> = fc.constantFrom<Value[]>(
  ...[null, true, false, -1, 0, 1, 2, 2.5, '', '10', '2', 'Z', 'a', 'é', '\uFFFD', '😀'],
  ...[new Date(-1), new Date(0), new Date(1_800_000_000_000)],
);
const scalars = fc.array(scalar, { maxLength: 3 });
const entry = fc.record({ id: scalar, t: scalar }, { requiredKeys: [] }) as fc.Arbitrary<Document>;
const oneField = fc.record({ x: fc.oneof(scalar, scalars) }, { requiredKeys: [] }) as fc.Arbitrary<Document>;
const documentOf = fc.record(
  {
    n: scalar,
    v: fc.oneof(scalar, scalars, fc.array(scalars, { maxLength: 2 })),
    o: fc.oneof(scalar, oneField),
    list: fc.oneof(scalar, fc.array(fc.oneof({ weight: 4, arbitrary: entry }, scalar), { maxLength: 3 })),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Document>;
const documents = fc.array(documentOf, { minLength: 1, maxLength: 12 });

const path = fc.constantFrom('n', 'v', 'o', 'o.x', 'list', 'list.id', 'list.t', 'none');
const notNull = scalar.filter((value) => value !== null);
const single = (operator: string, operand: fc.Arbitrary<Value>): fc.Arbitrary<Document> =>
  operand.map((value) => ({ [operator]: value }));
const comparison = fc.oneof(
  ...['$gt', '$gte', '$lt', '$lte'].map((operator) => single(operator, notNull)),
  single('$eq', fc.oneof(scalar, scalars, entry)),
  single('$ne', scalar),
  single('$in', fc.array(scalar, { maxLength: 3 })),
);
const condition = fc.oneof(
  comparison,
  fc.tuple(notNull, notNull).map(([$gte, $lt]): Document => ({ $gte, $lt })),
  single('$exists', fc.boolean()),
  single('$size', fc.nat(3)),
  single('$elemMatch', comparison),
  single('$elemMatch', fc.record({ id: fc.oneof(scalar, comparison) }) as fc.Arbitrary<Document>),
);
const term = fc
  .tuple(path, fc.oneof(condition, scalar, scalars))
  .map(([name, wanted]): Document => ({ [name]: wanted }));
const terms = fc.array(term, { minLength: 1, maxLength: 3 });
const filter = fc.oneof(
  term,
  terms.map((each): Document => Object.assign({}, ...each) as Document),
  terms.map((each): Document => ({ $or: each })),
  fc.tuple(term, terms).map(([one, others]): Document => ({ ...one, $or: others })),
);

const indexed: fc.Arbitrary<readonly Fields[]> = fc.subarray<Fields>(
  [
    { n: 1 },
    { v: 1 },
    { v: -1, _id: 1 },
    { o: 1 },
    { 'o.x': 1, n: -1 },
    { list: 1 },
    { 'list.id': 1 },
    { n: 1, 'list.t': 1 },
  ],
  { maxLength: 3 },
);

const numbered = (all: readonly Document[]): Document[] => all.map((each, index) => ({ _id: index, ...each }));

async function holding(all: readonly Document[], indexes: readonly Fields[]): Promise<Collection> {
  const collection = await database.with(...all);
  for (const key of indexes) await makeIndex(collection, key);
  return collection;
}

const ids = (all: readonly Document[]): Value[] => all.flatMap(({ _id }) => (_id === undefined ? [] : [_id]));

describe('random documents', () => {
  it('are found as the manual says, with and without indexes', async () => {
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.array(filter, { minLength: 5, maxLength: 15 }),
        indexed,
        async (some, filters, keys) => {
          const all = numbered(some);
          const collection = await holding(all, keys);
          for (const each of filters) {
            const expected = ids(all.filter((document) => matches(document, each)));
            expect({ each, found: await idsOf(collection, each) }).toEqual({ each, found: expected });
          }
          await collection.drop();
        },
      ),
      { numRuns: 120 },
    );
  });

  it('are sorted as the manual says, with and without indexes', async () => {
    const direction = fc.constantFrom<(1 | -1)[]>(1, -1);
    // Two arrays in one sort are refused: one field besides `n`.
    const sort = fc
      .uniqueArray(fc.tuple(fc.constantFrom('n', 'o', 'o.x', 'v'), direction), {
        maxLength: 2,
        selector: ([name]) => name === 'n',
      })
      .map((fields) => ({ ...(Object.fromEntries(fields) as Record<string, 1 | -1>), _id: 1 as const }));
    const page = fc.record({ skip: fc.nat(4), limit: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.array(fc.tuple(sort, page, filter), { minLength: 5, maxLength: 10 }),
        indexed,
        async (some, asks, keys) => {
          const all = numbered(some);
          const collection = await holding(all, keys);
          for (const [order, { skip, limit }, each] of asks) {
            const expected = sorted(
              all.filter((document) => matches(document, each)),
              order,
            );
            const found = await collection.find(each, { sort: order, skip, limit, projection: { _id: 1 } }).toArray();
            const cut = expected.slice(skip, limit === 0 ? undefined : skip + limit);
            expect({ each, order, found: found.map(({ _id }) => _id) }).toEqual({ each, order, found: ids(cut) });
          }
          await collection.drop();
        },
      ),
      { numRuns: 80 },
    );
  });

  it('change as the manual says, and indexes with them', async () => {
    const target = fc.constantFrom('n', 'v', 'o', 'o.x', 'o.y', 'list', 'fresh');
    const anything = fc.oneof(scalar, scalars, entry, oneField);
    const number = fc.constantFrom<Value[]>(1, -1, 0.5);
    const change = fc.oneof(
      fc.tuple(fc.constantFrom('$set', '$min', '$max', '$push'), target, anything),
      fc.tuple(fc.constant('$inc'), target, number),
      fc.tuple(fc.constant('$unset'), target, fc.constant<Value>(1)),
      fc.tuple(
        fc.constant('$push'),
        target,
        scalars.map((each): Value => ({ $each: each })),
      ),
      fc.tuple(
        fc.constant('$pull'),
        target,
        fc.oneof<fc.Arbitrary<Value>[]>(
          scalar,
          entry.filter((each) => Object.keys(each).length > 0),
          comparison,
        ),
      ),
    );
    const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: ([, name]) => name[0] });
    const update = changes.map((each) => {
      const result: Record<string, Record<string, Value>> = {};
      for (const [operator, name, operand] of each) result[operator] = { ...result[operator], [name]: operand };
      return result;
    });
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.array(fc.tuple(fc.nat(), update), { minLength: 5, maxLength: 15 }),
        indexed,
        async (some, steps, keys) => {
          let all = numbered(some);
          const collection = await holding(
            all,
            keys.filter((key) => !('list.t' in key) && !('n' in key && 'o.x' in key)),
          );
          for (const [number, step] of steps) {
            const _id = number % all.length;
            const before = all[_id] as Document;
            const after = updated(before, step);
            const outcome = await collection.updateOne({ _id }, step).catch((error: unknown) => error);
            expect({ before, step, refused: outcome instanceof Error }).toEqual({
              before,
              step,
              refused: after === undefined,
            });
            all = all.with(_id, after ?? before);
            const stored = await collection.findOne({ _id });
            expect({ before, step, after: JSON.stringify(stored) }).toEqual({
              before,
              step,
              after: JSON.stringify(all[_id]),
            });
          }
          for (const value of [null, true, 0, 1, 'a', '']) {
            for (const name of ['n', 'v', 'o.x', 'list']) {
              const each = { [name]: value };
              const expected = ids(all.filter((document) => matches(document, each)));
              expect({ each, found: await idsOf(collection, each) }).toEqual({ each, found: expected });
            }
          }
          await collection.drop();
        },
      ),
      { numRuns: 80 },
    );
  });

  it('keep keys unique as the manual says', async () => {
    const key = fc.oneof(
      fc.constantFrom<Value[]>(1, 2, 'a', null),
      fc.array(fc.constantFrom<Value[]>(1, 2, 3, 4), { maxLength: 2 }),
    );
    const step = fc.record({
      _id: fc.nat(6),
      k: fc.option(key, { nil: undefined }),
      act: fc.constantFrom('insert', 'set', 'delete'),
    });
    const keysOf = ({ k }: Document): Value[] =>
      Array.isArray(k) ? ((k as Value[]).length === 0 ? ['(empty)'] : (k as Value[])) : [k ?? null];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const collection = await database.with();
        await makeIndex(collection, { k: 1 }, { unique: true });
        const held = new Map<number, Document>();
        for (const { _id, k, act } of steps) {
          const fresh: Document = { _id, ...(k === undefined ? {} : { k }) };
          const others = [...held.values()].filter((each) => each['_id'] !== _id).flatMap(keysOf);
          const free = !keysOf(fresh).some((value) => others.includes(value));
          if (act === 'delete') {
            await collection.deleteOne({ _id });
            held.delete(_id);
          } else if (act === 'insert') {
            const taken = await collection.insertOne({ ...fresh }).then(() => false, isDuplicate);
            expect({ fresh, taken }).toEqual({ fresh, taken: held.has(_id) || !free });
            if (!taken) held.set(_id, fresh);
          } else if (held.has(_id)) {
            const change = k === undefined ? { $unset: { k: 1 as const } } : { $set: { k } };
            const taken = await collection.updateOne({ _id }, change as Fields).then(() => false, isDuplicate);
            expect({ fresh, taken }).toEqual({ fresh, taken: !free });
            if (!taken) held.set(_id, fresh);
          }
        }
        const stored = await collection.find({}, { sort: { _id: 1 } }).toArray();
        expect(stored).toEqual([...held.values()].toSorted((a, b) => Number(a['_id']) - Number(b['_id'])));
        await collection.drop();
      }),
      { numRuns: 60 },
    );
  });
});

/** True for what a unique index refuses; anything else is thrown on. */
function isDuplicate(error: unknown): true {
  if (error instanceof mongo.MongoServerError && error.code === 11000) return true;
  throw error;
}

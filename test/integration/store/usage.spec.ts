import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Model, mongo } from 'mongoose';
import { projectRoot } from '../../support/parts.js';
import { isEmbedded, refusal, TestDatabase } from './database.js';

/**
 * Whatever the product asks of its database must be held by the embedded store and proved by a case beside this file.
 * Read from the sources' text, so that a new operator cannot slip in unseen.
 */
const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

/** Whoever asks the database anything knows the driver, or Mongoose, which brings it, or lies beside those that do. */
const asks = (path: string): boolean =>
  /^libs\/(database|outbox)\//.test(path) ||
  /from '(mongoose|mongodb|@nestjs\/mongoose)'|feedback\.connection/.test(read(path));

const product = globSync(['src/**/*.ts', 'libs/**/*.ts'], { cwd: projectRoot })
  .filter((path) => !path.includes('embedded-mongo') && !path.endsWith('.spec.ts') && asks(path))
  .map(read)
  .join('\n');

const cases = globSync('test/integration/store/*.ts', { cwd: projectRoot })
  .filter((path) => !path.endsWith('usage.spec.ts') && !path.endsWith('refusals.spec.ts'))
  .map(read)
  .join('\n');

const found = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort();

/** `$name` as the name of a field: an operator or a stage. As a value it is the path of a field, or text of a template. */
const operators = found(product, /['"]?(\$[a-z][A-Za-z]+)['"]?\s*:/g);

/** What each method of a driver's or Mongoose's collection asks of the server; those that ask nothing are not here. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['aggregate'],
  bulkSave: ['insert', 'update', 'delete'],
  bulkWrite: ['insert', 'update', 'delete'],
  cleanIndexes: ['listIndexes', 'dropIndexes'],
  countDocuments: ['aggregate'],
  create: ['insert'],
  createCollection: ['create'],
  createIndex: ['createIndexes'],
  createIndexes: ['createIndexes'],
  createSearchIndex: ['createSearchIndexes'],
  createSearchIndexes: ['createSearchIndexes'],
  deleteMany: ['delete'],
  deleteOne: ['delete'],
  diffIndexes: ['listIndexes'],
  distinct: ['distinct'],
  drop: ['drop'],
  dropIndex: ['dropIndexes'],
  dropIndexes: ['dropIndexes'],
  dropSearchIndex: ['dropSearchIndex'],
  ensureIndexes: ['createIndexes'],
  estimatedDocumentCount: ['count'],
  exists: ['find'],
  find: ['find', 'getMore', 'killCursors'],
  findAndCount: ['find', 'aggregate'],
  findById: ['find'],
  findByIdAndDelete: ['findAndModify'],
  findByIdAndUpdate: ['findAndModify'],
  findOne: ['find'],
  findOneAndDelete: ['findAndModify'],
  findOneAndReplace: ['findAndModify'],
  findOneAndUpdate: ['findAndModify'],
  indexExists: ['listIndexes'],
  indexInformation: ['listIndexes'],
  indexes: ['listIndexes'],
  initializeOrderedBulkOp: ['insert', 'update', 'delete'],
  initializeUnorderedBulkOp: ['insert', 'update', 'delete'],
  insertMany: ['insert'],
  insertOne: ['insert'],
  isCapped: ['listCollections'],
  listIndexes: ['listIndexes'],
  listSearchIndexes: ['aggregate'],
  options: ['listCollections'],
  rename: ['renameCollection'],
  replaceOne: ['update'],
  startSession: ['endSessions'],
  syncIndexes: ['listIndexes', 'createIndexes', 'dropIndexes'],
  updateMany: ['update'],
  updateOne: ['update'],
  updateSearchIndex: ['updateSearchIndex'],
  watch: ['aggregate'],
};

/** Methods that build something, or speak of this process only; `count` is deprecated, so the linter keeps it out. */
const ASK_NOTHING =
  /^(constructor|_|\$|~|set|get|emit|on|off|once|add|remove|prepend|listener|raw|count$|eventNames|length|name|prototype|use|discriminator|init$|translate|where|apply|cast|build|hydrate|validate|populate|compile|clientEncryption|recompile|inspect|namespace)/;

/** Also lists and maps have some of these methods; then one more is proved than is needed. */
const used = Object.keys(COMMANDS).filter((method) => new RegExp(`\\.${method}(<[^(]*>)?\\(`).test(product));

/** Options that change what a command asks, with what proves each. */
const OPTIONS =
  'allowDiskUse arrayFilters awaitData batchSize bypassDocumentValidation capped collation expireAfterSeconds hidden hint includeResultMetadata limit maxTimeMS noCursorTimeout ordered partialFilterExpression projection readConcern readPreference returnDocument returnKey showRecordId singleBatch skip snapshot sort sparse tailable timeseries unique upsert viewOn weights wildcardProjection writeConcern'.split(
    ' ',
  );
const usedOptions = OPTIONS.filter((option) => new RegExp(`\\b${option}(:|\\()`).test(product));

const store = TestDatabase.forThisFile();
const isHeld = async (command: mongo.Document): Promise<boolean> => {
  try {
    await store.db.command(command);
    return true;
  } catch (error) {
    // Refused for what it lacks here, but known.
    if (!(error instanceof mongo.MongoServerError)) throw error;
    return error.code !== 59 && !error.message.includes('not in the embedded store');
  }
};

describe('what the product asks of its database', () => {
  it('is found in its sources', () => {
    expect(operators).toEqual(expect.arrayContaining(['$each', '$exists', '$group', '$in', '$inc', '$push', '$set']));
    expect(used).toEqual(expect.arrayContaining(['aggregate', 'deleteMany', 'find', 'insertMany', 'updateOne']));
    expect(usedOptions).toEqual(
      expect.arrayContaining(['batchSize', 'limit', 'ordered', 'partialFilterExpression', 'unique']),
    );
  });

  it('knows every method of the driver and of Mongoose', () => {
    const methods = [...Object.getOwnPropertyNames(mongo.Collection.prototype), ...Object.getOwnPropertyNames(Model)];
    expect(
      methods.filter((name) => !(name in COMMANDS) && !ASK_NOTHING.test(name)).filter((name) => !isProperty(name)),
    ).toEqual([]);
  });

  it.each(operators)('%s has a case', (operator) => {
    expect(cases).toMatch(new RegExp(`\\${operator}\\b`));
  });

  it.each(used)('%s has a case', (method) => {
    const alike = new Map([
      ['exists', 'findOne'],
      ['findById', 'findOne'],
      ['create', 'insertOne'],
    ]);
    expect(cases).toContain(`.${alike.get(method) ?? method}(`);
  });

  it.each(usedOptions)('the option %s has a case', (option) => {
    expect(cases).toMatch(new RegExp(`\\b${option}\\b`));
  });

  if (isEmbedded) {
    it.each(used.flatMap((method) => COMMANDS[method] ?? []))('%s is held', async (command) => {
      expect(await isHeld({ [command]: 'c' })).toBe(true);
    });

    it.each(operators)('%s is held', async (operator) => {
      const places: mongo.Document[] = [
        ...operand(operator).flatMap((value) => [
          { find: 'c', filter: { v: { [operator]: value } } },
          { find: 'c', filter: { [operator]: value } },
          { aggregate: 'c', pipeline: [{ [operator]: value }], cursor: {} },
          { aggregate: 'c', pipeline: [{ $group: { _id: null, x: { [operator]: value } } }], cursor: {} },
          { findAndModify: 'c', query: {}, update: { [operator]: value } },
          { findAndModify: 'c', query: {}, update: { $push: { v: { [operator]: value } } } },
        ]),
      ];
      const held = await Promise.all(places.map(takes));
      expect(held).toContain(true);
    });

    it('would be caught, were it not held', async () => {
      const refused = await refusal(store.db.command({ find: 'c', filter: { v: { $type: 2 } } }));
      expect(refused.message).toContain('not in the embedded store');
      expect(await isHeld({ distinct: 'c' })).toBe(false);
    });
  }
});

/** Values that one operator or another takes. */
function operand(operator: string): readonly unknown[] {
  const values = [1, [1], [{ v: 1 }], { v: 1 }, { $gt: 1 }, { _id: null }, true, 'x'];
  return operator === '$group' ? [{ _id: null }] : values;
}

/** True when the server does it, in this place. */
async function takes(command: mongo.Document): Promise<boolean> {
  try {
    await store.db.command(command);
    return true;
  } catch (error) {
    if (error instanceof mongo.MongoServerError) return false;
    throw error;
  }
}

/** Getters of the driver's collection. */
function isProperty(name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(mongo.Collection.prototype, name);
  return descriptor?.get !== undefined;
}

import { type Doc, docOf, integer } from './bson.js';
import type { Collection } from './collection.js';
import type { Command, Server } from './command.js';
import { fail, refuse } from './errors.js';
import { readFilter } from './filter.js';
import { type Definition, ID_INDEX, readDefinition } from './indexes.js';

/* eslint-disable require-yield -- all of this is done at once */

export const create: Command<'create'> = function* ({ catalog }, { create: name }, db) {
  if (catalog.find(`${db}.${name}`)) fail(48, `Collection ${db}.${name} already exists.`);
  catalog.ensure(db, name);
  return docOf({ ok: 1 });
};

export const drop: Command<'drop'> = function* ({ catalog }, { drop: name }, db) {
  const collection = catalog.find(`${db}.${name}`);
  if (collection) catalog.drop(collection);
  return docOf({ ns: `${db}.${name}`, ok: 1 });
};

export const dropDatabase: Command<'dropDatabase'> = function* ({ catalog }, _, db) {
  for (const collection of catalog.list(db)) catalog.drop(collection);
  return docOf({ dropped: db, ok: 1 });
};

/** A short list, all of which comes at once. */
const listed = (ns: string, firstBatch: Doc[]): Doc => docOf({ cursor: docOf({ firstBatch, id: 0n, ns }), ok: 1 });

export const listCollections: Command<'listCollections'> = function* ({ catalog }, { filter, nameOnly }, db) {
  const { matches } = readFilter(filter ?? docOf({}));
  const more = nameOnly ? {} : { options: docOf({}), info: docOf({ readOnly: false }), idIndex: ID_INDEX.spec };
  const docs = catalog.list(db).map(({ name }) => docOf({ name, type: 'collection', ...more }));
  const found = docs.filter((doc) => matches(doc));
  return listed(`${db}.$cmd.listCollections`, found);
};

const existing = ({ catalog }: Server, db: string, name: string): Collection =>
  catalog.find(`${db}.${name}`) ?? fail(26, `ns does not exist: ${db}.${name}`);

export const listIndexes: Command<'listIndexes'> = function* (server, { listIndexes: name }, db) {
  const specs = existing(server, db, name).indexes.map(({ spec }) => spec);
  return listed(`${db}.${name}`, specs);
};

export const createIndexes: Command<'createIndexes'> = function* ({ catalog }, given, db) {
  const definitions = given.indexes.map(readDefinition);
  const collection = catalog.ensure(db, given.createIndexes);
  const numIndexesBefore = integer(collection.indexes.length);
  for (const definition of definitions) if (!has(collection, definition)) collection.addIndex(definition);
  return docOf({ numIndexesBefore, numIndexesAfter: integer(collection.indexes.length), ok: 1 });
};

/** Whether the index is there already. One that is like it and not the same is an error. */
function has({ indexes }: Collection, { name, signature }: Definition): boolean {
  const named = indexes.find((index) => index.name === name);
  if (named && named.signature !== signature) fail(86, `An existing index has the same name, and is another: ${name}`);
  const like = indexes.find((index) => index.signature === signature);
  if (like && like !== named) fail(85, `Index already exists with a different name: ${like.name}`);
  return named !== undefined;
}

export const dropIndexes: Command<'dropIndexes'> = function* (server, { dropIndexes: name, index: which }, db) {
  const collection = existing(server, db, name);
  if (typeof which !== 'string') refuse(14, 'dropping an index by anything but its name');
  if (which === ID_INDEX.name) fail(72, 'cannot drop _id index');
  const gone = collection.indexes.slice(1).filter((index) => which === '*' || index.name === which);
  if (gone.length === 0 && which !== '*') fail(27, `index not found with name [${which}]`);
  for (const index of gone) collection.removeIndex(index);
  return docOf({ ok: 1 });
};

import type { Collection, Index } from './collection.js';
import type { Command, Server } from './command.js';
import { Cursor, docsOf } from './cursors.js';
import { fail, MongoError } from './errors.js';
import { Fields } from './fields.js';
import { readFilter } from './filter.js';
import { Definition } from './indexes.js';
import { equals } from './order.js';
import { integer, Opaque, Type } from './scalars.js';
import { scan } from './scan.js';
import { Doc, List, typeName, type Value } from './values.js';

/* eslint-disable require-yield -- most of these are done at once */

export const create: Command = function* ({ catalog }, command, db) {
  const name = Fields.ofCommand(command, []).text('create');
  if (catalog.find(`${db}.${name}`)) fail(48, `Collection ${db}.${name} already exists.`);
  catalog.ensure(db, name);
  return Doc.from({ ok: 1 });
};

export const drop: Command = function* ({ catalog }, command, db) {
  const collection = catalog.find(`${db}.${Fields.ofCommand(command, []).text('drop')}`);
  if (!collection) return Doc.from({ ok: 1 });
  const nIndexesWas = integer(collection.indexes.length);
  catalog.drop(collection);
  return Doc.from({ nIndexesWas, ns: collection.namespace, ok: 1 });
};

export const dropDatabase: Command = function* ({ catalog }, command, db) {
  Fields.ofCommand(command, []);
  const collections = catalog.list(db);
  for (const collection of collections) {
    catalog.drop(collection);
    yield;
  }
  return Doc.from({ dropped: collections.length > 0 ? db : undefined, ok: 1 });
};

/** A cursor over a list, such as these commands answer with. */
function* listed(server: Server, fields: Fields, namespace: string, docs: readonly Doc[]): Generator<undefined, Doc> {
  const options = new Fields(fields.document('cursor') ?? Doc.of([]), 'cursor', ['batchSize']);
  const cursor = new Cursor(namespace, docsOf(docs));
  return yield* server.cursors.begin(cursor, options.count('batchSize') ?? Infinity, false);
}

export const listCollections: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['filter', 'nameOnly', 'authorizedCollections', 'cursor']);
  const filter = readFilter(fields.document('filter') ?? Doc.of([]));
  const docs = server.catalog.list(db).map(({ name, uuid, indexes }) => {
    const info = Doc.from({ readOnly: false, uuid: new Opaque(Type.binData, Buffer.from([16, 0, 0, 0, 4, ...uuid])) });
    const named = { name, type: 'collection' };
    if (fields.bool('nameOnly')) return Doc.from(named);
    return Doc.from({ ...named, options: Doc.of([]), info, idIndex: indexes[0]?.definition.spec });
  });
  const found = docs.filter((doc) => filter.matches(doc));
  return yield* listed(server, fields, `${db}.$cmd.listCollections`, found);
};

export const listDatabases: Command = function* ({ catalog }, command) {
  const fields = Fields.ofCommand(command, ['filter', 'nameOnly', 'authorizedDatabases']);
  const filter = readFilter(fields.document('filter') ?? Doc.of([]));
  const names = [...new Set(catalog.list().map(({ db }) => db))];
  const docs = names.map((name) => Doc.from(fields.bool('nameOnly') ? { name } : { name, empty: false }));
  return Doc.from({ databases: List.of(docs.filter((doc) => filter.matches(doc))), ok: 1 });
};

function existing({ catalog }: Server, db: string, name: string): Collection {
  return catalog.find(`${db}.${name}`) ?? fail(26, `ns does not exist: ${db}.${name}`);
}

export const listIndexes: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['cursor']);
  const { namespace, indexes } = existing(server, db, fields.text('listIndexes'));
  const docs = indexes.filter(({ ready }) => ready).map(({ definition }) => definition.spec);
  return yield* listed(server, fields, namespace, docs);
};

export const createIndexes: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['indexes', 'commitQuorum']);
  const name = fields.text('createIndexes');
  const definitions = fields.docs('indexes').map((spec) => Definition.read(spec));
  if (definitions.length === 0) fail(2, 'Must specify at least one index to create');
  const createdCollectionAutomatically = server.catalog.find(`${db}.${name}`) === undefined;
  const collection = server.catalog.ensure(db, name);
  const before = collection.indexes.length;
  for (const definition of definitions) {
    const same = sameIndex(collection, definition);
    if (!same) yield* build(server, collection, definition);
    // Somebody else is making it.
    while (same && !same.ready && collection.indexes.includes(same)) yield;
  }
  const after = collection.indexes.length;
  return Doc.from({
    numIndexesBefore: integer(before),
    numIndexesAfter: integer(after),
    createdCollectionAutomatically,
    note: before === after ? 'all indexes already exist' : undefined,
    ok: 1,
  });
};

/** The index that is this one already. One that is like it and not the same is an error. */
function sameIndex({ indexes }: Collection, definition: Definition): Index | undefined {
  const named = indexes.find((index) => index.definition.name === definition.name);
  if (named && named.definition.signature !== definition.signature)
    fail(86, `An existing index has the same name as the requested index. Requested index: ${definition.name}`);
  const like = indexes.find((index) => index.definition.signature === definition.signature);
  if (like && like !== named) fail(85, `Index already exists with a different name: ${like.definition.name}`);
  return named;
}

function* build({ sql }: Server, collection: Collection, definition: Definition): Generator<undefined, void> {
  const index = collection.addIndex(definition, false);
  const plan = { index: undefined, intervals: [], isReverse: false, merges: false, isExact: true, sort: undefined };
  try {
    for (const portion of scan({ sql, collection, filter: readFilter(Doc.of([])) }, plan)) {
      for (const row of portion) collection.fill(index, row);
      yield;
      if (!collection.indexes.includes(index)) fail(276, `The index ${definition.name} was dropped while it was made`);
    }
    collection.finish(index);
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    if (!collection.isDropped && collection.indexes.includes(index)) collection.removeIndex(index);
    fail(
      error.code,
      `Index build failed: Collection ${collection.namespace} :: caused by :: ${error.message}`,
      error.more,
    );
  }
}

export const dropIndexes: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['index']);
  const collection = existing(server, db, fields.text(command.firstName ?? ''));
  const nIndexesWas = integer(collection.indexes.length);
  const which = fields.need(fields.value('index'), 'index');
  const wanted = which instanceof List ? which.items : [which];
  const gone = which === '*' ? collection.indexes.slice(1) : wanted.map((each) => indexNamed(collection, each));
  for (const index of gone) {
    if (index.definition.name === '_id_') fail(72, 'cannot drop _id index');
    collection.removeIndex(index);
  }
  return Doc.from({ nIndexesWas, ok: 1 });
};

function indexNamed({ indexes }: Collection, which: Value): Index {
  const found = indexes.filter(({ definition }) =>
    typeof which === 'string' ? definition.name === which : which instanceof Doc && equals(definition.key, which),
  );
  if (typeof which !== 'string' && !(which instanceof Doc))
    fail(
      14,
      `BSON field 'dropIndexes.index' is the wrong type '${typeName(which)}', expected types '[string, object]'`,
    );
  if (found.length > 1) fail(29, 'several indexes have this key; name the one to drop');
  return (
    found[0] ??
    fail(27, typeof which === 'string' ? `index not found with name [${which}]` : "can't find index with this key")
  );
}

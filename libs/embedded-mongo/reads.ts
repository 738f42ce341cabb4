import { CURSOR, readCommand, readFields } from './allow-list.js';
import { type Doc, docOf, encode, firstName, integer, isDoc } from './bson.js';
import type { Row } from './collection.js';
import type { Command, GivenTo, Server, Work } from './command.js';
import type { Results } from './cursors.js';
import { fail, refuse } from './errors.js';
import { readFilter } from './filter.js';
import { readGroup } from './group.js';
import { readPattern } from './paths.js';
import { choose } from './planner.js';
import { readProjection } from './projection.js';
import { type Rows, search, type Wish } from './scan.js';

/** Filter and sort as commands take them. */
export const readWish = (filter: Doc = new Map(), sort: Doc = new Map()): Wish => ({
  filter: readFilter(filter),
  sort: sort.size > 0 ? readPattern(sort, 2) : undefined,
});

function* shown(rows: Rows, project?: (doc: Doc) => Doc): Results {
  for (const row of rows) yield row && take(row, project);
}

/** A cursor that waits holds on to its last row, which may be large: so what is taken from it is gone. */
function take(row: Row, project?: (doc: Doc) => Doc): Buffer {
  const bytes = project ? encode(project(row.doc)) : row.bytes;
  Object.assign(row, NOTHING);
  return bytes;
}

const NOTHING: Omit<Row, 'rid'> = { bytes: Buffer.alloc(0), doc: new Map() };

/** What to look for where, and what to make of the rows. */
function findQuery(given: GivenTo<'find'>, db: string) {
  const project = readProjection(given.projection);
  const wish: Wish = { ...readWish(given.filter, given.sort), skip: given.skip, limit: given.limit };
  return { namespace: `${db}.${given.find}`, wish, shape: (rows: Rows): Results => shown(rows, project) };
}

type Query = ReturnType<typeof findQuery>;

export const count: Command<'count'> = function* (server, given, db) {
  const wish = { ...readWish(given.query), skip: given.skip, limit: given.limit };
  let n = 0;
  for (const row of search(server, server.catalog.find(`${db}.${given.count}`), wish)) {
    if (row) n += 1;
    else yield;
  }
  return docOf({ n: integer(n), ok: 1 });
};

/** A filter, and perhaps groups of what it finds. */
function aggregateQuery({ aggregate: name, pipeline: stages }: GivenTo<'aggregate'>, db: string): Query {
  if (typeof name !== 'string') refuse(73, 'an aggregation without a collection');
  for (const stage of stages)
    if (stage.size !== 1) fail(40323, 'A pipeline stage specification object must contain exactly one field.');
  const match = stages[0]?.get('$match');
  if (match !== undefined && !isDoc(match)) fail(15959, 'the match filter must be an expression in an object');
  const [then, ...rest] = match ? stages.slice(1) : stages;
  const group = then?.get('$group');
  const stranger = then && group === undefined ? then : rest[0];
  if (stranger) refuse(40324, `Unrecognized pipeline stage name in this place: '${firstName(stranger)}'`);
  return { namespace: `${db}.${name}`, wish: readWish(match), shape: group === undefined ? shown : readGroup(group) };
}

function* run(server: Server, { namespace, wish, shape }: Query, batchSize?: number, isSingle?: boolean): Work {
  const rows = search(server, server.catalog.find(namespace), wish);
  return yield* server.cursors.begin(namespace, shape(rows), batchSize, isSingle);
}

export const find: Command<'find'> = (server, given, db) =>
  run(server, findQuery(given, db), given.batchSize, given.singleBatch);

export const aggregate: Command<'aggregate'> = (server, given, db) => {
  const cursor = given.cursor ?? fail(9, "The 'cursor' option is required");
  return run(server, aggregateQuery(given, db), readFields(cursor, 'aggregate.cursor', CURSOR).batchSize);
};

/** How a query would be done. */
// eslint-disable-next-line require-yield -- it is done at once
export const explain: Command<'explain'> = function* ({ sql, catalog }, { explain: inner, verbosity }, db) {
  if (verbosity !== 'queryPlanner') refuse(2, "a verbosity other than 'queryPlanner'");
  if (firstName(inner) !== 'find') refuse(59, `explaining '${firstName(inner)}'`);
  const { namespace, wish } = findQuery(readCommand('find', inner), db);
  const collection = catalog.find(namespace);
  const { index, sort } = (collection && choose(sql, collection, wish.filter, wish.sort)) ?? {};
  const scan = index ? { stage: 'IXSCAN', indexName: index.name, keyPattern: index.key } : { stage: 'COLLSCAN' };
  const winningPlan = sort ? docOf({ stage: 'SORT', inputStage: docOf(scan) }) : docOf(scan);
  return docOf({ explainVersion: '1', queryPlanner: docOf({ namespace, winningPlan }), ok: 1 });
};

export const getMore: Command<'getMore'> = ({ cursors }, given, db) =>
  cursors.more(given.getMore, `${db}.${given.collection}`, given.batchSize || Infinity);

// eslint-disable-next-line require-yield -- it is done at once
export const killCursors: Command<'killCursors'> = function* ({ cursors }, given) {
  const ids = given.cursors.filter((id) => typeof id === 'bigint');
  const cursorsKilled = ids.filter((id) => cursors.kill(id));
  const cursorsNotFound = ids.filter((id) => !cursorsKilled.includes(id));
  return docOf({ cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 });
};

import type { Collection } from './collection.js';
import type { Command, Server, Work } from './command.js';
import { Cursor, docsOf } from './cursors.js';
import { fail, refuse } from './errors.js';
import { Fields } from './fields.js';
import { readFilter } from './filter.js';
import { readPattern } from './indexes.js';
import type { Pattern } from './paths.js';
import { asCount, type Docs, limit, numberOf, readStage, readStages, skip, type Stage } from './pipeline.js';
import { choose, type Wish } from './planner.js';
import { readProjection } from './projection.js';
import { integer } from './scalars.js';
import { countKeys, type Examined, type Plan, scan } from './scan.js';
import { Doc, List, type Value } from './values.js';

const FIRST_BATCH = 101;

/** A query of any command, as it runs and as explain shows it. */
export interface Query {
  readonly collection: Collection | undefined;
  readonly plan: Plan | undefined;
  readonly run: (examined?: Examined) => Docs;
}

/** Sort as commands take it; none when it is empty. */
export const readSort = (sort: Doc | undefined): Pattern | undefined =>
  sort && sort.fields.size > 0 ? readPattern(sort, 2) : undefined;

interface Shape {
  readonly wish: Wish;
  /** How many are needed, as far as that is known. */
  readonly most: number;
  readonly stages: readonly Stage[];
}

function query({ sql, catalog }: Server, namespace: string, { wish, most, stages }: Shape): Query {
  const collection = catalog.find(namespace);
  const plan = collection && choose(sql, collection, wish);
  return {
    collection,
    plan,
    run: (examined) => {
      const search = collection && { sql, collection, filter: wish.filter, most, ...(examined && { examined }) };
      return stages.reduce((docs, stage) => stage(docs), search && plan ? docsIn(scan(search, plan)) : docsOf([]));
    },
  };
}

function* docsIn(portions: Generator<readonly { doc: Doc }[], void>): Docs {
  for (const portion of portions) yield portion.map(({ doc }) => doc);
}

const FIND = [
  ...['filter', 'sort', 'projection', 'hint', 'skip', 'limit', 'batchSize', 'singleBatch'],
  ...['allowDiskUse', 'allowPartialResults'],
];

export function findQuery(server: Server, command: Doc, db: string): Query & { fields: Fields; namespace: string } {
  const fields = Fields.ofCommand(command, FIND);
  const namespace = `${db}.${fields.text('find')}`;
  const most = fields.count('limit') || Infinity;
  const skipped = fields.count('skip') ?? 0;
  const project = readProjection(fields.document('projection') ?? Doc.of([]));
  const stages: Stage[] = [];
  if (skipped > 0) stages.push(skip(skipped));
  if (most < Infinity) stages.push(limit(most));
  if (project)
    stages.push(function* (source) {
      for (const docs of source) yield docs.map(project);
    });
  const wish: Wish = {
    filter: readFilter(fields.document('filter') ?? Doc.of([])),
    sort: readSort(fields.document('sort')),
    hint: fields.value('hint'),
  };
  return { ...query(server, namespace, { wish, most: most + skipped, stages }), fields, namespace };
}

export const find: Command = function* (server, command, db) {
  const { fields, namespace, run } = findQuery(server, command, db);
  const most = fields.count('batchSize') ?? FIRST_BATCH;
  const cursor = new Cursor(namespace, run());
  return yield* server.cursors.begin(cursor, most, fields.bool('singleBatch'));
};

export function aggregateQuery(
  server: Server,
  command: Doc,
  db: string,
): Query & { fields: Fields; namespace: string; count: (() => readonly Doc[]) | undefined } {
  const fields = Fields.ofCommand(command, [
    'pipeline',
    'cursor',
    'explain',
    'allowDiskUse',
    'hint',
    'bypassDocumentValidation',
  ]);
  if (typeof fields.value('aggregate') !== 'string') refuse(73, 'an aggregation without a collection');
  const namespace = `${db}.${fields.text('aggregate')}`;
  const all = readStages(fields.need(fields.list('pipeline'), 'pipeline'));
  const stages = all.map(readStage);
  // The first stages are left to the planner.
  let begin = 0;
  const filters: Value[] = [];
  while (all[begin]?.[0] === '$match') filters.push(all[begin++]?.[1] ?? null);
  const filter = readFilter(filters.length === 0 ? Doc.of([]) : Doc.of([['$and', List.of(filters)]]));
  const sort = all[begin]?.[0] === '$sort' ? all[begin]?.[1] : undefined;
  const rest = sort === undefined ? begin : begin + 1;
  const [next, most] = all[rest] ?? [];
  const limited = next === '$limit' && most !== undefined ? numberOf(most, 5107201, '$limit', 1) : Infinity;
  const wish: Wish = {
    filter,
    sort: sort instanceof Doc ? readPattern(sort, 15975) : undefined,
    hint: fields.value('hint'),
  };
  const found = query(server, namespace, { wish, most: limited, stages: stages.slice(rest) });
  const { collection, plan } = found;
  const counted = asCount(all.slice(begin));
  const count =
    counted && collection && plan?.isExact
      ? (): readonly Doc[] => counted(countKeys({ sql: server.sql, collection, filter }, plan))
      : undefined;
  return { ...found, fields, namespace, count };
}

export const aggregate: Command = function* (server, command, db) {
  const { fields, namespace, run, count } = aggregateQuery(server, command, db);
  if (fields.bool('explain')) refuse(9, 'explain as an option of aggregate');
  const options = fields.document('cursor');
  if (!options) fail(9, "The 'cursor' option is required, except for aggregate with the explain argument");
  const most = new Fields(options, 'aggregate.cursor', ['batchSize']).count('batchSize') ?? FIRST_BATCH;
  const cursor = new Cursor(namespace, count ? docsOf(count()) : run());
  return yield* server.cursors.begin(cursor, most, false);
};

export function countQuery(
  server: Server,
  command: Doc,
  db: string,
): Query & { fields: Fields; count: (() => number) | undefined } {
  const fields = Fields.ofCommand(command, ['query', 'limit', 'skip', 'hint']);
  const filter = readFilter(fields.document('query') ?? Doc.of([]));
  const most = fields.count('limit') || Infinity;
  const skipped = fields.count('skip') ?? 0;
  const stages = [skip(skipped), ...(most < Infinity ? [limit(most)] : [])];
  const wish: Wish = { filter, hint: fields.value('hint') };
  const found = query(server, `${db}.${fields.text('count')}`, { wish, most: most + skipped, stages });
  const { collection, plan } = found;
  const count =
    collection && plan?.isExact
      ? (): number => Math.min(most, Math.max(0, countKeys({ sql: server.sql, collection, filter }, plan) - skipped))
      : undefined;
  return { ...found, fields, count };
}

export const count: Command = function* (server, command, db) {
  const { run, count: counted } = countQuery(server, command, db);
  let n = counted?.() ?? 0;
  if (!counted)
    for (const docs of run()) {
      n += docs.length;
      yield;
    }
  return Doc.from({ n: integer(n), ok: 1 });
};

export const getMore: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['collection', 'batchSize']);
  const id = command.get('getMore');
  if (typeof id !== 'bigint') fail(14, "BSON field 'getMore.getMore' is the wrong type, expected type 'long'");
  const namespace = `${db}.${fields.text('collection')}`;
  return yield* server.cursors.more(id, namespace, fields.count('batchSize') || Infinity);
};

// eslint-disable-next-line require-yield -- it has nothing to wait for
export const killCursors: Command = function* ({ cursors }, command): Work {
  const fields = Fields.ofCommand(command, ['cursors']);
  const ids = fields.need(fields.list('cursors'), 'cursors').items.filter((id) => typeof id === 'bigint');
  const killed = ids.filter((id) => cursors.kill(id));
  return Doc.from({
    cursorsKilled: List.of(killed),
    cursorsNotFound: List.of(ids.filter((id) => !killed.includes(id))),
    cursorsAlive: List.of([]),
    cursorsUnknown: List.of([]),
    ok: 1,
  });
};

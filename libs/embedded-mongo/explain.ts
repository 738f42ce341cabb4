import type { Command, Server } from './command.js';
import { fail, refuse } from './errors.js';
import { Fields } from './fields.js';
import { choose } from './planner.js';
import { aggregateQuery, countQuery, findQuery, type Query } from './reads.js';
import { integer } from './scalars.js';
import type { Plan } from './scan.js';
import { Doc, type Value } from './values.js';
import { targetOf } from './writes.js';

/** How a command would be done; for reads also what it finds, unless only the plan is asked for. */
export const explain: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['verbosity']);
  const inner = fields.need(fields.document('explain'), 'explain');
  const verbosity = fields.has('verbosity') ? fields.text('verbosity') : 'allPlansExecution';
  if (!['queryPlanner', 'executionStats', 'allPlansExecution'].includes(verbosity))
    fail(2, `Explain verbosity '${verbosity}' is not valid`);
  const { query, name, counts } = explained(server, inner, db);
  const planner = Doc.from({
    namespace: `${db}.${name}`,
    winningPlan: query.collection && query.plan ? shape(query.plan, counts) : Doc.from({ stage: 'EOF' }),
    rejectedPlans: undefined,
  });
  if (verbosity === 'queryPlanner' || !query.run)
    return Doc.from({ explainVersion: '1', queryPlanner: planner, ok: 1 });
  const examined = { keys: 0, docs: 0 };
  let found = 0;
  for (const docs of query.run(examined)) {
    found += docs.length;
    yield;
  }
  const executionStats = Doc.from({
    executionSuccess: true,
    nReturned: integer(found),
    totalKeysExamined: integer(examined.keys),
    totalDocsExamined: integer(examined.docs),
  });
  return Doc.from({ explainVersion: '1', queryPlanner: planner, executionStats, ok: 1 });
};

type Explained = Pick<Query, 'collection' | 'plan'> & { run?: Query['run'] };

function explained(server: Server, inner: Doc, db: string): { query: Explained; name: string; counts: boolean } {
  const name = inner.get(inner.firstName ?? '');
  if (typeof name !== 'string') refuse(73, 'explaining this');
  switch (inner.firstName) {
    case 'find':
      return { query: findQuery(server, inner, db), name, counts: false };
    case 'aggregate': {
      const query = aggregateQuery(server, inner, db);
      return { query, name, counts: query.count !== undefined };
    }
    case 'count': {
      const query = countQuery(server, inner, db);
      return { query, name, counts: query.count !== undefined };
    }
    case 'update':
      return { query: ofWrite(server, `${db}.${name}`, statementOf(inner, 'updates'), 'q'), name, counts: false };
    case 'delete':
      return { query: ofWrite(server, `${db}.${name}`, statementOf(inner, 'deletes'), 'q'), name, counts: false };
    case 'findAndModify':
    case 'findandmodify':
      return { query: ofWrite(server, `${db}.${name}`, inner, 'query'), name, counts: false };
    default:
      return refuse(59, `explaining '${inner.firstName ?? ''}'`);
  }
}

function statementOf(inner: Doc, list: string): Doc {
  const [only, ...others] = new Fields(inner, 'explain', [...inner.fields.keys()]).docs(list);
  return only && others.length === 0 ? only : fail(72, 'explained write batches must be of size 1');
}

function ofWrite(server: Server, namespace: string, statement: Doc, query: string): Explained {
  const target = targetOf(new Fields(statement, 'explain', [...statement.fields.keys()]), query);
  const collection = server.catalog.find(namespace);
  return { collection, plan: collection && choose(server.sql, collection, target) };
}

function shape({ index, isReverse, merges, sort }: Plan, counts: boolean): Doc {
  const direction = isReverse ? 'backward' : 'forward';
  const scanned = index
    ? Doc.from({
        stage: counts ? 'COUNT_SCAN' : 'IXSCAN',
        keyPattern: index.definition.key,
        indexName: index.definition.name,
        isMultiKey: index.multikey,
        isUnique: index.definition.isUnique,
        isPartial: index.definition.partial !== undefined,
        direction,
      })
    : Doc.from({ stage: counts ? 'RECORD_STORE_FAST_COUNT' : 'COLLSCAN', direction });
  if (counts) return scanned;
  const found = index ? over('FETCH', scanned) : scanned;
  return sort ? over('SORT', found) : merges ? over('SORT_MERGE', found) : found;
}

const over = (stage: string, inputStage: Value): Doc => Doc.from({ stage, inputStage });

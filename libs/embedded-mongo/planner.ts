import { type Bounds, boundsOf } from './bounds.js';
import type { Collection, Index } from './collection.js';
import { fail, refuse } from './errors.js';
import type { Filter, Predicate } from './filter.js';
import { bracketOf, compare, equals, isNaNValue } from './order.js';
import type { Pattern } from './paths.js';
import type { Plan } from './scan.js';
import type { Sqlite } from './sqlite.js';
import { Doc, type Value } from './values.js';

export interface Wish {
  readonly filter: Filter;
  readonly sort?: Pattern | undefined;
  /** Name or key of the index to use. */
  readonly hint?: Value | undefined;
}

/** How many keys are looked at to see how many there are. */
const SAMPLE = 200;
const MOST_MERGED = 64;

/** Chooses an index, or none, for a query. What is chosen is what explain shows. */
export function choose(sql: Sqlite, collection: Collection, wish: Wish): Plan {
  const { filter, sort, hint } = wish;
  const all: Plan = {
    index: undefined,
    intervals: [],
    isReverse: false,
    merges: false,
    isExact: filter.predicates.length === 0 && filter.isPlain,
    sort,
  };
  const hinted = hint === undefined ? undefined : hintedIndex(collection, hint);
  if (hinted === 'none') return all;
  const usable = (hinted ? [hinted] : collection.indexes).filter(
    (index) => index.ready && covers(index, filter.predicates),
  );
  if (hinted && usable.length === 0)
    refuse(2, 'a hint of a partial index that may not hold all that the query asks for');
  const candidates = usable
    .map((index) => {
      const bounds = boundsOf(index, filter.predicates, filter.isPlain);
      return { index, bounds, order: sort && orderOf(index, bounds, sort) };
    })
    .filter(
      ({ bounds, order, index }) =>
        hinted !== undefined || bounds.fields > 0 || order !== undefined || index.definition.partial,
    );
  const [only, ...others] = candidates;
  if (!only) return all;
  const best = others.length === 0 ? only : cheapest(sql, candidates, sort !== undefined);
  return {
    index: best.index,
    intervals: best.bounds.intervals,
    isReverse: best.order?.isReverse ?? false,
    merges: best.order?.merges ?? false,
    isExact: best.bounds.isExact,
    sort: best.order ? undefined : sort,
  };
}

interface Candidate {
  readonly index: Index;
  readonly bounds: Bounds;
  readonly order: { isReverse: boolean; merges: boolean } | undefined;
}

function cheapest(sql: Sqlite, candidates: readonly Candidate[], sorts: boolean): Candidate {
  const unique = candidates.find(
    ({ index: { definition }, bounds }) =>
      (definition.isUnique || definition.name === '_id_') &&
      bounds.equal === definition.names.length &&
      bounds.intervals.length === 1,
  );
  if (unique) return unique;
  const costs = candidates.map((candidate) => {
    const count = sample(sql, candidate);
    // Many rows in the wrong order are the worst.
    const sorting = sorts && !candidate.order ? (count < SAMPLE ? count / 4 : SAMPLE) : 0;
    return { candidate, cost: count + sorting - candidate.bounds.fields / 100 - candidate.bounds.equal / 1000 };
  });
  return costs.reduce((a, b) => (b.cost < a.cost ? b : a)).candidate;
}

function sample(sql: Sqlite, { index, bounds }: Candidate): number {
  if (index.definition.name === '_id_') return bounds.fields > 0 && bounds.equal > 0 ? bounds.intervals.length : SAMPLE;
  let count = 0;
  for (const { from, to } of bounds.intervals) {
    const text = `SELECT count(*) AS n FROM (SELECT 1 FROM x${String(index.id)} WHERE key >= ? AND key < ? LIMIT ${String(SAMPLE)})`;
    count += Number(sql.prepare(text).get(from, to)?.['n']);
    if (count >= SAMPLE) return SAMPLE;
  }
  return count;
}

/** Whether an index gives the order that is asked for. */
function orderOf(index: Index, bounds: Bounds, sort: Pattern): Candidate['order'] {
  const { paths, directions } = index.definition.pattern;
  // An array sorts by its least item, which the bounds may leave out.
  if (index.multikey && bounds.fields > 0) return undefined;
  const names = index.definition.names;
  const wanted = sort.paths.map((path, i) => ({ name: path.join('.'), direction: sort.directions[i] ?? 1 }));
  const single = bounds.intervals.length === 1;
  // A field that is equal to one value is in every order.
  const fixed = new Set(single ? names.slice(0, bounds.equal) : []);
  const left = wanted.filter(({ name }) => !fixed.has(name));
  let begin = single ? bounds.equal : 0;
  // Fields that stand before, equal to one of several values: each value's part is in order.
  const merges = !single && bounds.equal > 0 && bounds.intervals.length <= MOST_MERGED && left[0]?.name !== names[0];
  if (merges) begin = bounds.equal;
  const turned = left.map(({ name, direction }, i) =>
    name === names[begin + i] && begin + i < paths.length ? direction * (directions[begin + i] ?? 1) : 0,
  );
  if (turned.includes(0) || new Set(turned).size > 1) return undefined;
  return { isReverse: turned[0] === -1, merges };
}

function hintedIndex(collection: Collection, hint: Value): Index | 'none' {
  if (hint instanceof Doc && hint.firstName === '$natural') {
    if (compare(hint.get('$natural') ?? null, 1) !== 0) refuse(2, 'a hint of $natural: -1');
    return 'none';
  }
  const named = collection.indexes.find(({ definition: { name, key } }) =>
    typeof hint === 'string' ? name === hint : hint instanceof Doc && equals(key, hint),
  );
  return named?.ready
    ? named
    : fail(2, 'error processing query: hint provided does not correspond to an existing index');
}

/** Whether an index holds all documents that a query may find. */
function covers({ definition: { partial } }: Index, predicates: readonly Predicate[]): boolean {
  return (
    partial === undefined ||
    partial.predicates.every((needed) =>
      predicates.some((given) => given.path === needed.path && implies(given, needed)),
    )
  );
}

function implies(given: Predicate, needed: Predicate): boolean {
  if (given.operator === 'exists' || given.values.length === 0)
    return needed.operator === 'exists' && given.operator === 'exists';
  // A missing field is equal to null.
  if (needed.operator === 'exists') return given.values.every((value) => value !== null);
  const limit = needed.values[0] ?? null;
  return given.values.every((value) => {
    if (bracketOf(value) !== bracketOf(limit) || isNaNValue(value) !== isNaNValue(limit)) return false;
    const order = compare(value, limit);
    switch (needed.operator) {
      case 'eq':
        return order === 0 && (given.operator === 'eq' || given.operator === 'in');
      case 'gt':
        return !given.operator.startsWith('l') && (order > 0 || (order === 0 && given.operator === 'gt'));
      case 'gte':
        return !given.operator.startsWith('l') && order >= 0;
      case 'lt':
        return !given.operator.startsWith('g') && (order < 0 || (order === 0 && given.operator === 'lt'));
      case 'lte':
        return !given.operator.startsWith('g') && order <= 0;
      case 'in':
      case 'exists':
        return false;
    }
  });
}

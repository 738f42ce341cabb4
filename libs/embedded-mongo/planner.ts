import type { Collection } from './collection.js';
import type { Filter, Predicate, Range } from './filter.js';
import type { Index } from './indexes.js';
import { complement, isOfArray, type Key, keyOf, LAST } from './order.js';
import type { Pattern } from './paths.js';
import { asBlob, type Sqlite } from './sqlite.js';

/** How to find documents: by an index, or all of them. */
export interface Plan {
  readonly index: Index | undefined;
  /** The part of the index, in its order; no two of them overlap. */
  readonly ranges: readonly Range[];
  /** How many fields of the index must be equal to something, and how many are bounded at all. */
  readonly equal: number;
  readonly bounded: number;
  readonly isReverse: boolean;
  /** What is left to sort by when all is found. */
  readonly sort: Pattern | undefined;
}

/** As many values as an `$in` may multiply to. */
const MOST_RANGES = 50_000;
/** How many keys are looked at to see how many there are. */
const SAMPLE = 200;

const ALL: Range = { from: '', to: LAST };

/** Chooses an index, or none, for a query. What is chosen is what explain shows. */
export function choose(sql: Sqlite, collection: Collection, { predicates }: Filter, sort: Pattern | undefined): Plan {
  const candidates = collection.indexes
    .filter((index) => covers(index, predicates))
    .map((index) => withOrder(index, boundsOf(index, predicates), sort))
    .filter((plan) => plan.bounded > 0 || plan.index?.partial || plan.sort !== sort);
  if (candidates.length < 2) return candidates[0] ?? { ...planOf(undefined, [''], ALL, 0, 0), sort };
  const costs = candidates.map((plan) => ({ plan, cost: costOf(sql, collection, plan) }));
  return costs.reduce((a, b) => (b.cost < a.cost ? b : a)).plan;
}

/** Whether an index holds all documents that a query may find. */
function covers({ partial }: Index, predicates: readonly Predicate[]): boolean {
  const needed = partial?.predicates ?? [];
  return needed.every((each) => predicates.some((given) => given.name === each.name && implies(given, each)));
}

function implies({ ranges: given }: Predicate, { ranges: needed }: Predicate): boolean {
  const isWithin = (part: Range, whole: Range): boolean => whole.from <= part.from && part.to <= whole.to;
  if (needed) return given?.every((part) => needed.some((whole) => isWithin(part, whole))) ?? false;
  // What is equal to null may be missing.
  return given?.every(({ from, to }) => NULL < from || NULL >= to) ?? true;
}

const NULL = keyOf(null);

/** Which part of an index the predicates leave. Whatever is in it is looked at again with the whole filter. */
function boundsOf(index: Index, predicates: readonly Predicate[]): Plan {
  let prefixes: readonly Key[] = [''];
  for (const [i, name] of index.pattern.names.entries()) {
    const isDescending = index.pattern.directions[i] === -1;
    const own = predicates.filter((predicate) => predicate.name === name && isUsable(index, predicate));
    const points = own.find(({ isPoints, ranges = [] }) => isPoints && ranges.length * prefixes.length <= MOST_RANGES);
    if (points?.ranges) {
      const keys = points.ranges.map(({ from }) => (isDescending ? complement(from) : from));
      prefixes = prefixes.flatMap((prefix) => keys.map((key) => prefix + key));
      continue;
    }
    const range = isDescending ? undefined : intersection(index, own);
    return planOf(index, prefixes, range ?? ALL, i, range ? i + 1 : i);
  }
  return planOf(index, prefixes, ALL, index.pattern.names.length, index.pattern.names.length);
}

function planOf(index: Index | undefined, prefixes: readonly Key[], last: Range, equal: number, bounded: number): Plan {
  const ranges = prefixes.map((prefix) => ({ from: prefix + last.from, to: prefix + last.to }));
  ranges.sort((a, b) => (a.from < b.from ? -1 : 1));
  return { index, ranges, equal, bounded, isReverse: false, sort: undefined };
}

/** An array is in no index as a whole. */
const isUsable = ({ isMulti }: Index, { ranges }: Predicate): boolean =>
  ranges !== undefined && !(isMulti && ranges.some(({ from }) => isOfArray(from)));

/** Of an array, one item may be above and another below: there only one of two limits counts. */
function intersection({ isMulti }: Index, predicates: readonly Predicate[]): Range | undefined {
  const [first, ...others] = predicates.flatMap(({ isPoints, ranges = [] }) => (isPoints ? [] : ranges));
  if (!first || isMulti) return first;
  return others.reduce((a, b) => ({ from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to }), first);
}

/** Leaves the sort to the index where that gives the order. */
function withOrder({ pattern: { names, directions }, isMulti }: Index, plan: Plan, sort: Pattern | undefined): Plan {
  // An array sorts by its least item, which the bounds may leave out.
  if (!sort || (isMulti && plan.bounded > 0)) return { ...plan, sort };
  // A field that is equal to one value is in every order.
  const fixed = plan.ranges.length === 1 ? plan.equal : 0;
  const left = sort.names.map((name, i) => ({ name, direction: sort.directions[i] ?? 1 }));
  const wanted = left.filter(({ name }) => !names.slice(0, fixed).includes(name));
  const turns = wanted.map(({ name, direction }, i) =>
    name === names[fixed + i] ? direction * (directions[fixed + i] ?? 1) : 0,
  );
  if (turns.includes(0) || new Set(turns).size > 1) return { ...plan, sort };
  return { ...plan, isReverse: turns[0] === -1 };
}

/** How many keys there are to look at. Many rows in the wrong order are the worst. */
function costOf(sql: Sqlite, collection: Collection, { index, ranges, equal, bounded, sort }: Plan): number {
  const { table, key } = collection.keysOf(index);
  const text = `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} WHERE ${key} >= ? AND ${key} < ? LIMIT ${String(SAMPLE)})`;
  let count = 0;
  for (const { from, to } of ranges.slice(0, SAMPLE))
    if (count < SAMPLE) count += Number(sql.prepare(text).get(asBlob(from), asBlob(to))?.['n']);
  const sorting = sort === undefined ? 0 : count < SAMPLE ? count / 4 : SAMPLE;
  return Math.min(count, SAMPLE) + sorting - bounded / 100 - equal / 1000;
}

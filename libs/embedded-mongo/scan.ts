import type { Interval } from './bounds.js';
import { type Collection, type Index, readRow, type Row } from './collection.js';
import { fail } from './errors.js';
import type { Filter } from './filter.js';
import { type Pattern, sortKey } from './paths.js';
import type { Sqlite } from './sqlite.js';

/** How to find documents: by an index, or all of them. */
export interface Plan {
  readonly index: Index | undefined;
  readonly intervals: readonly Interval[];
  readonly isReverse: boolean;
  /** Whether the intervals, each in order, have to be merged for the sort. */
  readonly merges: boolean;
  /** Whether what is found needs no second look at the filter. */
  readonly isExact: boolean;
  /** What is left to sort by when all is found. */
  readonly sort: Pattern | undefined;
}

/** What a scan had to look at. */
export interface Examined {
  keys: number;
  docs: number;
}

/**
 * Rows in portions, none of them large; an empty one only says that time has passed. Between two the collection may change:
 * a scan goes on from where it was.
 */
export type Portions = Generator<readonly Row[], void>;

const MOST_ROWS = 100;
const MOST_BYTES = 256 * 1024;
/** What all sorts together may hold of keys. */
const MOST_BYTES_TO_SORT = 96 * 1024 * 1024;

/** What a scan needs to know besides its plan. */
export interface Search {
  readonly sql: Sqlite;
  readonly collection: Collection;
  readonly filter: Filter;
  /** How many documents are asked for, as far as that is known. */
  readonly most?: number;
  readonly examined?: Examined;
}

/** Whatever the plan finds and the filter fits, in the plan's order. */
export function scan(search: Search, plan: Plan): Portions {
  const found = matching(search, plan);
  return plan.sort ? sorted(search, found, plan.sort) : found;
}

function* matching(search: Search, plan: Plan): Portions {
  const { filter, examined } = search;
  for (const portion of candidates(search, plan)) {
    if (examined) examined.docs += portion.length;
    if (examined && plan.index) examined.keys += portion.length;
    yield plan.isExact ? portion : portion.filter(({ doc }) => filter.matches(doc));
  }
}

function* candidates(search: Search, plan: Plan): Portions {
  const { index, intervals, isReverse, merges } = plan;
  if (!index) yield* wholly(search);
  else if (merges)
    yield* merged(
      intervals.map((interval) => within(search, plan, index, interval)),
      isReverse,
    );
  else
    for (const interval of isReverse ? intervals.toReversed() : intervals) yield* within(search, plan, index, interval);
}

interface Keyed extends Row {
  readonly key: Buffer;
  readonly prefix: number;
}

/** The first portion is no larger than what is asked for. */
const firstSize = ({ most = Infinity }: Search, plan?: Plan): number =>
  plan?.sort ? MOST_ROWS : Math.min(most, MOST_ROWS);

function* wholly(search: Search): Portions {
  const { table } = search.collection;
  for (let after = 0, size = firstSize(search); ; size = MOST_ROWS) {
    const text = `SELECT rid, bson FROM ${table} WHERE rid > ? ORDER BY rid LIMIT ?`;
    const { rows, isEnd } = read(search, text, [after, size], size);
    const last = rows.at(-1);
    if (!last) return;
    after = Number(last['rid']);
    yield rows.map((row) => ({ rid: Number(row['rid']), doc: readRow(row) }));
    if (isEnd) return;
  }
}

function* within(search: Search, plan: Plan, index: Index, interval: Interval): Generator<readonly Keyed[], void> {
  const { table, indexes } = search.collection;
  const isId = index.definition.name === '_id_';
  const from = isId ? table : `x${String(index.id)} x CROSS JOIN ${table} d ON d.rid = x.rid`;
  const [name, place] = isId ? ['id', '(id, rid)'] : ['key', '(key, x.rid)'];
  const text = `SELECT ${place.slice(1, -1)} AS rid, bson FROM ${from} WHERE ${
    plan.isReverse
      ? `${place} < (?, ?) AND ${name} >= ? ORDER BY 1 DESC, 2 DESC`
      : `${place} > (?, ?) AND ${name} < ? ORDER BY 1, 2`
  } LIMIT ?`;
  const [begin, end] = plan.isReverse ? [interval.to, interval.from] : [interval.from, interval.to];
  let [key, rid, size]: readonly [Buffer, number, number] = [begin, -1, firstSize(search, plan)];
  for (;;) {
    if (!indexes.includes(index)) fail(175, `index '${index.definition.name}' dropped`);
    const { rows, isEnd } = read(search, text, [key, rid, end, size], size);
    const keyed = rows.map((row) => ({
      rid: Number(row['rid']),
      doc: readRow(row),
      key: bufferOf(row[name]),
      prefix: interval.prefix,
    }));
    const last = keyed.at(-1);
    if (!last) return;
    [key, rid, size] = [last.key, last.rid, MOST_ROWS];
    yield index.multikey ? keyed.filter((row) => isFirst(row, index, plan)) : keyed;
    // The end, or a key of an index that holds one value only.
    if (isEnd || (rows.length === 1 && interval.isPoint && index.definition.isUnique)) return;
  }
}

const bufferOf = (bytes: unknown): Buffer => {
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array<ArrayBuffer>;
  return Buffer.from(buffer, byteOffset, byteLength);
};

/** As many rows as are not too many bytes, and whether there were no more at this moment. */
function read(
  { sql, collection }: Search,
  text: string,
  values: readonly (Buffer | number)[],
  size: number,
): { readonly rows: Record<string, unknown>[]; readonly isEnd: boolean } {
  if (collection.isDropped) fail(175, `collection dropped: ${collection.namespace}`);
  const rows: Record<string, unknown>[] = [];
  let bytes = 0;
  for (const row of sql.prepare(text).iterate(...values)) {
    rows.push(row);
    bytes += (row['bson'] as Uint8Array).length;
    if (bytes > MOST_BYTES) return { rows, isEnd: false };
  }
  return { rows, isEnd: rows.length < size };
}

/** An array's document stands in an index at several places: it counts at the first that the scan comes to. */
function isFirst({ key, doc }: Keyed, { definition }: Index, { intervals, isReverse }: Plan): boolean {
  const keys = definition.keysOf(doc).keys.filter((each) => isWithin(each, intervals));
  return !keys.some((each) => (isReverse ? Buffer.compare(each, key) > 0 : Buffer.compare(each, key) < 0));
}

function isWithin(key: Buffer, intervals: readonly Interval[]): boolean {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(intervals[middle]?.to ?? key, key) > 0) high = middle;
    else low = middle + 1;
  }
  const interval = intervals[low];
  return interval !== undefined && Buffer.compare(interval.from, key) <= 0;
}

/** Several intervals, each in order, as one by what follows their prefixes. */
function* merged(sources: readonly Generator<readonly Keyed[], void>[], isReverse: boolean): Portions {
  const direction = isReverse ? -1 : 1;
  const heads = sources.map((source) => ({ source, rows: [] as readonly Keyed[], at: 0, isDone: false }));
  for (;;) {
    const out: Row[] = [];
    while (out.length < MOST_ROWS) {
      for (const head of heads)
        while (!head.isDone && head.at >= head.rows.length) {
          const next = head.source.next();
          if (next.done) head.isDone = true;
          else [head.rows, head.at] = [next.value, 0];
        }
      const open = heads.filter(({ isDone }) => !isDone);
      const [first, ...others] = open;
      if (!first) break;
      const least = others.reduce((a, b) => (order(rowAt(b), rowAt(a)) * direction < 0 ? b : a), first);
      out.push(rowAt(least));
      least.at += 1;
    }
    if (out.length === 0) return;
    yield out;
  }
}

const rowAt = ({ rows, at }: { rows: readonly Keyed[]; at: number }): Keyed => {
  const row = rows[at];
  if (!row) throw new RangeError('read past the end');
  return row;
};

const order = (a: Keyed, b: Keyed): number =>
  Buffer.compare(a.key.subarray(a.prefix), b.key.subarray(b.prefix)) || a.rid - b.rid;

let held = 0;

/** Everything by its keys; what is left when all is found is read again, as it is then. */
function* sorted({ collection, filter, most = Infinity }: Search, found: Portions, pattern: Pattern): Portions {
  let rows: { key: Buffer; rid: number }[] = [];
  let own = 0;
  const inOrder = (): void => {
    rows.sort((a, b) => Buffer.compare(a.key, b.key) || a.rid - b.rid);
    if (rows.length <= most) return;
    rows.length = most;
    const bytes = rows.reduce((sum, { key }) => sum + key.length + 100, 0);
    [own, held] = [bytes, held - own + bytes];
  };
  try {
    for (const portion of found) {
      for (const { rid, doc } of portion) {
        const key = sortKey(doc, pattern);
        rows.push({ key, rid });
        own += key.length + 100;
        held += key.length + 100;
      }
      if (rows.length > Math.max(2 * most, 1_000)) inOrder();
      if (held > MOST_BYTES_TO_SORT) fail(292, 'Sort exceeded memory limit; an index on the sort keys would avoid it');
      yield [];
    }
    inOrder();
    for (let at = 0; at < rows.length; at += MOST_ROWS) {
      if (collection.isDropped) fail(175, `collection dropped: ${collection.namespace}`);
      const portion = rows.slice(at, at + MOST_ROWS).map(({ rid }) => collection.at(rid));
      yield portion.filter((row): row is Row => row !== undefined && filter.matches(row.doc));
    }
  } finally {
    held -= own;
    rows = [];
  }
}

/** How many documents a plan finds whose bounds say all, without reading any. */
export function countKeys({ sql, collection }: Search, { index, intervals }: Plan): number {
  if (!index) return collection.count();
  const [table, name] = index.definition.name === '_id_' ? [collection.table, 'id'] : [`x${String(index.id)}`, 'key'];
  const count = sql.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${name} >= ? AND ${name} < ?`);
  return intervals.reduce((sum, { from, to }) => sum + Number(count.get(from, to)?.['n']), 0);
}

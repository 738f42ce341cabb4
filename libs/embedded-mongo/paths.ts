import { fail, MongoError } from './errors.js';
import { type Indexed, keyOf, NOTHING } from './order.js';
import { Doc, List, type Value } from './values.js';

export type Path = readonly string[];

export const isPosition = (step: string): boolean => /^(0|[1-9]\d{0,8})$/.test(step);

/**
 * Sees what a dotted path leads to, as a filter does: through arrays into each document, and at the end into each item
 * and then the array itself; `undefined` where a field is missing.
 * @param see gets the value and its index in the outermost array (-1: none); true ends the walk
 * @param items whether an array at the end is looked into
 */
export function somewhere(
  doc: Doc,
  path: Path,
  items: boolean,
  see: (value: Value | undefined, index: number) => boolean,
  from = 0,
  index = -1,
): boolean {
  const value = doc.get(path[from] ?? '');
  const isLast = from === path.length - 1;
  if (value instanceof List) {
    if (!isLast) return inItems(value, path, items, see, from + 1, index);
    return (items && value.items.some((item, i) => see(item, index < 0 ? i : index))) || see(value, index);
  }
  if (isLast) return see(value, index);
  return value instanceof Doc ? somewhere(value, path, items, see, from + 1, index) : see(undefined, index);
}

function inItems(
  list: List,
  path: Path,
  items: boolean,
  see: (value: Value | undefined, index: number) => boolean,
  from: number,
  index: number,
): boolean {
  const position = isPosition(path[from] ?? '') ? Number(path[from]) : -1;
  return list.items.some((item, i) => {
    const outermost = index < 0 ? i : index;
    if (item instanceof Doc && somewhere(item, path, items, see, from, outermost)) return true;
    if (i !== position) return false;
    if (from === path.length - 1) return see(item, outermost);
    if (item instanceof List) return inItems(item, path, items, see, from + 1, outermost);
    return item instanceof Doc && somewhere(item, path, items, see, from + 1, outermost);
  });
}

/** Fields in the order of an index or a sort, each with its direction. */
export interface Pattern {
  readonly paths: readonly Path[];
  readonly directions: readonly (1 | -1)[];
}

interface Place {
  readonly path: Path;
  readonly at: number;
  readonly value: Indexed | undefined;
  readonly settled: boolean;
}

/**
 * What an index holds of a document: one row of values, or one for each item of an array. A missing field counts as
 * null, an empty array as less than that.
 */
export function rowsOf(doc: Doc, { paths }: Pattern): { rows: Indexed[][]; multikey: boolean } {
  const rows: Indexed[][] = [];
  const multikey = expand(
    paths.map((path) => ({ path, at: 0, value: doc, settled: false })),
    rows,
  );
  return { rows, multikey };
}

function expand(begin: readonly Place[], rows: Indexed[][]): boolean {
  const places = begin.map(descend);
  const open = places.filter(({ settled }) => !settled);
  const list = open[0]?.value;
  if (!(list instanceof List)) {
    rows.push(places.map(({ value }) => value ?? null));
    return false;
  }
  if (open.some(({ value }) => value !== list)) {
    const names = open.map(({ path }) => `[${path.join('.')}]`);
    fail(171, `cannot index parallel arrays ${names[1] ?? ''} ${names[0] ?? ''}`);
  }
  const into = (item: Value | undefined): Place[] =>
    places.map((place) => {
      if (place.settled) return place;
      const atEnd = place.at === place.path.length;
      const inside = !atEnd && item instanceof Doc;
      return {
        ...place,
        settled: !inside,
        value: inside ? item : atEnd ? (item === undefined ? NOTHING : item) : null,
      };
    });
  for (const item of list.items.length === 0 ? [undefined] : list.items) expand(into(item), rows);
  return true;
}

/** Follows the path to its end or to an array. */
function descend(place: Place): Place {
  if (place.settled) return place;
  const { path } = place;
  let { at, value } = place;
  while (at < path.length && value instanceof Doc) value = value.get(path[at++] ?? '');
  if (value instanceof List) return { path, at, value, settled: false };
  return { path, at, settled: true, value: at < path.length ? null : (value ?? null) };
}

/** Where a document stands in a sort: by the least of its rows. */
export function sortKey(doc: Doc, pattern: Pattern): Buffer {
  const keys = rowsToSort(doc, pattern).map((row) => keyOf(row, pattern.directions));
  return keys.reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
}

function rowsToSort(doc: Doc, pattern: Pattern): Indexed[][] {
  try {
    return rowsOf(doc, pattern).rows;
  } catch (error) {
    if (error instanceof MongoError) fail(2, 'cannot sort with keys that are parallel arrays');
    throw error;
  }
}

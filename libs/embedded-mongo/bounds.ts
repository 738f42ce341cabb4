import type { Predicate } from './filter.js';
import type { Index } from './collection.js';
import { bracketOf, keyOf, NAN } from './order.js';
import { List, type Value } from './values.js';

/** Keys of an index from `from` on and below `to`. `prefix` is how many bytes of both are of fields that must be equal. */
export interface Interval {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly prefix: number;
  /** Whether every field of the index must be equal to something. */
  readonly isPoint?: boolean;
}

export interface Bounds {
  /** In the order of keys, none touching another. */
  readonly intervals: readonly Interval[];
  /** How many of the index's first fields must be equal to something. */
  readonly equal: number;
  /** How many fields are bounded at all. */
  readonly fields: number;
  /** Whether nothing between the bounds needs a second look. */
  readonly isExact: boolean;
}

/** As many values as an `$in` may multiply to. */
const MOST_INTERVALS = 50_000;
const LAST = Buffer.from([255]);
const EVERYTHING: Interval = { from: Buffer.alloc(0), to: LAST, prefix: 0 };

/** Which part of an index a filter's predicates leave. */
export function boundsOf({ definition, multikey }: Index, predicates: readonly Predicate[], isPlain: boolean): Bounds {
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let equal = 0;
  const used = new Set<Predicate>();
  const arrays = new Set<string>();
  for (const [i, name] of definition.names.entries()) {
    const top = name.split('.')[0] ?? name;
    // Different items of one array may fulfil the two.
    if (multikey && arrays.has(top)) break;
    arrays.add(top);
    const own = predicates.filter(
      (each) => each.path === name && each.operator !== 'exists' && !(multikey && hasList(each)),
    );
    const direction = definition.pattern.directions[i] ?? 1;
    const points = own.find(({ operator }) => operator === 'eq') ?? own.find(({ operator }) => operator === 'in');
    if (points && prefixes.length * points.values.length <= MOST_INTERVALS) {
      used.add(points);
      const keys = points.values.map((value) => keyOf([value], [direction]));
      prefixes = prefixes.flatMap((prefix) => keys.map((key) => Buffer.concat([prefix, key])));
      equal = i + 1;
      continue;
    }
    const range = rangeOf(own, multikey, direction);
    if (!range) break;
    for (const predicate of range.used) used.add(predicate);
    const intervals = prefixes.map((prefix) => ({
      from: Buffer.concat([prefix, range.from]),
      to: Buffer.concat([prefix, range.to]),
      prefix: prefix.length,
    }));
    return { intervals: inOrder(intervals), equal, fields: i + 1, isExact: isExact(used) };
  }
  const isPoint = equal === definition.names.length;
  const intervals = prefixes.map((prefix) => ({
    from: prefix,
    to: Buffer.concat([prefix, LAST]),
    prefix: prefix.length,
    isPoint,
  }));
  return { intervals: equal === 0 ? [EVERYTHING] : inOrder(intervals), equal, fields: equal, isExact: isExact(used) };

  function isExact(predicatesUsed: ReadonlySet<Predicate>): boolean {
    return isPlain && !multikey && predicates.every((predicate) => predicatesUsed.has(predicate));
  }
}

interface Range {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly used: readonly Predicate[];
}

function rangeOf(own: readonly Predicate[], multikey: boolean, direction: 1 | -1): Range | undefined {
  const lower = own.find(({ operator }) => operator === 'gt' || operator === 'gte');
  const upper = own.find(({ operator }) => operator === 'lt' || operator === 'lte');
  const first = lower ?? upper;
  if (!first) return undefined;
  // Of an array, one item may be above and another below; values of two types leave nothing in between.
  const both = lower && upper && !multikey && bracketOf(valueOf(lower)) === bracketOf(valueOf(upper));
  const [low, high] = both ? [lower, upper] : [lower, lower ? undefined : upper];
  const [least, greatest] = bracket(bracketOf(valueOf(first)), direction);
  const used = [low, high].filter((each) => each !== undefined);
  const [begin, end, open, closed] =
    direction === 1 ? ([low, high, 'gt', 'lte'] as const) : ([high, low, 'lt', 'gte'] as const);
  return {
    from: begin ? edge(begin, begin.operator === open, direction) : least,
    to: end ? edge(end, end.operator === closed, direction) : greatest,
    used,
  };
}

/** An array is in no index as a whole. */
const hasList = ({ values }: Predicate): boolean => values.some((value) => value instanceof List);

const valueOf = ({ values }: Predicate): Value => values[0] ?? null;

/** Before a value's keys, or behind them and all that continue them. */
function edge(predicate: Predicate, behind: boolean, direction: 1 | -1): Buffer {
  const key = keyOf([valueOf(predicate)], [direction]);
  return behind ? Buffer.concat([key, LAST]) : key;
}

/** Where the keys of one type begin and end. NaN, the first of the numbers, is in no range. */
function bracket(tag: number, direction: 1 | -1): [Buffer, Buffer] {
  const isNumber = tag === bracketOf(0);
  if (direction === 1) return [Buffer.from(isNumber ? [tag, NAN + 1] : [tag]), Buffer.from([tag + 1])];
  return [Buffer.from([~tag]), Buffer.from(isNumber ? [~tag, ~NAN] : [~tag + 1])];
}

function inOrder(intervals: readonly Interval[]): Interval[] {
  if (intervals.length === 1) return [...intervals];
  const sorted = intervals.toSorted((a, b) => Buffer.compare(a.from, b.from));
  return sorted.filter((each, i) => !sorted[i - 1]?.from.equals(each.from));
}

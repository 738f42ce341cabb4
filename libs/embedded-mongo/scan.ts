import type { SQLInputValue } from 'node:sqlite';
import type { Collection, Row } from './collection.js';
import type { Server } from './command.js';
import { fail } from './errors.js';
import type { Filter } from './filter.js';
import { LARGE, remembered, unread } from './memory.js';
import { type Pattern, sortKey } from './paths.js';
import { choose, type Plan } from './planner.js';
import { asBlob, type Sqlite } from './sqlite.js';

/** What to look for, and in which order. */
export interface Wish {
  readonly filter: Filter;
  readonly sort?: Pattern | undefined;
  readonly skip?: number | undefined;
  /** 0 and undefined are no limit. */
  readonly limit?: number | undefined;
}

/** Row by row, each as it is at this moment. `undefined` says that time has passed, in which all may change. */
export type Rows = Generator<Row | undefined, void>;

/** So many places are looked up at once. */
const PAGE = 100;

/** Whatever fits, in its order. All that reads or changes documents finds them here. */
export function* search({ sql }: Server, collection: Collection | undefined, wish: Wish): Rows {
  if (!collection) return;
  const { skip = 0, limit } = wish;
  const end = skip + (limit || Infinity);
  const scan = new Scan(sql, collection, wish, end);
  let seen = 0;
  try {
    for (const row of scan.sorted()) {
      if (!row || ++seen > skip) yield row;
      if (seen === end) return;
    }
  } finally {
    remembered.take(-scan.remembers);
  }
}

class Scan {
  private readonly plan: Plan;
  remembers = 0;

  constructor(
    private readonly sql: Sqlite,
    private readonly collection: Collection,
    private readonly wish: Wish,
    private readonly most: number,
  ) {
    this.plan = choose(sql, collection, wish.filter, wish.sort);
  }

  private remember(bytes: number): void {
    this.remembers += bytes;
    remembered.take(bytes);
    if (remembered.isSpent) fail(292, 'too much to sort; an index on the fields of the sort would help');
  }

  /** In order: by an index, or by remembering all keys; then what is found is read again, as it is at the end. */
  *sorted(): Rows {
    const { sort } = this.plan;
    if (!sort) return yield* this.matching();
    // Some more than are asked for, as the first may no longer fit when their turn comes.
    const most = Math.max(this.most, PAGE);
    const found: string[] = [];
    const cut = (): void => {
      for (const place of found.sort().splice(most)) this.remember(-place.length - 40);
    };
    for (const row of this.matching()) {
      if (row) {
        // The row's number stands behind its key. Copied, as text that was put together keeps what it was put together from.
        const place = asBlob(sortKey(row.doc, sort) + row.rid.toString(36).padStart(11, '0')).toString('latin1');
        this.remember(place.length + 40);
        found.push(place);
      } else yield;
      if (found.length > 2 * most) cut();
    }
    cut();
    for (const place of found) {
      yield;
      const row = yield* this.read(parseInt(place.slice(-11), 36));
      if (row && this.wish.filter.matches(row.doc)) yield row;
    }
  }

  /** Those that fit, none twice: a document with an array stands in an index at several places. */
  private *matching(): Rows {
    const seen = new Set<number>();
    for (const row of this.all()) {
      if (row && (seen.has(row.rid) || !this.wish.filter.matches(row.doc))) continue;
      yield row;
      if (!row || !this.plan.index?.isMulti) continue;
      this.remember(40);
      seen.add(row.rid);
    }
  }

  /** All that the plan leads to. */
  private *all(): Rows {
    const { index, ranges, isReverse, sort } = this.plan;
    // The first page is no larger than what is asked for.
    let size = sort ? PAGE : Math.min(this.most, PAGE);
    for (const range of isReverse ? ranges.toReversed() : ranges) {
      const [begin, end] = isReverse ? [range.to, range.from] : [range.from, range.to];
      const last = index ? asBlob(end) : Number.MAX_SAFE_INTEGER;
      let after: readonly SQLInputValue[] = [index ? asBlob(begin) : -1, -1];
      for (let isEnd = false; !isEnd; size = PAGE) {
        this.expectPresent();
        const page = this.sql.prepare(this.query).all(...after, last, size);
        for (const { place = null, rid = null } of page) {
          const row = yield* this.read(Number(rid));
          if (row) yield row;
          after = [place, rid];
        }
        isEnd = page.length < size;
        yield;
      }
    }
  }

  /** Places from one on and below another, in their order. */
  private get query(): string {
    const { index, isReverse } = this.plan;
    const { table, key } = this.collection.keysOf(index);
    const [is, ends, order] = isReverse ? ['<', '>=', 'DESC'] : ['>', '<', 'ASC'];
    return `SELECT ${key} AS place, rid FROM ${table} WHERE (${key}, rid) ${is} (?, ?) AND ${key} ${ends} ?
      ORDER BY ${key} ${order}, rid ${order} LIMIT ?`;
  }

  /** A large document is not read before replies have gone out: waiting, it would be in memory. */
  private *read(rid: number): Generator<undefined, Row | undefined> {
    for (;;) {
      this.expectPresent();
      if (!unread.isSpent || this.collection.sizeAt(rid) <= LARGE) return this.collection.at(rid);
      unread.waits += 1;
      yield;
    }
  }

  private expectPresent(): void {
    const { index } = this.plan;
    if (this.collection.isDropped || (index && !this.collection.indexes.includes(index)))
      fail(175, `collection or index dropped: ${this.collection.namespace}`);
  }
}

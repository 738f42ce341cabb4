/** A count as the public sees it. */
export type PublicCount = FewerThan<10> | About;
/** A count as coordinators see it. */
export type ConsoleCount = FewerThan<5> | { readonly kind: 'between'; readonly from: 5; readonly to: 9 } | About;

interface FewerThan<Least extends number> {
  readonly kind: 'fewer-than';
  readonly n: Least;
}
interface About {
  readonly kind: 'about';
  readonly n: number;
}

const about = (n: number): About => ({ kind: 'about', n: Math.round(n / 5) * 5 });

/** "fewer than 10", then rounded to 5. */
export const publicCount = (n: number): PublicCount => (n < 10 ? { kind: 'fewer-than', n: 10 } : about(n));

/** "fewer than 5", "5–9", then rounded to 5. */
export function consoleCount(n: number): ConsoleCount {
  if (n < 5) return { kind: 'fewer-than', n: 5 };
  return n < 10 ? { kind: 'between', from: 5, to: 9 } : about(n);
}

export type Progress =
  { readonly kind: 'sending' } | { readonly kind: 'percent'; readonly percent: number } | { readonly kind: 'all-sent' };

/** How far sending is: "sending" under 10 recipients, else full steps of 10 %, then "all sent". */
export function progressSteps(sent: number, recipients: number): Progress {
  if (sent >= recipients) return { kind: 'all-sent' };
  return recipients < 10
    ? { kind: 'sending' }
    : { kind: 'percent', percent: Math.floor((sent * 10) / recipients) * 10 };
}

/** One line of a table before it may be shown: `n` people, and what is known of where they belong. */
export type Row<Level extends string> = { readonly n: number } & { readonly [Each in Level]?: string | undefined };

/** What is shown: everyone of `rows` is in exactly one cell. Without a level it is everyone whom no other cell holds. */
export interface Cell<Level extends string> {
  readonly level?: Level;
  readonly id?: string;
  readonly n: number;
  /** Some with the same id stand in a finer cell or among the rest: the page says "elsewhere in …". */
  readonly partial: boolean;
}

interface Group<Level extends string> {
  readonly level?: Level;
  readonly id?: string;
  readonly rows: readonly Row<Level>[];
}

/**
 * Cuts a table into cells of at least `least` people: a row too small on its own falls back to the next level, and at
 * last to the rest of all. If that rest is itself too small, the smallest cell joins it, as otherwise the total less the
 * cells would tell it. So every cell, and every sum or difference of cells and total, is nobody or at least `least`;
 * only if the whole table has fewer is there a single smaller cell, which its band hides.
 * Rows of nobody are left out: there is no one to protect.
 */
export function fallBack<Level extends string>(
  rows: readonly Row<Level>[],
  levels: readonly Level[],
  least: number,
): readonly Cell<Level>[] {
  const groups: Group<Level>[] = [];
  let rest = rows.filter(({ n }) => n > 0);
  for (const level of levels) {
    const named = Map.groupBy(rest, (row): string | undefined => row[level]);
    named.delete(undefined);
    for (const [id, members] of named) {
      if (id === undefined || sum(members) < least) continue;
      groups.push({ level, id, rows: members });
      rest = rest.filter((row) => !members.includes(row));
    }
  }
  groups.sort((a, b) => sum(b.rows) - sum(a.rows));
  while (rest.length > 0 && sum(rest) < least) {
    const smallest = groups.pop();
    if (!smallest) break;
    rest = [...rest, ...smallest.rows];
  }
  if (rest.length > 0) groups.push({ rows: rest });
  return groups.map(({ level, id, rows: members }) => ({
    ...(level === undefined || id === undefined ? {} : { level, id }),
    n: sum(members),
    partial: level !== undefined && rows.some((row) => row.n > 0 && row[level] === id && !members.includes(row)),
  }));
}

/** The levels of a table by place, the finest first. */
export const PLACES = ['region', 'country', 'twin'] as const;
export type PlaceLevel = (typeof PLACES)[number];

export type Banded<Level extends string, Count> = Omit<Cell<Level>, 'n'> & { readonly count: Count };

export interface Table<Level extends string, Count> {
  readonly cells: readonly Banded<Level, Count>[];
  readonly total: Count;
}

/** What the public may see of a table: its cells from 10 up and the total, in bands. Show nothing of it but this. */
export const publicTable = <Level extends string>(
  rows: readonly Row<Level>[],
  levels: readonly Level[],
): Table<Level, PublicCount> => banded(rows, fallBack(rows, levels, 10), publicCount);

/** The same for coordinators, whose cells begin at 5. */
export const consoleTable = <Level extends string>(
  rows: readonly Row<Level>[],
  levels: readonly Level[],
): Table<Level, ConsoleCount> => banded(rows, fallBack(rows, levels, 5), consoleCount);

const banded = <Level extends string, Count>(
  rows: readonly Row<Level>[],
  cells: readonly Cell<Level>[],
  band: (n: number) => Count,
): Table<Level, Count> => ({
  cells: cells.map(({ n, ...cell }) => ({ ...cell, count: band(n) })),
  total: band(sum(rows)),
});

const sum = (rows: readonly { readonly n: number }[]): number => rows.reduce((total, { n }) => total + n, 0);

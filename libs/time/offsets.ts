/**
 * What the clocks of a zone show, as one table per zone: a search in a sorted list in place of a question to the runtime
 * for every instant. Instants and local times are milliseconds since 1970; a local time counts as if the clock showed UTC.
 */
export interface Offsets {
  readonly timeZone: string;
  /** Instants from which an offset holds, ascending; the first is -Infinity. */
  readonly from: readonly number[];
  /** Milliseconds to add to UTC; one for each of `from`. */
  readonly offset: readonly number[];
}

/** Tables hold what happens between these years; for what is outside they throw a RangeError. */
const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(2200, 0, 1);

const tables = new Map<string, Offsets>();

/** The table of a zone, made once from the runtime's own zone data. Throws a RangeError for an unknown zone. */
export function offsetsOf(timeZone: string): Offsets {
  const made = tables.get(timeZone);
  if (made) return made;
  const from = [-Infinity];
  let at = Temporal.Instant.fromEpochMilliseconds(FIRST).toZonedDateTimeISO(timeZone);
  const offset = [at.offsetNanoseconds / 1e6];
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds >= LAST) break;
    at = next;
    from.push(at.epochMilliseconds);
    offset.push(at.offsetNanoseconds / 1e6);
  }
  const fresh = { timeZone, from, offset };
  tables.set(timeZone, fresh);
  return fresh;
}

/** The index in the table at an instant. */
export function indexAt({ from }: Offsets, instant: number): number {
  if (!(instant >= FIRST && instant < LAST)) throw new RangeError('a time beyond the years of clock tables');
  let [low, high] = [0, from.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(from, middle) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Milliseconds to add to UTC at an instant. */
export const offsetAt = (offsets: Offsets, instant: number): number => at(offsets.offset, indexAt(offsets, instant));

/** What the clocks show at an instant. */
export const localAt = (offsets: Offsets, instant: number): number => instant + offsetAt(offsets, instant);

/**
 * The instants of a local time, read one after another: cheapest when they ascend. In a gap the offset before it counts,
 * in a fold the earlier of the two (RFC 5545 3.3.5; Temporal calls it 'compatible').
 */
export class LocalReader {
  private index = 0;
  private start = Infinity;
  private end = -Infinity;
  private offset = 0;
  private inGap = false;

  constructor(private readonly offsets: Offsets) {}

  instant(local: number): number {
    if (!(local >= this.start && local < this.end)) this.seek(local);
    return local - this.offset;
  }

  /** Milliseconds to add to UTC at every local time from one to another; undefined where that changes between them. */
  offsetThrough(local: number, end: number): number | undefined {
    if (!(local >= this.start && local < this.end)) this.seek(local);
    return end < this.end && !this.inGap ? this.offset : undefined;
  }

  /** Whether the clocks skip the time that was read last. */
  get skipped(): boolean {
    return this.inGap;
  }

  /** Finds the first stretch of one offset that ends after `local`, whose gap before it belongs to the stretch before. */
  private seek(local: number): void {
    const { from, offset } = this.offsets;
    if (!(local >= FIRST && local < LAST)) throw new RangeError('a time beyond the years of clock tables');
    let index = local >= this.end ? this.index : Math.max(0, lowerBound(from, local - DAY) - 1);
    while (index < from.length - 1 && local >= at(from, index + 1) + at(offset, index)) index += 1;
    const before = index > 0 ? at(offset, index - 1) : at(offset, index);
    const opens = at(from, index) + at(offset, index);
    const inGap = local < opens;
    this.inGap = inGap;
    this.index = index;
    this.offset = inGap ? before : at(offset, index);
    // What the clocks show a second time belongs to the stretch before, so this one is read from there on.
    this.start = inGap ? local : Math.max(FIRST, opens, at(from, index) + before);
    this.end = inGap ? local + 1 : index < from.length - 1 ? at(from, index + 1) + at(offset, index) : LAST;
  }
}

const DAY = 86_400_000;

/** The number of leading entries that are not after `value`. */
function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(sorted, middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function at(list: readonly number[], index: number): number {
  const value = list[index];
  if (value === undefined) throw new RangeError('beyond the table');
  return value;
}

import { randomBytes } from 'node:crypto';
import { fail } from './errors.js';
import type { Memory } from './memory.js';
import type { Docs } from './pipeline.js';
import { Doc, List } from './values.js';

/** A query that is not at its end. It holds where it is and at most one portion of documents. */
export class Cursor {
  private rest: readonly Doc[] = [];
  private at = 0;
  private isAtEnd = false;
  usedAt = 0;

  constructor(
    readonly namespace: string,
    private readonly source: Docs,
  ) {}

  /** The next documents, as many as asked for and fit into a reply; pauses between portions. */
  *batch(most: number, memory: Memory): Generator<undefined, readonly Doc[]> {
    const docs: Doc[] = [];
    let bytes = 0;
    try {
      while (docs.length < most) {
        const doc = this.rest[this.at];
        if (!doc) {
          if (this.isAtEnd) break;
          this.advance();
          yield;
          continue;
        }
        // With a field's type and its number as a name.
        const size = doc.bytes.length + 10;
        if (docs.length > 0 && bytes + size > memory.mostBytesOfBatch) return docs;
        bytes += size;
        memory.hold(size);
        docs.push(doc);
        this.at += 1;
      }
      if (!this.rest[this.at] && !this.isAtEnd && most > 0) this.advance();
      return docs;
    } finally {
      // What was handed out is not held any longer.
      [this.rest, this.at] = [this.rest.slice(this.at), 0];
      memory.hold(-bytes);
    }
  }

  private advance(): void {
    const next = this.source.next();
    [this.rest, this.at] = [next.done ? [] : next.value, 0];
    if (next.done) this.isAtEnd = true;
  }

  get isDone(): boolean {
    return this.isAtEnd && this.rest[this.at] === undefined;
  }

  close(): void {
    this.source.return();
  }
}

const IDLE_FOR = 10 * 60_000;
const MOST_CURSORS = 5_000;

/** The open cursors. One that is not used for ten minutes is closed. */
export class Cursors {
  private readonly open = new Map<bigint, Cursor>();

  constructor(private readonly memory: Memory) {}

  /** The reply with a first batch; the rest is kept if there is any. */
  *begin(cursor: Cursor, most: number, single: boolean): Generator<undefined, Doc> {
    const docs = yield* cursor.batch(most, this.memory);
    let id = 0n;
    if (!cursor.isDone && !single) {
      if (this.open.size >= MOST_CURSORS) this.closeIdle(0, 1);
      id = randomBytes(8).readBigUInt64LE() >> 1n;
      cursor.usedAt = Date.now();
      this.open.set(id, cursor);
    } else cursor.close();
    return reply('firstBatch', docs, id, cursor.namespace);
  }

  *more(id: bigint, namespace: string, most: number): Generator<undefined, Doc> {
    const cursor = this.open.get(id);
    if (!cursor) fail(43, `cursor id ${String(id)} not found`);
    if (cursor.namespace !== namespace)
      fail(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    // Nobody else gets at it meanwhile.
    this.open.delete(id);
    try {
      const docs = yield* cursor.batch(most, this.memory);
      cursor.usedAt = Date.now();
      if (!cursor.isDone) this.open.set(id, cursor);
      return reply('nextBatch', docs, cursor.isDone ? 0n : id, namespace);
    } finally {
      if (!this.open.has(id)) cursor.close();
    }
  }

  /** @returns whether it was there */
  kill(id: bigint): boolean {
    this.open.get(id)?.close();
    return this.open.delete(id);
  }

  closeIdle(idleFor = IDLE_FOR, most = Infinity): void {
    const now = Date.now();
    const idle = [...this.open]
      .filter(([, { usedAt }]) => now - usedAt >= idleFor)
      .sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [id] of idle.slice(0, most)) this.kill(id);
  }
}

function reply(name: 'firstBatch' | 'nextBatch', docs: readonly Doc[], id: bigint, ns: string): Doc {
  return Doc.from({ cursor: Doc.from({ [name]: List.of(docs), id, ns }), ok: 1 });
}

/** All of a list that is small. */
export function* docsOf(docs: readonly Doc[]): Docs {
  yield docs;
}

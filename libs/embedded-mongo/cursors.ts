import { randomBytes } from 'node:crypto';
import { type Doc, docOf, Opaque, Type } from './bson.js';
import { MOST_BYTES } from './collection.js';
import { fail } from './errors.js';

/** Documents as bytes, one by one; `undefined` says that time has passed. */
export type Results = Generator<Buffer | undefined, void>;

const FIRST_BATCH = 101;
const IDLE_FOR = 10 * 60_000;
const MOST_CURSORS = 5_000;
/** Of so many bytes on a batch takes no more documents: so many replies may wait for their readers. */
const MOST_BYTES_OF_BATCH = 256 * 1024;

/** A query that is not known to be at its end. It holds where it is. */
interface Cursor {
  readonly namespace: string;
  readonly results: Results;
  /** A document that did not fit into the last batch. */
  held?: Buffer | undefined;
  isAtEnd: boolean;
  usedAt: number;
}

/** The open cursors. One that is not used for ten minutes is closed. */
export class Cursors {
  private readonly open = new Map<bigint, Cursor>();

  /** The reply with a first batch; the rest is kept if there is any and more than one batch is wanted. */
  *begin(namespace: string, results: Results, most = FIRST_BATCH, isSingle = false): Generator<undefined, Doc> {
    if (this.open.size >= MOST_CURSORS) this.closeIdle(0, 1);
    const cursor: Cursor = { namespace, results, isAtEnd: false, usedAt: 0 };
    const firstBatch = yield* this.batch(cursor, most);
    const id = this.keep(randomBytes(8).readBigUInt64LE() >> 1n, cursor, isSingle);
    return docOf({ cursor: docOf({ firstBatch, id, ns: namespace }), ok: 1 });
  }

  *more(id: bigint, namespace: string, most: number): Generator<undefined, Doc> {
    const cursor = this.open.get(id) ?? fail(43, `cursor id ${String(id)} not found`);
    if (cursor.namespace !== namespace)
      fail(13, `Requested getMore on namespace '${namespace}', but cursor belongs to another: ${cursor.namespace}`);
    // Nobody else gets at it meanwhile, and it is gone if this fails.
    this.open.delete(id);
    const nextBatch = yield* this.batch(cursor, most);
    return docOf({ cursor: docOf({ nextBatch, id: this.keep(id, cursor), ns: namespace }), ok: 1 });
  }

  /** @returns its id, or 0 if it is at its end */
  private keep(id: bigint, cursor: Cursor, isSingle = false): bigint {
    if (isSingle) cursor.results.return();
    if (isSingle || cursor.isAtEnd) return 0n;
    cursor.usedAt = Date.now();
    this.open.set(id, cursor);
    return id;
  }

  /** The next documents, as many as asked for and fit into a reply. */
  private *batch(cursor: Cursor, most: number): Generator<undefined, Opaque[]> {
    const docs: Opaque[] = [];
    let isGivenUp = true;
    try {
      for (let bytes = 0; docs.length < most && bytes < MOST_BYTES_OF_BATCH;) {
        const { done, value } = cursor.held ? { value: cursor.held } : cursor.results.next();
        cursor.isAtEnd = done ?? false;
        if (done) break;
        bytes += value?.length ?? 0;
        cursor.held = docs.length > 0 && bytes > MOST_BYTES ? value : undefined;
        if (cursor.held) break;
        if (value) docs.push(new Opaque(Type.object, value));
        else yield;
      }
      isGivenUp = false;
      return docs;
    } finally {
      if (isGivenUp) cursor.results.return();
    }
  }

  /** @returns whether it was there */
  kill(id: bigint): boolean {
    this.open.get(id)?.results.return();
    return this.open.delete(id);
  }

  closeIdle(idleFor = IDLE_FOR, most = Infinity): void {
    // Whichever was used last stands last.
    const idle = [...this.open].filter(([, { usedAt }]) => Date.now() - usedAt >= idleFor);
    for (const [id] of idle.slice(0, most)) this.kill(id);
  }
}

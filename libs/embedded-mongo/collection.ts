import { MOST_BYTES } from './checking.js';
import { fail, MongoError, refuse } from './errors.js';
import { type Definition, ID_INDEX } from './indexes.js';
import { keyOf } from './order.js';
import { type Pattern, rowsOf } from './paths.js';
import { newObjectId, Opaque, Type } from './scalars.js';
import { show } from './show.js';
import type { Sqlite } from './sqlite.js';
import { Doc, type Value, List, typeName } from './values.js';

export interface Index {
  readonly id: number;
  readonly definition: Definition;
  /** Whether a document with an array was ever in it. */
  multikey: boolean;
  /** Whether it holds all that it should: not while it is being made. */
  ready: boolean;
}

/** A document at its place. Places follow the order of insertion. */
export interface Row {
  readonly rid: number;
  readonly doc: Doc;
}

/** The documents of one collection and its indexes, which agree after every call. */
export class Collection {
  readonly indexes: Index[] = [];
  isDropped = false;

  constructor(
    private readonly sql: Sqlite,
    readonly id: number,
    readonly db: string,
    readonly name: string,
    readonly uuid: Buffer,
  ) {}

  get namespace(): string {
    return `${this.db}.${this.name}`;
  }

  get table(): string {
    return `d${String(this.id)}`;
  }

  /** Those that have a table of their own; the one on _id is part of the documents' table. */
  private get others(): Index[] {
    return this.indexes.filter(({ definition }) => definition.name !== '_id_');
  }

  insert(given: Doc): Doc {
    const doc = prepare(given);
    const { bytes } = doc;
    if (bytes.length > MOST_BYTES)
      fail(
        10334,
        `object to insert too large. size in bytes: ${String(bytes.length)}, max size: ${String(MOST_BYTES)}`,
      );
    const id = doc.get('_id') ?? null;
    const idKey = keyOf([id]);
    const fresh = this.others.map((index) => ({ index, ...index.definition.keysOf(doc) }));
    const conflict = this.conflict(fresh, doc, 0);
    if (conflict) throw this.hasId(idKey) ? this.duplicate(ID_INDEX, doc) : conflict;
    this.sql.write();
    const { changes, lastInsertRowid } = this.sql
      .prepare(`INSERT OR IGNORE INTO ${this.table} (id, bson) VALUES (?, ?)`)
      .run(idKey, bytes);
    if (changes === 0) throw this.duplicate(ID_INDEX, doc);
    for (const { index, keys, multikey } of fresh) this.addKeys(index, keys, Number(lastInsertRowid), multikey);
    return doc;
  }

  /** @returns whether anything changed */
  replace(rid: number, before: Doc, after: Doc): boolean {
    const { bytes } = after;
    if (bytes.equals(before.bytes)) return false;
    if (bytes.length > MOST_BYTES) fail(17419, `Resulting document after update is larger than ${String(MOST_BYTES)}`);
    const changes = this.others.map((index) => {
      const [old, now] = [index.definition.keysOf(before), index.definition.keysOf(after)];
      return {
        index,
        gone: old.keys.filter((key) => !now.keys.some((other) => other.equals(key))),
        keys: now.keys.filter((key) => !old.keys.some((other) => other.equals(key))),
        multikey: now.multikey,
      };
    });
    const conflict = this.conflict(changes, after, rid);
    if (conflict) throw conflict;
    this.sql.write();
    this.sql.prepare(`UPDATE ${this.table} SET bson = ? WHERE rid = ?`).run(bytes, rid);
    for (const { index, gone, keys, multikey } of changes) {
      this.removeKeys(index, gone, rid);
      this.addKeys(index, keys, rid, multikey);
    }
    return true;
  }

  remove({ rid, doc }: Row): void {
    this.sql.write();
    for (const index of this.others) this.removeKeys(index, index.definition.keysOf(doc).keys, rid);
    this.sql.prepare(`DELETE FROM ${this.table} WHERE rid = ?`).run(rid);
  }

  at(rid: number): Row | undefined {
    const row = this.sql.prepare(`SELECT bson FROM ${this.table} WHERE rid = ?`).get(rid);
    return row && { rid, doc: readRow(row) };
  }

  count(): number {
    return Number(this.sql.prepare(`SELECT count(*) AS n FROM ${this.table} `).get()?.['n']);
  }

  private hasId(key: Buffer): boolean {
    return this.sql.prepare(`SELECT 1 FROM ${this.table} WHERE id = ?`).get(key) !== undefined;
  }

  private conflict(
    fresh: readonly { index: Index; keys: readonly Buffer[] }[],
    doc: Doc,
    own: number,
  ): MongoError | undefined {
    for (const { index, keys } of fresh)
      if (index.definition.isUnique)
        for (const key of keys) {
          const statement = this.sql.prepare(`SELECT rid FROM x${String(index.id)} WHERE key = ? AND rid <> ? LIMIT 1`);
          if (statement.get(key, own)) return this.duplicate(index.definition, doc, key);
        }
    return undefined;
  }

  duplicate(
    { name, key: pattern, names, pattern: { directions, ...paths } }: Definition,
    doc: Doc,
    key?: Buffer,
  ): MongoError {
    const whole: Pattern = { ...paths, directions };
    const row = rowsOf(doc, whole).rows.find((each) => key === undefined || keyOf(each, directions).equals(key)) ?? [];
    const values = names.map((field, i): readonly [string, Value] => [
      field,
      typeof row[i] === 'symbol' ? null : (row[i] ?? null),
    ]);
    const keyValue = Doc.of(values);
    const message = `E11000 duplicate key error collection: ${this.namespace} index: ${name} dup key: ${show(keyValue)}`;
    return new MongoError(11000, message, { keyPattern: pattern, keyValue });
  }

  private addKeys(index: Index, keys: readonly Buffer[], rid: number, multikey: boolean): void {
    for (const key of keys) this.sql.prepare(`INSERT OR IGNORE INTO x${String(index.id)} VALUES (?, ?)`).run(key, rid);
    if (!multikey || index.multikey) return;
    index.multikey = true;
    this.sql.prepare('UPDATE indexes SET multikey = 1 WHERE id = ?').run(index.id);
  }

  private removeKeys(index: Index, keys: readonly Buffer[], rid: number): void {
    for (const key of keys)
      this.sql.prepare(`DELETE FROM x${String(index.id)} WHERE key = ? AND rid = ?`).run(key, rid);
  }

  addIndex(definition: Definition, ready: boolean): Index {
    this.sql.write();
    const { lastInsertRowid } = this.sql
      .prepare('INSERT INTO indexes (collection, spec, ready) VALUES (?, ?, ?)')
      .run(this.id, definition.spec.bytes, Number(ready));
    const index: Index = { id: Number(lastInsertRowid), definition, multikey: false, ready };
    if (definition.name !== '_id_')
      this.sql.exec(`CREATE TABLE x${String(index.id)} (key BLOB, rid INTEGER, PRIMARY KEY (key, rid)) WITHOUT ROWID`);
    this.indexes.push(index);
    return index;
  }

  /** One more document for an index that is being made. */
  fill(index: Index, { rid, doc }: Row): void {
    const fresh = { index, ...index.definition.keysOf(doc) };
    const conflict = this.conflict([fresh], doc, rid);
    if (conflict) throw conflict;
    this.sql.write();
    this.addKeys(index, fresh.keys, rid, fresh.multikey);
  }

  finish(index: Index): void {
    this.sql.write();
    this.sql.prepare('UPDATE indexes SET ready = 1 WHERE id = ?').run(index.id);
    index.ready = true;
  }

  removeIndex(index: Index): void {
    this.sql.write();
    this.sql.prepare('DELETE FROM indexes WHERE id = ?').run(index.id);
    if (index.definition.name !== '_id_') this.sql.drop(`x${String(index.id)}`);
    this.indexes.splice(this.indexes.indexOf(index), 1);
  }
}

export const readRow = (row: Record<string, unknown>): Doc => {
  const { buffer, byteOffset, byteLength } = row['bson'] as Uint8Array<ArrayBuffer>;
  return Doc.read(Buffer.from(buffer, byteOffset, byteLength));
};

/** `_id` stands first and is made if there is none. */
function prepare(doc: Doc): Doc {
  const id = doc.get('_id');
  if (id instanceof List || (id instanceof Opaque && id.type === Type.regex))
    fail(53, `The '_id' value cannot be of type ${typeName(id)}`);
  if (id instanceof Doc && id.firstName?.startsWith('$')) fail(52, "_id fields may not contain '$'-prefixed fields");
  for (const value of doc.fields.values())
    if (value instanceof Opaque && value.type === Type.timestamp && value.bytes.readBigUInt64LE() === 0n)
      refuse(2, 'a Timestamp(0, 0), which a server replaces by its own');
  if (doc.firstName === '_id') return doc;
  return Doc.of([
    ['_id', id === undefined ? newObjectId() : id],
    ...[...doc.fields].filter(([name]) => name !== '_id'),
  ]);
}

import { ObjectId } from 'bson';
import { decode, type Doc, encode, firstName, isDoc, Opaque, Type, typeName } from './bson.js';
import { fail, MongoError, refuse } from './errors.js';
import { type Definition, ID_INDEX, type Index, keysOf } from './indexes.js';
import { type Key, keyOf } from './order.js';
import { keyOfRow, rowsOf } from './paths.js';
import { asBlob, asBuffer, type Sqlite } from './sqlite.js';

export const MOST_BYTES = 16 * 1024 * 1024;

/** A document at its place. Places follow the order of insertion. */
export interface Row {
  readonly rid: number;
  readonly bytes: Buffer;
  readonly doc: Doc;
}

export function rowOf(rid: unknown, bson: unknown): Row {
  const bytes = asBuffer(bson);
  return { rid: Number(rid), bytes, doc: decode(bytes) };
}

const NONE = { keys: new Set<Key>(), isMulti: false };

/** The documents of one collection and its indexes, which agree after every call. */
export class Collection {
  /** The first is that of _id, whose keys are in the documents' table. */
  readonly indexes: Index[] = [];
  isDropped = false;

  constructor(
    private readonly sql: Sqlite,
    readonly id: number,
    readonly db: string,
    readonly name: string,
  ) {}

  get namespace(): string {
    return `${this.db}.${this.name}`;
  }

  get table(): string {
    return `d${String(this.id)}`;
  }

  /** Where the keys of an index are, or the places of all documents: table and column. */
  keysOf(index: Index | undefined): { readonly table: string; readonly key: 'rid' | 'id' | 'key' } {
    if (!index) return { table: this.table, key: 'rid' };
    return index.name === '_id_' ? { table: this.table, key: 'id' } : { table: `x${String(index.id)}`, key: 'key' };
  }

  insert(given: Doc): Doc {
    const doc = prepare(given);
    const bytes = packed(doc, 10334);
    const key = keyOf(doc.get('_id') ?? null);
    this.sql.wholly(() => {
      const insert = this.sql.prepare(`INSERT OR IGNORE INTO ${this.table} (id, bson) VALUES (?, ?)`);
      const { changes, lastInsertRowid } = insert.run(asBlob(key), bytes);
      if (changes === 0) throw this.duplicate(ID_INDEX, doc, key);
      this.rekey(Number(lastInsertRowid), undefined, doc);
    });
    return doc;
  }

  /** @returns whether anything changed */
  replace({ rid, doc, bytes }: Row, after: Doc): boolean {
    const fresh = packed(after, 17419);
    if (fresh.equals(bytes)) return false;
    this.sql.wholly(() => {
      this.sql.prepare(`UPDATE ${this.table} SET bson = ? WHERE rid = ?`).run(fresh, rid);
      this.rekey(rid, doc, after);
    });
    return true;
  }

  remove({ rid, doc }: Row): void {
    this.sql.wholly(() => {
      this.sql.prepare(`DELETE FROM ${this.table} WHERE rid = ?`).run(rid);
      this.rekey(rid, doc, undefined);
    });
  }

  at(rid: number): Row | undefined {
    const row = this.sql.prepare(`SELECT bson FROM ${this.table} WHERE rid = ?`).get(rid);
    return row && rowOf(rid, row['bson']);
  }

  /** How many bytes a document has, without reading it. */
  sizeAt(rid: number): number {
    return Number(this.sql.prepare(`SELECT length(bson) AS n FROM ${this.table} WHERE rid = ?`).get(rid)?.['n'] ?? 0);
  }

  /** Brings indexes in step with a document. Throws where a unique one holds one of the new keys already. */
  private rekey(rid: number, before: Doc | undefined, after: Doc | undefined, indexes = this.indexes.slice(1)): void {
    for (const index of indexes) {
      const { table } = this.keysOf(index);
      const old = before ? keysOf(index, before) : NONE;
      const now = after ? keysOf(index, after) : NONE;
      for (const key of old.keys)
        if (!now.keys.has(key))
          this.sql.prepare(`DELETE FROM ${table} WHERE key = ? AND rid = ?`).run(asBlob(key), rid);
      for (const key of now.keys) {
        if (old.keys.has(key)) continue;
        const isTaken = index.isUnique && this.sql.prepare(`SELECT 1 FROM ${table} WHERE key = ?`).get(asBlob(key));
        if (isTaken && after) throw this.duplicate(index, after, key);
        this.sql.prepare(`INSERT INTO ${table} VALUES (?, ?)`).run(asBlob(key), rid);
      }
      if (!now.isMulti) continue;
      index.isMulti = true;
      this.sql.prepare('UPDATE indexes SET multikey = 1 WHERE id = ? AND multikey = 0').run(index.id);
    }
  }

  private duplicate({ name, key: keyPattern, pattern }: Definition, doc: Doc, taken: Key): MongoError {
    const row = rowsOf(doc, pattern).rows.find((each) => keyOfRow(each, pattern) === taken) ?? [];
    const values = row.map((value) => (typeof value === 'symbol' ? null : value));
    const keyValue: Doc = new Map(pattern.names.map((field, i) => [field, values[i] ?? null]));
    // The value is not in the message: messages are logged.
    const message = `E11000 duplicate key error collection: ${this.namespace} index: ${name}`;
    return new MongoError(11000, message, { keyPattern, keyValue });
  }

  /** Makes an index of all documents; meanwhile nothing else happens. */
  addIndex(definition: Definition): void {
    this.sql.wholly(() => {
      const { lastInsertRowid } = this.sql
        .prepare('INSERT INTO indexes (collection, spec, ready) VALUES (?, ?, 1)')
        .run(this.id, encode(definition.spec));
      const index = { ...definition, id: Number(lastInsertRowid), isMulti: false };
      const { table, key } = this.keysOf(index);
      if (key === 'key') {
        this.sql.prepare(`CREATE TABLE ${table} (key BLOB, rid INTEGER, PRIMARY KEY (key, rid)) WITHOUT ROWID`).run();
        for (const { rid, bson } of this.sql.prepare(`SELECT rid, bson FROM ${this.table}`).iterate())
          this.rekey(Number(rid), undefined, rowOf(rid, bson).doc, [index]);
      }
      this.indexes.push(index);
    });
  }

  removeIndex(index: Index): void {
    this.sql.wholly(() => {
      this.sql.prepare('DELETE FROM indexes WHERE id = ?').run(index.id);
      const { table, key } = this.keysOf(index);
      if (key === 'key') this.sql.drop(table);
      this.indexes.splice(this.indexes.indexOf(index), 1);
    });
  }
}

/** A document as it is kept: nothing is written that could not be read again. */
function packed(doc: Doc, code: number): Buffer {
  const bytes = encode(doc);
  if (bytes.length > MOST_BYTES) fail(code, `a document of ${String(bytes.length)} bytes is too large`);
  decode(bytes);
  return bytes;
}

/** `_id` stands first and is made if there is none. */
function prepare(doc: Doc): Doc {
  const id = doc.get('_id');
  if (Array.isArray(id) || (id instanceof Opaque && id.type === Type.regex))
    fail(53, `The '_id' value cannot be of type ${typeName(id)}`);
  if (isDoc(id) && firstName(id).startsWith('$')) fail(52, "_id fields may not contain '$'-prefixed fields");
  for (const value of doc.values())
    if (value instanceof Opaque && value.type === Type.timestamp && value.bytes.readBigUInt64LE() === 0n)
      refuse(2, 'a Timestamp(0, 0), which a server replaces by its own');
  if (firstName(doc) === '_id') return doc;
  return new Map([
    ['_id', id === undefined ? new Opaque(Type.objectId, Buffer.from(new ObjectId().id)) : id],
    ...[...doc].filter(([name]) => name !== '_id'),
  ]);
}

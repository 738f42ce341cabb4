import { randomBytes } from 'node:crypto';
import { Collection } from './collection.js';
import { fail, refuse } from './errors.js';
import { Definition, ID_INDEX } from './indexes.js';
import type { Sqlite } from './sqlite.js';
import { Doc } from './values.js';

/** Which collections there are. */
export class Catalog {
  private collections = new Map<string, Collection>();

  constructor(private readonly sql: Sqlite) {
    this.load();
    // Indexes whose making was broken off.
    for (const collection of this.collections.values())
      for (const index of collection.indexes.filter(({ ready }) => !ready)) collection.removeIndex(index);
    sql.commit();
  }

  /** Reads it anew: after a transaction that did not happen. */
  load(): void {
    for (const collection of this.collections.values()) collection.isDropped = true;
    this.collections = new Map();
    for (const { id, db, name, uuid } of this.sql.prepare('SELECT * FROM collections').all()) {
      const collection = new Collection(
        this.sql,
        Number(id),
        String(db),
        String(name),
        Buffer.from(uuid as Uint8Array),
      );
      this.collections.set(collection.namespace, collection);
      for (const row of this.sql.prepare('SELECT * FROM indexes WHERE collection = ? ORDER BY id').all(id as number)) {
        const definition = Definition.read(Doc.read(Buffer.from(row['spec'] as Uint8Array)));
        collection.indexes.push({
          id: Number(row['id']),
          definition,
          multikey: row['multikey'] === 1,
          ready: row['ready'] === 1,
        });
      }
    }
  }

  find(namespace: string): Collection | undefined {
    if (/\.$|\0/.test(namespace)) fail(73, `Invalid namespace specified '${namespace}'`);
    return this.collections.get(namespace);
  }

  /** In the order of their names. */
  list(db?: string): readonly Collection[] {
    return [...this.collections.values()]
      .filter((collection) => db === undefined || collection.db === db)
      .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  }

  /** The collection, made if it is not there. */
  ensure(db: string, name: string): Collection {
    const present = this.find(`${db}.${name}`);
    if (present) return present;
    checkNames(db, name);
    this.sql.write();
    const uuid = randomBytes(16);
    const { lastInsertRowid } = this.sql
      .prepare('INSERT INTO collections (db, name, uuid) VALUES (?, ?, ?)')
      .run(db, name, uuid);
    const collection = new Collection(this.sql, Number(lastInsertRowid), db, name, uuid);
    this.sql.exec(
      `CREATE TABLE d${String(collection.id)} (rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, bson BLOB NOT NULL)`,
    );
    collection.addIndex(ID_INDEX, true);
    this.collections.set(collection.namespace, collection);
    return collection;
  }

  drop(collection: Collection): void {
    this.sql.write();
    for (const index of [...collection.indexes]) collection.removeIndex(index);
    this.sql.drop(collection.table);
    this.sql.prepare('DELETE FROM collections WHERE id = ?').run(collection.id);
    this.collections.delete(collection.namespace);
    collection.isDropped = true;
  }
}

function checkNames(db: string, name: string): void {
  if (db === '' || /[/\\. "$*<>:|?\0]/.test(db) || Buffer.byteLength(db) > 63)
    fail(73, `Invalid database name: '${db}'`);
  if (name === '' || /[$\0]|^\.|\.$|\.\./.test(name) || Buffer.byteLength(`${db}.${name}`) > 255)
    fail(73, `Invalid namespace specified '${db}.${name}'`);
  if (name.startsWith('system.')) refuse(73, `the collection '${db}.${name}'`);
}

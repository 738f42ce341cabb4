import { decode } from './bson.js';
import { Collection } from './collection.js';
import { fail, refuse } from './errors.js';
import { ID_INDEX, readDefinition } from './indexes.js';
import { asBuffer, type Sqlite } from './sqlite.js';

/** Which collections there are. */
export class Catalog {
  private collections = new Map<string, Collection>();

  constructor(private readonly sql: Sqlite) {
    this.load();
  }

  /** Reads it anew: also after a transaction that did not happen. */
  load(): void {
    for (const collection of this.collections.values()) collection.isDropped = true;
    this.collections = new Map();
    for (const { id, db, name } of this.sql.prepare('SELECT * FROM collections').all()) {
      const collection = new Collection(this.sql, Number(id), String(db), String(name));
      this.collections.set(collection.namespace, collection);
      for (const row of this.sql.prepare('SELECT * FROM indexes WHERE collection = ? ORDER BY id').all(Number(id))) {
        const definition = readDefinition(decode(asBuffer(row['spec'])));
        const index = { ...definition, id: Number(row['id']), isMulti: row['multikey'] === 1 };
        collection.indexes.push(index);
        // Its making was broken off, by a version that made indexes bit by bit.
        if (row['ready'] === 0) collection.removeIndex(index);
      }
    }
    this.sql.commit();
  }

  find(namespace: string): Collection | undefined {
    return this.collections.get(namespace);
  }

  /** In the order of their names. */
  list(db: string): readonly Collection[] {
    const own = [...this.collections.values()].filter((collection) => collection.db === db);
    return own.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The collection, made if it is not there. */
  ensure(db: string, name: string): Collection {
    const present = this.find(`${db}.${name}`);
    if (present) return present;
    checkNames(db, name);
    return this.sql.wholly(() => {
      const insert = this.sql.prepare('INSERT INTO collections (db, name, uuid) VALUES (?, ?, randomblob(16))');
      const collection = new Collection(this.sql, Number(insert.run(db, name).lastInsertRowid), db, name);
      const columns = 'rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, bson BLOB NOT NULL';
      this.sql.prepare(`CREATE TABLE ${collection.table} (${columns})`).run();
      collection.addIndex(ID_INDEX);
      this.collections.set(collection.namespace, collection);
      return collection;
    });
  }

  drop(collection: Collection): void {
    this.sql.wholly(() => {
      for (const index of [...collection.indexes]) collection.removeIndex(index);
      this.sql.drop(collection.table);
      this.sql.prepare('DELETE FROM collections WHERE id = ?').run(collection.id);
      this.collections.delete(collection.namespace);
      collection.isDropped = true;
    });
  }
}

function checkNames(db: string, name: string): void {
  const isSound = !/^$|[/\\. "$*<>:|?\0]/.test(db) && !/^$|[$\0]|^\.|\.$|\.\./.test(name);
  if (!isSound || Buffer.byteLength(db) > 63 || Buffer.byteLength(`${db}.${name}`) > 255)
    fail(73, `Invalid namespace specified '${db}.${name}'`);
  if (name.startsWith('system.')) refuse(73, `the collection '${db}.${name}'`);
}

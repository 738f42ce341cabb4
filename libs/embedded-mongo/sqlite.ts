import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** "COTE": tells our files from others'. */
const APPLICATION = 0x434f5445;
const FORMAT = 1;
const MOST_BYTES_ANEW = 64 * 1024 * 1024;
/**
 * Beside these, `d<id>` holds the documents of a collection with the keys of their ids, and `x<id>` the keys of an index.
 * `uuid` is no longer used; `ready` is 0 where an older version was stopped while it made an index.
 */
const TABLES = `PRAGMA application_id = ${String(APPLICATION)}; PRAGMA user_version = ${String(FORMAT)};
  CREATE TABLE collections
    (id INTEGER PRIMARY KEY, db TEXT NOT NULL, name TEXT NOT NULL, uuid BLOB NOT NULL, UNIQUE (db, name));
  CREATE TABLE indexes (id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, spec BLOB NOT NULL,
    multikey INTEGER NOT NULL DEFAULT 0, ready INTEGER NOT NULL DEFAULT 0);`;

/** Bytes as SQLite takes them, from text of one byte a character. */
export const asBlob = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');

/** And as SQLite gives them. */
export function asBuffer(bytes: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array<ArrayBuffer>;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/**
 * The one SQLite file, and the transaction that all changes of a turn share. What was committed is on the disk. The file is
 * locked while it is open, by the system, so that a lock never outlives its process.
 */
export class Sqlite {
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  /** Throws a reason for the person at the keyboard. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.db = new DatabaseSync(join(folder, 'store.db'), { timeout: 1_000 });
    try {
      // Exclusive before WAL: then there is no shared memory, and the lock is held to the end.
      this.db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL');
      this.db.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY');
      this.db.exec('BEGIN EXCLUSIVE');
      this.prepareFile();
      this.db.exec('COMMIT');
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      const why = reason.includes('locked') ? 'another store uses it: end that, or name another folder' : reason;
      throw new Error(`The data folder ${folder} cannot be used: ${why}`, { cause: error });
    }
  }

  private prepareFile(): void {
    const format = this.read('PRAGMA user_version');
    if (this.read('SELECT count(*) FROM sqlite_schema') === 0) this.db.exec(TABLES);
    else if (this.read('PRAGMA application_id') !== APPLICATION)
      throw new Error('store.db is not a file of this store');
    else if (format !== FORMAT)
      throw new Error(`store.db has format ${String(format)}; this version reads ${String(FORMAT)}`);
  }

  /** The one value that a statement gives. */
  private read(text: string): unknown {
    return Object.values(this.db.prepare(text).get() ?? {})[0];
  }

  /** A statement, prepared once. */
  prepare(text: string): StatementSync {
    let statement = this.statements.get(text);
    if (!statement) this.statements.set(text, (statement = this.db.prepare(text)));
    return statement;
  }

  /** A change that happens wholly or, if it throws, not at all. All changes of a turn share one transaction. */
  wholly<Result>(change: () => Result): Result {
    if (!this.db.isTransaction) this.db.exec('BEGIN IMMEDIATE');
    this.prepare('SAVEPOINT change').run();
    try {
      return change();
    } catch (error) {
      if (this.db.isTransaction) this.prepare('ROLLBACK TO change').run();
      throw error;
    } finally {
      if (this.db.isTransaction) this.prepare('RELEASE change').run();
    }
  }

  /** Makes the changes of this turn durable: one wait for the disk for all of them. */
  commit(): void {
    if (this.db.isTransaction) this.db.exec('COMMIT');
  }

  /** After an internal error: nothing of this turn has happened. */
  rollback(): void {
    if (this.db.isTransaction) this.db.exec('ROLLBACK');
  }

  /**
   * Moves everything into the main file and empties the journal: what was deleted is then in neither. What a tree moved
   * between its pages leaves copies in their unused space, which secure_delete does not see: so the file is written
   * anew, as long as that takes no more than about a second.
   */
  checkpoint(): void {
    this.commit();
    if (Number(this.read('PRAGMA page_count')) * Number(this.read('PRAGMA page_size')) <= MOST_BYTES_ANEW)
      this.db.exec('VACUUM');
    if (this.read('PRAGMA wal_checkpoint(TRUNCATE)') !== 0) throw new Error('the journal could not be emptied');
  }

  close(): void {
    this.commit();
    this.db.close();
  }

  /** Drops a table and what was prepared on it. */
  drop(table: string): void {
    const isOnIt = new RegExp(`\\b${table}\\b`);
    for (const text of this.statements.keys()) if (isOnIt.test(text)) this.statements.delete(text);
    this.db.exec(`DROP TABLE ${table}`);
  }
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** "COTE": tells our files from others'. */
const APPLICATION = 0x434f5445;
const FORMAT = 1;

/** A reason not to start, for the person at the keyboard. */
export class CannotOpen extends Error {}

/**
 * The one SQLite file, and the transaction that all changes of a turn share. What was committed is on the disk. The file is
 * locked while it is open, by the system, so that a lock never outlives its process.
 */
export class Sqlite {
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private writing = false;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.db = new DatabaseSync(join(folder, 'store.db'), { timeout: 1_000 });
    try {
      // Exclusive before WAL: then there is no shared memory, and the lock is held to the end.
      this.db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL');
      this.db.exec(
        'PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; BEGIN EXCLUSIVE',
      );
      this.prepareFile();
      this.db.exec('COMMIT');
    } catch (error) {
      if (error instanceof CannotOpen) throw error;
      const message = error instanceof Error ? error.message : '';
      throw new CannotOpen(
        message.includes('locked')
          ? `The data folder ${folder} is in use by another store: end it, or name another folder`
          : `The data folder ${folder} cannot be used: ${message}`,
      );
    }
  }

  private prepareFile(): void {
    const pragma = (name: string): unknown => Object.values(this.db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    const isNew = this.db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] === 0;
    if (isNew) {
      this.db.exec(`PRAGMA application_id = ${String(APPLICATION)}; PRAGMA user_version = ${String(FORMAT)};
        CREATE TABLE collections (id INTEGER PRIMARY KEY, db TEXT NOT NULL, name TEXT NOT NULL, uuid BLOB NOT NULL, UNIQUE (db, name));
        CREATE TABLE indexes (id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, spec BLOB NOT NULL,
          multikey INTEGER NOT NULL DEFAULT 0, ready INTEGER NOT NULL DEFAULT 0);`);
    } else if (pragma('application_id') !== APPLICATION)
      throw new CannotOpen('The file store.db is not one of this store');
    else if (pragma('user_version') !== FORMAT)
      throw new CannotOpen(
        `The file store.db has format ${String(pragma('user_version'))}; this version reads ${String(FORMAT)}`,
      );
  }

  /** A statement, prepared once. */
  prepare(text: string): StatementSync {
    let statement = this.statements.get(text);
    if (!statement) this.statements.set(text, (statement = this.db.prepare(text)));
    return statement;
  }

  exec(text: string): void {
    this.db.exec(text);
  }

  /** Called before every change: opens the transaction that all changes of this turn share. */
  write(): void {
    if (this.writing) return;
    this.db.exec('BEGIN IMMEDIATE');
    this.writing = true;
  }

  /** Makes the changes of this turn durable: one wait for the disk for all of them. */
  commit(): void {
    if (!this.writing) return;
    this.db.exec('COMMIT');
    this.writing = false;
  }

  /** After an internal error: nothing of this turn has happened. */
  rollback(): void {
    if (this.db.isTransaction) this.db.exec('ROLLBACK');
    this.writing = false;
  }

  /** Moves everything into the main file and empties the journal: what was deleted is then in neither. */
  checkpoint(): void {
    this.commit();
    const { busy } = this.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {};
    if (busy !== 0) throw new Error('the journal could not be emptied');
  }

  close(): void {
    this.commit();
    this.statements.clear();
    this.db.close();
  }

  /** Drops a table and what was prepared on it. */
  drop(table: string): void {
    for (const text of this.statements.keys()) if (text.includes(` ${table} `)) this.statements.delete(text);
    this.db.exec(`DROP TABLE ${table}`);
  }
}

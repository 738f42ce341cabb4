import type { Catalog } from './catalog.js';
import type { Cursors } from './cursors.js';
import type { Memory } from './memory.js';
import type { Sqlite } from './sqlite.js';
import type { Doc } from './values.js';

/** What commands work on. */
export interface Server {
  readonly sql: Sqlite;
  readonly catalog: Catalog;
  readonly cursors: Cursors;
  readonly memory: Memory;
}

/**
 * A command at work. It pauses (yields) where others may have their turn; between two pauses nothing else happens, and
 * what it changed is not seen by anyone outside before it is committed.
 */
export type Work = Generator<undefined, Doc>;

/** @param db the database that the command is for */
export type Command = (server: Server, command: Doc, db: string) => Work;

import type { COMMANDS, CommandName, Given } from './allow-list.js';
import type { Doc } from './bson.js';
import type { Catalog } from './catalog.js';
import type { Cursors } from './cursors.js';
import type { Sqlite } from './sqlite.js';

/** What commands work on. */
export interface Server {
  readonly sql: Sqlite;
  readonly catalog: Catalog;
  readonly cursors: Cursors;
}

/**
 * A command at work. It pauses (yields) where others may have their turn; between two pauses nothing else happens, and
 * what it changed is not seen by anyone outside before it is committed.
 */
export type Work = Generator<undefined, Doc>;

export type GivenTo<N extends CommandName> = Given<(typeof COMMANDS)[N]>;

/** @param db the database that the command is for */
export type Command<N extends CommandName> = (server: Server, given: GivenTo<N>, db: string) => Work;

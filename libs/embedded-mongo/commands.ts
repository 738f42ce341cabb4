import * as collections from './collections.js';
import type { Command, Server, Work } from './command.js';
import { fail, refuse } from './errors.js';
import { explain } from './explain.js';
import * as reads from './reads.js';
import * as server from './server-commands.js';
import type { Doc } from './values.js';
import * as writes from './writes.js';

/** Every command there is. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    hello: server.hello,
    isMaster: server.hello,
    ismaster: server.hello,
    ping: server.ping,
    buildInfo: server.buildInfo,
    buildinfo: server.buildInfo,
    endSessions: server.endSessions,
    fsync: server.fsync,
    insert: writes.insert,
    update: writes.update,
    delete: writes.remove,
    findAndModify: writes.findAndModify,
    findandmodify: writes.findAndModify,
    find: reads.find,
    aggregate: reads.aggregate,
    count: reads.count,
    getMore: reads.getMore,
    killCursors: reads.killCursors,
    explain,
    create: collections.create,
    drop: collections.drop,
    dropDatabase: collections.dropDatabase,
    listCollections: collections.listCollections,
    listDatabases: collections.listDatabases,
    listIndexes: collections.listIndexes,
    createIndexes: collections.createIndexes,
    dropIndexes: collections.dropIndexes,
    deleteIndexes: collections.dropIndexes,
  }),
);

export function start(on: Server, command: Doc): Work {
  const name = command.firstName ?? '';
  const run = COMMANDS.get(name);
  if (!run) refuse(59, `no such command: '${name}'`);
  const db = command.get('$db');
  if (typeof db !== 'string') fail(40571, 'OP_MSG requests require a $db argument');
  const collection = command.get(name);
  if (typeof collection === 'string' && (collection === '' || collection.includes('\0')))
    fail(73, `Invalid namespace specified '${db}.${collection}'`);
  return run(on, command, db);
}

import { COMMANDS, type CommandName, readCommand } from './allow-list.js';
import { type Doc, docOf, firstName, Int32, Opaque, Type } from './bson.js';
import { MOST_BYTES } from './collection.js';
import * as collections from './collections.js';
import type { Command, Server, Work } from './command.js';
import { fail, refuse } from './errors.js';
import { MOST_BYTES_OF_MESSAGE } from './memory.js';
import * as reads from './reads.js';
import { MOST_STATEMENTS } from './wire.js';
import * as writes from './writes.js';

/* eslint-disable require-yield -- those that are here are done at once */

const ok = function* (): Work {
  return docOf({ ok: 1 });
};

const buildInfo: Command<'buildInfo'> = function* () {
  const versionArray = [8, 0, 0, 0].map((part) => new Int32(part));
  return docOf({ version: '8.0.0', versionArray, modules: ['embedded store of Come Together'], ok: 1 });
};

/** Everything into the main file, and nothing of what was deleted left in the journal. */
const fsync: Command<'fsync'> = function* ({ sql }) {
  sql.checkpoint();
  return docOf({ numFiles: new Int32(1), ok: 1 });
};

const server = { ping: ok, endSessions: ok, buildInfo, fsync };
const RUN: { readonly [N in CommandName]: Command<N> } = { ...server, ...collections, ...reads, ...writes };

/** Of MongoDB 8.0: what drivers may send. */
const WIRE_VERSION = new Int32(25);

/** Drivers tell much about themselves here, none of which changes the answer. */
/** With the time, by which processes whose clocks are wrong judge what is due. */
function hello(): Doc {
  const localTime = Buffer.alloc(8);
  localTime.writeBigInt64LE(BigInt(Date.now()));
  return docOf({
    isWritablePrimary: true,
    helloOk: true,
    maxBsonObjectSize: new Int32(MOST_BYTES),
    maxMessageSizeBytes: new Int32(MOST_BYTES_OF_MESSAGE),
    maxWriteBatchSize: new Int32(MOST_STATEMENTS),
    localTime: new Opaque(Type.date, localTime),
    logicalSessionTimeoutMinutes: new Int32(30),
    minWireVersion: new Int32(0),
    maxWireVersion: WIRE_VERSION,
    ok: 1,
  });
}

/** @param read gives the command, or throws what is wrong with it */
export function* start(on: Server, read: () => Doc): Work {
  const command = read();
  const name = firstName(command);
  if (/^(hello|ismaster)$/i.test(name)) return hello();
  if (!Object.hasOwn(COMMANDS, name)) refuse(59, `no such command: '${name}'`);
  const db = command.get('$db');
  if (typeof db !== 'string') fail(40571, 'OP_MSG requests require a $db argument');
  const collection = command.get(name);
  if (collection === '' || (typeof collection === 'string' && collection.includes('\0')))
    fail(73, `Invalid namespace specified '${db}.${collection}'`);
  const run = RUN[name as CommandName] as Command<CommandName>;
  return yield* run(on, readCommand(name as CommandName, command), db);
}

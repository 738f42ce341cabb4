import type { Command } from './command.js';
import { MOST_BYTES } from './checking.js';
import { Fields } from './fields.js';
import { dateOf, Int32 } from './scalars.js';
import { Doc, List } from './values.js';
import { MOST_BYTES_OF_MESSAGE } from './wire.js';

/* eslint-disable require-yield -- they are done at once */

/** MongoDB 8.0's wire version: what drivers may send. */
const WIRE_VERSION = new Int32(25);
const VERSION = '8.0.0';

/** Drivers tell much about themselves here, none of which changes the answer. */
export const hello: Command = function* (_, command) {
  return Doc.from({
    [command.firstName === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    helloOk: true,
    maxBsonObjectSize: new Int32(MOST_BYTES),
    maxMessageSizeBytes: new Int32(MOST_BYTES_OF_MESSAGE),
    maxWriteBatchSize: new Int32(100_000),
    localTime: dateOf(Date.now()),
    logicalSessionTimeoutMinutes: new Int32(30),
    minWireVersion: new Int32(0),
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  });
};

export const ping: Command = function* (_, command) {
  Fields.ofCommand(command, []);
  return Doc.from({ ok: 1 });
};

export const buildInfo: Command = function* (_, command) {
  Fields.ofCommand(command, []);
  return Doc.from({
    version: VERSION,
    versionArray: List.of([8, 0, 0, 0].map((part) => new Int32(part))),
    gitVersion: 'embedded',
    modules: List.of(['embedded store of Come Together']),
    bits: new Int32(64),
    maxBsonObjectSize: new Int32(MOST_BYTES),
    ok: 1,
  });
};

export const endSessions: Command = function* (_, command) {
  Fields.ofCommand(command, []);
  return Doc.from({ ok: 1 });
};

/** Everything into the main file, and nothing of what was deleted left in the journal. */
export const fsync: Command = function* ({ sql }, command) {
  Fields.ofCommand(command, []);
  sql.checkpoint();
  return Doc.from({ numFiles: new Int32(1), ok: 1 });
};

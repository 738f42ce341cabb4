import { createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Catalog } from './catalog.js';
import { serve } from './connection.js';
import { Cursors } from './cursors.js';
import { Scheduler } from './scheduler.js';
import { Sqlite } from './sqlite.js';

const USAGE = 'usage: main.js (--socket PATH | --port NUMBER) --data FOLDER [--parent PID]';
/** What drivers are told in the address: a write is not sent again by itself. */
const OPTIONS = '?directConnection=true&retryWrites=false';

function giveUp(reason: string): never {
  console.error(reason);
  process.exit(1);
}

/** @returns what an action returns; a reason not to start is for the person at the keyboard */
function orGiveUp<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    return giveUp(error instanceof Error ? error.message : String(error));
  }
}

const text = { type: 'string' } as const;
const { values } = orGiveUp(() => parseArgs({ options: { socket: text, port: text, data: text, parent: text } }));
const { socket: path, port, data, parent } = values;
if (!data || (path === undefined) === (port === undefined)) giveUp(USAGE);

const sql = orGiveUp(() => new Sqlite(data));
const catalog = orGiveUp(() => new Catalog(sql));
const cursors = new Cursors();
const scheduler = new Scheduler({ sql, catalog, cursors }, console.error);
const sockets = new Set<Socket>();

// Of a message that waits for its turn little is read ahead.
const listener = createServer({ noDelay: true, highWaterMark: 16 * 1024 }, (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  serve(socket, scheduler).catch(console.error);
});
listener.on('error', (error) => giveUp(`Cannot listen on ${path ?? `port ${port ?? ''}`}: ${error.message}`));
listener.listen(path === undefined ? { port: Number(port), host: '127.0.0.1' } : { path }, () => {
  const address = listener.address();
  const host = typeof address === 'string' ? encodeURIComponent(address) : `127.0.0.1:${String(address?.port)}`;
  console.log(`listening mongodb://${host}/${OPTIONS}`);
});

/** What was acknowledged is on the disk already. */
function end(): void {
  listener.close();
  for (const socket of sockets) socket.destroy();
  sql.close();
  process.exit(0);
}

process.on('SIGTERM', end).on('SIGINT', end);
setInterval(cursors.closeIdle.bind(cursors), 30_000).unref();
/** Whoever is left by their parent has another one from then on. */
if (parent !== undefined)
  setInterval(() => {
    if (process.ppid !== Number(parent)) end();
  }, 500).unref();

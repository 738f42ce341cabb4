import { createServer, type ListenOptions, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Catalog } from './catalog.js';
import type { Server } from './command.js';
import { serve } from './connection.js';
import { Cursors } from './cursors.js';
import { Memory } from './memory.js';
import { Scheduler } from './scheduler.js';
import { CannotOpen, Sqlite } from './sqlite.js';

/** What drivers are told in the address: a write is not sent again by itself. */
const OPTIONS = '?directConnection=true&retryWrites=false';
const USAGE = 'usage: main.js (--socket PATH | --port NUMBER) --data FOLDER [--parent PID]';

function readArguments(): { listen: ListenOptions; data: string; parent: number | undefined } {
  try {
    const { socket, port, data, parent } = parseArgs({
      options: {
        socket: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        parent: { type: 'string' },
      },
    }).values;
    const isNumber = (text: string | undefined): boolean => text === undefined || /^\d{1,10}$/.test(text);
    if ((socket === undefined) !== (port === undefined) && data && isNumber(port) && isNumber(parent)) {
      const listen = socket === undefined ? { port: Number(port), host: '127.0.0.1' } : { path: socket };
      return { listen, data, parent: parent === undefined ? undefined : Number(parent) };
    }
  } catch {
    // What is wrong with them the usage tells.
  }
  return giveUp(USAGE);
}

function giveUp(reason: string): never {
  console.error(reason);
  process.exit(1);
}

function open(folder: string): { sql: Sqlite; catalog: Catalog } {
  try {
    const sql = new Sqlite(folder);
    return { sql, catalog: new Catalog(sql) };
  } catch (error) {
    return giveUp(error instanceof CannotOpen ? error.message : `The store cannot start: ${String(error)}`);
  }
}

const { listen, data, parent } = readArguments();
const { sql, catalog } = open(data);
const memory = new Memory();
const server: Server = { sql, catalog, cursors: new Cursors(memory), memory };
const scheduler = new Scheduler(server, (error) => {
  console.error(error);
});
const sockets = new Set<Socket>();

const listener = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  serve(socket, server, scheduler).catch((error: unknown) => {
    console.error(error);
  });
});
listener.on('error', (error: NodeJS.ErrnoException) => {
  giveUp(`Cannot listen on ${listen.path ?? `port ${String(listen.port)}`}: ${error.code ?? error.message}`);
});
listener.listen(listen, () => {
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
setInterval(() => {
  server.cursors.closeIdle();
}, 30_000).unref();
if (parent !== undefined)
  setInterval(() => {
    if (!isAlive(parent)) end();
  }, 500).unref();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

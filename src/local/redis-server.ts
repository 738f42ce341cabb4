import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import type { Program } from './processes.js';

/** A Redis of our own on a unix socket: what it holds survives a restart (a second may be lost), and is never evicted. */
export function redisProgram(projectRoot: string, socket: string, dataDir: string): Program | undefined {
  const found = findRedis(projectRoot);
  if (found === undefined) return undefined;
  return {
    name: 'redis',
    mark: 'redis-server',
    command: found.command,
    env: { ...process.env, ...found.env },
    beforeStart: () => {
      rmSync(socket, { force: true });
    },
    args: [
      ...['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', dataDir],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--maxmemory-policy', 'noeviction'],
      ...['--hz', '100', '--daemonize', 'no', '--logfile', '', '--set-proc-title', 'no'],
    ],
  };
}

/** From PATH, or what the set-up has taken out of the system's packages. */
function findRedis(projectRoot: string): { command: string; env: NodeJS.ProcessEnv } | undefined {
  const installed = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path));
  if (installed !== undefined) return { command: installed, env: {} };
  const unpacked = join(projectRoot, '.cache', 'redis');
  const command = join(unpacked, 'usr', 'bin', 'redis-server');
  if (!existsSync(command)) return undefined;
  const libraries = ['usr/lib', 'lib'].flatMap((folder) => {
    const path = join(unpacked, folder);
    return existsSync(path) ? [path, ...readdirSync(path).map((name) => join(path, name))] : [];
  });
  return { command, env: { LD_LIBRARY_PATH: libraries.filter((path) => path.includes('-linux-')).join(':') } };
}

/** Whether Redis answers on the socket and has read its data. */
export function redisAnswers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    const end = (answers: boolean): void => {
      connection.destroy();
      resolve(answers);
    };
    connection.setTimeout(1_000, () => {
      end(false);
    });
    connection.on('error', () => {
      end(false);
    });
    connection.on('data', (data) => {
      end(data.toString().startsWith('+PONG'));
    });
    connection.write('PING\r\n');
  });
}

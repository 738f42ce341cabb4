import { rmSync } from 'node:fs';
import type { Program } from './processes.js';

export const DATABASE_NAME = 'come-together';

/**
 * The embedded MongoDB as a program. `onUri` hears its address (with our database's name) each time it listens; on the
 * same socket it is the same address.
 * @param run Node's arguments up to and including the store's main file
 */
export function storeProgram(
  run: readonly string[],
  socket: string,
  dataDir: string,
  onUri: (uri: string) => void,
): Program {
  return {
    name: 'store',
    mark: 'embedded-mongo',
    command: process.execPath,
    args: ['--no-warnings', ...run, '--socket', socket, '--data', dataDir, '--parent', String(process.pid)],
    // Large buffers go back to the system at once: glibc, left alone, begins to keep them after the first.
    env: { MALLOC_MMAP_THRESHOLD_: '131072', ...process.env },
    beforeStart: () => {
      rmSync(socket, { force: true });
    },
    onLine: (line) => {
      const address = /^listening (mongodb:\S+)/.exec(line)?.[1];
      if (address !== undefined) onUri(withDatabase(address, DATABASE_NAME));
    },
  };
}

/** `mongodb://host[/][?options]` with the name of a database in its place. */
export const withDatabase = (uri: string, name: string): string =>
  uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${name}`);

import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { socketFolder, takeFolder } from './folder.js';
import { endOrphans } from './orphans.js';
import { KeptProcess } from './processes.js';
import { storeProgram } from './store-server.js';
import { StartFailure } from './supervisor.js';

const PATIENCE = 30_000;

/** What is to be undone at the end, the latest first. */
export type Ends = (() => Promise<void> | void)[];

/**
 * Starts the embedded store on a data folder that nobody uses, for a program that needs the database alone. Gives its
 * address; `ends` is filled with how to let go of it. Throws a StartFailure whose message says what to do.
 */
export async function openStoreAlone(dataDir: string, ends: Ends): Promise<string> {
  const shown = relative(process.cwd(), dataDir) || dataDir;
  if (!existsSync(join(dataDir, 'store')))
    throw new StartFailure(`There is no database in ${shown}. Name its folder: --data DIR`);
  const lock = takeFolder(dataDir);
  if (lock === undefined)
    throw new StartFailure(`\`npm start\` is running on ${shown}. Stop it (Ctrl-C), then run this again.`);
  ends.push(() => {
    lock.close();
  });
  await endOrphans(dataDir);
  const sockets = socketFolder();
  ends.push(() => {
    rmSync(sockets, { recursive: true, force: true });
  });
  // Beside this file lie the compiled sources, or in a clone the sources themselves, which the same loader reads.
  const main = join(import.meta.dirname, '..', '..', 'libs', 'embedded-mongo', `main${import.meta.filename.slice(-3)}`);
  let address: string | undefined;
  const program = storeProgram(
    [...process.execArgv, main],
    join(sockets, 'store.sock'),
    join(dataDir, 'store'),
    (uri) => {
      address = uri;
    },
  );
  const store = new KeptProcess(program, join(dataDir, 'log', 'store-alone.log'), () => undefined);
  ends.push(() => store.stop(5_000));
  store.start();
  const last = Date.now() + PATIENCE;
  while (address === undefined) {
    if (store.recentDeaths > 0 || Date.now() > last)
      throw new StartFailure(
        `The store on ${shown} does not start; its log says why: ${relative(process.cwd(), store.logPath)}`,
      );
    await sleep(50);
  }
  return address;
}

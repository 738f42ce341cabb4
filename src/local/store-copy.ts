/**
 * `npm run store:copy`: copies the database of one machine into a real MongoDB, named by --to or, as a password in a
 * command line is shown to everybody on the machine, by MONGODB_URI. The source is the data folder (the embedded store is
 * started on it for that time) or any MongoDB named by --from.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CopyFailure, copyDatabase } from '../../libs/database/copying.js';
import { type Ends, openStoreAlone } from './store-alone.js';
import { DATABASE_NAME, withDatabase } from './store-server.js';
import { StartFailure } from './supervisor.js';

const USAGE =
  'Usage: npm run store:copy -- [--data DIR | --from mongodb://…], with MONGODB_URI or --to mongodb://… naming the target';
const ends: Ends = [];

let ending: Promise<void> | undefined;
const end = (code: number): Promise<void> =>
  (ending ??= (async () => {
    for (const step of ends.toReversed()) await step();
    process.exit(code);
  })());

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(1));

try {
  await run();
  await end(0);
} catch (error) {
  if (ending === undefined) process.stderr.write(`${explain(error)}\n`);
  await end(1);
}

async function run(): Promise<void> {
  const { to, from, data } = readArguments();
  if (from === to) throw new StartFailure('The target and --from name the same database.');
  let told = 0;
  const copied = await copyDatabase(
    from ?? (await openStoreAlone(resolve(data), ends)),
    to,
    (collection, done, all) => {
      // A line per collection at least, and no more than one a second.
      if (done !== 0 && done !== all && Date.now() - told < 1_000) return;
      told = Date.now();
      process.stdout.write(`${collection}: ${String(done)} of ${String(all)}\n`);
    },
  );
  for (const { collection, documents, indexes, checksum } of copied)
    process.stdout.write(
      `${collection}: ${String(documents)} documents and ${String(indexes)} indexes agree (sha256 ${checksum.slice(0, 16)}…)\n`,
    );
  process.stdout.write(`All is there. Start with MONGODB_URI set to it from now on.\n`);
}

function readArguments(): { to: string; from: string | undefined; data: string } {
  let values: { to?: string; from?: string; data?: string };
  try {
    const string = { type: 'string' } as const;
    values = parseArgs({ options: { to: string, from: string, data: string } }).values;
  } catch (error) {
    throw new StartFailure(`${error instanceof Error ? error.message : ''}\n${USAGE}`);
  }
  const { from, data } = values;
  const to = values.to ?? (process.env['MONGODB_URI'] || undefined);
  if (to === undefined) throw new StartFailure(`There is no target: set MONGODB_URI.\n${USAGE}`);
  if (from !== undefined && data !== undefined) throw new StartFailure(`Either --from or --data, not both.\n${USAGE}`);
  return { to: inOurs(to), from: from && inOurs(from), data: data ?? process.env['DATA_DIR'] ?? './data' };
}

/** A URI that names no database means ours. */
function inOurs(uri: string): string {
  return /^mongodb(\+srv)?:\/\/[^/?]+\/[^?]/.test(uri) ? uri : withDatabase(uri, DATABASE_NAME);
}

function explain(error: unknown): string {
  if (error instanceof StartFailure || error instanceof CopyFailure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

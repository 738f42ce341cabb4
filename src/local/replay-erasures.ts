/**
 * `npm run replay-erasures -- FILE…`: erases again, in a database restored from a backup, whatever was erased after the
 * backup was made. FILE is an `erased.log`. Run it before the worker starts, so that none of them gets a mail. Without
 * MONGODB_URI it opens the embedded store of DATA_DIR for as long as it takes; nothing else may be using it.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSettings } from '../config.js';
import { replayErasures } from '../replay-erasures.js';
import { StartRefused } from '../starting.js';
import { secretKeyFor } from './folder.js';
import { type Ends, openStoreAlone } from './store-alone.js';
import { StartFailure } from './supervisor.js';

const ends: Ends = [];
const end = async (code: number): Promise<never> => {
  for (const step of ends.toReversed()) await step();
  process.exit(code);
};

try {
  const files = process.argv.slice(2);
  if (files.length === 0) throw new StartFailure('Name one or more files: npm run replay-erasures -- data/erased.log');
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new StartFailure(`There is no such file: ${missing.join(', ')}`);
  const outcome = readSettings(process.env['MONGODB_URI'] ? process.env : await ofFolder());
  if (!outcome.ok) throw new StartFailure(outcome.problems.join('\n'));
  const { read, erased } = await replayErasures(outcome.settings, files);
  process.stdout.write(
    `Erasures in the log: ${String(read)}. Come back with the backup, and erased now: ${String(erased)}.\n`,
  );
  await end(0);
} catch (error) {
  process.stderr.write(
    `${error instanceof StartFailure || error instanceof StartRefused ? error.message : String(error)}\n`,
  );
  await end(1);
}

/** What a local start would bring with it; by these nobody is called. */
async function ofFolder(): Promise<NodeJS.ProcessEnv> {
  const data = resolve(process.env['DATA_DIR'] ?? './data');
  const uri = await openStoreAlone(data, ends);
  const { SECRET_KEY: given, SECRET_KEY_PREVIOUS: previous } = process.env;
  const secretKey = secretKeyFor(data, { given: given || undefined, previous, keepsData: true });
  return {
    REDIS_URL: join(data, 'run', 'no-redis'),
    SMTP_URL: 'smtp://127.0.0.1:1',
    ...process.env,
    SECRET_KEY: secretKey,
    NODE_ENV: 'development',
    DATA_DIR: data,
    MONGODB_URI: uri,
  };
}

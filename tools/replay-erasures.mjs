/**
 * `npm run replay-erasures -- FILE…`: see src/replay-erasures.ts. Without MONGODB_URI it opens the embedded store of
 * DATA_DIR for as long as it takes; nothing else may be using it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';

const root = join(import.meta.dirname, '..');
const typescript = ['--no-warnings', '--import', join(root, 'tools', 'typescript.mjs')];
const replay = (env) =>
  ended(
    spawn(process.execPath, [...typescript, join(root, 'src', 'replay-erasures.ts'), ...process.argv.slice(2)], {
      env: { ...process.env, ...env },
      stdio: 'inherit',
    }),
  );

process.exit(process.env.MONGODB_URI ? await replay({}) : await replayHere());

async function replayHere() {
  const data = resolve(process.env.DATA_DIR || './data');
  if (!existsSync(join(data, 'store'))) return complain(`DATA_DIR: there is no data in ${data}`);
  const lock = new DatabaseSync(join(data, 'run', 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    return complain(`A start is using ${data}. End it first.`);
  }
  const folder = mkdtempSync(join(tmpdir().length > 60 ? '/tmp' : tmpdir(), 'ct-replay-'));
  const store = spawn(
    process.execPath,
    [
      ...[...typescript, join(root, 'libs', 'embedded-mongo', 'main.ts'), '--parent', String(process.pid)],
      ...['--socket', join(folder, 'store.sock'), '--data', join(data, 'store')],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const uri = await listening(store);
    if (uri === undefined) return complain('The store of this folder does not start.');
    return await replay({
      // What the local start would bring; here nobody is called by these.
      NODE_ENV: 'development',
      REDIS_URL: process.env.REDIS_URL || join(folder, 'none'),
      SMTP_URL: process.env.SMTP_URL || 'smtp://127.0.0.1:1',
      SECRET_KEY: process.env.SECRET_KEY || readFileSync(join(data, 'secret-key'), 'utf8').trim(),
      DATA_DIR: data,
      MONGODB_URI: uri,
    });
  } finally {
    store.kill('SIGTERM');
    await ended(store);
    rmSync(folder, { recursive: true, force: true });
    lock.close();
  }
}

/** The store's address with our database's name, or undefined when it ended before it listened. */
async function listening(store) {
  for await (const line of createInterface({ input: store.stdout })) {
    const address = /^listening (mongodb:\/\/[^/?\s]+)\/?(\?\S*)?/.exec(line);
    if (address) return `${address[1]}/come-together${address[2] ?? ''}`;
  }
  return undefined;
}

function ended(child) {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode ?? 1);
    child.on('exit', (code) => done(code ?? 1));
  });
}

function complain(message) {
  console.error(message);
  return 1;
}

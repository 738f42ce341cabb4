/**
 * `npm run store -- --port N --data DIR`: the embedded MongoDB alone, on 127.0.0.1. Does the set-up and the build first;
 * says where it listens when it does, and ends when it is told to.
 */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readyOrExit, root } from './setup.mjs';

const { port, data } = readOptions();
const node = await readyOrExit({ redis: false });
const main = join(root, 'dist', 'libs', 'embedded-mongo', 'main.js');
const args = ['--no-warnings', main, '--port', port, '--data', resolve(data), '--parent', String(process.pid)];
// As in store-server.ts: large buffers go back to the system at once.
const env = { MALLOC_MMAP_THRESHOLD_: '131072', ...process.env };
const store = spawn(node, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => store.kill('SIGTERM'));
store.on('error', (error) => {
  console.error(`Node 26 could not be started: ${error.message}`);
  process.exit(1);
});
store.on('exit', (code) => process.exit(code ?? 1));

function readOptions() {
  const usage = 'usage: npm run store -- --port NUMBER --data FOLDER';
  try {
    const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } });
    if (/^\d{1,5}$/.test(values.port ?? '') && Number(values.port) < 65536 && values.data) return values;
  } catch (error) {
    console.error(error.message);
  }
  console.error(usage);
  process.exit(2);
}

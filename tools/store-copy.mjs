/**
 * `npm run store:copy -- --to URI [--from URI | --data DIR]`: set-up, then the copy (src/local/store-copy.ts) on Node 26.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readyOrExit, root } from './setup.mjs';

const node = await readyOrExit({ redis: false });
const program = join(root, 'dist', 'src', 'local', 'store-copy.js');
const child = spawn(node, ['--no-warnings', program, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`Node 26 could not be started: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));

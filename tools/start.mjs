/**
 * `npm start`: set-up, then the supervisor (src/local.ts) on Node 26. Ends when it is told to, when the supervisor ends,
 * and when the npm that started it is gone; the supervisor ends with it, and everything else with the supervisor.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readyOrExit, root } from './setup.mjs';

const patience = 9_500;
const npm = process.ppid;
const node = await readyOrExit({ redis: !process.env.REDIS_URL });
const local = spawn(node, ['--no-warnings', join(root, 'dist', 'src', 'local.js')], {
  cwd: root,
  // A channel between the two: when one end is gone, the other notices, however it went.
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});

const end = () => {
  local.kill('SIGTERM');
  setTimeout(() => local.kill('SIGKILL'), patience).unref();
};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
// npm that is killed outright passes nothing on, so that only its absence tells.
if (process.env.npm_lifecycle_event === 'start') setInterval(() => process.ppid !== npm && end(), 500).unref();

local.on('error', (error) => {
  console.error(`Node 26 could not be started: ${error.message}`);
  process.exit(1);
});
local.on('exit', (code) => process.exit(code ?? 1));

/**
 * Before all tests: opens a socket on which a test file asks for the shared Redis or store. Each is started when the
 * first one asks, so that a run of pure specs starts nothing. Called once per Jest project; they share the parts.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..', '..');

export default async function openParts() {
  if (globalThis.testParts) return;
  const folder = mkdtempSync(join(tmpdir().length > 60 ? '/tmp' : tmpdir(), 'ct-tests-'));
  const path = join(folder, 'parts.sock');
  let host;
  const ready = {};
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('error', () => undefined);
    connection.once('data', (data) => {
      const name = data.toString().trim();
      host ??= startHost();
      ready[name] ??= host.start(name);
      ready[name].then(
        (url) => connection.end(`ready ${url}`),
        (error) => connection.end(error.message),
      );
    });
  });
  await new Promise((resolve) => server.listen(path, resolve));
  process.env.TEST_PARTS = path;
  globalThis.testParts = { server, folder, end: () => host?.end() };
}

/** The parts are started by TypeScript of the product, which this process cannot load: so a process of its own does. */
function startHost() {
  const args = [
    '--no-warnings',
    '--import',
    join(root, 'tools', 'typescript.mjs'),
    join(root, 'test', 'support', 'parts-host.ts'),
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map();
  const ended = new Promise((resolve) => child.on('exit', resolve));
  createInterface(child.stdout).on('line', (line) => {
    const [name, outcome, ...rest] = line.split(' ');
    const [resolve, reject] = waiting.get(name) ?? [];
    if (outcome === 'ready') resolve?.(rest.join(' '));
    else reject?.(new Error(rest.join(' ')));
  });
  ended.then(() => {
    for (const [, reject] of waiting.values()) reject(new Error('the parts for the tests ended'));
  });
  return {
    start: (name) =>
      new Promise((resolve, reject) => {
        waiting.set(name, [resolve, reject]);
        child.stdin.write(`${name}\n`);
      }),
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}

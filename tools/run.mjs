/**
 * `node tools/run.mjs <what> [arguments]`: what the npm scripts call. Does the set-up that `what` needs, then runs it on
 * Node 26. Set-up says nothing when nothing changed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readyOrExit, root } from './setup.mjs';

const bin = (path) => join(root, 'node_modules', path);
// What is chosen stands last: Jest takes everything after --selectProjects for a project's name.
const jest = (...projects) => [
  (args) => [
    ...['--experimental-vm-modules', '--no-warnings', bin('jest/bin/jest.js'), ...args],
    ...['--selectProjects', ...projects],
  ],
];
const typescript = (file, ...args) => [['--no-warnings', '--import', './tools/typescript.mjs', file, ...args]];
const compiled = (program) => [['--no-warnings', `./dist/src/local/${program}.js`]];
const nothing = { build: false, redis: false };
const built = { build: true, redis: false };
const parts = { build: true, redis: true };

/** For each name: what must be ready, and Node's arguments of the commands to run one after another; the last also takes ours. */
const commands = {
  test: { needs: parts, run: jest('unit', 'system') },
  'test:browser': { needs: parts, before: findChromium, run: jest('browser') },
  'test:crash': { needs: parts, run: jest('crash') },
  'test:imap': { needs: parts, before: findDovecot, run: jest('imap') },
  demo: { needs: parts, run: typescript('test/demo/demo.ts') },
  bench: { needs: parts, run: typescript('bench/web.ts') },
  'bench:store': { needs: parts, run: typescript('bench/store.ts') },
  'bench:calendar': { needs: parts, run: typescript('bench/calendar.ts') },
  'bench:slots': { needs: parts, run: typescript('bench/slots.ts') },
  'replay-erasures': { needs: built, run: compiled('replay-erasures') },
  'store:copy': { needs: built, run: compiled('store-copy') },
  build: { needs: built, run: [] },
  types: { needs: nothing, run: [[bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']] },
  lint: {
    needs: nothing,
    run: [
      [bin('eslint/bin/eslint.js'), '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint', '.'],
      [
        bin('prettier/bin/prettier.cjs'),
        '--check',
        '--log-level',
        'warn',
        '--cache',
        '--cache-location',
        '.cache/prettier',
        '.',
      ],
      [bin('knip/bin/knip.js'), '--no-progress'],
    ],
  },
  format: { needs: nothing, run: [[bin('prettier/bin/prettier.cjs'), '--write', '--log-level', 'warn', '.']] },
};

const [what, ...args] = process.argv.slice(2);
const command = commands[what];
if (!command) {
  console.error(`Unknown: ${what}. Known: ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
const env = command.before ? { ...process.env, ...command.before() } : process.env;
const node = await readyOrExit({ ...command.needs, redis: command.needs.redis && !process.env.REDIS_URL });
let worst = 0;
for (const [index, nodeArgs] of command.run.entries()) {
  const last = index === command.run.length - 1;
  const given = last ? args : [];
  worst = Math.max(worst, await run(node, typeof nodeArgs === 'function' ? nodeArgs(given) : [...nodeArgs, ...given]));
}
process.exit(worst);

/** Runs it in the foreground; its end is ours, and our signals are its. */
function run(path, nodeArgs) {
  const child = spawn(path, nodeArgs, { cwd: root, env, stdio: 'inherit' });
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, pass);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.off(signal, pass);
      resolve(code ?? 1);
    });
  });
}

/** The packages bring the client; the server is the system's, and its parts run as users of their own. */
function findDovecot() {
  const isThere = spawnSync('sh', ['-c', 'command -v dovecot'], { env: withSystemPath() }).status === 0;
  if (isThere && process.getuid?.() === 0) return { PATH: withSystemPath().PATH };
  console.error('This needs Dovecot and root: apt-get install dovecot-imapd, then npm run test:imap as root.');
  process.exit(1);
}

/** Where systems keep servers, which not every shell looks at. */
function withSystemPath() {
  return { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
}

/** CHROMIUM, or what the system calls it. The packages bring the driver but no browser. */
function findChromium() {
  const paths = [
    process.env.CHROMIUM,
    ...['chromium', 'chromium-browser', 'google-chrome'].map(
      (name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim() || undefined,
    ),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const found = paths.find((path) => path && existsSync(path));
  if (found) return { CHROMIUM: found };
  console.error(
    'There is no Chromium here. Install it (apt-get install chromium), or name it: CHROMIUM=/path npm run test:browser',
  );
  process.exit(1);
}

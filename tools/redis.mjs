/**
 * Brings a redis-server without installing one: from PATH where it is, else taken out of the system's own packages into
 * `.cache/redis`, with private list and cache folders, so that it works without root and leaves the system as it was.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const binary = join('usr', 'bin', 'redis-server');

/** Whether Redis needs no set-up: it is elsewhere (REDIS_URL), on this machine, or unpacked already. */
export const redisReady = (cache) =>
  Boolean(process.env.REDIS_URL) || isInPath('redis-server') || existsSync(join(cache, 'redis', binary));

const isInPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)));

/** Downloads and unpacks redis-server and the libraries it lacks here. Throws an Error that says what to do instead. */
export async function unpackRedis(cache, log) {
  const instead = 'install redis-server, or set REDIS_URL';
  if (!isInPath('apt-get') || !isInPath('dpkg-deb'))
    throw new Error(`there is no redis-server and no apt-get here: ${instead}`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'redis-'));
  try {
    const apt = privateApt(work);
    // A list that cannot be had (a vendor's, say) does not matter as long as redis-server is found in another.
    await output(log, 'apt-get', [...apt, 'update']).catch(() => undefined);
    const plan = await output(log, 'apt-get', [
      ...apt,
      'install',
      '--simulate',
      '--no-install-recommends',
      'redis-server',
    ]);
    const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
    const downloads = join(work, 'downloads');
    mkdirSync(downloads);
    await output(log, 'apt-get', [...apt, 'download', ...names], downloads);
    const unpacked = join(work, 'unpacked');
    for (const file of readdirSync(downloads)) await output(log, 'dpkg-deb', ['-x', join(downloads, file), unpacked]);
    if (!existsSync(join(unpacked, binary))) throw new Error('the packages hold no redis-server');
    rmSync(join(cache, 'redis'), { recursive: true, force: true });
    renameSync(unpacked, join(cache, 'redis'));
  } catch (error) {
    throw new Error(`${error.message}: ${instead}`, { cause: error });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function privateApt(work) {
  const config = join(work, 'apt.conf');
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(
    config,
    [
      // Hooks of the system (catalogues, cleaning) are not for our private folders, and fail without root.
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '#clear DPkg::Post-Invoke;',
      `Dir::State::lists "${join(work, 'lists')}";`,
      `Dir::Cache "${join(work, 'cache')}";`,
      'APT::Sandbox::User "";',
      'Acquire::Retries "2";',
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
      'Acquire::Languages "none";',
      '',
    ].join('\n'),
  );
  return ['-q', '-c', config];
}

/** What the command printed; its output goes to the log too. */
function output(log, command, args, cwd) {
  log.write(`$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${command} ended with code ${code}`))));
  });
}

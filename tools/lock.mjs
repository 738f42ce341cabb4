import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process holds the lock folder `path`. The lock of a process that is gone is taken over.
 *
 * A folder that holds a file can be moved only to where no such folder is. So taking the lock is one move, and so is
 * clearing a dead one away, to a name made of its holder: of two that find it dead, the second cannot move the lock
 * that the first has taken since.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function locked(path, work) {
  const holder = `${process.pid}.${randomUUID()}`;
  const own = `${path}.${holder}`;
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(own);
  writeFileSync(join(own, 'holder'), holder);
  let told = false;
  while (!moved(own, path)) {
    const other = holderOf(path);
    if (other !== undefined && (isOld(path) || !isAlive(Number(other.split('.')[0]))))
      moved(path, `${path}.dead.${other}`);
    else {
      if (!told && other !== undefined)
        console.log(`Waiting for another set-up in this folder (process ${other.split('.')[0]}) …`);
      told = true;
      await sleep(200);
    }
  }
  try {
    return await work();
  } finally {
    moved(path, own);
    rmSync(own, { recursive: true, force: true });
  }
}

function moved(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code)) return false;
    throw error;
  }
}

function holderOf(path) {
  try {
    return readFileSync(join(path, 'holder'), 'utf8');
  } catch {
    return undefined;
  }
}

/** No set-up takes an hour: the process id then belongs to somebody else. */
function isOld(path) {
  try {
    return Date.now() - statSync(path).mtimeMs > 3_600_000;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

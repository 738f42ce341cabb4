import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FOLDER_PREFIX } from './orphans.js';

/**
 * Takes the data folder for this process. The lock is SQLite's, on a file of its own: the system lets go of it when the
 * process ends, however it ends. Returns undefined when another start holds it.
 */
export function takeFolder(dataDir: string): DatabaseSync | undefined {
  for (const folder of ['run', 'log', 'redis', 'store'])
    mkdirSync(join(dataDir, folder), { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(dataDir, 'run', 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch {
    lock.close();
    return undefined;
  }
}

/** A private folder for sockets. Their paths may not be longer than 107 bytes, which a long temp folder would exceed. */
export function socketFolder(): string {
  const base = tmpdir().length > 60 ? '/tmp' : tmpdir();
  return mkdtempSync(join(base, FOLDER_PREFIX));
}

/** The key that encrypts addresses: made once and kept beside the data, readable by its owner only. */
export function keptSecretKey(dataDir: string): string {
  const path = join(dataDir, 'secret-key');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Renamed into place, so that a start that is killed here leaves no half a key.
    writeFileSync(`${path}.new`, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return readFileSync(path, 'utf8').trim();
  }
}

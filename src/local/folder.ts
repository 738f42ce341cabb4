import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../data-folder.js';
import { FOLDER_PREFIX } from './orphans.js';
import { StartFailure } from './supervisor.js';

/**
 * Takes the data folder for this process. The lock is SQLite's, on a file of its own: the system lets go of it when the
 * process ends, however it ends. Returns undefined when another start holds it.
 */
export function takeFolder(dataDir: string): DatabaseSync | undefined {
  for (const folder of ['run', 'log', 'redis', 'store']) makeFolder(join(dataDir, folder));
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

/**
 * The key that encrypts addresses: that of the environment, or one that is made once and kept beside the data, readable by
 * its owner only. Throws where what is there was written by another: under a new key no address could be read any more, no
 * link would work, and nothing would say why.
 * @param keepsData whether the store of this folder is used, rather than a database elsewhere
 */
export function secretKeyFor(
  dataDir: string,
  { given, previous, keepsData }: { given?: string | undefined; previous?: string | undefined; keepsData: boolean },
): string {
  const path = join(dataDir, 'secret-key');
  const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  const isWritten = keepsData && existsSync(join(dataDir, 'log', 'web.log'));
  if (given !== undefined) {
    if (isWritten && kept !== undefined && kept !== given && kept !== previous)
      throw new StartFailure(
        `SECRET_KEY: is another than ${path}, by which the data there was written. ` +
          'Leave it out, name that one as SECRET_KEY_PREVIOUS, or delete the file if no address is under it any more.',
      );
    return given;
  }
  if (kept !== undefined) return kept;
  if (isWritten)
    throw new StartFailure(
      `SECRET_KEY: is not set, and ${path} is gone. Without it no address can be read: bring it back.`,
    );
  // Renamed into place, so that a start that is killed here leaves no half a key.
  writeFileSync(`${path}.new`, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return readFileSync(path, 'utf8').trim();
}

import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartRefused } from './starting.js';

/**
 * Makes a folder, and those above it that are missing, readable by their owner only. Throws the system's error. Node's own
 * way (`recursive`) never comes back where a folder that is there takes none, as /proc does.
 */
export function makeFolder(path: string): void {
  if (isThere(path)) return;
  makeFolder(dirname(path));
  // Another process may have been faster.
  if (!isThere(path)) throw new Error(`ENOENT: no such file or directory, mkdir '${path}'`);
}

/** Makes one folder; whether it is there now. Where nothing is above it, it is not. */
function isThere(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return true;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    return false;
  }
}

/** Makes DATA_DIR where it is missing. Throws StartRefused where no file can be written: an erasure could not be noted. */
export function expectDataFolder(path: string): void {
  try {
    makeFolder(path);
    accessSync(`${path}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartRefused(`DATA_DIR: ${path} cannot be used: ${String(error).replace(/^Error: /, '')}`);
  }
}

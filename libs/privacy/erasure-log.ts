import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Id, isId } from './ids.js';

/**
 * The random ids of what was erased, in a file outside the database: replayed after a backup is restored, so that what
 * was erased stays so. The one thing that is left of a contact.
 */
export class ErasureLog {
  readonly file: string;

  constructor(dataDir: string) {
    this.file = join(dataDir, 'erased.log');
  }

  /** Appends and waits until the disk has it. Several processes may write at once (O_APPEND). */
  async append(...ids: readonly Id[]): Promise<void> {
    if (ids.length === 0) return;
    await mkdir(dirname(this.file), { recursive: true });
    const file = await open(this.file, 'a', 0o600);
    try {
      // A line break in front too: a line torn by a power cut must not swallow this one.
      await file.appendFile(`\n${ids.join('\n')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(dirname(this.file));
  }

  read(): Promise<readonly Id[]> {
    return readErasures(this.file);
  }
}

/** The ids in one such file, each once; none if there is no file. Lines that are no ids (torn ones) are passed over. */
export async function readErasures(file: string): Promise<readonly Id[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return [...new Set(text.split('\n').filter(isId))];
}

/** A new file is only safe from a power cut once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

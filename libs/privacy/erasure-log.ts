import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Id, isId } from './ids.js';

/** What is left of a contact that was erased. */
export interface Erased {
  readonly id: Id;
  /** Whether a keyed hash stays by which nobody can sign the address up again. */
  readonly keepBlocked: boolean;
}

/** The word behind the id of someone who wished to be blocked. */
const BLOCKED = ' blocked';

/**
 * The random ids of what was erased, in a file outside the database, one a line: replayed after a backup is restored,
 * so that what was erased stays so.
 */
export class ErasureLog {
  readonly file: string;

  constructor(dataDir: string) {
    this.file = join(dataDir, 'erased.log');
  }

  /** Appends and waits until the disk has it. Several processes may write at once (O_APPEND). */
  async append({ id, keepBlocked }: Erased): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const file = await open(this.file, 'a', 0o600);
    try {
      // A line break in front too: a line torn by a power cut must not swallow this one.
      await file.appendFile(`\n${id}${keepBlocked ? BLOCKED : ''}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(dirname(this.file));
  }
}

/** What such files hold, each id once. A file that is not there holds nothing; lines that are no ids (torn ones) are passed over. */
export async function readErasures(...files: readonly string[]): Promise<readonly Erased[]> {
  const blocked = new Map<Id, boolean>();
  for (const line of (await Promise.all(files.map(linesOf))).flat()) {
    const keepBlocked = line.endsWith(BLOCKED);
    const id = keepBlocked ? line.slice(0, -BLOCKED.length) : line;
    if (isId(id)) blocked.set(id, keepBlocked || blocked.get(id) === true);
  }
  return [...blocked].map(([id, keepBlocked]) => ({ id, keepBlocked }));
}

async function linesOf(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n');
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

import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, known by more than its number, which the system gives to another one later. */
export interface Known {
  readonly pid: number;
  readonly startedAt: string;
  readonly mark: string;
}

interface Record {
  readonly folder: string;
  readonly processes: readonly Known[];
}

export const FOLDER_PREFIX = 'come-together-';

/** Notes what runs, so that the next start can end what a killed one left behind. */
export function noteRunning(dataDir: string, folder: string, running: readonly { pid: number; mark: string }[]): void {
  const processes = running.flatMap(({ pid, mark }): Known[] => {
    const startedAt = startOf(pid);
    return startedAt === undefined ? [] : [{ pid, startedAt, mark }];
  });
  const path = join(dataDir, 'run', 'processes.json');
  writeFileSync(`${path}.new`, JSON.stringify({ folder, processes } satisfies Record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function forgetRunning(dataDir: string): void {
  rmSync(join(dataDir, 'run', 'processes.json'), { force: true });
}

/** Ends what a killed start left behind and removes its private folder. Never touches a process that is not ours. */
export async function endOrphans(dataDir: string): Promise<void> {
  const record = readRecord(join(dataDir, 'run', 'processes.json'));
  if (record === undefined) return;
  const orphans = record.processes.filter(isStillThere);
  for (const orphan of orphans) tell(orphan, 'SIGTERM');
  const patience = Date.now() + 6_000;
  while (orphans.some(isStillThere) && Date.now() < patience) await sleep(50);
  for (const orphan of orphans.filter(isStillThere)) tell(orphan, 'SIGKILL');
  while (orphans.some(isStillThere) && Date.now() < patience + 2_000) await sleep(50);
  if (basename(record.folder).startsWith(FOLDER_PREFIX)) rmSync(record.folder, { recursive: true, force: true });
  forgetRunning(dataDir);
}

function readRecord(path: string): Record | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record;
  } catch {
    return undefined;
  }
}

function tell({ pid }: Known, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended just now.
  }
}

const isStillThere = ({ pid, startedAt, mark }: Known): boolean =>
  startOf(pid) === startedAt && commandOf(pid).includes(mark);

/** When the process began, in the system's own words; undefined when it is gone, or dead and not yet collected. */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ask(pid, 'lstart=');
  try {
    const [state, ...fields] = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  if (process.platform !== 'linux') return ask(pid, 'command=') ?? '';
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function ask(pid: number, what: string): string | undefined {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', what], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

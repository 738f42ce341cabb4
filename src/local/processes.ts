import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, copyFileSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What to run, and how to know it again. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Stands in its command line, so that a process id is never mistaken for another program's. */
  readonly mark: string;
  /** Opens a channel: messages reach `onMessage`, and the child notices when this process is gone. */
  readonly onMessage?: (message: unknown) => void;
  /** Lines of its standard output, which goes to the log as well. */
  readonly onLine?: (line: string) => void;
  readonly beforeStart?: () => void;
}

const FIRST_DELAY = 250;
const LONGEST_DELAY = 4_000;
/** A process that ran this long started well: the next delay is the first again. */
const GOOD_START = 20_000;
/** The line of a log that says how a run ended. */
export const END_OF_RUN = /^-- .+ ended with .+\n/m;
const MOST_BYTES_OF_LOG = 20 * 1024 * 1024;

/**
 * A child that is started again whenever it dies, until it is told to stop. It runs in a session of its own, so that
 * Ctrl-C reaches only the supervisor, which ends the children in their order. Its output goes to one file, of which two
 * times 20 MB are kept.
 */
export class KeptProcess {
  private child: ChildProcess | undefined;
  private delay = FIRST_DELAY;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private deaths = 0;
  private readonly changes = new EventEmitter();

  constructor(
    readonly program: Program,
    readonly logPath: string,
    /** Told after every start and end. */
    private readonly changed: () => void,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** How often it died since it started well. */
  get recentDeaths(): number {
    return this.deaths;
  }

  start(): void {
    this.program.beforeStart?.();
    shorten(this.logPath);
    const log = openSync(this.logPath, 'a', 0o600);
    const reads = this.program.onLine !== undefined;
    const [command, ...args] = [...untilParentDies(), this.program.command, ...this.program.args];
    const child = spawn(command ?? this.program.command, args, {
      detached: true,
      env: this.program.env,
      stdio: ['ignore', reads ? 'pipe' : log, log, ...(this.program.onMessage ? (['ipc'] as const) : [])],
    });
    this.child = child;
    const startedAt = Date.now();
    child.on('error', (error) => {
      writeSync(log, `${this.program.name} could not be started: ${error.message}\n`);
      if (child.pid === undefined) this.ended(startedAt, log);
    });
    child.on('exit', (code, signal) => {
      writeSync(log, `-- ${this.program.name} ended with ${signal ?? `code ${String(code)}`}\n`);
      this.ended(startedAt, log);
    });
    if (this.program.onMessage) child.on('message', this.program.onMessage);
    if (reads && child.stdout)
      createInterface(child.stdout).on('line', (line) => {
        if (this.child === child) writeSync(log, `${line}\n`);
        this.program.onLine?.(line);
      });
    this.changed();
  }

  /** Asks it to end, and ends it after `patience` milliseconds. */
  async stop(patience: number): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.child === undefined) return;
    const child = this.child;
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), patience);
    await once(this.changes, 'ended');
    clearTimeout(impatience);
  }

  private ended(startedAt: number, log: number): void {
    this.child = undefined;
    closeSync(log);
    if (Date.now() - startedAt > GOOD_START) [this.delay, this.deaths] = [FIRST_DELAY, 0];
    this.deaths += 1;
    this.changed();
    this.changes.emit('ended');
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.start();
    }, this.delay);
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY);
  }

  /** Called now and then: the child writes to the file by itself, so its size is looked at from outside. */
  trimLog(): void {
    shorten(this.logPath);
  }
}

function shorten(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < MOST_BYTES_OF_LOG) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

let guard: readonly string[] | undefined;

/** Linux ends a program when its parent dies, if asked to; elsewhere the next start ends what was left. */
function untilParentDies(): readonly string[] {
  const command = ['setpriv', '--pdeathsig', 'TERM', '--'];
  guard ??= spawnSync('setpriv', [...command.slice(1), 'true']).status === 0 ? command : [];
  return guard;
}

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { noteRunning } from './orphans.js';
import { END_OF_RUN, KeptProcess, type Program } from './processes.js';

/** A start that cannot go on; the message tells the person at the keyboard what to do, in one line. */
export class StartFailure extends Error {}

const DEATHS_THAT_ARE_TOO_MANY = 3;
/** Characters from the end of a log in which a reason is looked for. */
const MOST_OF_LOG = 2_000;
const LOOK_AT_LOGS_EVERY = 10_000;

/** Runs the parts of the product as processes, notes them for the next start, and ends them in order. */
export class Supervisor {
  private readonly parts: KeptProcess[] = [];
  private readonly trimming = setInterval(() => {
    for (const part of this.parts) part.trimLog();
  }, LOOK_AT_LOGS_EVERY).unref();
  private ending = false;

  constructor(
    private readonly dataDir: string,
    private readonly folder: string,
  ) {}

  start(program: Program): KeptProcess {
    const part = new KeptProcess(program, join(this.dataDir, 'log', `${program.name}.log`), () => {
      this.note();
    });
    this.parts.push(part);
    part.start();
    return part;
  }

  /**
   * Waits until `answers` is true. Throws StartFailure when any part dies again and again, or this is not there in time.
   * @param patience in milliseconds
   */
  async until(part: KeptProcess, answers: () => Promise<boolean> | boolean, patience = 60_000): Promise<void> {
    const last = Date.now() + patience;
    while (!(await answers())) {
      if (this.ending) return;
      const dying = this.parts.find(({ recentDeaths }) => recentDeaths >= DEATHS_THAT_ARE_TOO_MANY);
      if (dying) throw new StartFailure(`The ${dying.program.name} process does not start; ${whyIn(dying)}`);
      if (Date.now() > last)
        throw new StartFailure(`The ${part.program.name} process does not get ready; ${whyIn(part)}`);
      await sleep(50);
    }
  }

  /** Ends the last started first: what serves and works may need database and queues to finish. */
  async stop(): Promise<void> {
    this.ending = true;
    clearInterval(this.trimming);
    const [serving, basic] = [this.parts.filter(isOurs), this.parts.filter((part) => !isOurs(part))];
    await Promise.all(serving.map((part) => part.stop(5_500)));
    await Promise.all(basic.map((part) => part.stop(2_000)));
  }

  private note(): void {
    const running = this.parts.flatMap(({ pid, program }) => (pid === undefined ? [] : [{ pid, mark: program.mark }]));
    noteRunning(this.dataDir, this.folder, running);
  }
}

/** What it said in its last run where that names a setting, as its own look at them does; else where to read on. */
function whyIn({ logPath, recentDeaths }: KeptProcess): string {
  const runs = readFileSync(logPath, 'utf8').slice(-MOST_OF_LOG).split(END_OF_RUN);
  // Of one that has ended, nothing follows: its run is the one before. What never ended has none before it in this start.
  const last = runs.at(-1) === '' && recentDeaths > 0 ? runs.at(-2) : runs.at(-1);
  const said = last?.match(/^[A-Z][A-Z_]+: .+$/gm);
  return said?.at(-1) ?? `its log says why: ${relative(process.cwd(), logPath)}`;
}

const isOurs = (part: KeptProcess): boolean => part.program.onMessage !== undefined;

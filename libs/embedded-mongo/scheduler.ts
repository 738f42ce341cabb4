import type { Server, Work } from './command.js';
import { fail, MongoError } from './errors.js';
import { Int32 } from './scalars.js';
import { Doc } from './values.js';

/** How long a command works at a stretch while others wait, in milliseconds. */
const TURN = 4;

interface Task {
  readonly start: () => Work;
  work?: Work;
  readonly until: number;
  readonly done: (reply: Doc) => void;
}

/**
 * Gives every command its turn. All that came in together work in one transaction, which costs one wait for the disk; the
 * replies go out when it is committed. While the disk is waited for, the next ones gather.
 */
export class Scheduler {
  private tasks: Task[] = [];
  private scheduled = false;

  constructor(
    private readonly server: Server,
    /** Told what went wrong inside, which no client may learn. */
    private readonly report: (error: unknown) => void,
  ) {}

  /**
   * @param start begins the command; may throw what it has to say
   * @param patience milliseconds after which it is given up, 0 for never
   */
  run(start: () => Work, patience: number): Promise<Doc> {
    return new Promise((done) => {
      this.tasks.push({ start, done, until: patience > 0 ? performance.now() + patience : Infinity });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.round();
      if (this.tasks.length > 0) this.schedule();
    });
  }

  private round(): void {
    const tasks = this.tasks;
    this.tasks = [];
    const replies: [Task, Doc][] = [];
    const left: Task[] = [];
    try {
      for (const task of tasks) {
        const reply = this.turn(task);
        if (reply) replies.push([task, reply]);
        else left.push(task);
      }
      this.server.sql.commit();
    } catch (error) {
      this.undo(tasks, error);
      return;
    }
    this.tasks = [...left, ...this.tasks];
    for (const [task, reply] of replies) task.done(reply);
  }

  /** Works on a command until it is done or others have waited long enough. */
  private turn(task: Task): Doc | undefined {
    const began = performance.now();
    try {
      if (began > task.until) fail(50, 'operation exceeded time limit');
      task.work ??= task.start();
      for (;;) {
        const step = task.work.next();
        if (step.done) return step.value;
        if (performance.now() - began > TURN) return undefined;
      }
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      task.work?.return(errorReply(error));
      return errorReply(error);
    }
  }

  /** Something broke inside: nothing of this round has happened, and all that took part are told. */
  private undo(tasks: readonly Task[], error: unknown): void {
    this.report(error);
    this.server.sql.rollback();
    this.server.catalog.load();
    const isFull = error instanceof Error && /full|disk I\/O/i.test(error.message);
    const told = isFull
      ? new MongoError(14031, 'the disk is full or fails')
      : new MongoError(1, 'internal error of the store');
    for (const task of tasks) {
      task.work?.return(errorReply(told));
      task.done(errorReply(told));
    }
  }
}

export const errorReply = ({ code, codeName, message, more }: MongoError): Doc =>
  Doc.from({ ok: 0, errmsg: message, code: new Int32(code), codeName, ...more });

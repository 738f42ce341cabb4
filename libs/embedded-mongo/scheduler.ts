import { type Doc, docOf, encode, Int32 } from './bson.js';
import type { Server, Work } from './command.js';
import { start } from './commands.js';
import { MongoError } from './errors.js';
import { unread } from './memory.js';

/** How long a command works at a stretch while others wait, in milliseconds. */
const TURN = 4;

/** A command that takes so many turns alone has what it did until then written to the disk, so that the journal stays short. */
const MOST_TURNS_UNWRITTEN = 64;

/** When so much has been found, the others wait until it is on its way. */
const MOST_BYTES_OF_ROUND = 16 * 1024 * 1024;

const pause = (act: () => void): unknown => setTimeout(act, 2);

interface Task {
  readonly work: Work;
  readonly done: (reply: Buffer) => void;
}

/**
 * Gives every command its turn. All that came in together work in one transaction, which costs one wait for the disk; the
 * replies go out when it is committed. While the disk is waited for, the next ones gather. A turn in which nobody was done
 * waits for no disk: its changes are committed with the next reply.
 */
export class Scheduler {
  private tasks: Task[] = [];
  private turnsUnwritten = 0;

  /** @param report is told what went wrong inside, which no client may learn */
  constructor(
    private readonly server: Server,
    private readonly report: (error: unknown) => void,
  ) {}

  /** @param read gives the command, or throws what is wrong with it */
  run(read: () => Doc): Promise<Buffer> {
    return new Promise((done) => {
      this.tasks.push({ work: start(this.server, read), done });
      if (this.tasks.length === 1) setImmediate(this.round);
    });
  }

  private readonly round = (): void => {
    const tasks = this.tasks;
    this.tasks = [];
    const replies = new Map<Task, Buffer>();
    try {
      let bytes = 0;
      for (const task of tasks) {
        const reply = bytes < MOST_BYTES_OF_ROUND ? this.turn(task.work) : undefined;
        if (reply) replies.set(task, encode(reply));
        else this.tasks.push(task);
        bytes += replies.get(task)?.length ?? 0;
      }
      this.turnsUnwritten = replies.size > 0 ? 0 : (this.turnsUnwritten + 1) % MOST_TURNS_UNWRITTEN;
      if (this.turnsUnwritten === 0) this.server.sql.commit();
      // While replies wait for their readers, what waits for these leaves the processor alone.
      if (this.tasks.length > 0) (unread.isSpent ? pause : setImmediate)(this.round);
      for (const [task, reply] of replies) task.done(reply);
    } catch (error) {
      this.undo(tasks, error);
    }
  };

  /** Works on a command until it is done or others have waited long enough. */
  private turn(work: Work): Doc | undefined {
    const began = performance.now();
    try {
      for (;;) {
        const { waits } = unread;
        const step = work.next();
        if (step.done) return step.value;
        if (unread.waits > waits || performance.now() - began > TURN) return undefined;
      }
    } catch (error) {
      if (error instanceof MongoError) return errorReply(error);
      throw error;
    }
  }

  /** Something broke inside: nothing since the last commit has happened, and all who had part in it are told. */
  private undo(tasks: readonly Task[], error: unknown): void {
    this.report(error);
    this.tasks = [];
    this.server.sql.rollback();
    this.server.catalog.load();
    const isFull = error instanceof Error && /full|disk I\/O/i.test(error.message);
    const told = errorReply(isFull ? new MongoError(14031, 'the disk is full') : new MongoError(1, 'internal error'));
    for (const { work, done } of tasks) {
      work.return(told);
      done(encode(told));
    }
  }
}

const errorReply = (error: MongoError): Doc =>
  docOf({ ok: 0, errmsg: error.message, code: new Int32(error.code), codeName: error.codeName(), ...error.more });

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The largest message that is read, header included. */
export const MOST_BYTES_OF_MESSAGE = 48_000_000;

/** Of so many bytes on, messages and documents are large: there may be few of them in memory at once. */
export const LARGE = 64 * 1024;

/** Bytes that all connections together hold of one kind. */
export class Budget {
  used = 0;
  /** How often something could not go on for want of room. */
  waits = 0;
  private line: Promise<void> = Promise.resolve();
  private freed = (): void => undefined;

  constructor(readonly most: number) {}

  get isSpent(): boolean {
    return this.used > this.most;
  }

  /** Below 0 they are given back. */
  take(bytes: number): void {
    this.used += bytes;
    this.freed();
  }

  /** Takes bytes when there is room for them, one after the other. */
  enter(bytes: number): Promise<void> {
    this.line = this.line.then(async () => {
      while (this.used + bytes > this.most) await new Promise<void>((resolve) => (this.freed = resolve));
      this.take(bytes);
    });
    return this.line;
  }
}

/** Large messages that come in: never more than the largest of all. */
export const incoming = new Budget(MOST_BYTES_OF_MESSAGE);
/** Replies on their way to those who asked. Beyond this, large documents wait to be read. */
export const unread = new Budget(16 * 1024 * 1024);
/** What searches remember, to sort and to give nothing twice. */
export const remembered = new Budget(32 * 1024 * 1024);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const MOST_LEFT = 32 * 1024 * 1024;
let left = 0;

/** V8 hardly sees what large buffers and texts weigh, and lets them lie: after so many of their bytes it is asked to look. */
export function discarded(bytes: number): void {
  // Of those below a megabyte it sees more, and they come often.
  if (bytes >= LARGE) left += bytes < 16 * LARGE ? bytes / 2 : bytes;
  if (left < MOST_LEFT) return;
  left = 0;
  collect();
}

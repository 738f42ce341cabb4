import { once } from 'node:events';
import type { Socket } from 'node:net';
import { MOST_BYTES } from './checking.js';

const MEGABYTE = 1024 * 1024;
/** From this size on, messages wait for each other. */
export const LARGE = MEGABYTE;
const MOST_LARGE = 3;
/** Of replies that nobody reads: from here on batches are small, from here on the slowest reader is hung up on. */
const MUCH = 112 * MEGABYTE;
const TOO_MUCH = 192 * MEGABYTE;
/** With the rest of a reply a batch has to stay below what drivers take. */
const MOST_BYTES_OF_BATCH = MOST_BYTES - 16 * 1024;

/** What all connections share of the memory. */
export class Memory {
  private large = 0;
  private readonly waiting: (() => void)[] = [];
  /** Bytes of replies that are being made or not yet read. */
  private unread = 0;
  private readonly slow = new Set<Socket>();

  /** Waits until few enough large messages are under way. */
  async enter(): Promise<void> {
    if (this.large < MOST_LARGE) this.large += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.large -= 1;
  }

  /** The more replies lie unread, the smaller the next ones are. */
  get mostBytesOfBatch(): number {
    return this.unread > MUCH ? MEGABYTE / 16 : MOST_BYTES_OF_BATCH;
  }

  /** @param bytes of a reply that is being made; less than 0 when they count no more */
  hold(bytes: number): void {
    this.unread += bytes;
  }

  /** Sends, and waits until the reader keeps up. Who lets far too much lie is hung up on, the slowest first. */
  async send(socket: Socket, parts: readonly Buffer[], counted: number): Promise<void> {
    const sent = (): void => {
      this.hold(-counted);
    };
    if (socket.destroyed) {
      sent();
      return;
    }
    socket.cork();
    const goesOn = parts.map((part, i) => socket.write(part, i === parts.length - 1 ? sent : undefined)).at(-1);
    socket.uncork();
    if (goesOn) return;
    this.slow.add(socket);
    if (this.unread > TOO_MUCH) for (const slowest of this.slow) return void slowest.destroy();
    try {
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    } finally {
      this.slow.delete(socket);
    }
  }
}

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { MOST_BYTES } from './checking.js';
import type { Server } from './command.js';
import { start } from './commands.js';
import { MongoError } from './errors.js';
import { plain } from './scalars.js';
import { errorReply, type Scheduler } from './scheduler.js';
import { type Doc, isNumber } from './values.js';
import { HEADER, ProtocolError, readHeader, readRequest, type Header } from './wire.js';

/** A message that stops halfway for so long is given up, in milliseconds. */
const PATIENCE = 60_000;
const LARGE = 1024 * 1024;
const MOST_LARGE = 3;
/** With the rest of a reply a batch has to stay below what drivers take. */
const MOST_BYTES_OF_BATCH = MOST_BYTES - 16 * 1024;

/** What all connections share of the memory. */
export class Memory {
  private large = 0;
  private readonly waiting: (() => void)[] = [];
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
  mostBytesOfBatch = (): number =>
    this.unread > 128 * LARGE ? 64 * 1024 : this.unread > 32 * LARGE ? LARGE : MOST_BYTES_OF_BATCH;

  /** Sends, and waits until the reader keeps up. Who lets far too much lie is hung up on, the slowest first. */
  async send(socket: Socket, bytes: Buffer): Promise<void> {
    this.unread += bytes.length;
    const goesOn = socket.write(bytes, () => (this.unread -= bytes.length));
    if (goesOn || socket.destroyed) return;
    this.slow.add(socket);
    if (this.unread > 256 * LARGE) for (const slowest of this.slow) return void slowest.destroy();
    try {
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    } finally {
      this.slow.delete(socket);
    }
  }
}

/** Answers one connection's messages, one after the other, until it ends. */
export async function serve(socket: Socket, server: Server, scheduler: Scheduler, memory: Memory): Promise<void> {
  const pass = { isHeld: false };
  const enter = async (): Promise<void> => {
    await memory.enter();
    pass.isHeld = true;
  };
  const leave = (): void => {
    if (pass.isHeld) memory.leave();
    pass.isHeld = false;
  };
  socket.setTimeout(0).on('timeout', () => socket.destroy());
  try {
    for await (const { message, header } of messages(socket, enter)) {
      const request = readRequest(message, header);
      const reply = await answer(request.command, server, scheduler);
      leave();
      if (request.wantsReply) await memory.send(socket, request.reply(reply));
    }
  } catch (error) {
    // Whoever talks nonsense, or hangs up in the middle, only ends its own connection.
    if (!(error instanceof ProtocolError) && !(error instanceof Error && 'code' in error)) throw error;
  } finally {
    leave();
    socket.destroy();
  }
}

async function answer(read: () => Doc, server: Server, scheduler: Scheduler): Promise<Doc> {
  try {
    const command = read();
    const patience = command.get('maxTimeMS');
    return await scheduler.run(() => start(server, command), isNumber(patience) ? plain(patience) : 0);
  } catch (error) {
    if (error instanceof MongoError) return errorReply(error);
    throw error;
  }
}

/** Whole messages; while one is answered nothing more is read. */
async function* messages(
  socket: Socket,
  enter: () => Promise<void>,
): AsyncGenerator<{ message: Buffer; header: Header }, void> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let header: Header | undefined;
  const join = (): Buffer => {
    const [only, ...others] = chunks;
    const whole = only && others.length === 0 ? only : Buffer.concat(chunks);
    chunks = [whole];
    return whole;
  };
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    for (;;) {
      if (!header && bytes >= HEADER) {
        header = readHeader(join());
        if (header.length > LARGE) await enter();
      }
      if (!header || bytes < header.length) break;
      const whole = join();
      const message = whole.subarray(0, header.length);
      const rest = whole.subarray(header.length);
      const complete = { message, header };
      [chunks, bytes, header] = [rest.length > 0 ? [rest] : [], rest.length, undefined];
      socket.setTimeout(0);
      yield complete;
    }
    socket.setTimeout(bytes > 0 ? PATIENCE : 0);
  }
}

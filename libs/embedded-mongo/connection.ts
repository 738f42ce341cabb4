import type { Socket } from 'node:net';
import type { Scheduler } from './scheduler.js';
import { HEADER, ProtocolError, readHeader, readRequest, replyHead } from './wire.js';

/** Of this size on, messages are read and done one after the other, so that few of them are in memory. */
const LARGE = 1024 * 1024;
/** A message that stops halfway, or a reply that nobody reads, for so long ends the connection, in milliseconds. */
const PATIENCE = 60_000;
/** Replies that nobody has read yet, oldest first, and how many bytes all of them may be: beyond, the slowest is hung up on. */
const unread = new Map<Socket, number>();
const MOST_UNREAD = 96 * 1024 * 1024;

let large: Promise<unknown> = Promise.resolve();

/** Answers one connection's messages, one after the other, until it ends. While one is answered nothing more is read. */
export async function serve(socket: Socket, scheduler: Scheduler): Promise<void> {
  const incoming = new Incoming(socket);
  socket.on('timeout', () => socket.destroy());
  try {
    while (!socket.destroyed) {
      socket.setTimeout(0);
      const header = readHeader(await incoming.take(HEADER));
      const answer = async (): Promise<{ bytes: Buffer; isWanted: boolean }> => {
        socket.setTimeout(PATIENCE);
        const { command, isWanted } = readRequest(await incoming.take(header.length - HEADER), header);
        socket.setTimeout(0);
        return { bytes: await scheduler.run(command), isWanted };
      };
      const answered = header.length > LARGE ? large.then(answer, answer) : answer();
      if (header.length > LARGE) large = answered;
      const { bytes, isWanted } = await answered;
      if (isWanted) await send(socket, replyHead(header, bytes.length), bytes);
    }
  } catch (error) {
    // Whoever talks nonsense, or hangs up in the middle, only ends its own connection.
    if (!(error instanceof ProtocolError) && !(error instanceof Error && 'code' in error)) throw error;
  } finally {
    socket.destroy();
  }
}

/** What comes in, in pieces as long as are asked for. */
class Incoming {
  private readonly source: AsyncIterator<Buffer>;
  private chunks: Buffer[] = [];
  private held = 0;

  constructor(socket: Socket) {
    this.source = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async take(bytes: number): Promise<Buffer> {
    while (this.held < bytes) {
      const next = await this.source.next();
      if (next.done) throw new ProtocolError('the end');
      this.chunks.push(next.value);
      this.held += next.value.length;
    }
    const whole = Buffer.concat(this.chunks);
    this.chunks = [whole.subarray(bytes)];
    this.held -= bytes;
    return whole.subarray(0, bytes);
  }
}

/** Sends, and waits until the system has taken all of it: so nobody is answered faster than they read. */
async function send(socket: Socket, head: Buffer, bytes: Buffer): Promise<void> {
  unread.set(socket, bytes.length);
  let sum = [...unread.values()].reduce((total, size) => total + size, 0);
  for (const [slowest, size] of unread) {
    if (sum <= MOST_UNREAD) break;
    slowest.destroy();
    sum -= size;
  }
  socket.setTimeout(PATIENCE);
  socket.cork();
  socket.write(head);
  const sent = new Promise((resolve) => socket.write(bytes, resolve));
  socket.uncork();
  await sent;
  unread.delete(socket);
}

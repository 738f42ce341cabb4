import type { Socket } from 'node:net';
import { incoming, LARGE, unread } from './memory.js';
import type { Scheduler } from './scheduler.js';
import { type Header, HEADER, ProtocolError, readHeader, readRequest, replyHead } from './wire.js';

/** A message that stops halfway, or a reply that nobody reads, for so long ends the connection, in milliseconds. */
const PATIENCE = 20_000;
/** The same when there is little room for others meanwhile. */
const HURRY = 2_000;
/** Who has not read a reply yet, oldest first, and its bytes. When all are so many, the slowest is hung up on. */
const waiting = new Map<Socket, number>();
const MOST_WAITING = 48 * 1024 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);

/** Where the large messages stand that are done one after the other. */
let line = Promise.resolve(NOTHING);

/** Answers one connection's messages, one after the other, until it ends. While one is answered nothing more is read. */
export async function serve(socket: Socket, scheduler: Scheduler): Promise<void> {
  const source = new Source(socket);
  socket.on('timeout', () => socket.destroy());
  try {
    while (!socket.destroyed) {
      socket.setTimeout(0);
      await answer(socket, source, scheduler, readHeader(await source.take(HEADER)));
    }
  } catch (error) {
    // Whoever talks nonsense, or hangs up in the middle, only ends its own connection.
    if (!(error instanceof ProtocolError) && !(error instanceof Error && 'code' in error)) throw error;
  } finally {
    socket.destroy();
  }
}

async function answer(socket: Socket, source: Source, scheduler: Scheduler, header: Header): Promise<void> {
  const weight = header.length > LARGE ? header.length : 0;
  if (weight > 0) await incoming.enter(weight);
  let bytes: Buffer, isWanted: boolean;
  try {
    socket.setTimeout(incoming.used - weight > incoming.most / 2 ? HURRY : PATIENCE);
    const request = readRequest(await source.take(header.length - HEADER), header);
    socket.setTimeout(0);
    const run = (): Promise<Buffer> => scheduler.run(request.command);
    bytes = await (weight > 0 ? (line = line.then(run)) : run());
    ({ isWanted } = request);
  } finally {
    incoming.take(-weight);
  }
  if (isWanted) await send(socket, replyHead(header, bytes.length), bytes);
}

/** What comes in, in pieces as long as are asked for. */
class Source {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest = NOTHING;

  constructor(socket: Socket) {
    this.chunks = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async take(bytes: number): Promise<Buffer> {
    const piece = Buffer.allocUnsafe(bytes);
    for (let at = 0; at < bytes;) {
      if (this.rest.length === 0) {
        const next = await this.chunks.next();
        if (next.done) throw new ProtocolError('the end');
        this.rest = next.value;
      }
      const copied = this.rest.copy(piece, at);
      // No part of what was taken may keep the whole in memory.
      this.rest = copied < this.rest.length ? this.rest.subarray(copied) : NOTHING;
      at += copied;
    }
    return piece;
  }
}

/** Sends, and waits until the system has taken all of it: so nobody is answered faster than they read. */
async function send(socket: Socket, head: Buffer, bytes: Buffer): Promise<void> {
  waiting.set(socket, bytes.length);
  unread.take(bytes.length);
  for (const slowest of waiting.keys()) {
    if (unread.used <= MOST_WAITING) break;
    slowest.destroy();
    forget(slowest);
  }
  socket.setTimeout(PATIENCE);
  if (unread.isSpent) for (const each of waiting.keys()) if (each.timeout !== HURRY) each.setTimeout(HURRY);
  socket.cork();
  socket.write(head);
  const sent = new Promise((resolve) => socket.write(bytes, resolve));
  socket.uncork();
  await sent;
  forget(socket);
}

function forget(socket: Socket): void {
  unread.take(-(waiting.get(socket) ?? 0));
  waiting.delete(socket);
}

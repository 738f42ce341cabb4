import type { Socket } from 'node:net';
import type { Server, Work } from './command.js';
import { start } from './commands.js';
import { MongoError } from './errors.js';
import { LARGE } from './memory.js';
import { plain } from './scalars.js';
import { errorReply, type Scheduler } from './scheduler.js';
import { type Doc, isNumber } from './values.js';
import { HEADER, ProtocolError, readHeader, readRequest, type Header } from './wire.js';

/** A message that stops halfway for so long is given up, in milliseconds. */
const PATIENCE = 60_000;

/** Answers one connection's messages, one after the other, until it ends. */
export async function serve(socket: Socket, server: Server, scheduler: Scheduler): Promise<void> {
  const pass = { isHeld: false };
  const enter = async (): Promise<void> => {
    await server.memory.enter();
    pass.isHeld = true;
  };
  const leave = (): void => {
    if (pass.isHeld) server.memory.leave();
    pass.isHeld = false;
  };
  socket.setTimeout(0).on('timeout', () => socket.destroy());
  try {
    for await (const { message, header } of messages(socket, enter)) {
      const request = readRequest(message, header);
      const { bytes, counted } = await answer(request.command, server, scheduler);
      leave();
      await server.memory.send(socket, request.wantsReply ? request.reply(bytes) : [Buffer.alloc(0)], counted);
    }
  } catch (error) {
    // Whoever talks nonsense, or hangs up in the middle, only ends its own connection.
    if (!(error instanceof ProtocolError) && !(error instanceof Error && 'code' in error)) throw error;
  } finally {
    leave();
    socket.destroy();
  }
}

/** @returns the reply, and how much of it counts as held: its document is not needed any longer */
async function answer(
  read: () => Doc,
  server: Server,
  scheduler: Scheduler,
): Promise<{ bytes: Buffer; counted: number }> {
  let counted = 0;
  function* counting(work: Work): Work {
    const reply = yield* work;
    counted = reply.bytes.length;
    server.memory.hold(counted);
    return reply;
  }
  try {
    const command = read();
    const patience = command.get('maxTimeMS');
    const work = (): Work => counting(start(server, command));
    const { bytes } = await scheduler.run(work, isNumber(patience) ? plain(patience) : 0);
    return { bytes, counted };
  } catch (error) {
    if (error instanceof MongoError) return { bytes: errorReply(error).bytes, counted };
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

import { connect, type Socket } from 'node:net';
import { mongo } from 'mongoose';
import { eventually } from '../../support/waiting.js';

const { BSON } = mongo;
const OP_MSG = 2013;

/** A bare connection to the store at an address that it printed. */
export function dialTo(address: string): Socket {
  const path = decodeURIComponent(/\/\/([^/?]+)/.exec(address)?.[1] ?? '');
  const socket = path.startsWith('/') ? connect(path) : connect(Number(path.split(':')[1]), path.split(':')[0]);
  // A connection that the server closes may end in a reset: that is what is expected here.
  socket.on('error', () => undefined);
  return socket;
}

/** The same message with a list of documents behind it, where they may be more than one document can hold. */
export function withSequence(head: Buffer, name: string, documents: readonly Uint8Array[]): Buffer {
  const section = Buffer.concat([Buffer.alloc(5), Buffer.from(`${name}\0`), ...documents]);
  section.writeUInt8(1, 0);
  section.writeInt32LE(section.length - 1, 1);
  const whole = Buffer.concat([head, section]);
  whole.writeInt32LE(whole.length, 0);
  return whole;
}

/** How many there were: each has the next number. */
export let requests = 0;

/** A message with one document, as the driver sends it. */
export function message(body: mongo.Document, { flags = 0, opCode = OP_MSG } = {}): Buffer {
  requests += 1;
  const document = BSON.serialize({ ...body, $db: 'wire' });
  const head = Buffer.alloc(21);
  head.writeInt32LE(21 + document.length, 0);
  head.writeInt32LE(requests, 4);
  head.writeInt32LE(opCode, 12);
  head.writeUInt32LE(flags, 16);
  return Buffer.concat([head, document]);
}

/** Replies as they come: the id of the request that each answers, and its document. */
export class Replies {
  private parts: Buffer[] = [];
  private held = 0;
  readonly all: { responseTo: number; body: mongo.Document }[] = [];
  private closed = false;

  constructor(readonly socket: Socket) {
    socket.on('close', () => (this.closed = true));
    socket.on('data', (data: Buffer) => {
      this.parts.push(data);
      this.held += data.length;
      // Put together only when a reply is whole, as large ones come in many parts.
      while (this.held >= 16 && this.held >= this.whole(16).readInt32LE(0)) {
        const bytes = this.whole(this.held);
        const length = bytes.readInt32LE(0);
        this.all.push({ responseTo: bytes.readInt32LE(8), body: BSON.deserialize(bytes.subarray(21, length)) });
        this.parts = [bytes.subarray(length)];
        this.held -= length;
      }
    });
  }

  /** So many bytes at least, in one piece. */
  private whole(length: number): Buffer {
    const [first = Buffer.alloc(0)] = this.parts;
    if (first.length < length) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0] ?? first;
  }

  async first(count: number): Promise<void> {
    await eventually(`${String(count)} replies`, () => this.all.length >= count);
  }

  /** One reply, or the end of the connection. */
  async some(): Promise<void> {
    await eventually('a reply or an end', () => this.closed || this.all.length > 0);
  }
}

import { decode, type Doc, firstName, Opaque, Type, type Value } from './bson.js';
import { fail } from './errors.js';
import { MOST_BYTES_OF_MESSAGE } from './memory.js';

/** As many writes as one command may ask for. */
export const MOST_STATEMENTS = 100_000;
export const HEADER = 16;
const [OP_REPLY, OP_QUERY, OP_MSG] = [1, 2004, 2013];
const [CHECKSUM_PRESENT, MORE_TO_COME] = [1, 2];

/** What cannot be answered, only hung up on. */
export class ProtocolError extends Error {}

export interface Header {
  /** Of the whole message, in bytes. */
  readonly length: number;
  readonly requestId: number;
  readonly opCode: number;
}

export function readHeader(bytes: Buffer): Header {
  const header = { length: bytes.readInt32LE(0), requestId: bytes.readInt32LE(4), opCode: bytes.readInt32LE(12) };
  if (header.length < HEADER + 5 || header.length > MOST_BYTES_OF_MESSAGE) throw new ProtocolError('length');
  if (header.opCode !== OP_MSG && header.opCode !== OP_QUERY) throw new ProtocolError('operation');
  return header;
}

/**
 * @param body the message behind its header
 * @returns the command, which throws what is wrong with it, and whether the client will read a reply
 */
export function readRequest(body: Buffer, { opCode }: Header): { command: () => Doc; isWanted: boolean } {
  if (opCode === OP_QUERY) return { command: () => readQuery(body), isWanted: true };
  const flags = body.readUInt32LE(0);
  if ((flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) throw new ProtocolError('flags');
  const sections = body.subarray(4, body.length - (flags & CHECKSUM_PRESENT ? 4 : 0));
  return { command: () => readSections(sections), isWanted: (flags & MORE_TO_COME) === 0 };
}

/** One document of kind 0; sequences of kind 1 become lists of it, whose documents are decoded in their turn. */
function readSections(bytes: Buffer): Doc {
  const fields: [string, Value][] = [];
  let bodies = 0;
  for (let at = 0, section; at < bytes.length; at += 1 + section.length) {
    section = sized(bytes, at + 1);
    if (bytes[at] === 1) fields.push(readSequence(section));
    else if (bytes[at] !== 0) fail(40432, 'Unknown kind of section');
    else if (bodies++ === 0) fields.unshift(...decode(section));
  }
  if (bodies !== 1) fail(40587, 'OP_MSG messages must have one body');
  const command = new Map(fields);
  return command.size === fields.length ? command : fail(40433, 'Duplicate document sequence');
}

/** What says in its first four bytes how long it is. */
function sized(bytes: Buffer, at: number): Buffer {
  const length = at + 4 > bytes.length ? 0 : bytes.readInt32LE(at);
  if (length < 5 || at + length > bytes.length) fail(22, 'invalid BSON');
  return bytes.subarray(at, at + length);
}

function readSequence(section: Buffer): [string, Value] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) fail(22, 'a sequence without a name');
  const docs: Value[] = [];
  for (let at = nameEnd + 1, raw; at < section.length; at += raw.length)
    docs.push(new Opaque(Type.object, (raw = sized(section, at))));
  return [section.toString('utf8', 4, nameEnd), docs];
}

/** The old form, in which drivers still say hello. */
function readQuery(body: Buffer): Doc {
  const nameEnd = body.indexOf(0, 4);
  const command = nameEnd < 0 ? fail(22, 'a query without a name') : decode(sized(body, nameEnd + 9));
  if (!/^(hello|ismaster)$/i.test(firstName(command))) fail(352, `Unsupported OP_QUERY command: ${firstName(command)}`);
  return command;
}

/** What stands before the document of a reply. */
export function replyHead({ requestId, opCode }: Header, bytes: number): Buffer {
  const head = Buffer.alloc(HEADER + (opCode === OP_MSG ? 5 : 20));
  const fields = [head.length + bytes, 0, requestId, opCode === OP_MSG ? OP_MSG : OP_REPLY];
  // The old form: AwaitCapable; no cursor; one document from the first on.
  if (opCode === OP_QUERY) fields.push(8, 0, 0, 0, 1);
  for (const [i, value] of fields.entries()) head.writeInt32LE(value, i * 4);
  return head;
}

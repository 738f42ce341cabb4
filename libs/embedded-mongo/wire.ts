import { check } from './checking.js';
import { fail } from './errors.js';
import { Doc, List, type Value } from './values.js';

/** The largest message that is read, header included. */
export const MOST_BYTES_OF_MESSAGE = 48_000_000;
export const HEADER = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

/** What cannot be answered, only hung up on. */
export class ProtocolError extends Error {}

export interface Header {
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

export interface Request {
  readonly command: () => Doc;
  /** False when the client will not read a reply. */
  readonly wantsReply: boolean;
  /** To be sent one after the other. */
  reply(document: Buffer): readonly Buffer[];
}

/** @param message the whole of it, header included */
export function readRequest(message: Buffer, header: Header): Request {
  return header.opCode === OP_MSG ? readMessage(message, header) : readQuery(message, header);
}

function readMessage(message: Buffer, { requestId }: Header): Request {
  const flags = message.readUInt32LE(HEADER);
  if ((flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) throw new ProtocolError('flags');
  const body = message.subarray(HEADER + 4, message.length - (flags & CHECKSUM_PRESENT ? 4 : 0));
  return {
    command: () => readSections(body),
    wantsReply: (flags & MORE_TO_COME) === 0,
    reply: (bytes) => {
      const head = Buffer.alloc(HEADER + 5);
      fillHeader(head, head.length + bytes.length, requestId, OP_MSG);
      return [head, bytes];
    },
  };
}

/** One document of kind 0; sequences of kind 1 become arrays of it. */
function readSections(body: Buffer): Doc {
  let command: Doc | undefined;
  const sequences: [string, Value][] = [];
  for (let at = 0; at < body.length;) {
    const kind = body[at++];
    const end = at + (at + 4 > body.length ? Infinity : body.readInt32LE(at));
    if (!(end <= body.length && end >= at + 5)) fail(22, 'a section does not fit into its message');
    const section = body.subarray(at, end);
    if (kind === 0 && !command) {
      check(section);
      command = Doc.read(section);
    } else if (kind === 1) sequences.push(readSequence(section));
    else fail(kind === 0 ? 40430 : 40432, 'Unknown or repeated section');
    at = end;
  }
  if (!command) fail(40587, 'OP_MSG messages must have a body');
  if (sequences.length === 0) return command;
  for (const [name] of sequences)
    if (command.get(name) !== undefined) fail(40433, `Duplicate document sequence: ${name}`);
  return Doc.of([...command.fields, ...sequences]);
}

function readSequence(section: Buffer): [string, Value] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) fail(22, 'a sequence without a name');
  const docs: Doc[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const length = at + 4 > section.length ? 0 : section.readInt32LE(at);
    if (length < 5 || at + length > section.length) fail(22, 'a document does not fit into its sequence');
    const raw = section.subarray(at, at + length);
    check(raw);
    docs.push(Doc.read(raw));
    at += length;
  }
  return [section.toString('utf8', 4, nameEnd), List.of(docs)];
}

/** The old form, in which drivers still say hello. */
function readQuery(message: Buffer, { requestId }: Header): Request {
  const nameEnd = message.indexOf(0, HEADER + 4);
  if (nameEnd < 0 || nameEnd + 13 > message.length) throw new ProtocolError('query');
  const namespace = message.toString('utf8', HEADER + 4, nameEnd);
  return {
    command: () => {
      const length = message.readInt32LE(nameEnd + 9);
      if (length < 5 || nameEnd + 9 + length > message.length) fail(22, 'invalid BSON');
      const raw = message.subarray(nameEnd + 9, nameEnd + 9 + length);
      check(raw);
      const command = Doc.read(raw);
      if (!namespace.endsWith('.$cmd') || !/^(hello|ismaster)$/i.test(command.firstName ?? ''))
        fail(
          352,
          `Unsupported OP_QUERY command: ${command.firstName ?? ''}. The client driver may require an upgrade.`,
        );
      return Doc.of([...command.fields, ['$db', namespace.slice(0, -'.$cmd'.length)]]);
    },
    wantsReply: true,
    reply: (bytes) => {
      const head = Buffer.alloc(HEADER + 20);
      fillHeader(head, head.length + bytes.length, requestId, OP_REPLY);
      // AwaitCapable; no cursor; one document from the first on.
      head.writeInt32LE(8, HEADER);
      head.writeInt32LE(1, HEADER + 16);
      return [head, bytes];
    },
  };
}

let replies = 0;

function fillHeader(head: Buffer, length: number, responseTo: number, opCode: number): void {
  replies = (replies + 1) & 0x7fffffff;
  [length, replies, responseTo, opCode].forEach((value, i) => head.writeInt32LE(value, i * 4));
}

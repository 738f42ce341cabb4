import { SEAL_OVERHEAD } from '../../libs/privacy/envelope.js';

const STEP = 64 * 1024;
const MOST_STEPS = 4;
/** Room for the document around the sealed bytes, so that the whole stays within the step. */
const DOCUMENT = 512;
const LENGTH_BYTES = 4;

const room = (steps: number): number => steps * STEP - DOCUMENT - SEAL_OVERHEAD;

/** The most JSON that one document holds, in bytes: with padding and seal it stays under 256 KB. */
export const MOST_BYTES = room(MOST_STEPS) - LENGTH_BYTES;

/** What an item adds to a JSON list, in bytes. */
export const sizeOf = (item: unknown): number => Buffer.byteLength(JSON.stringify(item), 'utf8') + 1;

/** How many items, from the first, fit beside `bytes` that are taken. */
export function howManyFit(items: readonly unknown[], bytes = 1): number {
  let taken = bytes;
  const end = items.findIndex((item) => (taken += sizeOf(item)) > MOST_BYTES);
  return end === -1 ? items.length : end;
}

/** Cuts a list into parts that fill one document each. Throws RangeError when one item alone is too large. */
export function inDocuments<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const parts: Item[][] = [];
  let from = 0;
  while (from < items.length) {
    const count = howManyFit(items.slice(from));
    if (count === 0) throw new RangeError('one answer is larger than a document');
    parts.push(items.slice(from, from + count));
    from += count;
  }
  return parts;
}

/** The list as JSON, filled up to a full step: the size of what is sealed tells at most how many 64 KB it needs. */
export function pad(items: readonly unknown[]): Buffer {
  const json = Buffer.from(JSON.stringify(items), 'utf8');
  const needed = json.length + LENGTH_BYTES;
  let steps = 1;
  while (room(steps) < needed) steps++;
  if (steps > MOST_STEPS) throw new RangeError('too many answers for one document');
  const padded = Buffer.alloc(room(steps));
  padded.writeUInt32BE(json.length);
  json.copy(padded, LENGTH_BYTES);
  return padded;
}

export function unpad(padded: Buffer): unknown {
  const end = LENGTH_BYTES + padded.readUInt32BE();
  return JSON.parse(padded.toString('utf8', LENGTH_BYTES, end));
}

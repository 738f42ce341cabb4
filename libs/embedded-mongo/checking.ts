import { isUtf8 } from 'node:buffer';
import { fail, refuse } from './errors.js';
import { Type } from './scalars.js';
import { endOfValue, FIXED } from './values.js';

/** MongoDB nests to 200 levels; a little more must pass, as commands wrap documents. */
const DEEPEST = 210;
export const MOST_BYTES = 16 * 1024 * 1024;

const OLD: Readonly<Record<number, string>> = {
  6: 'undefined',
  12: 'dbPointer',
  14: 'symbol',
  15: 'javascriptWithScope',
};

/**
 * Throws unless the bytes are one sound document that the store can hold: after this, reading needs no care. A field
 * that stands twice in a document is refused, as it could not be shown truly.
 */
export function check(raw: Buffer, depth = 0, isArray = false): void {
  if (depth > DEEPEST) fail(15, 'BSONObj exceeded maximum nested object depth');
  const broken = (): never => fail(22, 'invalid BSON');
  if (raw.length < 5 || raw.readInt32LE(0) !== raw.length || raw[raw.length - 1] !== 0) broken();
  const last = raw.length - 1;
  const seen = new Set<string>();
  let at = 4;
  while (at < last) {
    const type = raw[at] ?? 0;
    const nameEnd = raw.indexOf(0, at + 1);
    if (nameEnd >= last) broken();
    if (!isArray) {
      const name = text(raw, at + 1, nameEnd);
      if (seen.size === seen.add(name).size) refuse(2, `a document with the field '${name}' twice`);
    }
    const begin = nameEnd + 1;
    if (type in OLD) refuse(2, `the BSON type ${OLD[type] ?? ''}`);
    const sized = type >= Type.string && type <= Type.binData;
    if (FIXED[type] === undefined && !sized && type !== Type.javascript && type !== Type.regex) broken();
    if ((sized || type === Type.javascript) && (begin + 4 > last || raw.readInt32LE(begin) < 0)) broken();
    const end = type === Type.regex ? regexEnd(raw, begin) : endOfValue(raw, type, begin);
    if (end > last || end <= at) broken();
    if (type === Type.object || type === Type.array) check(raw.subarray(begin, end), depth + 1, type === Type.array);
    else if (type === Type.string || type === Type.javascript) {
      if (end < begin + 5 || raw[end - 1] !== 0) broken();
      text(raw, begin + 4, end - 1);
    } else if (type === Type.bool && (raw[begin] ?? 2) > 1) broken();
    at = end;
  }
}

/** Past the buffer when it does not end. */
function regexEnd(raw: Buffer, at: number): number {
  const pattern = raw.indexOf(0, at);
  const options = pattern < 0 ? -1 : raw.indexOf(0, pattern + 1);
  return options < 0 ? raw.length : options + 1;
}

function text(raw: Buffer, from: number, to: number): string {
  const decoded = raw.toString('utf8', from, to);
  // What is no UTF-8 is decoded as U+FFFD, which may also stand there by itself.
  if (decoded.includes('\ufffd') && !isUtf8(raw.subarray(from, to))) fail(2, 'a string is not valid UTF-8');
  return decoded;
}

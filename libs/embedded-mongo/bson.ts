import { isUtf8 } from 'node:buffer';
import { BSONType } from 'bson';
import { fail, refuse } from './errors.js';
import { discarded } from './memory.js';

/** BSON's numbers for the types (bsonspec.org). */
export const Type = { ...BSONType, minKey: 255 } as const;
const NAMES = new Map<number, string>(Object.entries(Type).map(([name, type]) => [type, name]));
export const byType = <Thing>(things: Readonly<Record<string, Thing>>): [number, Thing][] =>
  Object.entries(things).map(([name, thing]) => [Type[name as keyof typeof Type], thing]);
/** Deprecated, and not held. */
const OLD: ReadonlySet<number> = new Set([Type.undefined, Type.dbPointer, Type.symbol, Type.javascriptWithScope]);

/** A 32-bit integer. */
export class Int32 {
  constructor(readonly value: number) {}
}

/** What is kept and compared but never looked into, as BSON's own bytes: dates, ids, documents on their way out, … */
export class Opaque {
  constructor(
    readonly type: number,
    readonly bytes: Buffer,
  ) {}
}

/** The fields of a document, which keep their order whatever their names. */
export type Doc = Map<string, Value>;

/**
 * A double is a number, a 64-bit integer a bigint; a 32-bit integer has a class of its own, so that none turns into
 * another. `undefined` is never a value: it says that a field is missing.
 */
export type Value = null | boolean | string | number | bigint | Int32 | Opaque | Doc | Value[];

/** What is undefined is left out. */
export const docOfFields = (fields: Iterable<readonly [string, Value | undefined]>): Doc =>
  new Map([...fields].filter((field): field is [string, Value] => field[1] !== undefined));

/** For what the store itself says. */
export const docOf = (fields: Readonly<Record<string, Value | undefined>>): Doc => docOfFields(Object.entries(fields));

export const isDoc = (value: Value | undefined): value is Doc => value instanceof Map;

/** A document that is looked into in its turn: until then it may be bytes, which are smaller. */
export type Statement = Doc | Opaque;

export const isStatement = (value: Value): value is Statement =>
  isDoc(value) || (value instanceof Opaque && value.type === Type.object);

export const asDoc = (given: Statement): Doc => (isDoc(given) ? given : decode(given.bytes));

export const firstName = (doc: Doc): string => doc.keys().next().value ?? '';

export const isNumber = (value: Value | undefined): value is number | bigint | Int32 =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Int32;

export const plain = (value: number | bigint | Int32): number => Number(value instanceof Int32 ? value.value : value);

/** An integer of the smallest type that holds it. */
export const integer = (value: number | bigint): Int32 | bigint =>
  value >= -0x80000000 && value <= 0x7fffffff ? new Int32(Number(value)) : BigInt(value);

/** Exactly, in the smallest type that MongoDB takes; undefined beyond 64 bits. */
export function sumOf(a: Int32 | bigint, b: Int32 | bigint): Int32 | bigint | undefined {
  const [x, y] = [a, b].map((each) => BigInt(each instanceof Int32 ? each.value : each)) as [bigint, bigint];
  if (BigInt.asIntN(64, x + y) !== x + y) return undefined;
  return typeof a === 'bigint' || typeof b === 'bigint' ? x + y : integer(x + y);
}

/** As options, `$exists` and projections take it. */
export const isTrue = (value: Value): boolean =>
  value !== null && value !== false && !(isNumber(value) && plain(value) === 0);

export function typeOf(value: Value): number {
  if (value === null) return Type.null;
  if (value instanceof Map) return Type.object;
  if (Array.isArray(value)) return Type.array;
  if (value instanceof Int32) return Type.int;
  if (value instanceof Opaque) return value.type;
  if (typeof value === 'string') return Type.string;
  if (typeof value === 'number') return Type.double;
  return typeof value === 'boolean' ? Type.bool : Type.long;
}

/** As error messages call it. */
export const typeName = (value: Value | undefined): string =>
  value === undefined ? 'missing' : (NAMES.get(typeOf(value)) ?? 'unknown');

/** MongoDB nests to 200 levels; a little more must pass, as commands wrap documents. */
const DEEPEST = 210;
/** In one document. A value may take three bytes of BSON, and takes a hundred here. */
const MOST_VALUES = 250_000;
let values = 0;

/** Throws unless the bytes are one sound document that the store can hold. */
export function decode(raw: Buffer): Doc {
  discarded(2 * raw.length);
  values = 0;
  return raw.length < 5 || raw.readInt32LE() !== raw.length ? fail(22, 'invalid BSON') : readDoc(raw, 0, 0);
}

/**
 * What stands between the length of a document and the NUL at its end. Read here and not by the bson package, which lists all
 * elements of a document before anyone can count them: of 16 MB that may be five million.
 */
function readDoc(raw: Buffer, begin: number, depth: number): Doc {
  if (depth > DEEPEST) fail(15, 'BSONObj exceeded maximum nested object depth');
  const doc: Doc = new Map();
  const end = begin + raw.readInt32LE(begin) - 1;
  let at = begin + 4;
  while (at < end) {
    const type = raw.readUInt8(at);
    let nameEnd = at + 1;
    while (nameEnd < end && raw[nameEnd] !== 0) nameEnd += 1;
    const to = nameEnd + 1 + sizeOf(raw, type, nameEnd + 1);
    if (to > end) fail(22, 'invalid BSON');
    if (++values > MOST_VALUES) refuse(2, `a document of more than ${String(MOST_VALUES)} values`);
    const name = readText(raw, at + 1, nameEnd);
    // It could not be shown truly.
    if (doc.has(name)) refuse(2, `a document with the field '${name}' twice`);
    doc.set(name, readValue(raw, type, nameEnd + 1, to, depth));
    at = to;
  }
  return at === end && raw[end] === 0 ? doc : fail(22, 'invalid BSON');
}

/** How many bytes a value has. */
const FIXED = new Map([
  ...byType({ null: 0, minKey: 0, maxKey: 0, bool: 1, int: 4, double: 8, date: 8, timestamp: 8, long: 8 }),
  ...byType({ objectId: 12, decimal: 16 }),
]);
/** What tells its own length has so many bytes more. */
const MORE = new Map(byType({ object: 0, array: 0, string: 4, javascript: 4, binData: 5 }));

function sizeOf(raw: Buffer, type: number, at: number): number {
  const fixed = FIXED.get(type);
  if (fixed !== undefined) return fixed;
  if (type === Type.regex) return Math.max(0, raw.indexOf(0, raw.indexOf(0, at) + 1) + 1 - at);
  if (OLD.has(type)) refuse(2, `the BSON type ${NAMES.get(type) ?? ''}`);
  const [more, length] = [MORE.get(type) ?? NaN, at + 4 > raw.length ? -1 : raw.readInt32LE(at)];
  // A text has at least the NUL at its end.
  return length + more >= Math.max(more, type === Type.string ? 5 : 0) ? length + more : fail(22, 'invalid BSON');
}

function readValue(raw: Buffer, type: number, at: number, end: number, depth: number): Value {
  if (type === Type.string) return raw[end - 1] === 0 ? readText(raw, at + 4, end - 1) : fail(22, 'invalid BSON');
  if (type === Type.int) return new Int32(raw.readInt32LE(at));
  if (type === Type.double) return raw.readDoubleLE(at);
  if (type === Type.object) return readDoc(raw, at, depth + 1);
  if (type === Type.array) return [...readDoc(raw, at, depth + 1).values()];
  if (type === Type.null) return null;
  if (type === Type.bool) return (raw[at] ?? 2) > 1 ? fail(22, 'invalid BSON') : raw[at] === 1;
  if (type === Type.long) return raw.readBigInt64LE(at);
  return new Opaque(type, raw.subarray(at, end));
}

function readText(raw: Buffer, from: number, to: number): string {
  const text = raw.toString('utf8', from, to);
  // What is no UTF-8 is decoded as U+FFFD, which may also stand there by itself.
  if (text.includes('\ufffd') && !isUtf8(raw.subarray(from, to))) fail(2, 'a string is not valid UTF-8');
  return text;
}

/** Bytes are put together as text of one byte a character: that is quick, and every length is known at once. */
export function encode(doc: Doc): Buffer {
  const bytes = Buffer.from(bytesOf(doc), 'latin1');
  discarded(2 * bytes.length);
  return bytes;
}

export const utf8 = (text: string): string =>
  /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');

const scratch = Buffer.alloc(8);
const int32 = (value: number): string => scratch.toString('latin1', 0, scratch.writeInt32LE(value));

function bytesOf(value: Value): string {
  if (typeof value === 'string') {
    const text = utf8(value);
    return `${int32(text.length + 1)}${text}\0`;
  }
  if (value instanceof Int32) return int32(value.value);
  if (value === null) return '';
  if (value instanceof Opaque) return value.bytes.toString('latin1');
  if (typeof value === 'boolean') return value ? '\x01' : '\0';
  if (typeof value === 'number') return scratch.toString('latin1', 0, scratch.writeDoubleLE(value));
  if (typeof value === 'bigint') return scratch.toString('latin1', 0, scratch.writeBigInt64LE(value));
  let fields = '';
  for (const [name, field] of value.entries())
    fields += `${String.fromCharCode(typeOf(field))}${typeof name === 'string' ? utf8(name) : String(name)}\0${bytesOf(field)}`;
  return `${int32(fields.length + 5)}${fields}\0`;
}

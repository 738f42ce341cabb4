import { byType, Int32, isNumber, Opaque, Type, typeName, typeOf, utf8, type Value } from './bson.js';
import { refuse } from './errors.js';

/**
 * The order of all values as bytes, one a character: of two values the one with the smaller key sorts first, and equal
 * ones (1 and 1.0) have the same key. Filters, sorts, groups and SQLite's trees compare nothing else. No key begins
 * another; its first character tells the type.
 */
export type Key = string;

/** In MongoDB's order of types. What is not here is kept, and never compared. */
const TAGS = new Map([
  ...byType({ null: '\x0a', int: '\x10', long: '\x10', double: '\x10', string: '\x20', object: '\x28' }),
  ...byType({ array: '\x30', binData: '\x38', objectId: '\x40', bool: '\x48', date: '\x50' }),
]);
const END = '\x02';
const [NAN, NEGATIVE, ZERO, POSITIVE] = ['\x01', '\x02', '\x03', '\x04'] as const;

/** What an index holds for an empty array: sorts before null. */
export const NOTHING = Symbol('nothing');
export type Indexed = Value | typeof NOTHING;

/** Behind every key of a value, and all that continue it. */
export const LAST = '\xff';

function tagOf(value: Indexed): string {
  if (value === NOTHING) return '\x08';
  return TAGS.get(typeOf(value)) ?? refuse(2, `comparing a value of type ${typeName(value)}`);
}

/** Where the keys of a value's type begin and end. Not-a-number, the first of the numbers, is in no range. */
export function bracketOf(value: Value): { readonly from: Key; readonly to: Key } {
  const tag = tagOf(value);
  return { from: isNumber(value) ? tag + NEGATIVE : tag, to: String.fromCharCode(tag.charCodeAt(0) + 1) };
}

/** Whether a key is that of a whole array, which no index holds. */
export const isOfArray = (key: Key): boolean => key.startsWith(tagOf([]));

export const keyOf = (value: Indexed): Key => tagOf(value) + payload(value);

/** The same key for sorting backwards. */
export const complement = (key: Key): Key =>
  key.replace(/[^]/g, (byte) => String.fromCharCode(~byte.charCodeAt(0) & 255));

/** Below 0, 0 or above, in the order of all values. */
export function compare(a: Value, b: Value): number {
  const [x, y] = [keyOf(a), keyOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function payload(value: Indexed): string {
  if (value === NOTHING || value === null) return '';
  if (typeof value === 'string') return text(value);
  if (isNumber(value)) return number(value instanceof Int32 ? value.value : value);
  if (typeof value === 'boolean') return value ? '\x01' : '\0';
  if (value instanceof Opaque) return opaque(value);
  if (Array.isArray(value)) return value.map(keyOf).join('') + END;
  return [...value].map(([name, field]) => tagOf(field) + text(name) + payload(field)).join('') + END;
}

/** Ends in what is less than any continuation, an escaped NUL included. */
const text = (value: string): string => `${utf8(value).replaceAll('\0', '\0\xff')}\0\x01`;

const scratch = Buffer.alloc(8);

function opaque({ type, bytes }: Opaque): string {
  if (type === Type.objectId) return bytes.toString('latin1');
  // Of two binaries the shorter one is less.
  if (type === Type.binData)
    return Buffer.from(bytes.subarray(0, 4)).reverse().toString('latin1') + bytes.toString('latin1', 4);
  // Dates before 1970 are negative.
  scratch.writeBigUInt64BE(bytes.readBigUInt64LE() ^ (1n << 63n));
  return scratch.toString('latin1');
}

/** The bits of a positive double sort as it does; behind it stands what it could not hold of a 64-bit integer. */
function number(value: number | bigint): string {
  if (Number.isNaN(value)) return NAN;
  if (!value) return ZERO;
  const size = value < 0 ? -value : value;
  let double = Number(size);
  scratch.writeDoubleBE(double);
  if (double > size) {
    // The greatest double that is not above it.
    scratch.writeBigUInt64BE(scratch.readBigUInt64BE() - 1n);
    double = scratch.readDoubleBE();
  }
  const rest = typeof size === 'bigint' ? String(size - BigInt(double)) : '0';
  const behind = rest === '0' ? '\0' : `\x01\x80${String.fromCharCode(rest.length)}${rest.replace(/0+$/, '')}\0`;
  const key = scratch.toString('latin1') + behind;
  return value < 0 ? NEGATIVE + complement(key) : POSITIVE + key;
}

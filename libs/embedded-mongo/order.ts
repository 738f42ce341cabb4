import { aboveDouble, bitsOf, type Exact, readDecimal } from './decimal.js';
import { Int32, Opaque, Type } from './scalars.js';
import { Doc, isNumber, List, type Value } from './values.js';

/**
 * The order of all values as bytes: of two values the one with the smaller key sorts first, and equal ones (1, 1.0 and
 * Decimal128 "1.00") have the same key. So SQLite's indexes sort as MongoDB does. No key begins another.
 */
const TAG = { end: 2, undefined: 8, null: 10, number: 16, string: 32, object: 40, array: 48, bool: 72 } as const;
const OPAQUE: Readonly<Record<number, number>> = {
  [Type.minKey]: 5,
  [Type.binData]: 56,
  [Type.objectId]: 64,
  [Type.date]: 80,
  [Type.timestamp]: 88,
  [Type.regex]: 96,
  [Type.javascript]: 104,
  [Type.maxKey]: 240,
};

/** The first byte of NaN behind the tag of numbers; then come negative ones, 0, positive ones. */
export const NAN = 1;

/** What an index holds for an empty array: sorts before null. */
export const NOTHING = Symbol('nothing');
export type Indexed = Value | typeof NOTHING;

/** Values of different brackets are never greater or less than each other in a filter. */
export function bracketOf(value: Indexed): number {
  if (value === NOTHING) return TAG.undefined;
  if (value === null) return TAG.null;
  if (isNumber(value)) return TAG.number;
  if (typeof value === 'string') return TAG.string;
  if (typeof value === 'boolean') return TAG.bool;
  if (value instanceof Doc) return TAG.object;
  if (value instanceof List) return TAG.array;
  return OPAQUE[value.type] ?? TAG.number;
}

let key = Buffer.allocUnsafe(1024);
let end = 0;

function room(bytes: number): void {
  if (end + bytes <= key.length) return;
  const larger = Buffer.allocUnsafe(Math.max(key.length * 2, end + bytes));
  key.copy(larger, 0, 0, end);
  key = larger;
}

/** The key of several values in a row; those with direction -1 sort backwards. */
export function keyOf(values: readonly Indexed[], directions: readonly number[] = []): Buffer {
  end = 0;
  values.forEach((value, i) => {
    const begin = end;
    append(value);
    if (directions[i] === -1) complement(begin);
  });
  const made = Buffer.from(key.subarray(0, end));
  if (key.length > 1024 * 1024) key = Buffer.allocUnsafe(1024);
  return made;
}

/** A key as a string, for maps and sets. */
export const nameOf = (value: Value): string => keyOf([value]).toString('latin1');

function complement(from: number): void {
  for (let i = from; i < end; i++) key[i] = ~(key[i] ?? 0);
}

function append(value: Indexed): void {
  room(1);
  key[end++] = bracketOf(value);
  payload(value);
}

function payload(value: Indexed): void {
  if (value === NOTHING || value === null) return;
  if (isNumber(value)) number(value instanceof Int32 ? value.value : value);
  else if (typeof value === 'string') string(value);
  else if (typeof value === 'boolean') byte(value ? 1 : 0);
  else if (value instanceof Doc) {
    for (const [name, field] of value.fields) {
      byte(bracketOf(field));
      string(name);
      payload(field);
    }
    byte(TAG.end);
  } else if (value instanceof List) {
    value.items.forEach(append);
    byte(TAG.end);
  } else opaque(value);
}

function byte(value: number): void {
  room(1);
  key[end++] = value;
}

function string(value: string): void {
  room(value.length * 3 + 2);
  const begin = end;
  end += key.write(value, end, 'utf8');
  if (value.includes('\0')) {
    const escaped = Buffer.from(key.subarray(begin, end).toString('latin1').replaceAll('\0', '\0\xff'), 'latin1');
    end = begin;
    room(escaped.length + 2);
    end += escaped.copy(key, begin);
  }
  // Less than any continuation, an escaped NUL included.
  key[end++] = 0;
  key[end++] = 1;
}

function opaque({ type, bytes }: Opaque): void {
  room(bytes.length + 8);
  switch (type) {
    case Type.decimal: {
      const value = readDecimal(bytes);
      if (typeof value === 'number') number(value);
      else exact(value);
      break;
    }
    case Type.date:
      end = key.writeBigUInt64BE(BigInt.asUintN(64, bytes.readBigInt64LE() ^ (1n << 63n)), end);
      break;
    case Type.timestamp:
      end = key.writeBigUInt64BE(bytes.readBigUInt64LE(), end);
      break;
    case Type.binData:
      end = key.writeUInt32BE(bytes.readUInt32LE(), end);
      end += bytes.copy(key, end, 4);
      break;
    case Type.javascript:
      string(bytes.toString('utf8', 4, bytes.length - 1));
      break;
    default:
      end += bytes.copy(key, end);
  }
}

function number(value: number | bigint): void {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(54, value) === value) number(Number(value));
    else exact({ digits: value, exponent: 0 });
  } else if (Number.isNaN(value)) byte(NAN);
  else if (value === 0) byte(3);
  else signed(value < 0, Math.abs(value));
}

function exact({ digits, exponent }: Exact): void {
  if (digits === 0n) {
    byte(3);
    return;
  }
  const { double, rest } = aboveDouble({ digits: digits < 0n ? -digits : digits, exponent });
  signed(digits < 0n, double, rest);
}

/** The bits of a positive double sort as it does; behind it stands what it could not hold. */
function signed(negative: boolean, double: number, rest?: Exact): void {
  room(64);
  key[end++] = negative ? 2 : 4;
  const begin = end;
  end = key.writeBigUInt64BE(bitsOf(double), end);
  if (rest === undefined || rest.digits === 0n) key[end++] = 0;
  else {
    const digits = String(rest.digits);
    key[end++] = 1;
    end = key.writeUInt16BE(0x8000 + digits.length + rest.exponent, end);
    const significant = digits.replace(/0+$/, '');
    room(significant.length + 1);
    end += key.write(significant, end, 'latin1');
    key[end++] = 0;
  }
  if (negative) complement(begin);
}

/** Below 0, 0 or above, in the order of all values. */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (isNumber(a) && isNumber(b)) {
    const [x, y] = [a instanceof Int32 ? a.value : a, b instanceof Int32 ? b.value : b];
    if (x === x && y === y) return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a instanceof Opaque && b instanceof Opaque && a.type === Type.date && b.type === Type.date)
    return Number(a.bytes.readBigInt64LE() - b.bytes.readBigInt64LE());
  return bracketOf(a) - bracketOf(b) || Buffer.compare(keyOf([a]), keyOf([b]));
}

/** By code points, which is by UTF-8; JavaScript compares halves of surrogate pairs. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? surrogatesLast(x) - surrogatesLast(y) : x - y;
  }
  return a.length - b.length;
}

const surrogatesLast = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

export const equals = (a: Value, b: Value): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a === b : bracketOf(a) === bracketOf(b) && compare(a, b) === 0;

export const isNaNValue = (value: Value): boolean =>
  Number.isNaN(value instanceof Opaque && value.type === Type.decimal ? readDecimal(value.bytes) : value);

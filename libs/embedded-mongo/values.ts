import { Int32, Opaque, Type } from './scalars.js';

/**
 * A BSON value. A double is a number, a 64-bit integer a bigint; a 32-bit integer has a class of its own, so that none
 * turns into another. `undefined` is never a value: it says that a field is missing.
 */
export type Value = null | boolean | string | number | bigint | Int32 | Opaque | Doc | List;

/** A document whose fields keep their order whatever their names. It is read from its bytes when first looked into. */
export class Doc {
  private raw: Buffer | undefined;
  private parsed: Map<string, Value> | undefined;

  private constructor(raw: Buffer | undefined, parsed?: Map<string, Value>) {
    this.raw = raw;
    this.parsed = parsed;
  }

  /** @param raw bytes that were checked when they came in */
  static read(raw: Buffer): Doc {
    return new Doc(raw);
  }

  static of(fields: Iterable<readonly [string, Value]>): Doc {
    return new Doc(undefined, new Map(fields));
  }

  /** For what the store itself says, whose names are never numbers; what is undefined is left out. */
  static from(fields: Readonly<Record<string, Value | undefined>>): Doc {
    return Doc.of(Object.entries(fields).filter((field): field is [string, Value] => field[1] !== undefined));
  }

  get fields(): ReadonlyMap<string, Value> {
    return (this.parsed ??= fieldsOf(this.raw ?? Buffer.alloc(0)));
  }

  get(name: string): Value | undefined {
    return this.fields.get(name);
  }

  get firstName(): string | undefined {
    for (const name of this.fields.keys()) return name;
    return undefined;
  }

  /** For changing: the fields, which from now on are the truth. Whoever changes a value inside opens every one above it. */
  open(): Map<string, Value> {
    const fields = this.fields as Map<string, Value>;
    this.raw = undefined;
    return fields;
  }

  get bytes(): Buffer {
    return (this.raw ??= writeDocument(this.fields));
  }
}

/** An array. */
export class List {
  private raw: Buffer | undefined;
  private parsed: Value[] | undefined;

  private constructor(raw: Buffer | undefined, parsed?: Value[]) {
    this.raw = raw;
    this.parsed = parsed;
  }

  static read(raw: Buffer): List {
    return new List(raw);
  }

  static of(items: Iterable<Value>): List {
    return new List(undefined, [...items]);
  }

  get items(): readonly Value[] {
    return (this.parsed ??= itemsOf(this.raw ?? Buffer.alloc(0)));
  }

  /** As for a document. */
  open(): Value[] {
    const items = this.items as Value[];
    this.raw = undefined;
    return items;
  }

  /** As a document with the names "0", "1", … */
  get asDoc(): Doc {
    return Doc.of(this.items.map((item, index) => [String(index), item]));
  }

  get bytes(): Buffer {
    return (this.raw ??= writeDocument(this.items.map((item, index) => [String(index), item] as const)));
  }
}

export const isNumber = (value: Value | undefined): value is number | bigint | Int32 =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Int32;

export function typeOf(value: Value): number {
  if (value === null) return Type.null;
  if (value instanceof Doc) return Type.object;
  if (value instanceof List) return Type.array;
  if (value instanceof Int32) return Type.int;
  if (value instanceof Opaque) return value.type;
  if (typeof value === 'string') return Type.string;
  if (typeof value === 'number') return Type.double;
  return typeof value === 'boolean' ? Type.bool : Type.long;
}

const names = new Map<number, string>(Object.entries(Type).map(([name, type]) => [type, name]));

/** As error messages call it. */
export const typeName = (value: Value | undefined): string =>
  value === undefined ? 'missing' : (names.get(typeOf(value)) ?? 'unknown');

export const FIXED: Readonly<Record<number, number>> = {
  [Type.double]: 8,
  [Type.objectId]: 12,
  [Type.bool]: 1,
  [Type.date]: 8,
  [Type.null]: 0,
  [Type.int]: 4,
  [Type.timestamp]: 8,
  [Type.long]: 8,
  [Type.decimal]: 16,
  [Type.maxKey]: 0,
  [Type.minKey]: 0,
};

function endOfName(raw: Buffer, at: number): number {
  while (raw[at] !== 0) at++;
  return at;
}

/** Where the value of a type that begins at `at` ends. */
export function endOfValue(raw: Buffer, type: number, at: number): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return at + fixed;
  if (type === Type.string || type === Type.javascript) return at + 4 + raw.readInt32LE(at);
  if (type === Type.object || type === Type.array) return at + raw.readInt32LE(at);
  if (type === Type.binData) return at + 5 + raw.readInt32LE(at);
  return endOfName(raw, endOfName(raw, at) + 1) + 1;
}

function valueAt(raw: Buffer, type: number, at: number, end: number): Value {
  switch (type) {
    case Type.double:
      return raw.readDoubleLE(at);
    case Type.string:
      return raw.toString('utf8', at + 4, end - 1);
    case Type.object:
      return Doc.read(raw.subarray(at, end));
    case Type.array:
      return List.read(raw.subarray(at, end));
    case Type.bool:
      return raw[at] === 1;
    case Type.null:
      return null;
    case Type.int:
      return new Int32(raw.readInt32LE(at));
    case Type.long:
      return raw.readBigInt64LE(at);
    default:
      return new Opaque(type, raw.subarray(at, end));
  }
}

/** The fields of one level; documents inside are read when they are looked into. */
function fieldsOf(raw: Buffer): Map<string, Value> {
  const fields = new Map<string, Value>();
  for (let at = 4; at < raw.length - 1;) {
    const type = raw[at] ?? 0;
    const nameEnd = endOfName(raw, at + 1);
    const name = raw.toString('utf8', at + 1, nameEnd);
    at = endOfValue(raw, type, nameEnd + 1);
    fields.set(name, valueAt(raw, type, nameEnd + 1, at));
  }
  return fields;
}

function itemsOf(raw: Buffer): Value[] {
  const items: Value[] = [];
  for (let at = 4; at < raw.length - 1;) {
    const type = raw[at] ?? 0;
    const begin = endOfName(raw, at + 1) + 1;
    at = endOfValue(raw, type, begin);
    items.push(valueAt(raw, type, begin, at));
  }
  return items;
}

let scratch = Buffer.allocUnsafe(64 * 1024);
let end = 0;

function room(bytes: number): void {
  if (end + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, end + bytes));
  scratch.copy(larger, 0, 0, end);
  scratch = larger;
}

/** The bytes of a document with these fields. What was not changed inside is copied as it was. */
function writeDocument(fields: Iterable<readonly [string, Value]>): Buffer {
  const begin = end;
  try {
    write(fields);
    return Buffer.from(scratch.subarray(begin, end));
  } finally {
    end = begin;
    if (end === 0 && scratch.length > 1024 * 1024) scratch = Buffer.allocUnsafe(64 * 1024);
  }
}

function write(fields: Iterable<readonly [string, Value]>): void {
  const begin = end;
  room(5);
  end += 4;
  for (const [name, value] of fields) {
    const type = typeOf(value);
    room(name.length * 3 + 32);
    scratch[end] = type;
    end += 1;
    end += scratch.write(name, end, 'utf8');
    scratch[end++] = 0;
    writeValue(value);
  }
  room(1);
  scratch[end++] = 0;
  scratch.writeInt32LE(end - begin, begin);
}

function writeValue(value: Value): void {
  if (value === null) return;
  if (typeof value === 'string') {
    room(value.length * 3 + 5);
    const bytes = scratch.write(value, end + 4, 'utf8') + 1;
    scratch.writeInt32LE(bytes, end);
    end += 4 + bytes;
    scratch[end - 1] = 0;
  } else if (typeof value === 'number') end = scratch.writeDoubleLE(value, end);
  else if (typeof value === 'bigint') end = scratch.writeBigInt64LE(value, end);
  else if (typeof value === 'boolean') scratch[end++] = value ? 1 : 0;
  else if (value instanceof Int32) end = scratch.writeInt32LE(value.value, end);
  else {
    const { bytes } = value;
    room(bytes.length);
    end += bytes.copy(scratch, end);
  }
}

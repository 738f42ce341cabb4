import { randomBytes } from 'node:crypto';

/** BSON's numbers for the types that the store holds (bsonspec.org). */
export const Type = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  javascript: 13,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  maxKey: 127,
  minKey: 255,
} as const;

/** A 32-bit integer. */
export class Int32 {
  constructor(readonly value: number) {}
}

/** What is kept and compared but never calculated with: ids, dates, binaries, decimals, … as BSON's own bytes. */
export class Opaque {
  constructor(
    readonly type: number,
    readonly bytes: Buffer,
  ) {}
}

/** An integer of the smallest type that holds it. */
export const integer = (value: number | bigint): Int32 | bigint =>
  value >= -0x80000000 && value <= 0x7fffffff ? new Int32(Number(value)) : BigInt(value);

export const plain = (value: number | bigint | Int32): number => Number(value instanceof Int32 ? value.value : value);

export function dateOf(milliseconds: number): Opaque {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(milliseconds));
  return new Opaque(Type.date, bytes);
}

let count = randomBytes(3).readUIntBE(0, 3);
const machine = randomBytes(5);

/** A new ObjectId: seconds, what is random about this process, a counter. */
export function newObjectId(): Opaque {
  count = (count + 1) & 0xffffff;
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 0);
  machine.copy(bytes, 4);
  bytes.writeUIntBE(count, 9, 3);
  return new Opaque(Type.objectId, bytes);
}

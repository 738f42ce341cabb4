/** A finite number as ±digits × 10^exponent, exactly. */
export interface Exact {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The 16 bytes of a Decimal128 (IEEE 754-2008, binary integer decimal), little-endian. */
export function readDecimal(bytes: Buffer): Exact | number {
  const low = bytes.readBigUInt64LE(0);
  const high = bytes.readBigUInt64LE(8);
  const negative = high >> 63n === 1n;
  const top = (high >> 58n) & 31n;
  if (top === 31n) return NaN;
  if (top === 30n) return negative ? -Infinity : Infinity;
  // The long form of the exponent means more digits than are allowed, and that is zero.
  const long = top >> 3n === 3n;
  const exponent = Number((high >> (long ? 47n : 49n)) & 0x3fffn) - 6176;
  const digits = long ? 0n : ((high & 0x1ffffffffffffn) << 64n) | low;
  if (digits > 9999999999999999999999999999999999n) return 0;
  return { digits: negative ? -digits : digits, exponent };
}

const doubles = new DataView(new ArrayBuffer(8));

export function bitsOf(value: number): bigint {
  doubles.setFloat64(0, value);
  return doubles.getBigUint64(0);
}

function ofBits(bits: bigint): number {
  doubles.setBigUint64(0, bits);
  return doubles.getFloat64(0);
}

function exactOf(double: number): Exact {
  const bits = bitsOf(double);
  const power = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const digits = power === 0 ? fraction : fraction | 0x10000000000000n;
  const twos = Math.max(power, 1) - 1075;
  return twos >= 0
    ? { digits: digits << BigInt(twos), exponent: 0 }
    : { digits: digits * 5n ** BigInt(-twos), exponent: twos };
}

function minus(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (x: Exact): bigint => x.digits * 10n ** BigInt(x.exponent - exponent);
  return { digits: scaled(a) - scaled(b), exponent };
}

/** A positive number as the greatest double that is not above it, and what is left. */
export function aboveDouble(value: Exact): { readonly double: number; readonly rest: Exact } {
  let double = Math.min(Number(`${String(value.digits)}e${String(value.exponent)}`), Number.MAX_VALUE);
  let rest = minus(value, exactOf(double));
  if (rest.digits < 0n) {
    double = ofBits(bitsOf(double) - 1n);
    rest = minus(value, exactOf(double));
  }
  return { double, rest };
}

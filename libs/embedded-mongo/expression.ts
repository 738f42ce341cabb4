import { refuse } from './errors.js';
import { compare } from './order.js';
import { Int32, integer, Type } from './scalars.js';
import { Doc, isNumber, List, typeOf, type Value } from './values.js';

/** Undefined when what it names is missing. */
export type Expression = (doc: Doc) => Value | undefined;

/** A field's path, a constant, or a document of these. */
export function readExpression(value: Value): Expression {
  if (typeof value === 'string' && value.startsWith('$')) {
    if (value.startsWith('$$') || value === '$' || value.includes('.$')) refuse(17276, `the variable '${value}'`);
    const path = value.slice(1).split('.');
    return (doc) => follow(doc, path);
  }
  if (value instanceof List) refuse(168, 'an array as an expression');
  if (!(value instanceof Doc)) return () => value;
  const fields = [...value.fields].map(([name, each]) => {
    if (name.startsWith('$')) refuse(168, `Unrecognized expression '${name}'`);
    if (name.includes('.')) refuse(16412, `the field '${name}' in an expression`);
    return [name, readExpression(each)] as const;
  });
  return (doc) =>
    Doc.of(
      fields
        .map(([name, of]) => [name, of(doc)] as const)
        .filter((field): field is [string, Value] => field[1] !== undefined),
    );
}

/** Through arrays to the values of all documents in them; positions mean nothing here. */
function follow(value: Value | undefined, path: readonly string[]): Value | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (value instanceof Doc) return follow(value.get(first), rest);
  if (!(value instanceof List)) return undefined;
  return List.of(
    value.items
      .map((item) => (item instanceof Doc || item instanceof List ? follow(item, path) : undefined))
      .filter((item) => item !== undefined),
  );
}

/** Takes a group's values one by one. */
export interface Accumulator {
  add(value: Value | undefined): void;
  readonly result: Value;
}

export const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
  $sum: () => new Sum(),
  $min: () => new Extreme(-1),
  $max: () => new Extreme(1),
};

/** Whole numbers are added exactly, others with the error of each addition kept apart (Knuth's two-sum). */
class Sum implements Accumulator {
  private whole = 0n;
  private small = 0;
  private high = 0;
  private low = 0;
  private widest: number = Type.int;

  add(value: Value | undefined): void {
    if (value === undefined || value === null) return;
    if (typeOf(value) === Type.decimal) refuse(14, 'the sum of a Decimal128');
    if (!isNumber(value)) return;
    if (value instanceof Int32) {
      this.small += value.value;
      // Far from where a double would lose a one.
      if (Math.abs(this.small) > 2 ** 50) [this.whole, this.small] = [this.whole + BigInt(this.small), 0];
    } else if (typeof value === 'bigint') {
      this.whole += value;
      if (this.widest === Type.int) this.widest = Type.long;
    } else {
      this.widest = Type.double;
      const sum = this.high + value;
      const part = sum - this.high;
      this.low += this.high - (sum - part) + (value - part);
      this.high = sum;
    }
  }

  get result(): Value {
    const whole = this.whole + BigInt(this.small);
    if (this.widest === Type.double) {
      const total = this.high + (Number(whole) + (Number.isFinite(this.high) ? this.low : 0));
      return total;
    }
    if (BigInt.asIntN(64, whole) !== whole) return Number(whole);
    return this.widest === Type.int ? integer(whole) : whole;
  }
}

class Extreme implements Accumulator {
  private found: Value | undefined;

  constructor(private readonly direction: 1 | -1) {}

  add(value: Value | undefined): void {
    if (value === undefined || value === null) return;
    if (this.found === undefined || compare(value, this.found) * this.direction > 0) this.found = value;
  }

  get result(): Value {
    return this.found ?? null;
  }
}

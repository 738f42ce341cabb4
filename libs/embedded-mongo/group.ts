import { type Doc, docOfFields, encode, Int32, isDoc, sumOf, Type, typeName, typeOf, type Value } from './bson.js';
import type { Results } from './cursors.js';
import { fail, refuse } from './errors.js';
import { keyOf } from './order.js';
import type { Rows } from './scan.js';

const MOST_GROUPS = 100_000;

type Whole = Int32 | bigint;
/** Undefined when what it names is missing. */
type Expression = (doc: Doc) => Value | undefined;

/** A field's path, a constant, or a document of these. */
function readExpression(value: Value): Expression {
  if (typeof value === 'string' && value.startsWith('$')) {
    const path = value.slice(1).split('.');
    if (path.some((step) => step === '' || step.startsWith('$'))) refuse(17276, `the variable '${value}'`);
    return (doc) => path.reduce<Value | undefined>(fieldOf, doc);
  }
  if (!isDoc(value)) return Array.isArray(value) ? refuse(168, 'an array as an expression') : () => value;
  const fields = [...value].map(([name, each]) => {
    if (/^\$|\./.test(name)) refuse(168, `Unrecognized expression '${name}'`);
    return [name, readExpression(each)] as const;
  });
  return (doc) => docOfFields(fields.map(([name, of]) => [name, of(doc)]));
}

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  if (Array.isArray(value)) refuse(168, 'an expression whose path leads through an array');
  return isDoc(value) ? value.get(name) : undefined;
}

/** What is no number counts for nothing. */
function add(sum: Whole, value: Value = null): Whole {
  if (typeof value === 'number' || typeOf(value) === Type.decimal) refuse(14, `a sum with a ${typeName(value)}`);
  if (!(value instanceof Int32) && typeof value !== 'bigint') return sum;
  return sumOf(sum, value) ?? refuse(14, 'a sum of more than 64 bits');
}

/** Reads `$group`: by an expression, with sums of whole numbers. */
export function readGroup(spec: Value): (rows: Rows) => Results {
  if (!isDoc(spec)) fail(15947, "a group's fields must be specified in an object");
  const idOf = readExpression(spec.get('_id') ?? (spec.has('_id') ? null : fail(15955, 'a group must include an _id')));
  const sums = [...spec].slice(1).map(([name, value]) => {
    if (name === '_id' || name.includes('.')) refuse(40235, `the field '${name}' of $group in this place`);
    if (!isDoc(value) || value.size !== 1) fail(40234, `The field '${name}' must be an accumulator object`);
    return { name, of: readExpression(value.get('$sum') ?? refuse(15952, 'an accumulator other than $sum')) };
  });
  return function* (rows) {
    const groups = new Map<string, { readonly id: Value; totals: Whole[] }>();
    for (const row of rows) {
      if (row) {
        const id = idOf(row.doc) ?? null;
        const group = groups.get(keyOf(id)) ?? { id, totals: sums.map(() => new Int32(0)) };
        group.totals = group.totals.map((total, i) => add(total, sums[i]?.of(row.doc)));
        if (groups.set(keyOf(id), group).size > MOST_GROUPS) fail(292, '$group exceeded memory limit');
      } else yield;
    }
    for (const { id, totals } of groups.values())
      yield encode(docOfFields([['_id', id], ...sums.map(({ name }, i) => [name, totals[i]] as const)]));
  };
}

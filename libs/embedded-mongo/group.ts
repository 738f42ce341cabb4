import { type Doc, docOfFields, encode, Int32, integer, isDoc, isNumber, type Value } from './bson.js';
import type { Results } from './cursors.js';
import { fail, refuse } from './errors.js';
import { keyOf } from './order.js';
import type { Rows } from './scan.js';

const MOST_GROUPS = 100_000;

/** What to group by: what a path leads to, or null or a number for all in one. */
function readId(value: Value): (doc: Doc) => Value | undefined {
  if (value === null || isNumber(value)) return () => value;
  if (typeof value !== 'string' || !/^\$[^$.]+(\.[^$.]+)*$/.test(value)) refuse(168, 'grouping by anything but a path');
  const path = value.slice(1).split('.');
  return (doc) => path.reduce<Value | undefined>(fieldOf, doc);
}

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  if (Array.isArray(value)) refuse(168, 'an expression whose path leads through an array');
  return isDoc(value) ? value.get(name) : undefined;
}

/** Reads `$group`: how many there are of each. */
export function readGroup(spec: Value): (rows: Rows) => Results {
  if (!isDoc(spec)) fail(15947, "a group's fields must be specified in an object");
  const idOf = readId(spec.get('_id') ?? (spec.has('_id') ? null : fail(15955, 'a group must include an _id')));
  const names = [...spec].slice(1).map(([name, value]) => {
    if (name === '_id' || name.includes('.')) refuse(40235, `the field '${name}' of $group in this place`);
    if (!isDoc(value) || value.size !== 1) fail(40234, `The field '${name}' must be an accumulator object`);
    const sum = value.get('$sum');
    return sum instanceof Int32 && sum.value === 1 ? name : refuse(15952, 'an accumulator other than { $sum: 1 }');
  });
  return function* (rows) {
    const groups = new Map<string, { readonly id: Value; count: number }>();
    for (const row of rows) {
      if (row) {
        const id = idOf(row.doc) ?? null;
        const group = groups.get(keyOf(id)) ?? { id, count: 0 };
        group.count += 1;
        if (groups.set(keyOf(id), group).size > MOST_GROUPS) fail(292, '$group exceeded memory limit');
      } else yield;
    }
    for (const { id, count } of groups.values())
      yield encode(docOfFields([['_id', id], ...names.map((name) => [name, integer(count)] as const)]));
  };
}

import { INDEX, readFields } from './allow-list.js';
import { type Doc, docOf, Int32 } from './bson.js';
import { fail, refuse } from './errors.js';
import { type Filter, readFilter } from './filter.js';
import { type Key, keyOf } from './order.js';
import { keyOfRow, type Pattern, readPattern, rowsOf } from './paths.js';

/** What an index is about, as createIndexes says it and listIndexes shows it. */
export interface Definition {
  readonly name: string;
  readonly key: Doc;
  readonly pattern: Pattern;
  readonly isUnique: boolean;
  /** Which documents it holds; all, when there is none. */
  readonly partial: Filter | undefined;
  readonly spec: Doc;
  /** Two indexes with the same one are too many; otherwise the name tells them apart. */
  readonly signature: string;
}

export interface Index extends Definition {
  readonly id: number;
  /** Whether a document with an array was ever in it. */
  isMulti: boolean;
}

/** Reads and judges what createIndexes was given. */
export function readDefinition(given: Doc): Definition {
  const codes = { unknown: 197, missing: 9 };
  const { key, name, v, unique, partialFilterExpression } = readFields(given, 'createIndexes.indexes', INDEX, codes);
  if (key.size === 0 || name === '') fail(67, 'Index keys and names cannot be empty.');
  if ((v ?? 2) !== 2) refuse(67, 'an index version other than 2');
  return {
    name,
    key,
    pattern: readPattern(key, 67),
    isUnique: unique === true,
    partial: partialFilterExpression && readPartial(partialFilterExpression),
    spec: docOf({ v: new Int32(2), key, name, unique: unique || undefined, partialFilterExpression }),
    signature: keyOf([key, unique === true, partialFilterExpression ?? null]),
  };
}

export const ID_INDEX = readDefinition(docOf({ key: docOf({ _id: new Int32(1) }), name: '_id_' }));

/** Only what the planner can compare with a query: every condition is of equality, presence or a range. */
function readPartial(expression: Doc): Filter {
  const filter = readFilter(expression);
  const conditions = [...expression.values()].flatMap((value) => (value instanceof Map ? [...value.keys()] : [value]));
  const isHeld = filter.predicates.every(({ isPoints, equal = null }) => !isPoints || equal !== null);
  return isHeld && filter.predicates.length === conditions.length ? filter : refuse(67, 'this partialFilterExpression');
}

/** The keys that an index holds of a document, none twice. */
export function keysOf({ pattern, partial }: Definition, doc: Doc): { keys: ReadonlySet<Key>; isMulti: boolean } {
  if (partial?.matches(doc) === false) return { keys: new Set(), isMulti: false };
  const { rows, isMulti } = rowsOf(doc, pattern);
  return { keys: new Set(rows.map((row) => keyOfRow(row, pattern))), isMulti };
}

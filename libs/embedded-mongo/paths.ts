import { type Doc, isDoc, isNumber, plain, type Value } from './bson.js';
import { fail, refuse } from './errors.js';
import { complement, type Indexed, type Key, keyOf, NOTHING } from './order.js';

export type Path = readonly string[];

/** Something that a path leads to. */
export interface Leaf {
  /** Undefined where the field is missing. */
  readonly value: Value | undefined;
  /** Its place in the outermost array on the way, -1 for none. */
  readonly index: number;
  /** An array whose place the path names is not looked into; what cannot have fields, in an array, is none to a filter. */
  readonly kind: 'field' | 'place' | 'stray';
}

export const isPosition = (step: string): boolean => /^(0|[1-9]\d{0,8})$/.test(step);

/** What a dotted path leads to: through arrays into each document in them. */
export function leavesOf(value: Value | undefined, path: Path, at = 0, index = -1): Leaf[] {
  const step = path[at];
  if (step === undefined) return [{ value, index, kind: 'field' }];
  if (isDoc(value)) return leavesOf(value.get(step), path, at + 1, index);
  if (!Array.isArray(value)) return [{ value: undefined, index, kind: 'field' }];
  return value.flatMap((item, i): Leaf[] => {
    const outermost = index < 0 ? i : index;
    const within = isDoc(item) ? leavesOf(item, path, at, outermost) : [];
    if (step !== String(i)) return isDoc(item) ? within : [{ value: undefined, index: outermost, kind: 'stray' }];
    if (at === path.length - 1) return [...within, { value: item, index: outermost, kind: 'place' }];
    return isDoc(item) || Array.isArray(item) ? [...within, ...leavesOf(item, path, at + 1, outermost)] : within;
  });
}

/** Fields in the order of an index or a sort, each with its direction. */
export interface Pattern {
  readonly names: readonly string[];
  readonly directions: readonly (1 | -1)[];
}

/** @param code of the error that a command gives when it cannot take the pattern */
export function readPattern(key: Doc, code: number): Pattern {
  const directions = [...key].map(([name, value]) => {
    const path = name.split('.');
    if (path.includes('')) fail(code, `'${name}' is not a field`);
    if (path.some((step) => step.startsWith('$')) || path.slice(1).some(isPosition) || !isNumber(value))
      refuse(code, `ordering by '${name}' in this way`);
    const direction = plain(value);
    if (direction === 1 || direction === -1) return direction;
    return fail(code, `the direction of '${name}' must be 1 or -1`);
  });
  return { names: [...key.keys()], directions };
}

/** The values that an index holds of a document, in rows: one, or one for each item of an array. */
export function rowsOf(doc: Doc, { names }: Pattern): { rows: Indexed[][]; isMulti: boolean } {
  const columns = names.map((name) => columnOf(doc, name.split('.')));
  const [many, other] = columns.filter(({ isMulti }) => isMulti);
  if (other) {
    const [a = '', b = ''] = names.filter((_, i) => columns[i]?.isMulti);
    if (a.split('.')[0] === b.split('.')[0]) refuse(171, `an index of two fields of one array, '${a}' and '${b}'`);
    fail(171, `cannot index parallel arrays [${b}] [${a}]`);
  }
  const rows = (many?.values ?? [null]).map((item) =>
    columns.map((column) => (column === many ? item : (column.values[0] ?? null))),
  );
  return { rows, isMulti: many !== undefined };
}

/** A missing field counts as null, an empty array as less than that. */
function columnOf(doc: Doc, path: Path): { values: readonly Indexed[]; isMulti: boolean } {
  const leaves = leavesOf(doc, path);
  const values = leaves.flatMap(({ value = null }): readonly Indexed[] =>
    Array.isArray(value) ? (value.length === 0 ? [NOTHING] : value) : [value],
  );
  const isMulti = leaves.some(({ value, index }) => index >= 0 || Array.isArray(value));
  return { values: values.length === 0 ? [null] : values, isMulti };
}

export const keyOfRow = (row: readonly Indexed[], { directions }: Pattern): Key =>
  row.map((value, i) => (directions[i] === -1 ? complement(keyOf(value)) : keyOf(value))).join('');

/** Where a document stands in a sort: by the least of its keys. */
export const sortKey = (doc: Doc, pattern: Pattern): Key =>
  rowsOf(doc, pattern)
    .rows.map((row) => keyOfRow(row, pattern))
    .reduce((least, key) => (key < least ? key : least));

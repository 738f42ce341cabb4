/**
 * What MongoDB's manual says of filters, sorts and updates, written down as plainly as can be for plain values: the
 * store is compared with it on random documents. Slow, without indexes, and without any code of the store.
 */
export type Value = null | boolean | number | string | Date | readonly Value[] | Document;
export interface Document {
  readonly [name: string]: Value;
}
type Changing = Record<string, unknown>;

const MISSING = Symbol('missing');
type Found = Value | typeof MISSING;

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** The manual's order of types. */
function rank(value: Value): number {
  if (value === null) return 1;
  if (typeof value === 'number') return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 5;
  if (typeof value === 'boolean') return 6;
  return value instanceof Date ? 7 : 4;
}

/** Negative when `a` comes first. Strings by their UTF-8 bytes, documents field by field: type, name, value. */
export function compare(a: Value, b: Value): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (isDocument(a) && isDocument(b)) return compareFields(Object.entries(a), Object.entries(b));
  if (Array.isArray(a) && Array.isArray(b))
    return compareFields(
      (a as readonly Value[]).map((value) => ['', value]),
      (b as readonly Value[]).map((value) => ['', value]),
    );
  return Number(a) - Number(b);
}

function compareFields(a: readonly (readonly [string, Value])[], b: readonly (readonly [string, Value])[]): number {
  for (const [index, [name, value]] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order =
      rank(value) - rank(other[1]) ||
      Buffer.compare(Buffer.from(name), Buffer.from(other[0])) ||
      compare(value, other[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** What a path leads to: through arrays into each document in them. */
function leaves(value: Value, path: readonly string[]): Found[] {
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (Array.isArray(value)) return (value as readonly Value[]).filter(isDocument).flatMap((each) => leaves(each, path));
  if (!isDocument(value)) return [MISSING];
  const field = Object.hasOwn(value, name) ? value[name] : undefined;
  return field === undefined ? [MISSING] : leaves(field, rest);
}

/** The same, and the elements of arrays at the end. */
const candidates = (value: Value, path: readonly string[]): Found[] =>
  leaves(value, path).flatMap((leaf) => (Array.isArray(leaf) ? [leaf, ...(leaf as readonly Value[])] : [leaf]));

const equals = (found: Found, wanted: Value): boolean =>
  found === MISSING ? wanted === null : compare(found, wanted) === 0;

const meets = (document: Value, path: readonly string[], operator: string, operand: Value): boolean =>
  holds(candidates(document, path), leaves(document, path), operator, operand);

/** @param all what may meet the condition; @param whole the same without the elements of arrays */
function holds(all: readonly Found[], whole: readonly Found[], operator: string, operand: Value): boolean {
  const some = (test: (found: Found) => boolean): boolean => all.some(test);
  const ordered = (test: (order: number) => boolean): boolean =>
    some((found) => found !== MISSING && rank(found) === rank(operand) && test(compare(found, operand)));
  const arrays = whole.filter((leaf) => Array.isArray(leaf)) as (readonly Value[])[];
  switch (operator) {
    case '$eq':
      return some((found) => equals(found, operand));
    case '$ne':
      return !some((found) => equals(found, operand));
    case '$in':
      return (operand as readonly Value[]).some((each) => holds(all, whole, '$eq', each));
    case '$gt':
      return ordered((order) => order > 0);
    case '$gte':
      return ordered((order) => order >= 0);
    case '$lt':
      return ordered((order) => order < 0);
    case '$lte':
      return ordered((order) => order <= 0);
    case '$exists':
      return whole.some((leaf) => leaf !== MISSING) === operand;
    case '$size':
      return arrays.some(({ length }) => length === operand);
    case '$elemMatch':
      return arrays.some((array) => array.some((element) => fits(element, operand as Document)));
    default:
      throw new Error(`the model has no ${operator}`);
  }
}

/** An element against what $elemMatch asks: operators for the value as it is, a filter for documents. */
function fits(element: Value, wanted: Document): boolean {
  if (hasOperators(wanted))
    return Object.entries(wanted).every(([operator, operand]) => holds([element], [element], operator, operand));
  // An array in an array is looked at as a document whose fields are its positions, of which no filter here speaks.
  return Array.isArray(element) ? matches({}, wanted) : isDocument(element) && matches(element, wanted);
}

const hasOperators = (value: Value): value is Document =>
  isDocument(value) && Object.keys(value)[0]?.startsWith('$') === true;

export function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    const each = (): boolean[] => (condition as readonly Document[]).map((part) => matches(document, part));
    if (name === '$or') return each().some(Boolean);
    const path = name.split('.');
    if (!hasOperators(condition)) return meets(document, path, '$eq', condition);
    return Object.entries(condition).every(([operator, operand]) => meets(document, path, operator, operand));
  });
}

/** An array counts by its least element upwards and its greatest downwards, an empty one as less than null. */
function sortValue(document: Document, path: readonly string[], direction: number): Value | undefined {
  const [leaf = MISSING] = leaves(document, path);
  if (leaf === MISSING) return null;
  if (!Array.isArray(leaf)) return leaf;
  return (leaf as readonly Value[]).toSorted((a, b) => compare(a, b) * direction)[0];
}

export function sorted(documents: readonly Document[], sort: Readonly<Record<string, 1 | -1>>): Document[] {
  return documents.toSorted((a, b) => {
    for (const [name, direction] of Object.entries(sort)) {
      const [one, other] = [a, b].map((each) => sortValue(each, name.split('.'), direction));
      const order =
        one === undefined || other === undefined
          ? Number(other === undefined) - Number(one === undefined)
          : compare(one, other);
      if (order !== 0) return order * direction;
    }
    return 0;
  });
}

/** The document after an update, with new fields in the order of their names; undefined where MongoDB refuses it. */
export function updated(document: Document, update: Readonly<Record<string, Document>>): Document | undefined {
  const copy: Changing = Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, isDocument(value) ? { ...value } : value]),
  );
  const changes = Object.entries(update).flatMap(([operator, fields]) =>
    Object.entries(fields).map(([name, operand]) => ({ operator, name, operand })),
  );
  changes.sort((a, b) => (a.name < b.name ? -1 : 1));
  return changes.every((change) => apply(copy, change)) ? (copy as Document) : undefined;
}

interface Change {
  readonly operator: string;
  readonly name: string;
  readonly operand: Value;
}

/** Paths have two steps at most here, and lead through documents only. */
function apply(document: Changing, { operator, name, operand }: Change): boolean {
  const [first = '', second] = name.split('.');
  if (second === undefined) return applyTo(document, first, operator, operand);
  const inner = document[first];
  if (operator === '$unset' || operator === '$pull') {
    if (!isDocument(inner)) return true;
  } else if (inner === undefined) document[first] = {};
  else if (!isDocument(inner)) return false;
  return applyTo(document[first] as Changing, second, operator, operand);
}

function applyTo(target: Changing, field: string, operator: string, operand: Value): boolean {
  const present = target[field] as Value | undefined;
  switch (operator) {
    case '$set':
      target[field] = operand;
      return true;
    case '$unset':
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
      delete target[field];
      return true;
    case '$inc':
      if (present !== undefined && typeof present !== 'number') return false;
      target[field] = (present ?? 0) + Number(operand);
      return true;
    case '$min':
      if (present === undefined || compare(operand, present) < 0) target[field] = operand;
      return true;
    case '$max':
      if (present === undefined || compare(operand, present) > 0) target[field] = operand;
      return true;
    case '$push': {
      if (present !== undefined && !Array.isArray(present)) return false;
      const added = isDocument(operand) && Array.isArray(operand['$each']) ? operand['$each'] : [operand];
      target[field] = [...((present as readonly Value[] | undefined) ?? []), ...(added as readonly Value[])];
      return true;
    }
    case '$pull':
      if (present === undefined) return true;
      if (!Array.isArray(present)) return false;
      target[field] = (present as readonly Value[]).filter((element) => !pulled(element, operand));
      return true;
    default:
      throw new Error(`the model has no ${operator}`);
  }
}

/** Operators are asked as of a field that holds the element; a filter only of documents. */
function pulled(element: Value, operand: Value): boolean {
  if (hasOperators(operand)) return matches({ element }, { element: operand });
  return isDocument(operand) ? isDocument(element) && matches(element, operand) : compare(element, operand) === 0;
}

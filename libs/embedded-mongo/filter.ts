import { type Doc, firstName, isDoc, isNumber, isTrue, plain, type Value } from './bson.js';
import { fail, refuse } from './errors.js';
import { bracketOf, type Key, keyOf, LAST } from './order.js';
import { leavesOf } from './paths.js';

/** Keys from `from` on and below `to`. */
export interface Range {
  readonly from: Key;
  readonly to: Key;
}

/** What must hold of one field in every document that a filter finds. */
export interface Predicate {
  readonly name: string;
  /** Where the key of one of its values lies: what an index has to be searched for. Missing for `$exists: true`. */
  readonly ranges?: readonly Range[];
  /** Whether each range is of one value. */
  readonly isPoints?: boolean;
  /** What it must be equal to, if that is one value: what an upsert begins with. */
  readonly equal?: Value;
}

export interface Filter {
  readonly predicates: readonly Predicate[];
  /** @param places takes where in an array each condition matched, for the positional operator */
  readonly matches: (doc: Doc, places?: Set<number>) => boolean;
}

/** A condition on what a path leads to. */
interface Condition {
  readonly test: (value: Value | undefined) => boolean;
  /** Whether it is about the items of an array, the array itself, or either. */
  readonly about: 'items' | 'itself' | 'either';
  readonly isNegated?: boolean;
  readonly predicate?: Omit<Predicate, 'name'>;
}

/** Reads a filter; whatever is not understood here is an error, never ignored. */
export function readFilter(filter: Doc): Filter {
  const fields = [...filter].map(([name, value]) => {
    if (name === '$or') return readAlternatives(value);
    return name.startsWith('$') ? refuse(2, `unknown top level operator: ${name}`) : readField(name, value);
  });
  return {
    predicates: fields.flatMap(({ predicates }) => predicates),
    matches: (doc, places) => fields.every(({ matches }) => matches(doc, places)),
  };
}

function readAlternatives(value: Value): Filter {
  if (!Array.isArray(value) || value.length === 0) fail(2, '$or must be a nonempty array');
  const filters = value.map((each) => readFilter(isDoc(each) ? each : fail(2, '$or entries need to be full objects')));
  return { predicates: [], matches: (doc, places) => filters.some(({ matches }) => matches(doc, places)) };
}

/** `{ $gt: 1 }`: a document of operators and not a value. */
const isOperators = (value: Value): value is Doc => isDoc(value) && firstName(value).startsWith('$');

function readField(name: string, value: Value): Filter {
  const path = name.split('.');
  const conditions = readConditions(value);
  return {
    predicates: conditions.flatMap(({ predicate }) => (predicate ? [{ name, ...predicate }] : [])),
    matches: (doc, places) => {
      const leaves = leavesOf(doc, path).filter(({ kind }) => kind !== 'stray');
      return conditions.every(({ test, about, isNegated = false }) => {
        const isMet = leaves.some(({ value: found, index, kind }) => {
          const isOpen = Array.isArray(found) && about !== 'itself' && (kind === 'field' || about === 'items');
          const at = isOpen ? found.findIndex(test) : -1;
          if (at < 0 && (about === 'items' || !test(found))) return false;
          const place = index < 0 ? at : index;
          if (place >= 0 && !isNegated) places?.add(place);
          return true;
        });
        return isMet !== isNegated;
      });
    },
  };
}

/** A value to be equal to, or operators. */
function readConditions(value: Value): Condition[] {
  if (!isOperators(value)) return [equal(value)];
  return [...value].map(([name, operand]) => {
    const read = OPERATORS.get(name) ?? refuse(2, `unknown operator: ${name}`);
    return read(operand);
  });
}

const OPERATORS: ReadonlyMap<string, (operand: Value) => Condition> = new Map([
  ['$eq', equal],
  ['$ne', (operand: Value) => not(equal(operand))],
  ['$in', (operand: Value) => oneOf(Array.isArray(operand) ? operand : fail(2, '$in needs an array'))],
  ['$gt', (operand: Value) => range(operand, '$gt')],
  ['$gte', (operand: Value) => range(operand, '$gte')],
  ['$lt', (operand: Value) => range(operand, '$lt')],
  ['$lte', (operand: Value) => range(operand, '$lte')],
  ['$exists', (operand: Value) => (isTrue(operand) ? PRESENT : not(PRESENT))],
  ['$size', size],
  ['$elemMatch', elemMatch],
]);

const PRESENT: Condition = { test: (value) => value !== undefined, about: 'itself', predicate: {} };

const not = ({ test, about }: Condition): Condition => ({ test, about, isNegated: true });

function equal(value: Value): Condition {
  const condition = oneOf([value]);
  return { ...condition, predicate: { ...condition.predicate, equal: value } };
}

/** Null also stands for what is missing. */
function oneOf(values: readonly Value[]): Condition {
  if (values.some(isOperators)) fail(2, 'cannot nest $ under $in');
  const keys = new Set(values.map(keyOf));
  const ranges = [...keys].map((key) => ({ from: key, to: key + LAST }));
  return { test: (value) => keys.has(keyOf(value ?? null)), about: 'either', predicate: { ranges, isPoints: true } };
}

function range(operand: Value, operator: '$gt' | '$gte' | '$lt' | '$lte'): Condition {
  // Not-a-number is neither less nor more than anything, but equal to itself.
  if (Number.isNaN(operand)) return oneOf(operator.endsWith('e') ? [operand] : []);
  const [key, { from: least, to: greatest }] = [keyOf(operand), bracketOf(operand)];
  const from = operator === '$gt' ? key + LAST : operator === '$gte' ? key : least;
  const to = operator === '$lt' ? key : operator === '$lte' ? key + LAST : greatest;
  const test = (value: Value | undefined): boolean => {
    const found = keyOf(value ?? null);
    return from <= found && found < to;
  };
  return { test, about: 'either', predicate: { ranges: [{ from, to }] } };
}

function size(operand: Value): Condition {
  const wanted = isNumber(operand) ? plain(operand) : -1;
  if (wanted < 0 || !Number.isInteger(wanted)) fail(2, 'Failed to parse $size. Expected a non-negative whole number');
  return { test: (value) => Array.isArray(value) && value.length === wanted, about: 'itself' };
}

function elemMatch(operand: Value): Condition {
  if (!isDoc(operand)) fail(2, '$elemMatch needs an Object');
  if (isOperators(operand)) {
    const conditions = readConditions(operand);
    return { test: (item = null) => conditions.every((condition) => meets(item, condition)), about: 'items' };
  }
  const { matches } = readFilter(operand);
  // An array in an array is looked at as a document whose fields are its positions.
  const asDoc = (items: Value[]): Doc => new Map(items.map((item, i) => [String(i), item]));
  return {
    test: (item) => (Array.isArray(item) ? matches(asDoc(item)) : isDoc(item) && matches(item)),
    about: 'items',
  };
}

/** A value by itself, not looked into if it is an array. */
const meets = (value: Value, { test, about, isNegated = false }: Condition): boolean =>
  (about === 'items' ? Array.isArray(value) && value.some(test) : test(value)) !== isNegated;

/** What `$pull` takes out: documents that a filter fits, or items that operators fit. */
export function readPulled(wanted: Doc): (item: Value) => boolean {
  const isOfValues = isOperators(wanted);
  const { matches } = isOfValues ? readField('item', wanted) : readFilter(wanted);
  return (item) => (isOfValues ? matches(new Map([['item', item]])) : isDoc(item) && matches(item));
}

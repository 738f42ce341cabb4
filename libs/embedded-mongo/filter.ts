import { fail, refuse } from './errors.js';
import { bracketOf, compare, equals, isNaNValue, nameOf } from './order.js';
import { type Path, somewhere } from './paths.js';
import { isRegex, readRegex, textPattern } from './regex.js';
import { plain, Opaque, Type } from './scalars.js';
import { Doc, isNumber, List, type Value } from './values.js';

/** Where in an array a filter matched, for the positional operator. */
export class Position {
  index = -1;
  private unclear = false;

  note(index: number): void {
    if (index < 0) return;
    if (this.index >= 0 && this.index !== index) this.unclear = true;
    this.index = index;
  }

  /** MongoDB leaves open which one counts. */
  refuseUnclear(): void {
    if (this.unclear) refuse(2, 'a positional operator after several conditions on arrays');
  }
}

/** What must hold of one field, for choosing an index: all of a filter's own and of its `$and`. */
export interface Predicate {
  readonly path: string;
  readonly operator: 'eq' | 'in' | 'gt' | 'gte' | 'lt' | 'lte' | 'exists';
  readonly values: readonly Value[];
}

export interface Filter {
  readonly predicates: readonly Predicate[];
  /** Whether the predicates say all that the filter does. */
  readonly isPlain: boolean;
  matches(doc: Doc, position?: Position): boolean;
}

type Matches = (doc: Doc, position?: Position) => boolean;

/** A condition on what a path leads to, and the same on one item of an array. */
interface Condition {
  onField(doc: Doc, path: Path, position?: Position): boolean;
  onItem(value: Value): boolean;
}

/** Reads a filter; whatever is not understood here is an error, never ignored. */
export function readFilter(filter: Doc): Filter {
  const found: Found = { predicates: [], isPlain: true };
  return { matches: all(readFields(filter, found)), ...found };
}

interface Found {
  readonly predicates: Predicate[];
  isPlain: boolean;
}

const nowhere = (): Found => ({ predicates: [], isPlain: false });

function readFields(filter: Doc, found: Found): Matches[] {
  return [...filter.fields].map(([name, value]) => {
    if (!name.startsWith('$')) return readField(name, value, found);
    const branches = (): Doc[] => {
      if (!(value instanceof List) || value.items.length === 0) fail(2, `${name} must be a nonempty array`);
      return value.items.map((each) =>
        each instanceof Doc ? each : fail(2, `${name} entries need to be full objects`),
      );
    };
    switch (name) {
      case '$and':
        return all(branches().flatMap((branch) => readFields(branch, found)));
      case '$or': {
        const docs = branches();
        // One branch holds for certain; of several, none does.
        if (docs.length > 1) found.isPlain = false;
        const each = docs.map((branch) => all(readFields(branch, docs.length === 1 ? found : nowhere())));
        return (doc, position) => each.some((matches) => matches(doc, position));
      }
      case '$nor': {
        const each = branches().map((branch) => all(readFields(branch, nowhere())));
        found.isPlain = false;
        return (doc) => !each.some((matches) => matches(doc));
      }
      default:
        return refuse(2, `unknown top level operator: ${name}`);
    }
  });
}

function all(each: readonly Matches[]): Matches {
  if (each.length === 1 && each[0]) return each[0];
  return (doc, position) => each.every((matches) => matches(doc, position));
}

/** `{ $gt: 1 }`: a document of operators and not a value. */
export const isOperators = (value: Value | undefined): value is Doc =>
  value instanceof Doc && value.firstName?.startsWith('$') === true && !/^\$(ref|id|db)$/.test(value.firstName);

function readField(name: string, value: Value, found: Found): Matches {
  const path = name.split('.');
  const before = found.predicates.length;
  const note: Note = (operator, values) => found.predicates.push({ path: name, operator, values });
  const conditions = isOperators(value) ? readOperators(value, note) : [isRegex(value) ? regex(value) : equal(value)];
  if (!isOperators(value) && !isRegex(value)) note('eq', [value]);
  if (found.predicates.length - before !== conditions.length) found.isPlain = false;
  return all(conditions.map((condition) => (doc, position) => condition.onField(doc, path, position)));
}

type Note = (operator: Predicate['operator'], values: readonly Value[]) => unknown;

function readOperators(operators: Doc, note: Note): Condition[] {
  if (operators.get('$options') !== undefined && operators.get('$regex') === undefined)
    fail(2, '$options needs a $regex');
  return [...operators.fields].flatMap(([name, value]) => readOperator(name, value, operators, note) ?? []);
}

function readOperator(name: string, value: Value, around: Doc, note: Note): Condition | undefined {
  switch (name) {
    case '$eq':
      note('eq', [value]);
      return equal(value);
    case '$ne':
      if (isRegex(value)) fail(2, "Can't have regex as arg to $ne.");
      return not([equal(value)]);
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte': {
      const operator = name.slice(1) as 'gt' | 'gte' | 'lt' | 'lte';
      if (!isNaNValue(value)) note(operator, [value]);
      return range(operator, value);
    }
    case '$in':
      return oneOf(name, value, note);
    case '$nin':
      return not([oneOf(name, value, () => undefined)]);
    case '$all':
      return readAll(value, note);
    case '$exists':
      if (isTrue(value)) {
        note('exists', []);
        return leaf((each) => each !== undefined, false);
      }
      return not([leaf((each) => each !== undefined, false)]);
    case '$size': {
      const size = isNumber(value) ? plain(value) : fail(2, 'Failed to parse $size. Expected a number');
      if (size < 0 || !Number.isInteger(size)) fail(2, 'Failed to parse $size. Expected a non-negative number');
      return leaf((each) => each instanceof List && each.items.length === size, false);
    }
    case '$not': {
      if (isRegex(value)) return not([regex(value)]);
      if (!(value instanceof Doc)) fail(2, '$not needs a regex or a document');
      if (value.fields.size === 0) fail(2, '$not cannot be empty');
      return not(readOperators(value, () => undefined));
    }
    case '$elemMatch':
      return elemMatch(value);
    case '$regex': {
      const options = around.get('$options') ?? '';
      if (typeof options !== 'string') fail(2, '$options has to be a string');
      if (isRegex(value)) return regex(value, options);
      return typeof value === 'string' ? pattern(value, options) : fail(2, '$regex has to be a string');
    }
    case '$options':
      return undefined;
    default:
      return refuse(2, `unknown operator: ${name}`);
  }
}

const leaf = (test: (value: Value | undefined) => boolean, items = true): Condition => ({
  onField: (doc, path, position) =>
    somewhere(doc, path, items, (value, index) => {
      if (!test(value)) return false;
      position?.note(index);
      return true;
    }),
  onItem: test,
});

const not = (conditions: readonly Condition[]): Condition => ({
  onField: (doc, path) => !conditions.every((condition) => condition.onField(doc, path)),
  onItem: (value) => !conditions.every((condition) => condition.onItem(value)),
});

const equal = (target: Value): Condition =>
  leaf((value) =>
    target === null ? value === undefined || value === null : value !== undefined && equals(value, target),
  );

function range(operator: 'gt' | 'gte' | 'lt' | 'lte', target: Value): Condition {
  if (isRegex(target)) fail(2, `Can't have RegEx as arg to predicate over field.`);
  if (target instanceof Opaque && (target.type === Type.minKey || target.type === Type.maxKey))
    refuse(2, 'comparing with MinKey or MaxKey');
  const bracket = bracketOf(target);
  const orEqual = operator.endsWith('e');
  const [wanted, nan] = [operator.startsWith('g') ? 1 : -1, isNaNValue(target)];
  return leaf((each) => {
    const value = each ?? null;
    if (bracketOf(value) !== bracket) return false;
    if (nan || isNaNValue(value)) return orEqual && nan && isNaNValue(value);
    const order = compare(value, target);
    return order === 0 ? orEqual : order * wanted > 0;
  });
}

function oneOf(name: string, value: Value, note: Note): Condition {
  if (!(value instanceof List)) fail(2, `${name} needs an array`);
  const [patterns, targets] = [value.items.filter(isRegex), value.items.filter((item) => !isRegex(item))];
  if (targets.some(isOperators)) fail(2, `cannot nest $ under ${name}`);
  if (patterns.length === 0) note('in', targets);
  const tests = patterns.map((each) => regex(each));
  const texts = new Set(targets.filter((target) => typeof target === 'string'));
  const others = targets.filter((target) => typeof target !== 'string');
  const brackets = new Set(others.map(bracketOf));
  const names = new Set(others.map(nameOf));
  return leaf((each) => {
    if (each !== undefined && tests.some((test) => test.onItem(each))) return true;
    const candidate = each ?? null;
    if (typeof candidate === 'string') return texts.has(candidate);
    return brackets.has(bracketOf(candidate)) && names.has(nameOf(candidate));
  });
}

function readAll(value: Value, note: Note): Condition {
  if (!(value instanceof List)) fail(2, '$all needs an array');
  const conditions = value.items.map((item) => {
    if (isOperators(item)) return refuse(2, '$all with operators');
    if (isRegex(item)) return regex(item);
    note('eq', [item]);
    return equal(item);
  });
  return {
    onField: (doc, path, position) =>
      conditions.length > 0 && conditions.every((condition) => condition.onField(doc, path, position)),
    onItem: (each) => conditions.length > 0 && conditions.every((condition) => condition.onItem(each)),
  };
}

function elemMatch(value: Value): Condition {
  if (!(value instanceof Doc)) fail(2, '$elemMatch needs an Object');
  const ofValues = isOperators(value) && !/^\$(and|or|nor)$/.test(value.firstName ?? '');
  const conditions = ofValues ? readOperators(value, () => undefined) : [];
  const matches = ofValues ? undefined : all(readFields(value, nowhere()));
  const fits = (item: Value): boolean => {
    if (!matches) return conditions.every((condition) => condition.onItem(item));
    return item instanceof Doc ? matches(item) : item instanceof List && matches(item.asDoc);
  };
  const find = (each: Value | undefined): number => (each instanceof List ? each.items.findIndex(fits) : -1);
  return {
    onField: (doc, path, position) =>
      somewhere(doc, path, false, (each, index) => {
        const found = find(each);
        if (found >= 0) position?.note(index < 0 ? found : index);
        return found >= 0;
      }),
    onItem: (each) => find(each) >= 0,
  };
}

function regex(value: Opaque, options?: string): Condition {
  const [text, own] = readRegex(value);
  return pattern(text, options || own);
}

function pattern(text: string, options: string): Condition {
  const test = textPattern(text, options);
  const matchesItself = (value: Opaque): boolean => readRegex(value).join('/') === `${text}/${options}`;
  return leaf((value) => (typeof value === 'string' ? test(value) : isRegex(value) && matchesItself(value)));
}

/** As `$exists`, options and projections take it. */
export const isTrue = (value: Value): boolean =>
  value !== null && value !== false && !(isNumber(value) && plain(value) === 0);

/** What `$pull` takes out: items equal to a value, documents that a filter fits, or items that operators fit. */
export function readItemTest(value: Value): (item: Value) => boolean {
  if (isOperators(value) || isRegex(value)) {
    const matches = readField('', value, nowhere());
    return (item) => matches(Doc.of([['', item]]));
  }
  if (!(value instanceof Doc)) return (item) => equals(item, value);
  const filter = readFilter(value);
  return (item) => item instanceof Doc && filter.matches(item);
}

import { type Doc, firstName, isDoc, isNumber, plain, sumOf, Type, typeName, typeOf, type Value } from './bson.js';
import { fail, refuse } from './errors.js';
import { type Filter, readPulled } from './filter.js';
import { compare } from './order.js';
import { isPosition, type Path } from './paths.js';

/** New value of a field from its present one; undefined takes it away. */
type Change = (present: Value | undefined, at: string) => Value | undefined;

interface Step {
  readonly path: Path;
  readonly change: Change;
  /** Undefined for what neither makes documents on its way nor minds what it meets there. */
  readonly makes?: boolean;
  readonly isOnInsert?: boolean;
}

export interface Update {
  /**
   * The document as it becomes; the one that is given stays as it is.
   * @param places where in arrays the filter matched; for an insert undefined
   */
  readonly apply: (doc: Doc, places?: ReadonlySet<number>) => Doc;
}

export function readUpdate(update: Value): Update {
  if (Array.isArray(update)) refuse(9, 'an update by an aggregation pipeline');
  if (!isDoc(update)) fail(9, 'Update argument must be either an object or an array');
  if (!firstName(update).startsWith('$')) refuse(9, 'a whole document as an update');
  const steps = [...update].flatMap(([operator, fields]): Step[] => {
    const read = OPERATORS.get(operator) ?? refuse(9, `Unknown modifier: ${operator}`);
    if (!isDoc(fields)) fail(9, `Modifiers operate on fields but we found type ${typeName(fields)} instead`);
    const [makes, isOnInsert] = [operator !== '$unset' && operator !== '$pull', operator === '$setOnInsert'];
    return [...fields].map(([name, value]) => ({ path: readPath(name), change: read(value, name), makes, isOnInsert }));
  });
  // Fields are made in this order whatever their order in the update.
  steps.sort((a, b) => comparePaths(a.path, b.path));
  refuseConflicts(steps, 40);
  const isPositional = steps.some(({ path }) => path.includes('$'));
  return {
    apply: (doc, places) => {
      const position = isPositional ? positionOf([...(places ?? [])]) : '';
      const placed = steps
        .filter(({ isOnInsert }) => !places || !isOnInsert)
        .map((step) => ({ ...step, path: step.path.map((name) => (name === '$' ? position : name)) }));
      if (isPositional) refuseConflicts(placed, 40);
      const changed = placed.reduce(changeDoc, doc);
      const [old, now] = [doc.get('_id'), changed.get('_id')];
      if (old !== undefined && (now === undefined || compare(old, now) !== 0))
        fail(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
      return changed;
    },
  };
}

/** What `$` stands for. MongoDB leaves open which of several conditions counts. */
function positionOf([place, other]: readonly number[]): string {
  if (other !== undefined) refuse(2, 'a positional operator after several conditions on arrays');
  return String(place ?? fail(2, 'The positional operator did not find the match needed from the query.'));
}

function readPath(name: string): Path {
  const path = name.split('.');
  if (path.includes('')) fail(56, `The update path '${name}' contains an empty field name, which is not allowed.`);
  const places = path.filter((step) => step === '$').length;
  if (path[0] === '$' || places > 1) fail(2, `One positional '$' may stand behind an array's name, not: '${name}'`);
  for (const step of path) {
    if (step.startsWith('$[')) refuse(2, `the positional operator '${step}'`);
    if (step.startsWith('$') && step !== '$') fail(52, `The dollar ($) prefixed field '${step}' is not allowed here.`);
  }
  return path;
}

function comparePaths(a: Path, b: Path): number {
  const at = a.findIndex((step, i) => step !== b[i]);
  const [x, y] = [a[at], b[at]];
  if (x === undefined || y === undefined) return a.length - b.length;
  return isPosition(x) && isPosition(y) ? Number(x) - Number(y) : compare(x, y);
}

function refuseConflicts(steps: readonly Step[], code: number): void {
  const taken = new Set<string>();
  for (const { path } of steps.toSorted((a, b) => a.path.length - b.path.length)) {
    const other = path.map((_, i) => path.slice(0, i + 1).join('.')).find((above) => taken.has(above));
    if (other !== undefined) fail(code, `Updating the path '${path.join('.')}' would create a conflict at '${other}'`);
    taken.add(path.join('.'));
  }
}

const changeDoc = (doc: Doc, step: Step): Doc => changeAt(doc, step, 0) as Doc;

/** Goes down the path, makes what is missing, and changes what is at its end. Whatever changes is copied. */
function changeAt(value: Value | undefined, step: Step, depth: number): Value | undefined {
  const { path, change, makes } = step;
  const name = path[depth];
  if (name === undefined) return change(value, path.join('.'));
  if (isDoc(value)) return withField(value, name, changeAt(value.get(name), step, depth + 1));
  if (Array.isArray(value) && isPosition(name))
    return withItem(value, Number(name), changeAt(value[Number(name)], step, depth + 1));
  if (!makes) return value;
  if (value !== undefined)
    fail(28, `Cannot create field '${name}' in element {${path[depth - 1] ?? ''}: ${typeName(value)}}`);
  const made = withField(new Map(), name, changeAt(undefined, step, depth + 1));
  return made.size > 0 ? made : undefined;
}

function withField(doc: Doc, name: string, value: Value | undefined): Doc {
  const copy = new Map(doc);
  if (value === undefined) copy.delete(name);
  else copy.set(name, value);
  return copy;
}

/** What is taken away from an array leaves null, and so does a gap. */
function withItem(items: readonly Value[], index: number, value: Value | undefined): Value[] {
  if (index > items.length + 1_500_000) fail(2, "can't backfill more than 1500000 elements");
  if (value === undefined && index >= items.length) return [...items];
  return Array.from({ length: Math.max(items.length, index + 1) }, (_, i) => (i === index ? value : items[i]) ?? null);
}

function set(value: Value): Change {
  return () => value;
}

const OPERATORS: ReadonlyMap<string, (value: Value, path: string) => Change> = new Map([
  ['$set', set],
  ['$setOnInsert', set],
  ['$unset', () => () => undefined],
  ['$min', (value: Value) => (present) => (present === undefined || compare(value, present) < 0 ? value : present)],
  ['$max', (value: Value) => (present) => (present === undefined || compare(value, present) > 0 ? value : present)],
  ['$inc', increment],
  ['$push', push],
  ['$pull', pull],
]);

function increment(by: Value, path: string): Change {
  if (typeOf(by) === Type.decimal) refuse(14, '$inc by a Decimal128');
  if (!isNumber(by)) fail(14, `Cannot increment with non-numeric argument: {${path}: ${typeName(by)}}`);
  return (present, at) => {
    if (present === undefined) return by;
    if (typeOf(present) === Type.decimal) refuse(14, '$inc of a Decimal128');
    if (!isNumber(present)) fail(14, `Cannot apply $inc to '${at}', which is of non-numeric type ${typeName(present)}`);
    if (typeof present === 'number' || typeof by === 'number') return plain(present) + plain(by);
    return sumOf(present, by) ?? fail(2, `Failed to apply $inc operations to current value of '${at}'`);
  };
}

function push(value: Value): Change {
  let added: readonly Value[] = [value];
  if (isDoc(value) && firstName(value).startsWith('$')) {
    for (const name of value.keys()) if (name !== '$each') refuse(2, `Unrecognized clause in $push: ${name}`);
    const each = value.get('$each');
    added = Array.isArray(each) ? each : fail(2, `The argument to $each in $push must be an array`);
  }
  return (present = [], at) => {
    if (!Array.isArray(present)) fail(2, `The field '${at}' must be an array but is of type ${typeName(present)}`);
    return [...present, ...added];
  };
}

function pull(value: Value): Change {
  const goes = isDoc(value) ? readPulled(value) : (item: Value): boolean => compare(item, value) === 0;
  return (present, at) => {
    if (present !== undefined && !Array.isArray(present)) fail(2, `Cannot apply $pull to a non-array value at '${at}'`);
    return present?.filter((item) => !goes(item));
  };
}

/** The document that an upsert begins with: what the filter says must be equal, then the update. */
export function upserted({ predicates }: Filter, update: Update): Doc {
  const given = predicates.flatMap(({ name, equal }) =>
    equal === undefined ? [] : [{ path: name.split('.'), change: set(equal), makes: true }],
  );
  refuseConflicts(given, 54);
  return update.apply(given.reduce(changeDoc, new Map<string, Value>()));
}

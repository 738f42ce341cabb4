import { fail, refuse } from './errors.js';
import { readItemTest } from './filter.js';
import { compare, equals } from './order.js';
import { isPosition, type Path } from './paths.js';
import { Int32, integer, Type } from './scalars.js';
import { Doc, isNumber, List, typeName, typeOf, type Value } from './values.js';

/** New value of a field from its present one; undefined takes it away, {@link KEEP} leaves it. */
type Change = (value: Value | undefined, at: string) => Value | undefined | typeof KEEP;
const KEEP = Symbol('keep');

interface Step {
  readonly path: Path;
  readonly change: Change;
  /** Whether documents on the way are made. */
  readonly makes: boolean;
  readonly onInsert: boolean;
}

export interface Update {
  readonly isReplacement: boolean;
  /** Whether it needs to know where in an array the filter matched. */
  readonly isPositional: boolean;
  /** Changes the document in place. `position` is the index for `$`, -1 for none. */
  apply(doc: Doc, position: number, isInsert: boolean): Doc;
}

export function readUpdate(update: Value): Update {
  if (update instanceof List) refuse(9, 'an update by an aggregation pipeline');
  if (!(update instanceof Doc)) fail(9, 'Update argument must be either an object or an array');
  return update.firstName?.startsWith('$') ? readOperators(update) : readReplacement(update);
}

function readReplacement(replacement: Doc): Update {
  for (const name of replacement.fields.keys())
    if (name.startsWith('$'))
      fail(
        52,
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document.`,
      );
  return {
    isReplacement: true,
    isPositional: false,
    apply: (doc) => {
      const [old, given] = [doc.get('_id'), replacement.get('_id')];
      if (old !== undefined && given !== undefined && !equals(old, given))
        fail(66, "After applying the update, the (immutable) field '_id' was found to have been altered");
      const id = given ?? old;
      const rest = [...replacement.fields].filter(([name]) => name !== '_id');
      return Doc.of(id === undefined ? rest : [['_id', id], ...rest]);
    },
  };
}

function readOperators(update: Doc): Update {
  const steps: Step[] = [];
  for (const [operator, fields] of update.fields) {
    const reads = OPERATORS.get(operator);
    if (!reads) refuse(9, `Unknown modifier: ${operator}`);
    if (!(fields instanceof Doc))
      fail(
        9,
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}}`,
      );
    const makes = operator !== '$unset' && operator !== '$pull';
    for (const [name, value] of fields.fields)
      steps.push({ path: readPath(name), change: reads(value, name), makes, onInsert: operator === '$setOnInsert' });
  }
  // Fields are made in this order whatever their order in the update.
  steps.sort((a, b) => comparePaths(a.path, b.path));
  refuseConflicts(steps);
  const positional = steps.some(({ path }) => path.includes('$'));
  return {
    isReplacement: false,
    isPositional: positional,
    apply: (doc, position, isInsert) => {
      if (positional && position < 0) fail(2, 'The positional operator did not find the match needed from the query.');
      const placed = positional
        ? steps.map((step) => ({ ...step, path: step.path.map((name) => (name === '$' ? String(position) : name)) }))
        : steps;
      if (positional) refuseConflicts(placed);
      const id = doc.get('_id');
      for (const step of placed) if (isInsert || !step.onInsert) changeField(doc, step, 0);
      const after = doc.get('_id');
      if (id !== undefined && (after === undefined || !equals(id, after)))
        fail(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
      return doc;
    },
  };
}

function readPath(name: string): Path {
  if (name === '') fail(56, 'An empty update path is not valid.');
  const path = name.split('.');
  if (path.includes('')) fail(56, `The update path '${name}' contains an empty field name, which is not allowed.`);
  if (path[0] === '$') fail(2, `Cannot have positional (i.e. '$') element in the first position in path '${name}'`);
  for (const step of path) {
    if (step.startsWith('$[')) refuse(2, `the positional operator '${step}'`);
    if (step.startsWith('$') && step !== '$')
      fail(52, `The dollar ($) prefixed field '${step}' in '${name}' is not allowed in the context of an update.`);
  }
  if (path.filter((step) => step === '$').length > 1)
    fail(2, `Too many positional (i.e. '$') elements found in path '${name}'`);
  return path;
}

function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x = '', y = ''] = [a[i], b[i]];
    if (x !== y) return isPosition(x) && isPosition(y) ? Number(x) - Number(y) : compare(x, y);
  }
  return a.length - b.length;
}

function refuseConflicts(steps: readonly Step[]): void {
  const paths = steps.map(({ path }) => path.join('.')).sort();
  const taken = new Set<string>();
  for (const path of paths) {
    const names = path.split('.');
    for (let i = 1; i <= names.length; i++) {
      const above = names.slice(0, i).join('.');
      if (taken.has(above)) fail(40, `Updating the path '${path}' would create a conflict at '${above}'`);
    }
    taken.add(path);
  }
}

/** Goes down the path, makes what is missing, and changes the field at its end. */
function changeField(within: Doc | List, step: Step, depth: number): void {
  const { path, makes, change } = step;
  const name = path[depth] ?? '';
  const isList = within instanceof List;
  const at = path.slice(0, depth + 1).join('.');
  if (isList && !isPosition(name)) {
    if (makes) fail(28, `Cannot create field '${name}' in element {${path[depth - 1] ?? ''}: [...]}`);
    return;
  }
  const present = isList ? within.items[Number(name)] : within.get(name);
  if (depth === path.length - 1) {
    const changed = change(present, at);
    if (changed === KEEP || (changed === undefined && present === undefined)) return;
    put(within, name, changed);
    return;
  }
  if (present instanceof Doc || present instanceof List) {
    // Opened before, so that whatever happens below is seen above.
    within.open();
    changeField(present, step, depth + 1);
  } else if (present === undefined) {
    if (!makes) return;
    const made = Doc.of([]);
    changeField(made, step, depth + 1);
    if (made.fields.size > 0) put(within, name, made);
  } else if (makes) {
    const next = path[depth + 1] ?? '';
    fail(28, `Cannot create field '${next}' in element {${name}: ${typeName(present)}}`);
  }
}

function put(within: Doc | List, name: string, value: Value | undefined): void {
  if (within instanceof Doc) {
    if (value === undefined) within.open().delete(name);
    else within.open().set(name, value);
    return;
  }
  const [items, index] = [within.open(), Number(name)];
  if (index > items.length + 1_500_000) fail(2, "can't backfill more than 1500000 elements");
  while (items.length < index) items.push(null);
  items[index] = value ?? null;
}

const OPERATORS: ReadonlyMap<string, (value: Value, path: string) => Change> = new Map(
  Object.entries({
    $set:
      (value: Value): Change =>
      () =>
        value,
    $setOnInsert:
      (value: Value): Change =>
      () =>
        value,
    $unset: (): Change => () => undefined,
    $min:
      (value: Value): Change =>
      (present) =>
        present === undefined || compare(value, present) < 0 ? value : KEEP,
    $max:
      (value: Value): Change =>
      (present) =>
        present === undefined || compare(value, present) > 0 ? value : KEEP,
    $inc: increment,
    $push: push,
    $pull: pull,
  }),
);

function increment(by: Value, path: string): Change {
  if (typeOf(by) === Type.decimal) refuse(14, '$inc by a Decimal128');
  if (!isNumber(by)) fail(14, `Cannot increment with non-numeric argument: {${path}: ${typeName(by)}}`);
  return (present, at) => {
    if (present === undefined) return by;
    if (typeOf(present) === Type.decimal) refuse(14, '$inc of a Decimal128');
    if (!isNumber(present))
      fail(
        14,
        `Cannot apply $inc to a value of non-numeric type. The field '${at}' is of non-numeric type ${typeName(present)}`,
      );
    const [a, b] = [present, by].map((value) => (value instanceof Int32 ? value.value : value)) as [
      number | bigint,
      number | bigint,
    ];
    if (typeOf(present) === Type.double || typeOf(by) === Type.double) return Number(a) + Number(b);
    const sum = BigInt(a) + BigInt(b);
    if (BigInt.asIntN(64, sum) !== sum) fail(2, `Failed to apply $inc operations to current value of '${at}'`);
    return typeof a === 'bigint' || typeof b === 'bigint' ? sum : integer(sum);
  };
}

function push(value: Value): Change {
  const isEach = value instanceof Doc && value.firstName?.startsWith('$') === true;
  let added: readonly Value[] = [value];
  if (isEach) {
    for (const name of value.fields.keys()) if (name !== '$each') refuse(2, `Unrecognized clause in $push: ${name}`);
    const each = value.get('$each');
    if (!(each instanceof List))
      fail(2, `The argument to $each in $push must be an array but it was of type: ${typeName(each)}`);
    added = each.items;
  }
  return (present, at) => {
    if (present === undefined) return List.of(added);
    if (!(present instanceof List)) fail(2, `The field '${at}' must be an array but is of type ${typeName(present)}`);
    return added.length === 0 ? KEEP : List.of([...present.items, ...added]);
  };
}

function pull(value: Value): Change {
  const goes = readItemTest(value);
  return (present) => {
    if (present === undefined) return KEEP;
    if (!(present instanceof List)) fail(2, 'Cannot apply $pull to a non-array value');
    const left = present.items.filter((item) => !goes(item));
    return left.length === present.items.length ? KEEP : List.of(left);
  };
}

import { fail, refuse } from './errors.js';
import { ACCUMULATORS, type Accumulator, type Expression, readExpression } from './expression.js';
import { readFilter } from './filter.js';
import { readPattern } from './indexes.js';
import { nameOf } from './order.js';
import { sortKey } from './paths.js';
import { readProjection } from './projection.js';
import { Int32, plain, integer } from './scalars.js';
import { Doc, isNumber, List, type Value } from './values.js';

export type Docs = Generator<readonly Doc[], void>;
export type Stage = (source: Docs) => Docs;

/** What groups and sorts may hold. */
const MOST_BYTES_HELD = 64 * 1024 * 1024;

/** Name and argument of each stage. */
export function readStages(pipeline: List): readonly (readonly [string, Value])[] {
  return pipeline.items.map((stage) => {
    if (!(stage instanceof Doc)) fail(14, 'Each element of the pipeline array must be an object');
    const [only, ...others] = stage.fields;
    if (!only || others.length > 0)
      fail(40323, 'A pipeline stage specification object must contain exactly one field.');
    return only;
  });
}

export function readStage([name, value]: readonly [string, Value]): Stage {
  switch (name) {
    case '$match': {
      const filter = readFilter(docOf(value, 15959, 'the match filter must be an expression in an object'));
      return each((docs) => docs.filter((doc) => filter.matches(doc)));
    }
    case '$project': {
      const spec = docOf(value, 15969, '$project specification must be an object');
      const project =
        readProjection(spec) ??
        fail(51272, 'Invalid $project :: caused by :: projection specification must have at least one field');
      return each((docs) => docs.map(project));
    }
    case '$skip':
      return skip(numberOf(value, 5107200, '$skip', 0));
    case '$limit':
      return limit(numberOf(value, 5107201, '$limit', 1));
    case '$sort':
      return sort(docOf(value, 15973, 'the $sort key specification must be an object'));
    case '$group':
      return group(docOf(value, 15947, "a group's fields must be specified in an object"));
    case '$count': {
      if (typeof value !== 'string' || value === '') fail(40156, 'the count field must be a non-empty string');
      if (/^\$|\.|\0/.test(value)) fail(40158, 'the count field cannot be a $-prefixed path or hold a dot');
      return count(value);
    }
    case '$unwind':
      return unwind(value);
    default:
      return refuse(40324, `Unrecognized pipeline stage name: '${name}'`);
  }
}

const docOf = (value: Value, code: number, message: string): Doc =>
  value instanceof Doc ? value : fail(code, message);

export function numberOf(value: Value, code: number, name: string, least: number): number {
  const number = isNumber(value) ? plain(value) : fail(code, `invalid argument to ${name} stage: Expected a number`);
  if (!Number.isInteger(number)) fail(code, `invalid argument to ${name} stage: Expected an integer`);
  if (number < 0) fail(code, `invalid argument to ${name} stage: Expected a non-negative number`);
  return number < least ? fail(15958, 'the limit must be positive') : number;
}

const each = (change: (docs: readonly Doc[]) => readonly Doc[]): Stage =>
  function* (source) {
    for (const docs of source) yield change(docs);
  };

export const skip = (most: number): Stage =>
  function* (source) {
    let left = most;
    for (const docs of source) {
      yield left === 0 ? docs : docs.slice(left);
      left -= Math.min(left, docs.length);
    }
  };

export const limit = (most: number): Stage =>
  function* (source) {
    let left = most;
    for (const docs of source) {
      yield left < docs.length ? docs.slice(0, left) : docs;
      left -= Math.min(left, docs.length);
      if (left === 0) return;
    }
  };

function sort(spec: Doc): Stage {
  if (spec.fields.size === 0) fail(15976, '$sort stage must have at least one sort key');
  const pattern = readPattern(spec, 15975);
  return function* (source) {
    const all: { key: Buffer; doc: Doc }[] = [];
    let bytes = 0;
    for (const docs of source) {
      for (const doc of docs) {
        const key = sortKey(doc, pattern);
        all.push({ key, doc });
        bytes += key.length + doc.bytes.length;
      }
      if (bytes > MOST_BYTES_HELD) fail(292, 'Sort exceeded memory limit');
      yield [];
    }
    all.sort((a, b) => Buffer.compare(a.key, b.key));
    yield all.map(({ doc }) => doc);
  };
}

function group(spec: Doc): Stage {
  const id = spec.get('_id');
  if (id === undefined) fail(15955, 'a group specification must include an _id');
  const idOf = readExpression(id);
  const fields = [...spec.fields]
    .filter(([name]) => name !== '_id')
    .map(([name, value]) => readAccumulator(name, value));
  return function* (source) {
    const groups = new Map<string, { id: Value; accumulators: Accumulator[] }>();
    let bytes = 0;
    for (const docs of source) {
      for (const doc of docs) {
        const value = idOf(doc) ?? null;
        const name = nameOf(value);
        let found = groups.get(name);
        if (!found) {
          groups.set(name, (found = { id: value, accumulators: fields.map(({ make }) => make()) }));
          bytes += name.length * 2 + 200;
        }
        for (const [i, { of }] of fields.entries()) found.accumulators[i]?.add(of(doc));
      }
      if (bytes > MOST_BYTES_HELD) fail(292, '$group exceeded memory limit');
      yield [];
    }
    const rows = [...groups.values()];
    for (let at = 0; at < rows.length; at += 100)
      yield rows
        .slice(at, at + 100)
        .map(({ id: _id, accumulators }) =>
          Doc.of([['_id', _id], ...accumulators.map(({ result }, i) => [fields[i]?.name ?? '', result] as const)]),
        );
  };
}

interface GroupField {
  readonly name: string;
  readonly of: Expression;
  readonly make: () => Accumulator;
}

function readAccumulator(name: string, value: Value): GroupField {
  if (name.includes('.')) fail(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) fail(40236, `The field name '${name}' cannot be an operator name`);
  if (!(value instanceof Doc) || value.fields.size === 0)
    fail(40234, `The field '${name}' must be an accumulator object`);
  const [[operator, argument] = ['', null], ...others] = value.fields;
  if (others.length > 0) fail(40238, `The field '${name}' must specify one accumulator`);
  const make = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (!make) refuse(15952, `unknown group operator '${operator}'`);
  return { name, of: readExpression(argument), make };
}

const count = (name: string): Stage =>
  function* (source) {
    let found = 0;
    for (const docs of source) {
      found += docs.length;
      yield [];
    }
    if (found > 0) yield [Doc.of([[name, integer(found)]])];
  };

function unwind(value: Value): Stage {
  const spec = value instanceof Doc ? value : Doc.from({ path: value });
  for (const name of spec.fields.keys())
    if (name !== 'path' && name !== 'preserveNullAndEmptyArrays')
      refuse(28811, `unrecognized option to $unwind stage: ${name}`);
  const path = spec.get('path');
  if (typeof path !== 'string') fail(28808, 'expected a string as the path for $unwind stage');
  if (!path.startsWith('$') || path.startsWith('$$'))
    fail(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  if (path.includes('.')) refuse(28818, '$unwind of a path with dots');
  const name = path.slice(1);
  const keep = spec.get('preserveNullAndEmptyArrays') ?? false;
  if (typeof keep !== 'boolean')
    fail(28809, 'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage');
  return each((docs) =>
    docs.flatMap((doc) => {
      const list = doc.get(name);
      const withItem = (item: Value | undefined): Doc =>
        Doc.of(
          [...doc.fields].flatMap(([key, old]): [string, Value][] =>
            key !== name ? [[key, old]] : item === undefined ? [] : [[key, item]],
          ),
        );
      if (!(list instanceof List)) return keep || (list !== undefined && list !== null) ? [doc] : [];
      return list.items.length === 0 ? (keep ? [withItem(undefined)] : []) : list.items.map(withItem);
    }),
  );
}

/** Whether it only counts what comes in, as countDocuments does. */
export function asCount(stages: readonly (readonly [string, Value])[]): ((found: number) => Doc[]) | undefined {
  const [only, ...others] = stages;
  if (!only || others.length > 0 || only[0] !== '$group' || !(only[1] instanceof Doc) || only[1].fields.size !== 2)
    return undefined;
  const id = only[1].get('_id') ?? null;
  const name = [...only[1].fields.keys()].find((key) => key !== '_id') ?? '';
  const sum = only[1].get(name);
  const one = sum instanceof Doc && sum.fields.size === 1 ? sum.get('$sum') : undefined;
  if (!(one instanceof Int32 && one.value === 1) || (!isNumber(id) && id !== null) || /^\$|\./.test(name))
    return undefined;
  return (found) =>
    found === 0
      ? []
      : [
          Doc.of([
            ['_id', id],
            [name, integer(found)],
          ]),
        ];
}

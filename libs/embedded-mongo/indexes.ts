import { fail, refuse } from './errors.js';
import { type Filter, isTrue, readFilter } from './filter.js';
import { keyOf } from './order.js';
import { isPosition, type Pattern, rowsOf } from './paths.js';
import { Int32, plain } from './scalars.js';
import { Doc, isNumber } from './values.js';

/** What an index is about, as createIndexes says it and listIndexes shows it. */
export class Definition {
  readonly pattern: Pattern;
  readonly names: readonly string[];
  readonly isUnique: boolean;
  /** Which documents it holds; all, when there is none. */
  readonly partial: Filter | undefined;

  private constructor(
    readonly name: string,
    readonly key: Doc,
    unique: boolean,
    readonly partialExpression: Doc | undefined,
  ) {
    this.pattern = readPattern(key, 67);
    this.names = [...key.fields.keys()];
    this.isUnique = unique;
    this.partial = partialExpression && readPartial(partialExpression);
  }

  /** Reads and judges what createIndexes was given. */
  static read(spec: Doc): Definition {
    for (const name of spec.fields.keys()) {
      if (KNOWN.has(name)) refuse(67, `the index option '${name}'`);
      if (!HELD.has(name)) fail(197, `The field '${name}' is not valid for an index specification.`);
    }
    const { key, name, v, unique, partialFilterExpression } = Object.fromEntries(spec.fields);
    if (!(key instanceof Doc)) fail(9, "The 'key' field is a required property of an index specification");
    if (key.fields.size === 0) fail(67, 'Index keys cannot be empty.');
    if (typeof name !== 'string' || name === '')
      fail(9, "The 'name' field is a required property of an index specification");
    if (v !== undefined && !(isNumber(v) && plain(v) === 2)) refuse(67, 'an index version other than 2');
    if (unique !== undefined && typeof unique !== 'boolean' && !isNumber(unique))
      fail(14, "The field 'unique' has to be a boolean");
    if (partialFilterExpression !== undefined && !(partialFilterExpression instanceof Doc))
      fail(14, "The field 'partialFilterExpression' must be an object");
    return new Definition(name, key, unique !== undefined && isTrue(unique), partialFilterExpression);
  }

  get spec(): Doc {
    return Doc.from({
      v: new Int32(2),
      key: this.key,
      name: this.name,
      unique: this.isUnique ? true : undefined,
      partialFilterExpression: this.partialExpression,
    });
  }

  /** Of two with the same one is too many; otherwise the name tells them apart. */
  get signature(): string {
    const partial = this.partialExpression?.bytes.toString('latin1') ?? '';
    return `${this.names.map((name, i) => `${name}:${String(this.pattern.directions[i])}`).join()} ${String(this.isUnique)} ${partial}`;
  }

  /** The keys that the index holds of a document, none twice. */
  keysOf(doc: Doc): { keys: Buffer[]; multikey: boolean } {
    if (this.partial?.matches(doc) === false) return { keys: [], multikey: false };
    const { rows, multikey } = rowsOf(doc, this.pattern);
    const keys = rows.map((row) => keyOf(row, this.pattern.directions));
    if (keys.length < 2) return { keys, multikey };
    return { keys: [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()], multikey };
  }
}

/** `background` means nothing since MongoDB 4.2, here neither. */
const HELD = new Set(['key', 'name', 'v', 'unique', 'partialFilterExpression', 'background']);
const KNOWN = new Set([
  ...['sparse', 'expireAfterSeconds', 'hidden', 'collation', 'storageEngine', 'weights', 'default_language', 'ns'],
  ...['language_override', 'textIndexVersion', '2dsphereIndexVersion', 'bits', 'min', 'max', 'wildcardProjection'],
  ...['bucketSize', 'prepareUnique', 'clustered', 'dropDups'],
]);

export const ID_INDEX = Definition.read(Doc.from({ key: Doc.from({ _id: new Int32(1) }), name: '_id_' }));

/** The fields and directions of a sort or an index. */
export function readPattern(key: Doc, code: number): Pattern {
  const fields = [...key.fields].map(([name, value]): readonly [readonly string[], 1 | -1] => {
    const path = name.split('.');
    if (path.includes('')) fail(code, `'${name}' is not a field`);
    if (path.some((step) => step.startsWith('$')) || path.slice(1).some(isPosition))
      refuse(code, `ordering by '${name}'`);
    const direction = isNumber(value) ? plain(value) : refuse(code, `ordering by '${name}' in a special way`);
    return [
      path,
      direction === 1 ? 1 : direction === -1 ? -1 : fail(code, `the direction of '${name}' must be 1 or -1`),
    ];
  });
  return { paths: fields.map(([path]) => path), directions: fields.map(([, direction]) => direction) };
}

function readPartial(expression: Doc): Filter {
  const filter = readFilter(expression);
  const held = filter.predicates.every(
    ({ operator, values }) => operator !== 'in' && values.every((value) => value !== null),
  );
  if (!filter.isPlain || !held) refuse(67, 'this partialFilterExpression');
  return filter;
}

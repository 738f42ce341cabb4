import { asDoc, type Doc, isDoc, isNumber, isStatement, isTrue, plain, typeName, type Value } from './bson.js';
import { fail, refuse } from './errors.js';

/** What a field may be, each with how it is read; undefined where it is something else. */
const KINDS = {
  text: (value: Value) => (typeof value === 'string' ? value : undefined),
  document: (value: Value) => (isDoc(value) ? value : undefined),
  documents: (value: Value) => (Array.isArray(value) && value.every(isStatement) ? value.map(asDoc) : undefined),
  statements: (value: Value) => (Array.isArray(value) && value.every(isStatement) ? value : undefined),
  list: (value: Value) => (Array.isArray(value) ? value : undefined),
  flag: (value: Value) => (typeof value === 'boolean' || isNumber(value) ? isTrue(value) : undefined),
  count: (value: Value) => (isNumber(value) ? plain(value) : undefined),
  long: (value: Value) => (typeof value === 'bigint' ? value : undefined),
  any: (value: Value): Value | undefined => value,
};
type Kind = keyof typeof KINDS;
type Spec = Readonly<Record<string, Kind | `${Kind}!`>>;
type Read<K extends Kind> = Exclude<ReturnType<(typeof KINDS)[K]>, undefined>;

/** The fields of a document that keeps to a list; those with `!` must be there. */
export type Given<S extends Spec> = {
  readonly [N in keyof S]: S[N] extends `${infer K extends Kind}!` ? Read<K> : Read<S[N] & Kind> | undefined;
};

const list = <S extends Spec>(spec: S): S => spec;
const all = <N extends string, K extends Kind>(kind: K, ...names: readonly N[]): Readonly<Record<N, K>> =>
  Object.fromEntries(names.map((name) => [name, kind])) as Record<N, K>;

/** Every command there is, with every field that it may have. Operators are listed where they are read. */
export const COMMANDS = {
  ping: list({ ping: 'any' }),
  buildInfo: list({ buildInfo: 'any' }),
  endSessions: list({ endSessions: 'list!', writeConcern: 'document' }),
  fsync: list({ fsync: 'any' }),
  find: list({
    find: 'text!',
    ...all('document', 'filter', 'sort', 'projection'),
    ...all('count', 'skip', 'limit', 'batchSize'),
    singleBatch: 'flag',
  }),
  aggregate: list({ aggregate: 'any!', pipeline: 'documents!', cursor: 'document' }),
  count: list({ count: 'text!', query: 'document', skip: 'count', limit: 'count' }),
  explain: list({ explain: 'document!', verbosity: 'text' }),
  getMore: list({ getMore: 'long!', collection: 'text!', batchSize: 'count' }),
  killCursors: list({ killCursors: 'text!', cursors: 'list!' }),
  insert: list({ insert: 'text!', documents: 'statements!', ordered: 'flag' }),
  update: list({ update: 'text!', updates: 'statements!', ordered: 'flag' }),
  delete: list({ delete: 'text!', deletes: 'statements!', ordered: 'flag' }),
  findAndModify: list({
    findAndModify: 'text!',
    ...all('document', 'query', 'sort', 'fields'),
    ...all('flag', 'remove', 'upsert', 'new'),
    update: 'any',
  }),
  create: list({ create: 'text!' }),
  drop: list({ drop: 'text!' }),
  dropDatabase: list({ dropDatabase: 'any' }),
  listCollections: list({
    listCollections: 'any',
    ...all('document', 'filter', 'cursor'),
    ...all('flag', 'nameOnly', 'authorizedCollections'),
  }),
  createIndexes: list({ createIndexes: 'text!', indexes: 'documents!' }),
  dropIndexes: list({ dropIndexes: 'text!', index: 'any!' }),
  listIndexes: list({ listIndexes: 'text!', cursor: 'document' }),
};
export type CommandName = keyof typeof COMMANDS;

/** Parts of commands. `background` means nothing since MongoDB 4.2, here neither. */
export const UPDATE = list({ q: 'document!', u: 'any!', upsert: 'flag', multi: 'flag', sort: 'document' });
export const DELETE = list({ q: 'document!', limit: 'count!' });
export const CURSOR = list({ batchSize: 'count' });
export const INDEX = list({
  key: 'document!',
  name: 'text!',
  v: 'count',
  ...all('flag', 'unique', 'background'),
  partialFilterExpression: 'document',
});

/** What every command may carry: none of it changes an answer here. */
const EVERYWHERE = ['$db', 'lsid', '$readPreference'];

/** The fields of a whole command. */
export function readCommand<N extends CommandName>(name: N, command: Doc): Given<(typeof COMMANDS)[N]> {
  if (command.has('txnNumber')) refuse(20, 'a transaction, or a write that is sent again by itself');
  const own = new Map([...command].filter(([field]) => !EVERYWHERE.includes(field)));
  return readFields(own, name, COMMANDS[name]);
}

/** The fields of a document: none that is not on the list, each of its kind. */
export function readFields<S extends Spec>(
  doc: Doc,
  where: string,
  spec: S,
  codes: { readonly unknown: number; readonly missing: number } = { unknown: 40415, missing: 40414 },
): Given<S> {
  for (const name of doc.keys())
    if (!Object.hasOwn(spec, name)) refuse(codes.unknown, `BSON field '${where}.${name}' is an unknown field`);
  const fields = Object.entries(spec).map(([name, kind]) => {
    const value = doc.get(name);
    if (value !== undefined) return [name, readKind(value, kind.replace('!', '') as Kind, `${where}.${name}`)];
    return kind.endsWith('!') ? fail(codes.missing, `BSON field '${where}.${name}' is missing`) : [name, undefined];
  });
  return Object.fromEntries(fields) as Given<S>;
}

function readKind(value: Value, kind: Kind, name: string): unknown {
  const read = KINDS[kind](value) ?? (value === null && kind === 'any' ? null : undefined);
  if (read === undefined) fail(14, `BSON field '${name}' is the wrong type '${typeName(value)}', expected '${kind}'`);
  if (kind === 'count' && !(Number(read) >= 0)) fail(51024, `BSON field '${name}' value must be >= 0`);
  return kind === 'count' && !Number.isInteger(read) ? fail(9, `BSON field '${name}' must be a whole number`) : read;
}

import type { Collection, Row } from './collection.js';
import type { Command, Server, Work } from './command.js';
import { fail, MongoError } from './errors.js';
import { Fields } from './fields.js';
import { type Filter, Position, readFilter } from './filter.js';
import type { Pattern } from './paths.js';
import { choose } from './planner.js';
import { readProjection } from './projection.js';
import { readSort } from './reads.js';
import { Int32, integer } from './scalars.js';
import { scan } from './scan.js';
import { readUpdate, type Update } from './update.js';
import { upserted } from './upsert.js';
import { Doc, List, type Value } from './values.js';

const MOST_STATEMENTS = 100_000;
/** Beyond this, errors keep their codes and lose their words, so that the reply stays small. */
const MOST_BYTES_OF_ERRORS = 1024 * 1024;

/** Runs the statements of a command one after another; an ordered one stops at the first that fails. */
function* each<T>(
  fields: Fields,
  statements: readonly T[],
  run: (statement: T, index: number) => Generator<undefined, void>,
): Generator<undefined, Value | undefined> {
  if (statements.length === 0 || statements.length > MOST_STATEMENTS)
    fail(
      16,
      `Write batch sizes must be between 1 and ${String(MOST_STATEMENTS)}. Got ${String(statements.length)} operations.`,
    );
  const errors: Doc[] = [];
  let bytes = 0;
  for (const [index, statement] of statements.entries()) {
    try {
      yield* run(statement, index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      const said = { index: integer(index), code: new Int32(error.code), errmsg: error.message, ...error.more };
      const whole = Doc.from(said);
      bytes += whole.bytes.length;
      errors.push(bytes < MOST_BYTES_OF_ERRORS ? whole : Doc.from({ index: said.index, code: said.code, errmsg: '' }));
      if (fields.bool('ordered', true)) break;
    }
    yield;
  }
  return errors.length === 0 ? undefined : List.of(errors);
}

export const insert: Command = function* ({ catalog }, command, db) {
  const fields = Fields.ofCommand(command, ['documents', 'ordered', 'bypassDocumentValidation']);
  const name = fields.text('insert');
  let n = 0;
  const writeErrors = yield* each(fields, fields.docs('documents'), function* (doc) {
    catalog.ensure(db, name).insert(doc);
    n += 1;
    yield;
  });
  return Doc.from({ n: integer(n), writeErrors, ok: 1 });
};

interface Target {
  readonly filter: Filter;
  readonly sort?: Pattern | undefined;
  readonly hint?: Value | undefined;
}

/** The first document that fits, as it is now: whoever gets it acts before anything else happens. */
function* first(
  { sql }: Server,
  collection: Collection | undefined,
  target: Target,
): Generator<undefined, Row | undefined> {
  if (!collection) return undefined;
  const plan = choose(sql, collection, target);
  for (const [row] of scan({ sql, collection, filter: target.filter, most: 1 }, plan)) {
    if (row) return row;
    yield;
  }
  return undefined;
}

/**
 * Does something to every document that fits. They are found before the first is touched, so that none is met twice, and
 * each is looked at again in its turn.
 */
function* every(
  { sql }: Server,
  collection: Collection | undefined,
  target: Target,
  act: (row: Row, collection: Collection) => void,
): Generator<undefined, void> {
  if (!collection) return;
  const found: number[] = [];
  for (const portion of scan({ sql, collection, filter: target.filter }, choose(sql, collection, target))) {
    for (const { rid } of portion) found.push(rid);
    yield;
  }
  for (const rid of found) {
    const row = collection.isDropped ? undefined : collection.at(rid);
    if (row && target.filter.matches(row.doc)) act(row, collection);
    yield;
  }
}

/** @returns the document as it is now, and whether that is new */
function changed(
  collection: Collection,
  { rid, doc }: Row,
  filter: Filter,
  update: Update,
): { after: Doc; isNew: boolean } {
  const position = new Position();
  filter.matches(doc, position);
  if (update.isPositional) position.refuseUnclear();
  const after = update.apply(Doc.read(doc.bytes), position.index, false);
  return { after, isNew: collection.replace(rid, doc, after) };
}

export const update: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['updates', 'ordered', 'bypassDocumentValidation']);
  const name = fields.text('update');
  const statements = fields
    .docs('updates')
    .map((each) => new Fields(each, 'update.updates', ['q', 'u', 'upsert', 'multi', 'hint', 'sort']));
  const ids: Doc[] = [];
  let [n, modified] = [0, 0];
  const writeErrors = yield* each(fields, statements, function* (statement, index) {
    const target = targetOf(statement, 'q');
    const change = readUpdate(statement.need(statement.value('u'), 'u'));
    const multi = statement.bool('multi');
    if (multi && change.isReplacement) fail(9, 'multi update is not supported for replacement-style update');
    if (multi && target.sort) fail(9, 'Cannot specify sort with multi=true');
    const collection = server.catalog.find(`${db}.${name}`);
    let found = 0;
    const act = (row: Row, within: Collection): void => {
      const { isNew } = changed(within, row, target.filter, change);
      found += 1;
      n += 1;
      if (isNew) modified += 1;
    };
    if (multi) yield* every(server, collection, target, act);
    else {
      const row = yield* first(server, collection, target);
      if (row && collection) act(row, collection);
    }
    if (found > 0 || !statement.bool('upsert')) return;
    const made = server.catalog.ensure(db, name).insert(upserted(target.filter, change));
    n += 1;
    ids.push(Doc.from({ index: integer(index), _id: made.get('_id') }));
  });
  return Doc.from({
    n: integer(n),
    upserted: ids.length > 0 ? List.of(ids) : undefined,
    nModified: integer(modified),
    writeErrors,
    ok: 1,
  });
};

export function targetOf(fields: Fields, query: string): Target {
  return {
    filter: readFilter(fields.document(query) ?? Doc.of([])),
    sort: readSort(fields.document('sort')),
    hint: fields.value('hint'),
  };
}

// "delete" is a word of JavaScript.
export const remove: Command = function* (server, command, db) {
  const fields = Fields.ofCommand(command, ['deletes', 'ordered']);
  const statements = fields.docs('deletes').map((each) => new Fields(each, 'delete.deletes', ['q', 'limit', 'hint']));
  const collection = server.catalog.find(`${db}.${fields.text('delete')}`);
  let n = 0;
  const writeErrors = yield* each(fields, statements, function* (statement) {
    const target = targetOf(statement, 'q');
    const most = statement.need(statement.count('limit'), 'limit');
    if (most > 1) fail(9, `The limit field in delete objects must be 0 or 1. Got ${String(most)}`);
    const act = (row: Row, within: Collection): void => {
      within.remove(row);
      n += 1;
    };
    if (most === 0) yield* every(server, collection, target, act);
    else {
      const row = yield* first(server, collection, target);
      if (row && collection) act(row, collection);
    }
  });
  return Doc.from({ n: integer(n), writeErrors, ok: 1 });
};

const FIND_AND_MODIFY = [
  'query',
  'sort',
  'hint',
  'remove',
  'update',
  'new',
  'fields',
  'upsert',
  'bypassDocumentValidation',
];

export const findAndModify: Command = function* (server, command, db): Work {
  const fields = Fields.ofCommand(command, FIND_AND_MODIFY);
  const name = fields.text(command.firstName ?? '');
  const [removes, upsert, isNew] = [fields.bool('remove'), fields.bool('upsert'), fields.bool('new')];
  if (removes === fields.has('update')) fail(9, 'Either an update or remove=true must be specified, and not both');
  if (removes && (upsert || isNew)) fail(9, 'Cannot specify new=true or upsert=true with remove=true');
  const target = targetOf(fields, 'query');
  const change = removes ? undefined : readUpdate(fields.need(fields.value('update'), 'update'));
  const project = readProjection(fields.document('fields') ?? Doc.of([])) ?? ((doc: Doc): Doc => doc);
  const collection = server.catalog.find(`${db}.${name}`);
  const row = yield* first(server, collection, target);
  const answer = (n: number, value: Doc | undefined, more: Record<string, Value | undefined>): Doc =>
    Doc.from({
      lastErrorObject: Doc.from({ n: integer(n), ...more }),
      value: value ? project(value) : null,
      ok: 1,
    });
  if (!change) {
    if (row) collection?.remove(row);
    return answer(row ? 1 : 0, row?.doc, {});
  }
  if (row && collection) {
    const before = Doc.read(row.doc.bytes);
    const { after } = changed(collection, row, target.filter, change);
    return answer(1, isNew ? after : before, { updatedExisting: true });
  }
  if (!upsert) return answer(0, undefined, { updatedExisting: false });
  const made = server.catalog.ensure(db, name).insert(upserted(target.filter, change));
  return answer(1, isNew ? made : undefined, { updatedExisting: false, upserted: made.get('_id') });
};

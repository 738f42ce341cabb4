import { DELETE, readFields, UPDATE } from './allow-list.js';
import { asDoc, type Doc, docOf, encode, Int32, integer, type Statement, type Value } from './bson.js';
import type { Collection, Row } from './collection.js';
import type { Command, Server } from './command.js';
import { fail, MongoError } from './errors.js';
import { readProjection } from './projection.js';
import { readWish } from './reads.js';
import { search, type Wish } from './scan.js';
import { readUpdate, type Update, upserted } from './update.js';
import { MOST_STATEMENTS } from './wire.js';

/** Beyond this, errors keep their codes and lose their words, so that the reply stays small. */
const MOST_BYTES_OF_ERRORS = 1024 * 1024;

/** Runs the statements of a command one after another; an ordered one stops at the first that fails. */
function* each(
  statements: readonly Statement[],
  ordered: boolean | undefined,
  run: (statement: Doc, index: Int32 | bigint) => Generator<undefined, void>,
): Generator<undefined, Value[] | undefined> {
  if (statements.length === 0 || statements.length > MOST_STATEMENTS)
    fail(16, `Write batch sizes must be between 1 and ${String(MOST_STATEMENTS)}. Got ${String(statements.length)}.`);
  const errors: Doc[] = [];
  let bytes = 0;
  for (const [i, statement] of statements.entries()) {
    const index = integer(i);
    try {
      yield* run(asDoc(statement), index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      const whole = docOf({ index, code: new Int32(error.code), errmsg: error.message, ...error.more });
      bytes += encode(whole).length;
      errors.push(bytes < MOST_BYTES_OF_ERRORS ? whole : docOf({ index, code: new Int32(error.code), errmsg: '' }));
      if (ordered !== false) break;
    }
    yield;
  }
  return errors.length > 0 ? errors : undefined;
}

/** What came of changes. Holds also for what was done before one failed. */
interface Outcome {
  found: number;
  changed: number;
}

/** A document as it was and as it became. */
interface Changed {
  readonly before?: Doc;
  readonly after?: Doc | undefined;
}

/**
 * Changes the first document that fits, or every one. These are found before the first is touched, so that none is met
 * twice, and each is looked at again in its turn.
 * @param change undefined to remove them
 * @returns the last one; one without a past was made
 */
function* modify(
  { server, db, name, outcome }: { server: Server; db: string; name: string; outcome: Outcome },
  wish: Wish,
  change: Update | undefined,
  isMany = false,
  upsert = false,
): Generator<undefined, Changed> {
  const collection = server.catalog.find(`${db}.${name}`);
  const before = outcome.found;
  const found: number[] = [];
  for (const row of search(server, collection, { ...wish, limit: isMany ? 0 : 1 })) {
    if (row) found.push(row.rid);
    // The one that is wanted is changed before anything else happens.
    else if (isMany || found.length === 0) yield;
  }
  let last: Changed = {};
  for (const rid of found) {
    const row = collection?.isDropped ? undefined : collection?.at(rid);
    if (collection && row && wish.filter.matches(row.doc)) last = touch(collection, row, wish, change, outcome);
    // What has changed the only one has its answer: it may be large, and does not wait.
    if (isMany) yield;
  }
  if (!change || !upsert || outcome.found > before) return last;
  return { after: server.catalog.ensure(db, name).insert(upserted(wish.filter, change)) };
}

function touch(collection: Collection, row: Row, { filter }: Wish, change: Update | undefined, outcome: Outcome) {
  const places = new Set<number>();
  if (change) filter.matches(row.doc, places);
  const after = change?.apply(row.doc, places);
  if (!after) collection.remove(row);
  else if (collection.replace(row, after)) outcome.changed += 1;
  outcome.found += 1;
  return { before: row.doc, after };
}

export const insert: Command<'insert'> = function* ({ catalog }, { insert: name, documents, ordered }, db) {
  let n = 0;
  const writeErrors = yield* each(documents, ordered, function* (doc) {
    catalog.ensure(db, name).insert(doc);
    n += 1;
    yield;
  });
  return docOf({ n: integer(n), writeErrors, ok: 1 });
};

export const update: Command<'update'> = function* (server, { update: name, updates, ordered }, db) {
  const outcome: Outcome = { found: 0, changed: 0 };
  const ids: Doc[] = [];
  const writeErrors = yield* each(updates, ordered, function* (statement, index) {
    const { q, u, upsert, multi, sort } = readFields(statement, 'update.updates', UPDATE);
    if (multi && sort) fail(9, 'Cannot specify sort with multi=true');
    const last = yield* modify({ server, db, name, outcome }, readWish(q, sort), readUpdate(u), multi, upsert);
    if (last.after && !last.before) ids.push(docOf({ index, _id: last.after.get('_id') }));
  });
  const [n, nModified] = [integer(outcome.found + ids.length), integer(outcome.changed)];
  return docOf({ n, nModified, upserted: ids.length > 0 ? ids : undefined, writeErrors, ok: 1 });
};

const remove: Command<'delete'> = function* (server, { delete: name, deletes, ordered }, db) {
  const outcome: Outcome = { found: 0, changed: 0 };
  const writeErrors = yield* each(deletes, ordered, function* (statement) {
    const { q, limit } = readFields(statement, 'delete.deletes', DELETE);
    if (limit > 1) fail(9, `The limit field in delete objects must be 0 or 1. Got ${String(limit)}`);
    yield* modify({ server, db, name, outcome }, readWish(q), undefined, limit === 0);
  });
  return docOf({ n: integer(outcome.found), writeErrors, ok: 1 });
};
export { remove as delete };

export const findAndModify: Command<'findAndModify'> = function* (server, given, db) {
  const { findAndModify: name, remove: isRemoval = false, upsert = false, new: isNew = false } = given;
  if (isRemoval === (given.update !== undefined))
    fail(9, 'Either an update or remove=true must be specified, and not both');
  if (isRemoval && (upsert || isNew)) fail(9, 'Cannot specify new=true or upsert=true with remove=true');
  const project = readProjection(given.fields) ?? ((doc: Doc): Doc => doc);
  const change = given.update === undefined ? undefined : readUpdate(given.update);
  const outcome: Outcome = { found: 0, changed: 0 };
  const wish = readWish(given.query, given.sort);
  const { before, after } = yield* modify({ server, db, name, outcome }, wish, change, false, upsert);
  const value = isNew ? after : before;
  const updatedExisting = isRemoval ? undefined : before !== undefined;
  const made = before ? undefined : after?.get('_id');
  const lastErrorObject = docOf({ n: new Int32(before || after ? 1 : 0), updatedExisting, upserted: made });
  return docOf({ lastErrorObject, value: value ? project(value) : null, ok: 1 });
};

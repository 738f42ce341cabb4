import { createHash, randomUUID } from 'node:crypto';
import { mongo } from 'mongoose';

const { BSON } = mongo;

/** Holds one document in each database: in the source its name, in the target what was copied and from where. */
export const NOTES = 'store_copy';
const SOURCE = 'source';
const COPY = 'copy';
const BATCH = 500;
const MOST_BYTES = 8_000_000;

interface Note {
  readonly _id: typeof SOURCE | typeof COPY;
  /** The source's own name, so that another one is not copied over it. */
  readonly source: string;
  readonly finished?: boolean;
  /** Of each collection as the copy left it: tells whether the target has been used since. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/** Hears how many documents of a collection are done. */
type Progress = (collection: string, done: number, all: number) => void;

export interface Copied {
  readonly collection: string;
  readonly documents: number;
  /** SHA-256 over the documents' bytes in the order of their ids, the same on both sides. */
  readonly checksum: string;
  readonly indexes: number;
}

/** A copy that cannot be made; the message tells the person at the keyboard why, and what to do. */
export class CopyFailure extends Error {}

/**
 * Makes the target hold what the source holds, with its indexes, and proves it by counts and checksums. Run again it
 * goes on, or brings the target up to date. Throws CopyFailure before it changes anything when the target holds other
 * data, and at the end when the two differ.
 * @param from as MONGODB_URI takes it, with the name of the database
 */
export async function copyDatabase(from: string, to: string, progress: Progress): Promise<readonly Copied[]> {
  try {
    return await withDatabase(from, 'The source', (source) =>
      withDatabase(to, 'The target', (target) => copy(source, target, progress)),
    );
  } catch (error) {
    if (!(error instanceof mongo.MongoError)) throw error;
    throw new CopyFailure(`The copy broke off: ${error.message}. Run it again: it goes on where it was.`);
  }
}

async function withDatabase<Result>(
  uri: string,
  name: string,
  act: (database: mongo.Db) => Promise<Result>,
): Promise<Result> {
  const client = await connect(uri, name);
  try {
    return await act(client.db());
  } finally {
    await client.close();
  }
}

async function connect(uri: string, name: string): Promise<mongo.MongoClient> {
  try {
    return await mongo.MongoClient.connect(uri, { serverSelectionTimeoutMS: 8_000, retryWrites: false });
  } catch (error) {
    throw new CopyFailure(`${name} cannot be reached: ${error instanceof Error ? error.message : ''}`);
  }
}

async function copy(source: mongo.Db, target: mongo.Db, progress: Progress): Promise<readonly Copied[]> {
  const name = await nameOf(source);
  await expectOurs(target, name);
  const notes = target.collection<Note>(NOTES);
  await notes.updateOne({ _id: COPY }, { $set: { source: name, finished: false } }, { upsert: true });
  const names = await collectionsOf(source);
  for (const extra of await collectionsOf(target)) if (!names.includes(extra)) await target.dropCollection(extra);
  const copied: Copied[] = [];
  for (const collection of names) {
    const [from, to] = [source.collection(collection), target.collection(collection)];
    await copyCollection(from, to, progress);
    copied.push(await compare(from, to));
  }
  const checksums = Object.fromEntries(copied.map(({ collection, checksum }) => [collection, checksum]));
  await notes.updateOne({ _id: COPY }, { $set: { finished: true, checksums } });
  return copied;
}

async function collectionsOf(db: mongo.Db): Promise<string[]> {
  const listed = await db.listCollections({}, { nameOnly: true }).toArray();
  return listed
    .map(({ name }) => name)
    .filter((name) => name !== NOTES && !name.startsWith('system.'))
    .sort();
}

/** The source's own name, which it gets when it is first copied. */
async function nameOf(source: mongo.Db): Promise<string> {
  const notes = source.collection<Note>(NOTES);
  await notes.updateOne({ _id: SOURCE }, { $setOnInsert: { source: randomUUID() } }, { upsert: true });
  const note = await notes.findOne({ _id: SOURCE });
  if (!note) throw new Error('the source does not keep what is written to it');
  return note.source;
}

/** An empty target is ours, and one that we filled from this source and nobody changed since. */
async function expectOurs(target: mongo.Db, source: string): Promise<void> {
  const note = await target.collection<Note>(NOTES).findOne({ _id: COPY });
  const held: string[] = [];
  for (const name of await collectionsOf(target))
    if ((await target.collection(name).findOne({}, { projection: { _id: 1 } })) !== null) held.push(name);
  const advice = `Name an empty database, or drop ${target.databaseName} there if nothing in it is needed.`;
  if (!note && held.length > 0)
    throw new CopyFailure(`The target holds other data already (${held.slice(0, 5).join(', ')}). ${advice}`);
  if (note && note.source !== source) throw new CopyFailure(`The target holds a copy of another database. ${advice}`);
  if (!note?.finished) return;
  for (const [name, checksum] of Object.entries(note.checksums ?? {})) {
    const present = await summaryOf(target.collection(name));
    if (present.checksum !== checksum)
      throw new CopyFailure(
        `The target has been used since it was filled (${name} differs), so nothing is copied over it. ${advice}`,
      );
  }
}

async function copyCollection(from: mongo.Collection, to: mongo.Collection, progress: Progress): Promise<void> {
  await to.db.createCollection(to.collectionName).catch(passOverExisting);
  // Unique keys may change hands between two copies; the indexes come back when all documents are in.
  await to.dropIndexes();
  const all = await from.countDocuments();
  let done = 0;
  progress(from.collectionName, 0, all);
  for await (const batch of batchesOf(from)) {
    await copyBatch(to, batch);
    done += batch.length;
    progress(from.collectionName, done, all);
  }
  await deleteOthers(from, to);
  const indexes = await indexesOf(from);
  if (indexes.length > 0) await to.createIndexes(indexes);
}

interface Held {
  readonly _id: unknown;
  readonly bytes: Buffer;
}

/** Documents as bytes, in the order of their ids. */
async function* rawOf(collection: mongo.Collection, filter: mongo.Filter<mongo.Document> = {}): AsyncGenerator<Held> {
  const cursor = collection.find(filter, { raw: true, sort: { _id: 1 }, batchSize: BATCH });
  for await (const raw of cursor as unknown as AsyncIterable<Buffer>) {
    // The cursor's memory is used again for its next batch.
    const bytes = Buffer.from(raw);
    yield { _id: exactly(bytes)['_id'], bytes };
  }
}

async function* batchesOf(collection: mongo.Collection): AsyncGenerator<readonly Held[]> {
  let batch: Held[] = [];
  let size = 0;
  for await (const held of rawOf(collection)) {
    batch.push(held);
    size += held.bytes.length;
    if (batch.length < BATCH && size < MOST_BYTES) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

const byIds = (ids: readonly unknown[]): mongo.Filter<mongo.Document> =>
  ({ _id: { $in: ids } }) as mongo.Filter<mongo.Document>;
const keyOf = (_id: unknown): string => BSON.EJSON.stringify({ _id }, { relaxed: false });

/** Writes what is missing or differs. */
async function copyBatch(to: mongo.Collection, batch: readonly Held[]): Promise<void> {
  const there = new Map<string, Buffer>();
  for await (const { _id, bytes } of rawOf(to, byIds(batch.map(({ _id }) => _id)))) there.set(keyOf(_id), bytes);
  const changed = batch.filter(({ _id, bytes }) => !there.get(keyOf(_id))?.equals(bytes));
  const outdated = changed.filter(({ _id }) => there.has(keyOf(_id)));
  if (outdated.length > 0) await to.deleteMany(byIds(outdated.map(({ _id }) => _id)));
  if (changed.length === 0) return;
  await to.insertMany(
    changed.map(({ bytes }) => inOrder(bytes)),
    { forceServerObjectId: true },
  );
}

/** Deletes what the source does not hold (any more). */
async function deleteOthers(from: mongo.Collection, to: mongo.Collection): Promise<void> {
  for await (const batch of batchesOf(to)) {
    const kept = new Set<string>();
    for await (const { _id } of rawOf(from, byIds(batch.map(({ _id }) => _id)))) kept.add(keyOf(_id));
    const others = batch.filter(({ _id }) => !kept.has(keyOf(_id)));
    if (others.length > 0) await to.deleteMany(byIds(others.map(({ _id }) => _id)));
  }
}

const exactly = (bytes: Uint8Array): mongo.Document =>
  BSON.deserialize(bytes, { promoteValues: false, promoteBuffers: false, bsonRegExp: true });

/**
 * The document to be written again byte by byte. JavaScript moves fields with names like "10" to the front, so a
 * document that has any is read into Maps, field by field.
 */
export function inOrder(bytes: Uint8Array): mongo.Document {
  const document = exactly(bytes);
  return hasNumberedFields(document) ? mapOf(bytes) : document;
}

function hasNumberedFields(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || '_bsontype' in value || value instanceof Date) return false;
  if (Array.isArray(value)) return value.some(hasNumberedFields);
  return Object.entries(value).some(([name, inner]) => /^\d+$/.test(name) || hasNumberedFields(inner));
}

function mapOf(bytes: Uint8Array): Map<string, unknown> {
  return new Map(fieldsOf(bytes));
}

const OBJECT = 3;
const ARRAY = 4;

function fieldsOf(bytes: Uint8Array): [string, unknown][] {
  return [...BSON.onDemand.parseToElements(bytes)].map(([type, nameAt, nameLength, at, length]) => {
    const name = Buffer.from(bytes.subarray(nameAt, nameAt + nameLength)).toString();
    const value = bytes.subarray(at, at + length);
    if (type === OBJECT) return [name, mapOf(value)];
    if (type === ARRAY) return [name, fieldsOf(value).map(([, item]) => item)];
    // A document of this field alone.
    const alone = Buffer.concat([Buffer.alloc(4), bytes.subarray(nameAt - 1, at + length), Buffer.alloc(1)]);
    alone.writeInt32LE(alone.length);
    return [name, exactly(alone)[name]];
  });
}

/** The indexes besides that of _id, in the order of their names. */
async function indexesOf(collection: mongo.Collection): Promise<mongo.IndexDescription[]> {
  const listed = (await collection.listIndexes().toArray()) as (mongo.IndexDescription & { v?: number; ns?: string })[];
  return listed
    .map(({ v: _v, ns: _ns, ...index }) => index)
    .filter(({ name }) => name !== '_id_')
    .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

/** What two servers must agree on, however they list it. */
const essence = ({ name, key, unique, partialFilterExpression }: mongo.IndexDescription): unknown => [
  name,
  Object.entries(key),
  unique === true,
  partialFilterExpression ?? null,
];

async function summaryOf(collection: mongo.Collection): Promise<{ documents: number; checksum: string }> {
  const hash = createHash('sha256');
  let documents = 0;
  for await (const { bytes } of rawOf(collection)) {
    hash.update(bytes);
    documents += 1;
  }
  return { documents, checksum: hash.digest('hex') };
}

async function compare(from: mongo.Collection, to: mongo.Collection): Promise<Copied> {
  const [here, there] = [await summaryOf(from), await summaryOf(to)];
  const [ours, theirs] = [await indexesOf(from), await indexesOf(to)];
  const what =
    here.documents !== there.documents ? 'counts' : here.checksum !== there.checksum ? 'checksums' : undefined;
  if (what !== undefined)
    throw new CopyFailure(
      `${from.collectionName}: the ${what} differ. If the source is in use, stop that and run this again.`,
    );
  if (JSON.stringify(ours.map(essence)) !== JSON.stringify(theirs.map(essence)))
    throw new CopyFailure(`${from.collectionName}: the indexes differ after the copy. Run this again.`);
  return { collection: from.collectionName, ...there, indexes: theirs.length };
}

function passOverExisting(error: unknown): void {
  if (!(error instanceof mongo.MongoServerError && error.code === 48)) throw error;
}

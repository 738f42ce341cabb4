import { afterAll, beforeAll } from '@jest/globals';
import { mongo } from 'mongoose';
import { startStore } from '../../support/parts.js';

export type Fields = Record<string, unknown>;
export type Collection = mongo.Collection<Fields & { _id?: string | number | boolean }>;

/** True unless the suite runs against a real MongoDB, which refuses nothing for not being in the embedded store. */
export const isEmbedded = process.env['MONGODB_URI'] === undefined;

/** A database for one spec file, and in it a new collection for every case. */
export class TestDatabase {
  private client: mongo.MongoClient | undefined;
  private count = 0;

  /** Called at the head of a spec file. */
  static forThisFile(options: mongo.MongoClientOptions = {}): TestDatabase {
    const database = new TestDatabase();
    beforeAll(async () => {
      const { uri } = await startStore();
      database.client = await mongo.MongoClient.connect(uri, options);
    });
    afterAll(async () => {
      await database.db.dropDatabase();
      await database.client?.close();
    });
    return database;
  }

  get db(): mongo.Db {
    if (this.client === undefined) throw new Error('not connected yet');
    return this.client.db();
  }

  /** A collection that holds these documents in this order, numbered from 1 where they bring no `_id`. */
  async with(...documents: readonly object[]): Promise<Collection> {
    this.count += 1;
    const collection: Collection = this.db.collection(`c${String(this.count)}`);
    const numbered = documents.map((document, index) =>
      document instanceof Map || '_id' in document ? document : { _id: index + 1, ...document },
    );
    if (numbered.length > 0) await collection.insertMany(numbered as Fields[]);
    return collection;
  }
}

/** Text in which two values are alike only if they are stored alike: types, values, and order of fields. */
export const exact = (value: object): string =>
  mongo.BSON.EJSON.stringify(
    mongo.BSON.deserialize(mongo.BSON.serialize({ value }), { promoteValues: false })['value'],
    {
      relaxed: false,
    },
  );

/** The documents as they are stored, by `_id` unless told otherwise. Their numbers keep their types. */
export const stored = (collection: Collection, filter: Fields = {}, sort: Fields = { _id: 1 }): Promise<Fields[]> =>
  collection.find(filter, { promoteValues: false, sort: sort as mongo.Sort }).toArray();

/** The numbers of what a filter finds, in the order of the numbers. */
export async function idsOf(collection: Collection, filter: Fields): Promise<unknown[]> {
  const found = await collection.find(filter, { projection: { _id: 1 }, sort: { _id: 1 } }).toArray();
  return found.map(({ _id }) => _id);
}

/** Makes an index and gives its name. */
export const makeIndex = (
  collection: Collection,
  key: Fields,
  options: mongo.CreateIndexesOptions = {},
): Promise<string> => collection.createIndex(key as mongo.IndexSpecification, options, {});

/** What the server said when it refused. Throws when it did not. */
export async function refusal(act: Promise<unknown>): Promise<mongo.MongoServerError> {
  let outcome: unknown;
  try {
    outcome = await act;
  } catch (error) {
    if (error instanceof mongo.MongoServerError) return error;
    throw error;
  }
  throw new Error(`expected a refusal, but got ${JSON.stringify(outcome)}`);
}

/**
 * The same for a command as it is: a write says of each part why it failed, where a server may as well refuse the whole.
 * The name of the code comes only with the whole.
 */
export async function refusalOf(db: mongo.Db, command: mongo.Document): Promise<Refusal> {
  let reply: mongo.Document;
  try {
    reply = await db.command(command);
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError)) throw error;
    return { code: error.code, codeName: error.codeName, message: error.message };
  }
  const [failure] = (reply['writeErrors'] ?? []) as { code: number; errmsg: string }[];
  if (failure === undefined) throw new Error(`this was not refused: ${JSON.stringify(reply)}`);
  return { code: failure.code, codeName: '', message: failure.errmsg };
}

interface Refusal {
  readonly code: unknown;
  readonly codeName: unknown;
  readonly message: string;
}

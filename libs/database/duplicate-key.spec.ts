import { describe, expect, it } from '@jest/globals';
import { insertNew } from './duplicate-key.js';

/** As the driver reports a bulk insert: even a lost connection comes as a bulk error. */
const bulkError = (writeErrors: unknown): Error =>
  Object.assign(new Error('bulk'), { name: 'MongoBulkWriteError', writeErrors });

const collection = (error?: Error) => ({
  insertMany: (documents: readonly object[]) =>
    error ? Promise.reject(error) : Promise.resolve({ insertedCount: documents.length }),
});
const three = [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }];

describe('inserting what may be there already', () => {
  it.each([
    ['all are new', undefined, 3],
    ['one is there', bulkError([{ code: 11000 }]), 2],
    ['one is there, told singly', bulkError({ code: 11000 }), 2],
    ['all are there', bulkError([{ code: 11000 }, { code: 11000 }, { code: 11000 }]), 0],
  ])('counts the new ones when %s', async (_, error, expected) => {
    expect(await insertNew(collection(error), three)).toBe(expected);
  });

  it.each([
    ['the connection is lost', bulkError([])],
    ['another write fails', bulkError([{ code: 11000 }, { code: 121 }])],
    ['the database is away', new Error('away')],
  ])('fails when %s: whoever asked tries again', async (_, error) => {
    await expect(insertNew(collection(error), three)).rejects.toBe(error);
  });

  it('asks for nothing when there is nothing', async () => {
    expect(await insertNew(collection(new Error('asked')), [])).toBe(0);
  });
});

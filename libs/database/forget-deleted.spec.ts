import { describe, expect, it } from '@jest/globals';
import type { Connection, mongo } from 'mongoose';
import { Database } from './database.js';

const answering = (answer: () => Promise<mongo.BSON.Document>): Database =>
  new Database({ db: { admin: () => ({ command: answer }) } } as unknown as Connection);
const failing = (code?: number): Database =>
  answering(() => Promise.reject(Object.assign(new Error('no'), code === undefined ? {} : { code })));

describe('forgetting what was deleted', () => {
  it('asks the server to write it all and empty its journal', async () => {
    const asked: unknown[] = [];
    const command = (given: unknown): Promise<mongo.BSON.Document> => Promise.resolve({ ok: asked.push(given) });
    await answering(command as never).forgetDeleted();
    expect(asked).toEqual([{ fsync: 1 }]);
  });

  // An erasure would otherwise never come to its end on a database whose users may only read and write.
  it.each([13, 20, 59, 115, 8000])('goes on where the server does not let us: %d', async (code) => {
    await expect(failing(code).forgetDeleted()).resolves.toBeUndefined();
  });

  it.each([1, 91, 14031, undefined])('is tried again after what went wrong: %s', async (code) => {
    await expect(failing(code).forgetDeleted()).rejects.toThrow('no');
  });
});

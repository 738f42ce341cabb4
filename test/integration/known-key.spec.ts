import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { expectKnownKey } from '../../src/operations/known-key.connection.js';
import { projectRoot, startRedis, startStore } from '../support/parts.js';

/** The key that wrote what a database holds must be there at each start, in every process. */

const folder = mkdtempSync(join(tmpdir(), 'ct-key-'));
const secret = () => randomBytes(32).toString('base64');
const [old, fresh, third] = [secret(), secret(), secret()];
const WRONG = /^SECRET_KEY: is another than the one by which the data in this database was written/;

let uri: string;
let database: Connection;

beforeEach(async () => {
  ({ uri } = await startStore());
  database = await mongoose.createConnection(uri, { autoIndex: false, autoCreate: false }).asPromise();
});
afterEach(() => database.close());
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What each process does first. */
const start = (current: string, previous?: string): Promise<void> =>
  expectKnownKey({ MONGODB_URI: uri, SECRET_KEY: current, SECRET_KEY_PREVIOUS: previous });

/** Everything in the database, indexes too. */
async function contents(): Promise<unknown> {
  const listed = await database.listCollections();
  const names = listed.map(({ name }) => name).sort();
  return Promise.all(
    names.map(async (name) => {
      const collection = database.collection(name);
      return [name, await collection.find().sort({ _id: 1 }).toArray(), await collection.listIndexes().toArray()];
    }),
  );
}

describe('a start with another key than that of the database', () => {
  it('is refused, and nothing is written', async () => {
    await start(old);
    const before = await contents();
    await expect(start(fresh)).rejects.toThrow(WRONG);
    await expect(start(fresh, third)).rejects.toThrow(WRONG);
    expect(await contents()).toEqual(before);
    await start(old);
  });

  it('ends web and worker with code 1 and one line that names the setting, before anything is written', async () => {
    await start(old);
    const before = await contents();
    const redis = (await startRedis()).url;
    await Promise.all(
      ['main.ts', 'worker.ts'].map(async (program) => {
        const { code, said } = await run(program, {
          ...{ NODE_ENV: 'production', NODE_OPTIONS: '', PUBLIC_URL: 'https://meet.example', PORT: '0' },
          ...{ METRICS_PORT: '0', MONGODB_URI: uri, REDIS_URL: redis, SMTP_URL: 'smtp://127.0.0.1:9' },
          ...{ DATA_DIR: folder, SECRET_KEY: fresh, ADMIN_EMAIL: 'somebody@twins.example' },
        });
        expect(said).toMatch(WRONG);
        expect([code, said.split('\n').length]).toEqual([1, 2]);
      }),
    );
    expect(await contents()).toEqual(before);
  });

  it('is fine while that one is named as the one before, and then by itself; going back alone is not', async () => {
    await start(old);
    await start(fresh, old);
    await start(fresh);
    await expect(start(old)).rejects.toThrow(WRONG);
    await start(old, fresh);
    await expect(start(fresh)).rejects.toThrow(WRONG);
  });
});

async function run(program: string, env: NodeJS.ProcessEnv): Promise<{ code: unknown; said: string }> {
  const loader = ['--no-warnings', '--import', join(projectRoot, 'tools', 'typescript.mjs')];
  const child = spawn(process.execPath, [...loader, join(projectRoot, 'src', program)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, ended] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: (ended as unknown[])[0], said };
}

describe('processes that start at once', () => {
  const MANY = [1, 2, 3, 4, 5, 6];

  it('on a new database agree on their key', async () => {
    await Promise.all(MANY.map(() => start(old)));
    await expect(start(fresh)).rejects.toThrow(WRONG);
  });

  it('on a new database with two keys do not both write', async () => {
    const outcomes = await Promise.allSettled([start(old), start(fresh)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('change the key together', async () => {
    await start(old);
    await Promise.all(MANY.map(() => start(fresh, old)));
    await start(fresh);
  });
});

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptProcess, type Program } from '../../src/local/processes.js';
import { redisAnswers, redisProgram } from '../../src/local/redis-server.js';
import { storeProgram, withDatabase } from '../../src/local/store-server.js';
import { eventually } from './waiting.js';

export const projectRoot = join(import.meta.dirname, '..', '..');

/** Queues of its own on the Redis that all tests of a run share. */
export interface TestRedis {
  readonly url: string;
  /** The prefix that keeps this test's queues apart. */
  readonly prefix: string;
}

/** A database of its own on the store that all tests of a run share. */
export interface TestStore {
  /** With the database's name in it. */
  readonly uri: string;
}

/** REDIS_URL where it is set; else one Redis for the whole run. */
export async function startRedis(): Promise<TestRedis> {
  return { url: process.env['REDIS_URL'] ?? (await sharedPart('redis')), prefix: `t-${freshName()}` };
}

/** MONGODB_URI where it is set; else one embedded store for the whole run. The database is new and empty. */
export async function startStore(): Promise<TestStore> {
  return { uri: withDatabase(process.env['MONGODB_URI'] ?? (await sharedPart('store')), `t-${freshName()}`) };
}

const freshName = (): string => randomBytes(8).toString('hex');

/** Asks the process that runs the tests (global-setup.mjs) for a part that is started when the first test asks. */
function sharedPart(name: 'redis' | 'store'): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = process.env['TEST_PARTS'];
    if (path === undefined)
      throw new Error('tests that use a real part need globalSetup: test/support/global-setup.mjs');
    let answer = '';
    createConnection(path)
      .on('error', reject)
      .on('data', (data) => (answer += data.toString()))
      .on('end', () => {
        if (answer.startsWith('ready ')) resolve(answer.slice('ready '.length));
        else reject(new Error(answer));
      })
      .write(`${name}\n`);
  });
}

/** A part that belongs to one test, which may kill it, stop it and start it again on the same data. */
export class OwnPart {
  private kept: KeptProcess | undefined;

  constructor(
    private readonly program: Program,
    private readonly answers: () => Promise<boolean>,
    /** As REDIS_URL or MONGODB_URI take it. */
    readonly url: () => string,
    readonly folder: string,
  ) {}

  async start(): Promise<void> {
    if (this.kept !== undefined) throw new Error(`${this.program.name} runs already`);
    const kept = new KeptProcess(this.program, join(this.folder, `${this.program.name}.log`), () => undefined);
    this.kept = kept;
    kept.start();
    await eventually(`${this.program.name} to answer`, async () => {
      if (kept.recentDeaths > 2) throw new Error(`${this.program.name} does not start: ${kept.logPath}`);
      return this.answers();
    });
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.kept?.pid;
  }

  /** kill -9; it stays away until `start`. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** @param patience in milliseconds, after which it is killed; its log then ends so */
  async stop(patience?: number): Promise<void> {
    await this.end('SIGTERM', patience);
  }

  /** Stops it and removes its data. */
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals, patience = 5_000): Promise<void> {
    const kept = this.kept;
    this.kept = undefined;
    if (kept?.pid !== undefined && signal === 'SIGKILL') process.kill(kept.pid, 'SIGKILL');
    await kept?.stop(patience);
  }
}

/** A Redis that only this test uses: for FLUSHALL, kill -9 and outages. */
export async function startOwnRedis(): Promise<OwnPart> {
  const folder = privateFolder('redis');
  const socket = join(folder, 'redis.sock');
  const program = redisProgram(projectRoot, socket, join(folder, 'data'));
  if (program === undefined) throw new Error('there is no redis-server here; `npm test` brings one');
  const part = new OwnPart(
    program,
    () => redisAnswers(socket),
    () => socket,
    folder,
  );
  await part.start();
  return part;
}

/** An embedded store that only this test uses, from the sources as they lie. */
export async function startOwnStore(): Promise<OwnPart> {
  const folder = privateFolder('store');
  const run = [
    '--import',
    join(projectRoot, 'tools', 'typescript.mjs'),
    join(projectRoot, 'libs/embedded-mongo/main.ts'),
  ];
  let address: string | undefined;
  const program = storeProgram(run, join(folder, 'store.sock'), join(folder, 'data'), (uri) => {
    address = uri;
  });
  const forgetting = {
    ...program,
    beforeStart: () => {
      address = undefined;
      program.beforeStart?.();
    },
  };
  const part = new OwnPart(
    forgetting,
    () => Promise.resolve(address !== undefined),
    () => address ?? '',
    folder,
  );
  await part.start();
  return part;
}

function privateFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir().length > 60 ? '/tmp' : tmpdir(), `ct-${name}-`));
  mkdirSync(join(folder, 'data'));
  return folder;
}

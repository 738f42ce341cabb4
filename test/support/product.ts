import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestMailbox } from './mail.js';
import { OwnPart, projectRoot, startOwnRedis, startOwnStore, startRedis, startStore } from './parts.js';
import { Visitor } from './visitor.js';

/** Node's arguments for TypeScript as it lies in the clone. */
const FROM_SOURCES = ['--no-warnings', '--import', join(projectRoot, 'tools', 'typescript.mjs')];

export const COORDINATOR = 'coordination@twins.example';

export interface ProductOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** `own`: a store and a Redis that this test may kill and look into; otherwise those of the whole run are shared. */
  readonly parts?: 'own' | 'shared';
  readonly workers?: number;
  readonly webs?: number;
  /** A folder with `src/main.js` and `src/worker.js` as they were built; otherwise the sources run as they lie. */
  readonly built?: string | undefined;
}

/** The whole product as real processes: store, Redis, mailbox, any number of web processes and workers. */
export class Product {
  readonly webs: OwnPart[] = [];
  readonly workers: OwnPart[] = [];
  /** Where the web processes show their metrics, in their order. */
  readonly metricsPorts: number[] = [];

  private constructor(
    readonly mailbox: TestMailbox,
    /** Logs, and the product's DATA_DIR in `data`. */
    readonly folder: string,
    readonly env: Readonly<NodeJS.ProcessEnv>,
    /** Present where the parts are its own. */
    readonly store: OwnPart | undefined,
    readonly redis: OwnPart | undefined,
    private readonly built: string | undefined,
  ) {}

  static async start({
    env = {},
    parts = 'shared',
    webs = 1,
    workers = 1,
    built,
  }: ProductOptions = {}): Promise<Product> {
    const folder = mkdtempSync(join(tmpdir(), 'ct-product-'));
    mkdirSync(join(folder, 'data'));
    const [store, redis] = parts === 'own' ? await Promise.all([startOwnStore(), startOwnRedis()]) : [];
    const mailbox = await TestMailbox.start();
    const port = await freePort();
    const product = new Product(
      mailbox,
      folder,
      {
        ...clean(process.env),
        NODE_ENV: 'development',
        HOST: '127.0.0.1',
        PUBLIC_URL: `http://localhost:${String(port)}`,
        DATA_DIR: join(folder, 'data'),
        MONGODB_URI: store?.url() ?? (await startStore()).uri,
        REDIS_URL: redis?.url() ?? (await startRedis()).url,
        SMTP_URL: mailbox.url,
        SECRET_KEY: randomBytes(32).toString('base64'),
        ADMIN_EMAIL: COORDINATOR,
        EXAMPLE_DATA: 'off',
        RATE_LIMITS: 'off',
        EDIT_WINDOW_SECONDS: '0',
        ...env,
      },
      store,
      redis,
      built,
    );
    await Promise.all([
      product.addWeb(port),
      ...Array.from({ length: webs - 1 }, () => product.addWeb()),
      ...Array.from({ length: workers }, () => product.addWorker()),
    ]);
    return product;
  }

  /** Where people reach it: the first web process. */
  get address(): string {
    return this.addressOf(this.web);
  }

  get web(): OwnPart {
    return partOf(this.webs);
  }

  get worker(): OwnPart {
    return partOf(this.workers);
  }

  addressOf(web: OwnPart): string {
    return web.url();
  }

  visitor(language = 'en', web = this.web): Visitor {
    return new Visitor(web.url(), language);
  }

  async addWeb(port?: number): Promise<OwnPart> {
    const chosen = port ?? (await freePort());
    const url = `http://localhost:${String(chosen)}`;
    const metrics = await freePort();
    const web = this.part('web', 'main', url, { PORT: String(chosen), METRICS_PORT: String(metrics) }, () =>
      isReady(`http://127.0.0.1:${String(chosen)}`),
    );
    this.webs.push(web);
    this.metricsPorts.push(metrics);
    await web.start();
    return web;
  }

  async addWorker(env: NodeJS.ProcessEnv = {}): Promise<OwnPart> {
    const worker = this.part('worker', 'worker', '', { METRICS_PORT: '0', ...env }, () => Promise.resolve(true));
    this.workers.push(worker);
    await worker.start();
    return worker;
  }

  /** Runs a script of ours beside the product, with its environment, to its end. */
  async script(name: string, ...args: readonly string[]): Promise<void> {
    const run = [...FROM_SOURCES, join(projectRoot, 'test', 'support', name), ...args];
    const child = spawn(process.execPath, run, { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    let trouble = '';
    child.stderr.on('data', (chunk: Buffer) => (trouble += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${trouble}`);
  }

  /** Everything that web processes and workers wrote into their logs. */
  get logs(): string {
    const files = readdirSync(this.folder).filter((name) => name.endsWith('.log'));
    return files.map((name) => readFileSync(join(this.folder, name), 'utf8')).join('\n');
  }

  /** Ends everything and removes what it left. */
  async stop(): Promise<void> {
    await Promise.all([...this.webs, ...this.workers].map((part) => part.stop()));
    await this.mailbox.close();
    await Promise.all([this.store?.close(), this.redis?.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private part(
    kind: 'web' | 'worker',
    main: string,
    url: string,
    env: NodeJS.ProcessEnv,
    answers: () => Promise<boolean>,
  ): OwnPart {
    const number = (kind === 'web' ? this.webs : this.workers).length + 1;
    const file =
      this.built === undefined ? join(projectRoot, 'src', `${main}.ts`) : join(this.built, 'src', `${main}.js`);
    return new OwnPart(
      {
        name: `${kind}-${String(number)}`,
        mark: main,
        command: process.execPath,
        args: [...(this.built === undefined ? FROM_SOURCES : []), file],
        env: { ...this.env, ...env },
      },
      answers,
      () => url,
      this.folder,
    );
  }
}

function partOf(parts: readonly OwnPart[]): OwnPart {
  const [first] = parts;
  if (!first) throw new Error('there is none');
  return first;
}

/** What a shell would pass on: nothing of npm, Jest or this machine's own settings of the product. */
const clean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: env['PATH'],
  HOME: env['HOME'],
  TMPDIR: env['TMPDIR'],
});

export async function isReady(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/**
 * A port that nobody listens on. Of those below what systems hand out by themselves: a connection that goes out between now
 * and the start of whoever asked could have been given it.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(15_000, 32_000);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer()
    .on('error', () => {
      resolve(false);
    })
    .listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  return (await promise) ? port : freePort();
}

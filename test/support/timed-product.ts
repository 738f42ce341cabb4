import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { Sweep } from '../../libs/outbox/sweep.js';
import { Outside } from '../../libs/outside/safe-fetch.js';
import { Clock } from '../../libs/time/clock.js';
import { localOrigins } from '../../libs/web/secure.js';
import { createWebApp } from '../../libs/web/web.js';
import { AppModule } from '../../src/app.module.js';
import { readSettings } from '../../src/config.js';
import { FeedbackReleases } from '../../src/feedback/releases.service.js';
import { loadTexts } from '../../src/texts/index.js';
import { WORKER_MODULES } from '../../src/worker-modules.js';
import { TestClock } from './clock.js';
import { TestDatabase } from './database.js';
import { TestMailbox } from './mail.js';
import { projectRoot, startRedis, startStore } from './parts.js';
import { COORDINATOR, freePort } from './product.js';
import { type Reads, readsDuring } from './reads.js';
import { Visitor } from './visitor.js';

/** The whole product in this process, web and worker in one, on real parts, with a clock that stands until it is moved. */
export class TimedProduct {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly clock: TestClock,
    readonly mailbox: TestMailbox,
    readonly database: TestDatabase,
    readonly address: string,
    private readonly folder: string,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}, clock = new TestClock()): Promise<TimedProduct> {
    const folder = mkdtempSync(join(tmpdir(), 'ct-timed-'));
    const mailbox = await TestMailbox.start();
    const port = await freePort();
    const { uri } = await startStore();
    const outcome = readSettings({
      PORT: String(port),
      DATA_DIR: folder,
      // So that a test can see what is read.
      MONGODB_URI: `${uri}${uri.includes('?') ? '&' : '?'}monitorCommands=true`,
      REDIS_URL: (await startRedis()).url,
      SMTP_URL: mailbox.url,
      SECRET_KEY: randomBytes(32).toString('base64'),
      ADMIN_EMAIL: COORDINATOR,
      EXAMPLE_DATA: 'off',
      RATE_LIMITS: 'off',
      EDIT_WINDOW_SECONDS: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'silent',
      ...env,
    });
    if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
    const { settings } = outcome;
    const app = await createWebApp(AppModule.with(settings, { works: WORKER_MODULES }), {
      catalogue: loadTexts(),
      assets: join(projectRoot, 'src', 'assets'),
      publicUrl: settings.PUBLIC_URL,
      otherOrigins: localOrigins(port),
    });
    app.useLogger(false);
    // The database's clock is the test's too: it would otherwise tell what time it really is.
    Object.assign(app.get(Clock), { now: () => clock.now() });
    Object.assign(app.get(DatabaseClock), { adjust: () => Promise.resolve() });
    await app.listen(port, '127.0.0.1');
    const database = await TestDatabase.open(uri, () => clock.now());
    return new TimedProduct(app, clock, mailbox, database, settings.PUBLIC_URL, folder);
  }

  visitor(language = 'en'): Visitor {
    return new Visitor(this.address, language);
  }

  /** Puts servers of a test behind public names: what people give us to fetch is judged as ever. */
  reachOutside(ways: Pick<Outside, 'resolve' | 'target'>): void {
    Object.assign(this.app.get(Outside), { resolve: ways.resolve, target: ways.target });
  }

  /** Moves the clock and does all that is due by then. */
  async at(instant: Date | string): Promise<void> {
    this.clock.set(instant);
    await this.settle();
  }

  /** Until nothing is due any more: what a handler causes may be due at once as well. */
  async settle(): Promise<void> {
    // Swept again and again: a job that is just ending swallows one that is added for the same entry.
    await this.database.settled(undefined, () => this.app.get(Sweep).run());
    // What ended while its last entries were still open is taken away by the next sweep.
    await this.app.get(Sweep).run();
  }

  /** What is read from the database while something happens. */
  reads(act: () => Promise<unknown>): Promise<Reads> {
    return readsDuring(this.app.get<Connection>(getConnectionToken()), act);
  }

  /** The weekly run, if one is due. */
  releaseAnswers(): Promise<void> {
    return this.app.get(FeedbackReleases).runIfDue(this.clock.now());
  }

  async stop(): Promise<void> {
    await this.database.close();
    await this.app.close();
    await this.mailbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

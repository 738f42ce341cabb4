import { randomBytes } from 'node:crypto';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { Clock } from '../../libs/time/clock.js';
import { AppModule } from '../../src/app.module.js';
import { readSettings } from '../../src/config.js';
import type { TestClock } from './clock.js';
import { startRedis } from './parts.js';

export const ADMIN = 'administration@twins.example';

const SECRET_KEY = randomBytes(32).toString('base64');
const open: TestingModule[] = [];

/**
 * One process of the product with every feature, on a real store and Redis. It answers no requests and takes no jobs: a test
 * asks its services, and moves its clock. All processes of a file share the key.
 * @param replace puts something else in the place of further providers
 */
export async function startStill(
  uri: string,
  clock: TestClock,
  env: NodeJS.ProcessEnv = {},
  replace = (builder: TestingModuleBuilder): TestingModuleBuilder => builder,
): Promise<TestingModule> {
  const read = readSettings({
    MONGODB_URI: uri,
    REDIS_URL: (await startRedis()).url,
    SMTP_URL: 'smtp://127.0.0.1:9',
    SECRET_KEY,
    ADMIN_EMAIL: ADMIN,
    EXAMPLE_DATA: 'off',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    ...env,
  });
  if (!read.ok) throw new Error(read.problems.join());
  const builder = Test.createTestingModule({ imports: [AppModule.with(read.settings, { works: false })] });
  const started = await replace(builder)
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(DatabaseClock)
    .useValue({ now: () => clock.now(), adjust: () => Promise.resolve() })
    .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
    .compile();
  open.push(started);
  return started.init();
}

export async function endStill(): Promise<void> {
  await Promise.all(open.splice(0).map((started) => started.close()));
}

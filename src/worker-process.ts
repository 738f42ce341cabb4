import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { Sweep } from '../libs/outbox/sweep.js';
import { AppModule } from './app.module.js';
import { readSettings } from './config.js';
import { expectDataFolder } from './data-folder.js';
import { endInTime } from './ending.js';
import { expectKnownKey } from './operations/known-key.connection.js';
import { giveUp, growSlowly, letGoOfStart } from './starting.js';
import { WORKER_MODULES } from './worker-modules.js';

/** Takes jobs, sweeps, sends mail and releases answers until it is told to end. */
export async function start(): Promise<void> {
  const outcome = readSettings(process.env);
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problems.join('\n')}\n`);
    process.exit(1);
  }
  const { settings } = outcome;
  try {
    expectDataFolder(settings.DATA_DIR);
    await expectKnownKey(settings);
  } catch (error) {
    giveUp(error);
  }

  const app = await NestFactory.createApplicationContext(AppModule.with(settings, { works: WORKER_MODULES }), {
    bufferLogs: true,
  });
  app.useLogger(app.get(Logger));
  app.enableShutdownHooks();
  endInTime();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  await app.init();
  // What fell due while no worker ran does not wait for the first interval.
  await app.get(Sweep).tick();
  letGoOfStart();
  growSlowly();
}

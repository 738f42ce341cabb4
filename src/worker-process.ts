import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { Sweep } from '../libs/outbox/sweep.js';
import { AppModule } from './app.module.js';
import { endInTime } from './ending.js';
import { settingsAtStart } from './start-settings.js';
import { growSlowly, letGoOfStart } from './starting.js';
import { WORKER_MODULES } from './worker-modules.js';

/** Takes jobs, sweeps, sends mail and releases answers until it is told to end. */
export async function start(): Promise<void> {
  const settings = await settingsAtStart();
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

/** The queue process: takes jobs, sweeps, sends mail and releases answers. Any number of them may run. */
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { Sweep } from '../libs/outbox/sweep.js';
import { AppModule } from './app.module.js';
import { readSettings } from './config.js';
import { endInTime } from './ending.js';
import { expectDataFolder } from './data-folder.js';
import { expectKnownKey } from './operations/known-key.connection.js';
import { giveUp, letGoOfStart } from './starting.js';

const outcome = readSettings(process.env);
if (!outcome.ok) {
  console.error(outcome.problems.join('\n'));
  process.exit(1);
}
try {
  expectDataFolder(outcome.settings.DATA_DIR);
  await expectKnownKey(outcome.settings);
} catch (error) {
  giveUp(error);
}

const app = await NestFactory.createApplicationContext(AppModule.with(outcome.settings, { works: true }), {
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

/** `node --import ./tools/typescript.mjs test/support/release-answers.ts`: runs next week's release of answers now. */
import { NestFactory } from '@nestjs/core';
import { DAY, plus } from '../../libs/time/clock.js';
import { AppModule } from '../../src/app.module.js';
import { readSettings } from '../../src/config.js';
import { FeedbackReleases } from '../../src/feedback/releases.service.js';
import { WORKER_MODULES } from '../../src/worker-modules.js';

const outcome = readSettings(process.env);
if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
const app = await NestFactory.createApplicationContext(AppModule.with(outcome.settings, { works: WORKER_MODULES }), {
  logger: false,
});
await app.get(FeedbackReleases).runIfDue(plus(new Date(), 8 * DAY));
await app.close();

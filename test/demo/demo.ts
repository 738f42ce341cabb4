/**
 * `npm run demo`: how Come Together keeps its promise, told on the real processes (store, Redis, mailbox, web and worker), with
 * every step checked. Ends with 0 when all of it is true.
 */
import { endings, joining } from './endings.js';
import { everyWeek } from './every-week.js';
import { announceEvening, announceSoon, answers, breakages, changes, interest, signIn } from './first-meeting.js';
import { officeHours } from './office-hours.js';
import { openDoor } from './queue.js';
import { database, product, story } from './stage.js';

try {
  await tell();
  story.end();
} catch (error) {
  console.error(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  console.error(
    product.logs
      .split('\n')
      .filter((line) => !line.includes('"level":30'))
      .join('\n'),
  );
  process.exitCode = 1;
} finally {
  await database.close();
  await product.stop();
}
process.exit();

async function tell(): Promise<void> {
  story.chapter('Someone is interested');
  await interest();
  story.chapter('The coordination prepares a meeting');
  const coordinator = await signIn();
  const soon = await announceSoon(coordinator);
  const meeting = await announceEvening(coordinator);
  story.chapter('Everyone answers in their own way');
  await answers();
  story.chapter('Plans change, and parts break');
  await changes(coordinator, meeting);
  await breakages(coordinator);
  story.chapter('Every week');
  await everyWeek(coordinator);
  story.chapter('Office hours');
  await officeHours(coordinator);
  story.chapter('An open door');
  await openDoor(coordinator);
  story.chapter('The meeting that starts in a quarter of an hour');
  await joining(soon);
  story.chapter('What remains');
  await endings(coordinator, meeting);
}

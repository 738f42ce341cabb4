/**
 * `npm run bench:slots -- [--rounds 9] [--requests 200]`: free slots beside what people use and what can be written by hand,
 * and the page that shows them after few bookings and after many.
 */
import { parseArgs } from 'node:util';
import { DAY, HOUR, plus } from '../libs/time/clock.js';
import { fillWith, offerWithHosts } from '../test/support/busy-hosts.js';
import { TestDatabase } from '../test/support/database.js';
import { signIn } from '../test/support/journeys.js';
import { Product } from '../test/support/product.js';
import { slots } from './free-slots.js';
import { median, round, type Took } from './load.js';
import { compare } from './turns.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, requests: { type: 'string', default: '200' } },
});
const rounds = Number(values.rounds);
const HOSTS = 50;
/** Ever made, in all. */
const BOOKINGS = [500, 5_000] as const;
/** Of them in the week that is shown: as many in both. */
const SHOWN = 2;

await compare(slots(), rounds);
const product = await Product.start({ parts: 'own', env: { LOG_LEVEL: 'warn' } });
const database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
try {
  await page(Math.max(1, Number(values.requests)));
} finally {
  await database.close();
  await product.stop();
}
process.exit();

/** Two office hours with hosts of their own; most bookings are over, or later than what is shown. */
async function page(requests: number): Promise<void> {
  const administrator = await signIn(product);
  const now = new Date();
  const from = Temporal.Now.plainDateISO('Europe/Berlin').toString();
  const eight = new Date(`${from}T08:00:00Z`);
  const pages: { count: number; url: string; took: Took[] }[] = [];
  for (const count of BOOKINGS) {
    const hours = await offerWithHosts(administrator, { count: HOSTS, from });
    const each = count / HOSTS - SHOWN;
    const later = Math.floor(each / 3);
    const starts = [
      ...times(plus(eight, DAY), SHOWN),
      ...times(plus(eight, -28 * DAY), each - later),
      ...times(plus(eight, 20 * DAY), later),
    ];
    await fillWith(database, hours, starts, now);
    pages.push({ count, url: `${product.address}/fr${hours.path}`, took: [] });
  }
  for (let again = 0; again <= rounds; again += 1)
    for (const { url, took } of pages) {
      const each = await round({ method: 'GET', url }, requests, product.web.pid);
      // The first round warms up.
      if (again > 0) took.push(each);
    }
  console.log(`\nThe page of ${String(HOSTS)} hosts, a week of free slots`);
  const [few] = pages;
  for (const { count, took } of pages) {
    const ratio = (what: keyof Took): string =>
      median(took.map((each, index) => (each[what] ?? Number.NaN) / (few?.took[index]?.[what] ?? Number.NaN))).toFixed(
        2,
      );
    const cpu = median(took.map((each) => each.cpu ?? Number.NaN)).toFixed(1);
    console.log(
      `  ${`after ${String(count)} bookings`.padEnd(44)} ${cpu.padStart(10)} ms of processor time per page  ${ratio('cpu')}x, ${ratio('wall')}x by the clock`,
    );
  }
}

function times(first: Date, count: number): Date[] {
  return Array.from({ length: count }, (_, index) => plus(first, Math.floor(index / 8) * DAY + (index % 8) * HOUR));
}

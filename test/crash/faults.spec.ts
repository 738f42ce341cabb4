import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import type { ReceivedMail } from '../../src/local/mailbox.js';
import { crowdAddress } from '../support/crowd-address.js';
import { TestDatabase } from '../support/database.js';
import { announce, draftMeeting, inMinutes, signIn, wallClock } from '../support/journeys.js';
import { projectRoot } from '../support/parts.js';
import { Product, type ProductOptions } from '../support/product.js';
import { eventually } from '../support/waiting.js';

const CROWD = 500;
/** Milliseconds after which what is due comes round again. */
const SWEEP = 20_000;
const PATIENCE = 300_000;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Running {
  readonly product: Product;
  readonly database: TestDatabase;
  /** Announces a meeting to the crowd. */
  readonly announce: (fields: Readonly<Record<string, string>>) => Promise<void>;
}

async function running(options: ProductOptions): Promise<Running> {
  const product = await Product.start(options);
  ends.push(() => product.stop());
  await product.script('crowd.ts', String(CROWD));
  const database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  ends.push(() => database.close());
  return {
    product,
    database,
    announce: async (fields) => {
      const coordinator = await signIn(product);
      await announce(coordinator, await draftMeeting(coordinator, fields));
    },
  };
}

const isInvitation = ({ raw }: ReceivedMail): boolean => raw.includes('text/calendar');
const guests = Array.from({ length: CROWD }, (_, number) => crowdAddress(number));
const mailsTo = (mails: readonly ReceivedMail[], guest: string): number =>
  mails.filter(({ to }) => to[0] === guest).length;

/** How many of the crowd got none, and how many more than one. */
const counted = (mails: readonly ReceivedMail[]): { readonly missing: number; readonly twice: number } => {
  const counts = guests.map((guest) => mailsTo(mails, guest));
  return { missing: counts.filter((count) => count === 0).length, twice: counts.filter((count) => count > 1).length };
};

describe('an announcement goes on after', () => {
  /** Ends with every guest having a mail; those that have two got the same bytes. */
  async function reachesAll({ product, database }: Running): Promise<void> {
    await database.settled(120_000);
    const mails = product.mailbox.box.mails.filter((mail) => isInvitation(mail));
    expect(counted(mails).missing).toBe(0);
    const bytes = guests.map((guest) => mails.filter(({ to }) => to[0] === guest).map(({ raw }) => raw.toString()));
    expect(bytes.filter((copies) => new Set(copies).size > 1)).toEqual([]);
  }

  const begun = ({ mailbox }: Product) =>
    eventually('the first mails', () => mailbox.box.mails.filter((mail) => isInvitation(mail)).length > 20, 60_000);

  it(
    'the store was away while a sweep came round',
    async () => {
      const run = await running({ parts: 'own' });
      const { product } = run;
      const log = (): string => readFileSync(join(product.folder, 'worker-1.log'), 'utf8');
      await run.announce({ title: 'Outage' });
      await begun(product);
      await product.store?.kill();
      await eventually('a sweep in vain', () => log().includes('the sweep broke off'), 90_000);
      await product.store?.start();
      await reachesAll(run);
    },
    PATIENCE,
  );

  it(
    'Redis was away until mails were overdue for longer than a sweep takes to come round',
    async () => {
      const run = await running({ parts: 'own' });
      const { product, database } = run;
      await run.announce({ title: 'Outage' });
      await begun(product);
      await product.redis?.kill();
      const overdue = () => ({ state: 'open', dueAt: { $lt: plus(new Date(), -SWEEP) } });
      const some = async (): Promise<boolean> =>
        (await database.collection('deliveries').countDocuments(overdue())) > 0;
      await eventually('overdue mails', some, 90_000);
      await product.redis?.start();
      await reachesAll(run);
    },
    PATIENCE,
  );
});

describe('a process that is asked to end', () => {
  it(
    'does so in time, although its Redis and its store are gone',
    async () => {
      const { product } = await running({ parts: 'own' });
      const log = (name: string): string => readFileSync(join(product.folder, `${name}.log`), 'utf8');
      await product.redis?.kill();
      await product.store?.kill();
      await eventually('a sweep in vain', () => log('worker-1').includes('the sweep broke off'), 90_000);
      await Promise.all([product.worker, product.web].map((part) => part.stop(10_000)));
      const endings = ['worker-1', 'web-1'].map((name) => log(name).trim().split('\n').at(-1));
      // Not killed: the worker ends without the Redis that it would have waited for, the web process waits for nothing.
      expect(endings).toEqual(['-- worker-1 ended with code 1', '-- web-1 ended with SIGTERM']);
    },
    PATIENCE,
  );
});

describe('reminders of workers whose clocks are wrong', () => {
  it(
    'come neither before their time nor after the start, each once',
    async () => {
      const seen = await Promise.all([HOUR, -HOUR].map((skew) => remindedBy(skew)));
      for (const { start, mails } of seen) {
        expect(counted(mails)).toEqual({ missing: 0, twice: 0 });
        expect(mails.filter(({ receivedAt }) => receivedAt < plus(start, -15 * MINUTE))).toEqual([]);
        expect(mails.filter(({ receivedAt }) => receivedAt >= start)).toEqual([]);
      }
    },
    PATIENCE,
  );

  /** Reminders of a meeting from a product whose only worker is so many milliseconds fast. */
  async function remindedBy(skew: number): Promise<{ readonly start: Date; readonly mails: readonly ReceivedMail[] }> {
    const { product, database, announce: announceTo } = await running({ workers: 0 });
    const skewed = pathToFileURL(join(projectRoot, 'test', 'support', 'skewed-clock.mjs')).href;
    await product.addWorker({ NODE_OPTIONS: `--import ${skewed}`, CLOCK_SKEW_MS: String(skew) });
    const start = inMinutes(17);
    await announceTo({ title: 'Clocks', ...wallClock(start, 'UTC'), reminders: '15' });
    await eventually('the first reminder', () => mailsOf(product).length > 0, 200_000);
    await database.settled(60_000);
    return { start, mails: mailsOf(product) };
  }
});

/** What reminds the crowd, of all that arrived. */
const mailsOf = ({ mailbox }: Product): readonly ReceivedMail[] =>
  mailbox.box.mails.filter((mail) => !isInvitation(mail) && guests.includes(mail.to[0] ?? ''));

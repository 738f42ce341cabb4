import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { IN_HAND } from '../../src/deliveries/deliveries.processor.js';
import type { ReceivedMail } from '../../src/local/mailbox.js';
import { crowdAddress } from '../support/crowd-address.js';
import { TestDatabase } from '../support/database.js';
import { announce, draftMeeting, inMinutes, signIn, wallClock } from '../support/journeys.js';
import { isReady, Product } from '../support/product.js';
import { eventually } from '../support/waiting.js';
import type { Visitor } from '../support/visitor.js';

/** How often each kind of process is killed: the store's own suite takes the larger share of KILLS. */
const KILLS = Math.max(2, Math.round(Number(process.env['KILLS'] ?? 200) / 10));
const CROWD = 1_000;
const PATIENCE = 300_000;

/** An entry whose eighth try is the next, and must fail. */
const POISON = { id: 'poison', type: 'contact.enrolled', handler: 'nobody.there', data: {}, failures: 7 };

let product: Product;
let database: TestDatabase;
let coordinator: Visitor;
beforeAll(async () => {
  product = await Product.start({ parts: 'own' });
  await product.script('crowd.ts', String(CROWD));
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  coordinator = await signIn(product);
  const poisoned = { ...POISON, dueAt: new Date() };
  await database.collection('contacts').updateOne({}, { $push: { pending: poisoned } } as never);
}, PATIENCE);
afterAll(async () => {
  await database.close();
  await product.stop();
});
beforeEach(() => {
  product.mailbox.box.clear();
});

const guests = Array.from({ length: CROWD }, (_, number) => crowdAddress(number));
const mails = (): readonly ReceivedMail[] => product.mailbox.box.mails;

/** Announces a meeting and does something each time that so many more mails have arrived. */
async function announceWhile(
  fields: Readonly<Record<string, string>>,
  acts: readonly (() => Promise<unknown>)[],
): Promise<void> {
  await announce(coordinator, await draftMeeting(coordinator, fields));
  const share = Math.floor(CROWD / (acts.length + 1));
  for (const [index, act] of acts.entries()) {
    const due = share * (index + 1);
    await eventually(`${String(due)} mails`, () => mails().filter(isInvitation).length >= due, 120_000);
    await act();
  }
  await database.settled(180_000);
}

const isInvitation = ({ raw }: ReceivedMail): boolean => raw.includes('text/calendar');
const isReminder = (mail: ReceivedMail): boolean => !isInvitation(mail);

/** For each guest how many different mails, and how many copies beyond the first of each. */
function outcome(counts = isInvitation): {
  readonly missing: number;
  readonly different: number;
  readonly copies: number;
} {
  const byGuest = Map.groupBy(mails().filter(counts), ({ to }) => to[0] ?? '');
  let [missing, different, copies] = [0, 0, 0];
  for (const guest of guests) {
    const raws = (byGuest.get(guest) ?? []).map(({ raw }) => raw.toString('latin1'));
    if (raws.length === 0) missing += 1;
    if (new Set(raws).size > 1) different += 1;
    copies += Math.max(0, raws.length - 1);
  }
  return { missing, different, copies };
}

const killWorker = async (): Promise<void> => {
  await product.worker.kill();
  await product.worker.start();
};

describe('an announcement to 1,000 contacts', () => {
  it(
    `reaches each of them when the worker is killed ${String(KILLS)} times, and what comes twice is the same bytes`,
    async () => {
      await announceWhile(
        { title: 'Killed' },
        Array.from({ length: KILLS }, () => killWorker),
      );
      const { missing, different, copies } = outcome();
      expect({ missing, different }).toEqual({ missing: 0, different: 0 });
      // What was in hand at a kill, and no more.
      expect(copies).toBeLessThanOrEqual(KILLS * IN_HAND);
    },
    PATIENCE,
  );

  it(
    `reaches each of them once when the worker is asked to end ${String(KILLS)} times, which it does in time`,
    async () => {
      const endings: string[] = [];
      const ends = async (): Promise<void> => {
        await product.worker.stop(10_000);
        endings.push(readFileSync(join(product.folder, 'worker-1.log'), 'utf8').trim().split('\n').at(-1) ?? '');
        await product.worker.start();
      };
      await announceWhile(
        { title: 'Asked to end' },
        Array.from({ length: KILLS }, () => ends),
      );
      expect(outcome()).toEqual({ missing: 0, different: 0, copies: 0 });
      // By itself: otherwise it would have been killed after ten seconds.
      expect(new Set(endings)).toEqual(new Set(['-- worker-1 ended with SIGTERM']));
    },
    PATIENCE,
  );

  it(
    'reaches each of them, as do the reminders that wait, when Redis forgets everything and is killed',
    async () => {
      const flush = async (): Promise<void> => {
        const redis = new Redis(product.redis?.url() ?? '');
        await redis.flushall();
        await redis.quit();
      };
      const kill = async (): Promise<void> => {
        await product.redis?.kill();
        await product.redis?.start();
      };
      const start = wallClock(inMinutes(16), 'UTC');
      await announceWhile({ title: 'Forgotten', ...start, reminders: '15' }, [flush, kill, flush]);
      await flush();
      await eventually('the first reminder', () => mails().some(isReminder), 180_000);
      await flush();
      await database.settled(120_000);
      expect(outcome(isInvitation)).toMatchObject({ missing: 0, different: 0 });
      expect(outcome(isReminder)).toMatchObject({ missing: 0, different: 0 });
    },
    PATIENCE,
  );

  it(
    'goes on after the store was killed under it',
    async () => {
      const kill = async (): Promise<void> => {
        await product.store?.kill();
        await product.store?.start();
      };
      await announceWhile({ title: 'Without a store' }, [kill, kill]);
      expect(outcome()).toMatchObject({ missing: 0, different: 0 });
    },
    PATIENCE,
  );

  it('went on beside an entry that always fails, which is set aside and shown', async () => {
    expect(await database.collection('contacts').countDocuments({ 'pending.quarantined': { $exists: true } })).toBe(1);
    expect((await coordinator.open('/console/outbox')).text).toContain(POISON.handler);
  });
});

describe('what a web process has acknowledged', () => {
  /** Posts one form after another until told to stop; gives the numbers of those that were taken. */
  function posting(lanes: number): { readonly taken: Set<number>; end(): Promise<void> } {
    const taken = new Set<number>();
    let [next, going] = [0, true];
    const lane = async (): Promise<void> => {
      while (going) {
        const number = next++;
        const visitor = product.visitor('fr');
        const answer = await visitor.post('/get-involved', formOf(number)).catch(() => undefined);
        if (answer === undefined) await eventually('it to be there again', () => isReady(product.address), 60_000);
        else if (answer.kind !== 'failed' && answer.kind !== 'refused') taken.add(number);
      }
    };
    const all = Promise.all(Array.from({ length: lanes }, lane));
    return {
      taken,
      end: async () => {
        going = false;
        await all;
      },
    };
  }
  const formOf = (number: number) => ({
    email: `form-${String(number)}@crowd.example`,
    howToStart: `form ${String(number)}`,
    region: 'Copargo',
    country: 'BJ',
    language: 'fr',
    timeZone: 'Africa/Porto-Novo',
    wants: 'meetings',
  });

  it(
    `is there after ${String(KILLS)} kills of it, and of the store`,
    async () => {
      const forms = posting(8);
      for (let kill = 0; kill < KILLS; kill++) {
        const before = forms.taken.size;
        await eventually('forms to be taken', () => forms.taken.size > before + 10, 60_000);
        const part = kill % 2 === 0 ? product.web : product.store;
        await part?.kill();
        await part?.start();
      }
      await forms.end();
      await database.settled(120_000);
      expect(forms.taken.size).toBeGreaterThan(KILLS * 10);
      const told = new Set(mails().flatMap(({ to }) => to));
      expect([...forms.taken].filter((number) => !told.has(formOf(number).email))).toEqual([]);
      await product.script('release-answers.ts');
      const answers = await database.collection('feedback_answers').find({}).toArray();
      const released = new Set(answers.map(({ text }) => text));
      expect([...forms.taken].filter((number) => !released.has(formOf(number).howToStart))).toEqual([]);
    },
    PATIENCE,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Id } from '../../libs/privacy/ids.js';
import { parseLink } from '../../libs/privacy/links.js';
import type { Queue, Ticket } from '../../src/queue/queue.js';
import { TestDatabase } from '../support/database.js';
import { signIn } from '../support/journeys.js';
import type { OwnPart } from '../support/parts.js';
import { Product } from '../support/product.js';
import { formFor, listenTo, offerNow, pressFor, takePlace } from '../support/queue.js';
import type { Answer, Filled, Visitor } from '../support/visitor.js';
import { eventually } from '../support/waiting.js';

const VISITORS = 200;
/** Whoever has this place does not come when called. */
const ABSENT = 190;
const PATIENCE = 600_000;
const SECOND = 'second@twins.example';

let product: Product;
let database: TestDatabase;
let hosts: readonly Visitor[];
let hostIds: readonly Id[] = [];
let path = '';
beforeAll(async () => {
  product = await Product.start({ parts: 'own', webs: 2 });
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  const first = await signIn(product);
  await first.open('/console/people');
  const [from, until] = [0, 300].map((days) => Temporal.Now.plainDateISO('UTC').add({ days }).toString());
  const appointed = { email: SECOND, role: 'host', mandate: 'Pilots', resolution: 'GA 2027/3' };
  await first.submit({ ...appointed, from: from ?? '', until: until ?? '' }, { form: first.page.formWith('email') });
  hosts = [first, await signIn(product, SECOND)];
  const form = (await first.open('/console/office-hours/new')).formWith('hosts');
  // Whoever reads stands first.
  hostIds = form.controls.get('hosts')?.options ?? [];
  path = await offerNow(first, { title: 'Two hosts', hosts: hostIds });
}, PATIENCE);
afterAll(async () => {
  await database.close();
  await product.stop();
});

const queue = async (): Promise<Queue> => {
  const [stored] = await database.collection('queues').find({}).toArray();
  if (!stored) throw new Error('there is no queue');
  return stored['state'] as Queue;
};

/** Sends something to one web process after the other until one has answered, as a person presses again. */
async function insist(start: number, send: (address: string) => Promise<Answer>): Promise<Answer> {
  let turn = start;
  return eventually(
    'an answer',
    async () => {
      const web = product.webs[turn++ % product.webs.length];
      const answer = await send(web?.url() ?? '').catch(() => undefined);
      return answer !== undefined && answer.kind !== 'failed' && answer;
    },
    60_000,
  );
}

const open = (visitor: Visitor, where: string, start = 0): Promise<Answer> =>
  insist(start, (address) => visitor.open(`${address}${where}`));

/** Posts the same form until it is answered: the first time may have done it, too. */
const post = (visitor: Visitor, where: string, fields: Filled, start = 0): Promise<Answer> =>
  insist(start, (address) =>
    visitor.post(`${address}${where}`, fields, { origin: address, 'sec-fetch-site': 'same-origin' }),
  );

/** The fields of a form as they came. */
const fieldsOf = (page: Answer, act: string): Filled =>
  Object.fromEntries([...formFor(page, act).controls].map(([name, { values }]) => [name, values]));

const dies = async (part: OwnPart | undefined): Promise<void> => {
  await part?.kill();
  await part?.start();
};

/** The paths of all tickets by the id that is in them. */
const tickets = new Map<string, string>();

/** Whom a host has called, once somebody is. */
const presentOf = async (host: number): Promise<Ticket | undefined> =>
  (await queue()).tickets.find(
    ({ status, call }) => (status === 'called' || status === 'talking') && call?.host === hostIds[host],
  );

describe('a queue of 200 with two hosts, while processes die', () => {
  it(
    'gives everyone one place, in two web processes at once, of which one dies meanwhile',
    async () => {
      let answered = 0;
      const taking = Array.from({ length: VISITORS }, async (_, index) => {
        const visitor = product.visitor('en');
        const page = await open(visitor, `${path}/queue`, index);
        const ticket = page.form(/\/queue$/).controls.get('ticket')?.values ?? [];
        const taken = await post(visitor, `${path}/queue`, { ticket, language: 'fr' }, index);
        answered += 1;
        const where = taken.headers.location ?? '';
        const link = parseLink(where.split('/').at(-1) ?? '');
        if (taken.status !== 303 || !link.ok) throw new Error(`no ticket: ${taken.seen}`);
        tickets.set(link.value.id, where);
      });
      await eventually('some to have a place', () => answered > VISITORS / 10, 60_000);
      await dies(product.webs[1]);
      await Promise.all(taking);
      const { tickets: all, taken } = await queue();
      expect([tickets.size, taken]).toEqual([VISITORS, VISITORS]);
      expect(all.map(({ number }) => number)).toEqual(Array.from({ length: VISITORS }, (_, index) => index + 1));
      expect(new Set(all.map(({ id }) => id))).toEqual(new Set(tickets.keys()));
    },
    PATIENCE,
  );

  it(
    'calls everyone once and in order, though web processes and the worker die in between',
    async () => {
      const day = `/console${path}/day`;
      /** Tickets in the order in which a host had them before them; nobody twice. */
      const seen: string[][] = [[], []];
      const missed: string[] = [];
      /** The other host goes on talking meanwhile, so that somebody is left to be called. */
      let pause: Promise<void> | undefined;

      /** One host's part: has whoever was called come, then calls the next. */
      async function step(host: number): Promise<boolean> {
        const visitor = hosts[host];
        if (!visitor) throw new Error('no such host');
        const present = await presentOf(host);
        if (present) {
          if (seen[host]?.at(-1) !== present.id) seen[host]?.push(present.id);
          if (present.number === ABSENT) await (pause = waitForNext(host, present));
          else await come(present);
        }
        await pause;
        const next = await open(visitor, day, host);
        const act = ['call', 'end'].find((each) =>
          next.forms.some(({ controls }) => controls.get('act')?.values.includes(each)),
        );
        if (act === undefined) return present !== undefined;
        const posted = await post(visitor, day, fieldsOf(next, act), host);
        expect([posted.status, posted.headers.location]).toEqual([303, day]);
        return true;
      }

      /** A visitor's page says that it is their turn; the button leads to the room. */
      async function come({ id }: Ticket): Promise<void> {
        const visitor = product.visitor('en');
        const where = tickets.get(id) ?? '';
        const page = await open(visitor, where);
        if (page.heading !== 'The room is open for you') {
          expect(page.heading).toBe('It is your turn');
          await post(visitor, where, { act: 'join' });
        }
        expect((await open(visitor, where)).body).toContain('meet.jit.si/come-together-');
      }

      /** The worker dies; when it is back, it passes over whoever did not come, and the next is there. */
      async function waitForNext(host: number, absent: Ticket): Promise<void> {
        await dies(product.worker);
        const next = await eventually(
          'the next to be called',
          async () => {
            const present = await presentOf(host);
            return present && present.id !== absent.id ? present : undefined;
          },
          PATIENCE / 2,
        );
        missed.push(absent.id);
        seen[host]?.push(next.id);
        await come(next);
      }

      let going = true;
      const dying = (async () => {
        for (const [index, calls] of [30, 70, 110, 150].entries()) {
          await eventually(`${String(calls)} calls`, async () => !going || (await queue()).calls >= calls, PATIENCE);
          await Promise.all([dies(product.webs[index % 2]), dies(product.worker)]);
        }
      })();
      await Promise.all(
        [0, 1].map(async (host) => {
          while (await step(host));
        }),
      );
      going = false;
      await dying;

      const { tickets: all, calls } = await queue();
      const inOrder = all.toSorted((a, b) => (a.call?.order ?? 0) - (b.call?.order ?? 0));
      expect(calls).toBe(VISITORS);
      expect(inOrder.map(({ number }) => number)).toEqual(all.map(({ number }) => number));
      expect(all.filter(({ status }) => status !== 'served').map(({ id, status }) => ({ id, status }))).toEqual(
        missed.map((id) => ({ id, status: 'missed' })),
      );
      expect(missed).toHaveLength(1);
      // What the hosts had before them: everyone once, and each host in the order of the places.
      expect(new Set(seen.flat())).toEqual(new Set(tickets.keys()));
      expect(seen.flat()).toHaveLength(VISITORS);
      const numbers = seen.map((ids) => ids.map((id) => all.find((each) => each.id === id)?.number ?? 0));
      expect(numbers).toEqual(numbers.map((each) => each.toSorted((a, b) => a - b)));
      for (const host of [0, 1]) expect(seen[host]?.length).toBeGreaterThan(VISITORS / 20);
    },
    PATIENCE,
  );

  it(
    'goes on without Redis: places, calls, and open pages that hear of them; only who is there is not known',
    async () => {
      const [host] = hosts;
      if (!host) throw new Error('there is no host');
      const without = await offerNow(host, { title: 'Without Redis' });
      const visitor = await takePlace(product.visitor('en'), without);
      const { pathname } = visitor.page.url;
      const page = await listenTo(`${product.address}${pathname}/events`);
      await page.until(/You are next/);
      const day = `/console${without}/day`;
      expect((await open(host, day)).text).toContain('Seem to be there');

      await product.redis?.kill();
      await takePlace(product.visitor('en', product.webs[1]), without);
      await eventually('nobody to know who is there', async () => {
        const { text } = await open(host, day);
        return !text.includes('Seem to be there');
      });
      // By the other process, of which this one hears nothing.
      const called = await open(host, day, 1);
      expect((await post(host, day, fieldsOf(called, 'call'), 1)).status).toBe(303);
      await page.until(/It is your turn/);
      await page.end();
      await product.redis?.start();
      expect((await visitor.open(pathname)).heading).toBe('It is your turn');
      await pressFor(visitor, 'join');
      expect(visitor.page.heading).toBe('The room is open for you');
    },
    PATIENCE,
  );
});

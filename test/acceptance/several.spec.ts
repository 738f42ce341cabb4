import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import {
  announcedMeeting,
  enrol,
  erase,
  hasLink,
  idOf,
  linkIn,
  openOwnPage,
  showInterest,
} from '../support/journeys.js';
import { Product } from '../support/product.js';

const GUESTS = Array.from({ length: 9 }, (_, index) => `guest-${String(index)}@copargo.example`);

let product: Product;
let database: TestDatabase;
beforeAll(async () => {
  product = await Product.start({ webs: 2, workers: 2 });
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  await Promise.all(GUESTS.map((email) => enrol(product, { email })));
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

/** Each request goes to another web process than the one before. */
const visitorOf = (index: number) => product.visitor('fr', product.webs[index % product.webs.length]);
const atHome = (link: string, index: number): string =>
  link.replace(product.address, product.webs[index % product.webs.length]?.url() ?? '');

describe('several web processes and workers', () => {
  it('send one invitation to everyone, though every process sweeps', async () => {
    await announcedMeeting(product, { title: 'One each', capacity: '3' });
    await database.settled();
    for (const email of GUESTS) {
      const mails = (await product.mailbox.mailsTo(email)).filter(({ calendar }) => calendar !== undefined);
      expect(mails).toHaveLength(1);
    }
  });

  it('give three seats to three of nine who reach for them at once, and say so to the others', async () => {
    const links = await Promise.all(
      GUESTS.map(async (email) =>
        linkIn(await product.mailbox.waitForMailTo(email, hasLink('invitations')), 'invitations'),
      ),
    );
    const answers = await Promise.all(
      links.map((link, index) => visitorOf(index).post(atHome(link, index), { answer: 'accepted' })),
    );
    const taken = answers.filter(({ kind }) => kind !== 'refused');
    expect(taken).toHaveLength(3);
    for (const full of answers.filter(({ kind }) => kind === 'refused')) {
      expect(full.status).toBe(409);
      expect(full.text).toMatch(/complet|places sont prises/);
    }
    const seats = (
      await database
        .collection('invitations')
        .find({ 'state.seat': { $exists: true } })
        .toArray()
    ).map(({ state }) => (state as { seat: number }).seat);
    expect(seats.sort()).toEqual([1, 2, 3]);

    // Whoever declines gives the seat to the next.
    const holder = answers.findIndex(({ kind }) => kind !== 'refused');
    const waiting = answers.findIndex(({ kind }) => kind === 'refused');
    await visitorOf(0).post(atHome(links[holder] ?? '', 0), { answer: 'declined' });
    const next = await visitorOf(1).post(atHome(links[waiting] ?? '', 1), { answer: 'accepted' });
    expect(next.kind).not.toBe('refused');
  });

  it('keep one contact of an address that is sent twice at once', async () => {
    const email = 'twice@copargo.example';
    await Promise.all(
      [0, 1, 2, 3].map((index) =>
        showInterest({ mailbox: product.mailbox, visitor: () => visitorOf(index) }, { email }),
      ),
    );
    await database.settled();
    expect(await database.collection('contacts').countDocuments({ 'state.status': 'unconfirmed' })).toBe(1);
  });

  it('know a session that another process began, and a link that another wrote', async () => {
    const { coordinator, meeting } = await announcedMeeting(product, { title: 'Shared' });
    const other = product.webs[1];
    const answer = await product.visitor('en', other).send(meeting, { headers: { cookie: coordinator.cookieHeader } });
    expect(answer.status).toBe(200);
    expect((await product.visitor('en', other).send(`/meetings/${idOf(meeting)}`)).status).toBe(200);
  });
});

describe('signing up', () => {
  it('answers the same bytes, whoever an address belongs to', async () => {
    const states = ['unknown', 'unconfirmed', 'confirmed', 'paused', 'suppressed', 'erased', 'blocked'] as const;
    const { meeting } = await announcedMeeting(product, { title: 'For all' });
    const address = (state: string): string => `${state}@states.example`;
    await showInterest(product, { email: address('unconfirmed') });
    for (const state of ['confirmed', 'paused', 'suppressed', 'erased', 'blocked'])
      await enrol(product, { email: address(state) });
    for (const state of ['paused', 'erased', 'blocked'] as const) {
      const held = await openOwnPage(product, address(state));
      const until = Temporal.Now.plainDateISO().add({ days: 20 }).toString();
      if (state === 'paused') await held.submit({ until }, { form: /\/pause$/ });
      else await erase(held, state === 'blocked' ? { keepBlocked: 'yes' } : {});
    }
    product.mailbox.box.fail({
      at: 'rcpt',
      act: { refuse: 550, text: '5.1.1 no such mailbox' },
      to: (to) => to === address('suppressed'),
      times: 9,
    });
    await announcedMeeting(product, { title: 'Refused for one' });
    await database.settled();
    product.mailbox.box.recover();

    const pages = new Map<string, Set<string>>();
    for (const state of states) {
      const visitor = product.visitor('fr');
      await visitor.open(`/meetings/${idOf(meeting)}`);
      const place = { region: 'Copargo', country: 'BJ', language: 'fr', timeZone: 'Africa/Porto-Novo' };
      const signedUp = await visitor.submit({ email: address(state), ...place });
      const interested = await showInterest(product, { email: address(state) });
      for (const [form, { page }] of [
        ['meeting', { page: signedUp }],
        ['interest', interested],
      ] as const)
        pages.set(form, (pages.get(form) ?? new Set<string>()).add(`${String(page.status)} ${page.body}`));
    }
    expect([...pages].map(([form, bodies]) => [form, bodies.size])).toEqual([
      ['meeting', 1],
      ['interest', 1],
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { defectsOf, entryIn } from '../support/invitations.js';
import { fromNowOn, hasLink, linkIn, signIn } from '../support/journeys.js';
import { everyDay, offerHours, slotsOn } from '../support/office-hours.js';
import { COORDINATOR, Product } from '../support/product.js';
import type { Answer, Filled, Visitor } from '../support/visitor.js';

const WANTED = 50;
const PEOPLE = 500;

let product: Product;
let database: TestDatabase;
let host: Visitor;
beforeAll(async () => {
  product = await Product.start({ webs: 2, workers: 1 });
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  host = await signIn(product);
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

/** From tomorrow on, so that each slot of the week is there however late in the day it is. */
const tomorrow = (): string => Temporal.Now.plainDateISO('Europe/Berlin').add({ days: 1 }).toString();

const emailOf = (number: number): string => `person-${String(number)}@copargo.example`;
/** Each request goes to another web process than the one before. */
const visitorOf = (index: number): Visitor => product.visitor('fr', product.webs[index % product.webs.length]);
const FIELDS: Filled = { language: 'fr', topic: 'pilots', region: 'Copargo', timeZone: 'Africa/Porto-Novo' };

const bookAtOnce = (page: string, slots: readonly string[]): Promise<readonly Answer[]> =>
  Promise.all(
    slots.map((slot, index) =>
      visitorOf(index).post(`/fr${page}`, { ...FIELDS, slot, email: emailOf(index), note: `Note ${String(index)}` }),
    ),
  );

interface Taken {
  readonly start: Date;
  readonly host: string;
  readonly claims: readonly string[];
  readonly bookings: readonly { readonly id: string; readonly status: string; readonly contact: string }[];
}

async function takenSlots(page: string): Promise<readonly Taken[]> {
  const officeHours = page.split('/').at(-1);
  const found = await database.collection('slots').find({ 'state.officeHours': officeHours }).toArray();
  return found.map(({ state }) => state as Taken);
}

describe('five hundred people who reach for fifty slots at once, through two web processes', () => {
  let page = '';
  let wanted: readonly string[] = [];
  let answers: readonly Answer[] = [];
  const slotOf = (index: number): string => wanted[index % WANTED] ?? '';

  beforeAll(async () => {
    page = await offerHours(host, { ...everyDay('09:00-12:00'), from: tomorrow(), bufferMinutes: '0' });
    wanted = slotsOn(await product.visitor().open(page)).slice(0, WANTED);
    answers = await bookAtOnce(
      page,
      Array.from({ length: PEOPLE }, (_, index) => slotOf(index)),
    );
  });

  it('are fifty who have one each, and four hundred and fifty who are told so', () => {
    expect(wanted).toHaveLength(WANTED);
    const counts = Object.groupBy(answers, ({ status }) => String(status));
    expect(Object.entries(counts).map(([status, some = []]) => [status, some.length])).toEqual([
      ['200', WANTED],
      ['409', PEOPLE - WANTED],
    ]);
    const got = answers.flatMap(({ status }, index) => (status === 200 ? [slotOf(index)] : []));
    expect(got.toSorted()).toEqual(wanted.toSorted());
  });

  it('keep what they typed, and are offered what is left', () => {
    for (const [index, refused] of answers.entries()) {
      if (refused.status !== 409) continue;
      expect(refused.text).toContain('Ce créneau est pris');
      const { controls } = refused.formWith('slot');
      expect(controls.get('email')?.values).toEqual([emailOf(index)]);
      expect(controls.get('note')?.values).toEqual([`Note ${String(index)}`]);
      const offered = slotsOn(refused);
      expect(offered.length).toBeGreaterThan(0);
      expect(offered).not.toContain(slotOf(index));
    }
  });

  it('leave fifty bookings: none twice, none lost, no five minutes claimed by two', async () => {
    const taken = await takenSlots(page);
    expect(taken.map(({ start }) => start.toISOString()).toSorted()).toEqual(wanted.toSorted());
    expect(taken.map(({ bookings }) => bookings.map(({ status }) => status))).toEqual(
      Array.from({ length: WANTED }, () => ['held']),
    );
    const claims = taken.flatMap((slot) => slot.claims);
    // Twenty minutes are four cells of five.
    expect([claims.length, new Set(claims).size]).toEqual([WANTED * 4, WANTED * 4]);
    const contacts = taken.flatMap(({ bookings }) => bookings.map(({ contact }) => contact));
    expect(new Set(contacts).size).toBe(WANTED);
  });

  it('get a link each that books what they chose, and nobody else gets one', async () => {
    await database.settled(60_000);
    const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
    const asked = (await product.mailbox.read()).filter(hasLink('bookings'));
    expect(asked.flatMap(({ to }) => to).toSorted()).toEqual(winners.map(emailOf).toSorted());
    const isNew = fromNowOn(product.mailbox);
    await Promise.all(
      asked.map(async (mail, index) => {
        const confirmed = await visitorOf(index).post(new URL(linkIn(mail, 'bookings')).pathname, {});
        expect(confirmed.kind).toBe('sent on');
      }),
    );
    await database.settled(60_000);
    const taken = await takenSlots(page);
    expect(taken.flatMap(({ bookings }) => bookings.map(({ status }) => status))).toEqual(
      Array.from({ length: WANTED }, () => 'confirmed'),
    );
    const invited = (await product.mailbox.read()).filter((mail) => isNew(mail) && mail.calendar !== undefined);
    for (const index of winners) {
      const [invitation, ...more] = invited.filter(({ to }) => to.includes(emailOf(index)));
      if (!invitation || more.length > 0) throw new Error(`${String(more.length + 1)} for ${emailOf(index)}`);
      expect(defectsOf(invitation)).toEqual([]);
      const { method, start } = entryIn(invitation);
      expect([method, start.toISOString()]).toEqual(['REQUEST', slotOf(index)]);
    }
    expect(invited.filter(({ to }) => to.includes(COORDINATOR))).toHaveLength(WANTED);
  });
});

describe('two who reach for the last slot at once', () => {
  it('are one who has it, and one who is told that nothing else is free', async () => {
    const day = tomorrow();
    const hours = { ...everyDay('13:00-13:20'), from: day, until: day, bufferMinutes: '0' };
    const page = await offerHours(host, { title: 'The last', ...hours });
    const [slot = ''] = slotsOn(await product.visitor().open(page));
    const answers = await bookAtOnce(page, [slot, slot]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.text).toContain('rien d’autre n’est libre');
    expect(refused?.formWith('email').controls.get('note')?.values).toEqual([expect.stringContaining('Note')]);
    expect(await takenSlots(page)).toHaveLength(1);
  });
});

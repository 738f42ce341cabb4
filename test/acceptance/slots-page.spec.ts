import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import { type BusyHours, fillWith, offerWithHosts } from '../support/busy-hosts.js';
import { signIn } from '../support/journeys.js';
import { everyDay, offerHours, slotsOn } from '../support/office-hours.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Filled, Visitor } from '../support/visitor.js';

let product: TimedProduct;
let host: Visitor;
beforeAll(async () => {
  product = await TimedProduct.start();
  host = await signIn(product);
});
afterAll(() => product.stop());

const offer = (fields: Filled = {}): Promise<string> =>
  offerHours(host, { from: '2027-01-04', exceptions: '2027-01-14', ...fields });

describe('the page of office hours', () => {
  it('shows a week of free slots in the reader’s zone, small enough for a slow phone', async () => {
    const path = await offer();
    const visitor = product.visitor('fr');
    const page = await visitor.open(`/fr${path}?region=copargo`);
    expect(page.status).toBe(200);
    expect(slotsOn(page).slice(0, 3)).toEqual([
      '2027-01-11T17:00:00.000Z',
      '2027-01-11T17:30:00.000Z',
      '2027-01-11T18:00:00.000Z',
    ]);
    // Benin is an hour ahead of UTC as Berlin is in winter: there is one clock.
    expect(page.text).toContain('18:00');
    expect(page.text).not.toContain('Les petites');
    expect(page.bytes.length).toBeLessThanOrEqual(30 * 1024);
    const elsewhere = await visitor.open(`/fr${path}?timeZone=Asia/Kathmandu`);
    expect(elsewhere.text).toMatch(/22:45\s*18:00/);
    expect(elsewhere.text).toContain('Les petites');
    await visitor.follow(/week=2027-01-18/);
    expect(slotsOn(visitor.page)[0]).toBe('2027-01-18T17:00:00.000Z');
    expect((await visitor.open('/office-hours?language=de')).text).not.toContain('Pilot concepts');
    expect((await visitor.open('/office-hours?language=en')).text).toContain('Pilot concepts');
  });

  it('says for every day with nothing when the next free slot is, also beyond the week', async () => {
    const evening = { mon: '', tue: '', wed: '18:00-18:20', thu: '', exceptions: '' };
    const path = await offer({ ...evening, from: '2027-01-20', until: '2027-01-27' });
    const visitor = product.visitor();
    const said = (): readonly string[] =>
      visitor.page.text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.startsWith('Nothing is free.'));
    await visitor.open(`${path}?week=2027-01-18&timeZone=Africa/Porto-Novo`);
    const [first, second] = ['20', '27'].map(
      (day) => `Nothing is free. Next: Wednesday ${day} January 2027, 18:00, Porto-Novo`,
    );
    expect(said()).toEqual([first, first, second, second, second, second]);
    await visitor.open(`${path}?week=2027-01-28&timeZone=Africa/Porto-Novo`);
    expect(said()).toEqual(Array.from({ length: 7 }, () => 'Nothing is free.'));
  });

  it('is light even in a full week on two clocks, and leads to the list of zones', async () => {
    const hours = { ...everyDay('08:00-18:00'), slotMinutes: '15', bufferMinutes: '0', exceptions: '' };
    const path = await offer({ ...hours, from: '2027-01-12' });
    for (const language of ['en', 'fr', 'de', 'es']) {
      const page = await product.visitor(language).open(`/${language}${path}?timeZone=Asia/Kathmandu`);
      expect(slotsOn(page)).toHaveLength(7 * 40);
      expect(page.text).toContain('08:00–18:00');
      expect([language, Math.max(page.bytes.length, 30 * 1024)]).toEqual([language, 30 * 1024]);
    }
    const visitor = product.visitor();
    await visitor.open(`${path}?week=2027-01-19&timeZone=Asia/Kathmandu`);
    await visitor.follow('Show times in another time zone');
    await visitor.submit({ timeZone: 'Africa/Accra' });
    expect(visitor.page.text).toContain('Times on the clock of: Accra.');
    expect(slotsOn(visitor.page)[0]).toBe('2027-01-19T07:00:00.000Z');
  });

  it('keeps to the host’s wall clock over the change to summer time', async () => {
    const weekend = { mon: '', tue: '', thu: '', sat: '18:00-19:00', sun: '18:00-19:00' };
    const path = await offer({ ...weekend, from: '2027-03-22' });
    const page = await product.visitor().open(`${path}?week=2027-03-27&timeZone=UTC`);
    expect(slotsOn(page)).toEqual([]);
    const late = await offer({ ...weekend, horizonDays: '90' });
    const shown = await product.visitor().open(`${late}?week=2027-03-27&timeZone=Africa/Porto-Novo`);
    expect(slotsOn(shown).map((slot) => slot.slice(5, 16))).toEqual([
      '03-27T17:00',
      '03-27T17:30',
      '03-28T16:00',
      '03-28T16:30',
    ]);
    expect(shown.text).toMatch(/18:00\s*18:00\s*18:30\s*18:30/);
    expect(shown.text).toMatch(/17:00\s*18:00\s*17:30\s*18:30/);
  });

  it('shows the host’s clock as it is where it is changed in the middle of a full day', async () => {
    const hours = { ...everyDay('00:00-24:00'), slotMinutes: '60', bufferMinutes: '0', exceptions: '' };
    const path = await offer({ ...hours, horizonDays: '90' });
    const page = await product.visitor().open(`${path}?week=2027-03-26&timeZone=Africa/Porto-Novo`);
    expect(slotsOn(page)).toHaveLength(7 * 24);
    expect(page.text).toMatch(/Saturday 27 March 2027\s+00:00–00:00/);
    expect(page.text).toMatch(/Sunday 28 March 2027\s+00:00–03:00, 03:00–01:00/);
    expect(page.text).toMatch(/Monday 29 March 2027\s+01:00–01:00/);
  });
});

describe('the page of fifty hosts', () => {
  let hours: BusyHours;
  const now = (): Date => product.clock.now();
  /** So many times from a day on, on days at 9, 10, 11 … in Berlin. */
  const times = (from: Date, count: number): Date[] =>
    Array.from({ length: count }, (_, index) => plus(from, Math.floor(index / 5) * DAY + (index % 5) * HOUR));
  const eight = Date.parse('2027-01-11T08:00:00Z');
  const [before, shown, after] = [-29, 1, 20].map((days) => new Date(eight + days * DAY));

  beforeAll(async () => {
    hours = await offerWithHosts(host, { count: 50, from: '2027-01-11' });
    await fillWith(product.database, hours, times(shown ?? now(), 2), now());
  });

  it('reads as much after 5,000 bookings as after 500, whether they are over or far ahead', async () => {
    const visitor = product.visitor('fr');
    const open = async (): Promise<number> => slotsOn(await visitor.open(`/fr${hours.path}`)).length;
    await fillWith(product.database, hours, [...times(before ?? now(), 5), ...times(after ?? now(), 3)], now());
    expect(await product.database.collection('slots').countDocuments({})).toBe(500);
    const few = await product.reads(open);
    const free = await open();
    const more = [...times(plus(before ?? now(), 2 * DAY), 60), ...times(plus(after ?? now(), 2 * DAY), 30)];
    await fillWith(product.database, hours, more, now());
    expect(await product.database.collection('slots').countDocuments({})).toBe(5_000);
    expect((await product.reads(open)).documents).toBe(few.documents);
    expect(await open()).toBe(free);
    // Two in the week for each host, by an index that leads to them and passes by all others.
    expect(few.documents).toBeGreaterThanOrEqual(2 * 50);
    expect([...few.ways]).toContain('slots by state.host, state.start');
    expect([...few.ways]).not.toContain('slots as a whole');
  });
});

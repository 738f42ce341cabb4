import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { HOUR, plus } from '../../libs/time/clock.js';
import { PHONE, picture, startBrowser } from '../support/browser.js';
import { TestClock } from '../support/clock.js';
import { defectsOf, entryIn } from '../support/invitations.js';
import { fromNowOn, hasLink, linkIn } from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { COORDINATOR } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';

const AFI = 'afi@lokossa.example';

/** A slot on both clocks. */
interface Told {
  readonly start: string;
  /** In Benin, whose clocks are never changed. */
  readonly visitor: string;
  /** In Berlin, and what calendars are told. */
  readonly host: string;
  readonly hostInFrench: string;
}

/** The clocks of Berlin go back in the night between the two. */
const SATURDAY: Told = {
  start: '2027-10-30T16:00:00.000Z',
  visitor: 'samedi 30 octobre 2027, 17:00–17:30, Porto-Novo',
  host: 'Saturday 30 October 2027, 18:00–18:30, Berlin',
  hostInFrench: 'samedi 30 octobre 2027, 18:00–18:30, Berlin',
};
const SUNDAY: Told = {
  start: '2027-10-31T17:00:00.000Z',
  visitor: 'dimanche 31 octobre 2027, 18:00–18:30, Porto-Novo',
  host: 'Sunday 31 October 2027, 18:00–18:30, Berlin',
  hostInFrench: 'dimanche 31 octobre 2027, 18:00–18:30, Berlin',
};

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('office hours over the last Sunday of October, %s', (name, javaScriptEnabled) => {
  let product: TimedProduct;
  let browser: Browser;
  let phone: BrowserContext;
  let afi: Page;
  let host: Page;
  let path = '';
  const invitations = new Map<Told, { readonly visitor: ReadMail; readonly host: ReadMail }>();
  const look = (page: Page, what: string): Promise<void> =>
    picture(page, `office-hours-${what}-${name.replace(' ', '-')}`);

  beforeAll(async () => {
    [product, browser] = await Promise.all([
      TimedProduct.start({}, new TestClock(new Date('2027-10-20T08:00:00Z'))),
      startBrowser(),
    ]);
    const baseURL = product.address;
    phone = await browser.newContext({ ...PHONE, javaScriptEnabled, locale: 'fr-BJ', baseURL });
    afi = await phone.newPage();
    host = await (await browser.newContext({ javaScriptEnabled, locale: 'en-GB', baseURL })).newPage();
  });
  afterAll(async () => {
    await browser.close();
    await product.stop();
  });

  const textOf = async (page: Page): Promise<string> => page.locator('main').innerText();
  const press = (page: Page, selector: string): Promise<unknown> => page.locator(`main ${selector}`).click();

  it('the host signs in and offers hours in Berlin, some of them in the night of the change', async () => {
    await host.goto('/sign-in');
    await host.fill('[name=email]', COORDINATOR);
    await press(host, 'form button');
    await host.goto(linkIn(await product.mailbox.waitForMailTo(COORDINATOR, hasLink('sign-in')), 'sign-in'));
    await press(host, 'form button');
    await host.goto('/console/office-hours/new');
    await host.fill('[name=title]', 'Pilot concepts');
    await host.selectOption('[name=timeZone]', 'Europe/Berlin');
    await host.fill('[name=sat]', '18:00-19:00');
    await host.fill('[name=sun]', '01:00-04:00, 18:00-19:00');
    await host.fill('[name=from]', '2027-10-25');
    for (const language of ['en', 'fr']) await host.locator(`[name=language][value=${language}]`).check();
    await press(host, 'form:has([name=title]) button');
    expect(new URL(host.url()).pathname).toMatch(/^\/console\/office-hours\/(?!new)/);
    path = new URL(host.url()).pathname.replace('/console', '');
  });

  it('the visitor sees each slot on both clocks, and the hour that Berlin has twice but once', async () => {
    await afi.goto('/office-hours');
    await afi.locator(`main a[href="${path}"]`).click();
    const shown = await afi.evaluate<string[]>(
      `[...document.querySelectorAll('[name=slot]')].map(
        ({ value, parentElement }) => value.slice(8, 16) + ' ' + parentElement.innerText.replace(/\\s+/g, ' ').trim(),
      )`,
    );
    expect(shown).toEqual([
      '30T16:00 17:00 18:00',
      '30T16:30 17:30 18:30',
      '30T23:00 00:00 01:00',
      '30T23:30 00:30 01:30',
      '31T00:00 01:00 02:00',
      '31T00:30 01:30 02:30',
      '31T02:00 03:00 03:00',
      '31T02:30 03:30 03:30',
      '31T17:00 18:00 18:00',
      '31T17:30 18:30 18:30',
    ]);
    await look(afi, 'week');
  });

  it.each([
    ['before', SATURDAY],
    ['after', SUNDAY],
  ])('a slot %s the change is booked, and pages and mails tell its time on the right clocks', async (_, told) => {
    await afi.goto(path);
    await afi.locator(`[name=slot][value="${told.start}"]`).check();
    await afi.fill('[name=email]', AFI);
    await afi.fill('[name=region]', 'Lokossa');
    await afi.fill('[name=note]', 'Biogaz, petit.');
    const isNew = fromNowOn(product.mailbox);
    await press(afi, 'form:has([name=slot]) button');
    expect(await textOf(afi)).toContain(told.visitor.replace(/–\d\d:\d\d/, ''));
    const asked = await product.mailbox.waitForMailTo(AFI, (mail) => isNew(mail) && hasLink('bookings')(mail));
    await afi.goto(linkIn(asked, 'bookings'));
    await press(afi, 'form button.primary');
    await product.settle();
    expect(await textOf(afi)).toContain(told.visitor);
    expect((await textOf(afi)).includes(told.hostInFrench)).toBe(told === SATURDAY);
    await look(afi, `booked-${told.start.slice(0, 10)}`);
    const invited = async (to: string): Promise<ReadMail> =>
      product.mailbox.waitForMailTo(to, (mail) => isNew(mail) && mail.calendar !== undefined);
    const mails = { visitor: await invited(AFI), host: await invited(COORDINATOR) };
    expect([mails.visitor.text, mails.host.text]).toEqual(
      [told.visitor, told.host].map((when) => expect.stringContaining(when)),
    );
    invitations.set(told, mails);
  });

  it('both calendars have both talks at their time', () => {
    for (const [told, mails] of invitations)
      for (const mail of Object.values(mails)) {
        expect(defectsOf(mail)).toEqual([]);
        const { method, start, end } = entryIn(mail);
        expect([method, start.toISOString()]).toEqual(['REQUEST', told.start]);
        expect(end).toEqual(plus(start, HOUR / 2));
        // As a calendar reads it that goes by the name of the zone alone.
        expect(startByName(mail)).toBe(told.start);
      }
    expect(invitations.size).toBe(2);
  });

  it('the host reads them on the clock of Berlin, in mails and on the page of the week', async () => {
    await host.goto(`/console${path}?week=2027-10-30`);
    const text = await textOf(host);
    for (const { host: when } of invitations.keys()) expect(text).toContain(when);
    expect(text).toContain('Biogaz, petit.');
    await look(host, 'console-week');
  });

  it('both are reminded an hour before, on their clocks', async () => {
    for (const told of [SATURDAY, SUNDAY]) {
      await product.at(plus(new Date(told.start), -24 * HOUR));
      const isNew = fromNowOn(product.mailbox);
      await product.at(plus(new Date(told.start), -HOUR));
      const mails = (await product.mailbox.read()).filter(isNew);
      expect(mails.flatMap(({ to }) => to).toSorted()).toEqual([AFI, COORDINATOR].toSorted());
      for (const mail of mails) expect(mail.text).toContain(mail.to.includes(AFI) ? told.visitor : told.host);
    }
  });
});

/** The start by DTSTART and what the runtime knows of the zone that it names. */
function startByName(mail: ReadMail): string {
  const [, parameter = '', time = ''] = /^DTSTART(;TZID=[^:]+)?:(\d{8}T\d{6}Z?)/m.exec(mail.calendar ?? '') ?? [];
  const zone = parameter.replace(';TZID=', '') || 'UTC';
  const { epochMilliseconds } = Temporal.PlainDateTime.from(time.replace('Z', '')).toZonedDateTime(zone);
  return new Date(epochMilliseconds).toISOString();
}

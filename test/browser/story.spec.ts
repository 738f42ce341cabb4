import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PHONE, picture, startBrowser } from '../support/browser.js';
import { TestDatabase } from '../support/database.js';
import { entryIn } from '../support/invitations.js';
import { hasLink, idOf, inMinutes, linkIn, wallClock } from '../support/journeys.js';
import { COORDINATOR, Product } from '../support/product.js';

const AWA = 'awa@copargo.example';

/** The whole story on a phone without JavaScript: each step goes on from where the one before ended. */
describe('on a phone, without JavaScript', () => {
  let product: Product;
  let database: TestDatabase;
  let browser: Browser;
  let phone: BrowserContext;
  let desk: BrowserContext;
  let awa: Page;
  let coordinator: Page;
  let meeting = '';

  beforeAll(async () => {
    [product, browser] = await Promise.all([Product.start(), startBrowser()]);
    database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
    phone = await browser.newContext({ ...PHONE, javaScriptEnabled: false, locale: 'fr-BJ', baseURL: product.address });
    desk = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', baseURL: product.address });
    awa = await phone.newPage();
    coordinator = await desk.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await database.close();
    await product.stop();
  });

  const press = (page: Page, selector: string): Promise<unknown> => page.locator(`main ${selector}`).click();

  it('someone finds the form, answers, and leaves an address', async () => {
    await awa.goto('/');
    expect(await awa.locator('html').getAttribute('lang')).toBe('fr');
    await awa.locator('header a[href="/basics"]').click();
    await awa.locator('header a[href="/get-involved"]').click();
    await awa.fill('[name=howToStart]', 'Planter des arbres avec les écoles.');
    await awa.locator('[name=contributions][value=pilots]').check();
    await awa.fill('[name=region]', 'Copargo');
    await awa.selectOption('[name=country]', 'BJ');
    await awa.selectOption('[name=timeZone]', 'Africa/Porto-Novo');
    await awa.fill('[name=email]', 'awa at copargo');
    await awa.locator('[name=wants][value=meetings]').check();
    await picture(awa, 'story-1-form');
    await press(awa, 'form button');
    expect(await awa.locator('#field-email-error').isVisible()).toBe(true);
    expect(await awa.inputValue('[name=howToStart]')).toBe('Planter des arbres avec les écoles.');
    await picture(awa, 'story-2-form-refused');
    await awa.fill('[name=email]', AWA);
    await press(awa, 'form button');
    expect(await awa.locator('h1').isVisible()).toBe(true);
    await picture(awa, 'story-3-thanks');
    expect(await phone.cookies()).toEqual([]);

    const mail = await product.mailbox.waitForMailTo(AWA, hasLink('confirm'));
    await awa.goto(linkIn(mail, 'confirm'));
    await picture(awa, 'story-4-confirm');
    await press(awa, 'form button');
    await picture(awa, 'story-5-confirmed');
    await awa.reload();
    expect(await awa.locator('main').innerText()).not.toBe('');
  });

  it('the coordination signs in, drafts, tries and announces a meeting', async () => {
    await coordinator.goto('/sign-in');
    await coordinator.fill('[name=email]', COORDINATOR);
    await press(coordinator, 'form button');
    const mail = await product.mailbox.waitForMailTo(COORDINATOR, hasLink('sign-in'));
    await coordinator.goto(linkIn(mail, 'sign-in'));
    await press(coordinator, 'form button');
    expect(new URL(coordinator.url()).pathname).toBe('/console');
    await coordinator.goto('/console/meetings/new');
    const { date, time, timeZone } = wallClock(inMinutes(12), 'Africa/Porto-Novo');
    await coordinator.fill('[name=title]', 'Premières idées');
    await coordinator.fill('[name=description]', 'Une idée chacune, chacun.');
    await coordinator.fill('[name=date]', date);
    await coordinator.fill('[name=time]', time);
    await coordinator.selectOption('[name=timeZone]', timeZone);
    await coordinator.fill('[name=durationMinutes]', '45');
    await press(coordinator, 'form button');
    meeting = new URL(coordinator.url()).pathname;
    expect(meeting).toMatch(/^\/console\/meetings\/(?!new)/);
    await picture(coordinator, 'story-6-draft');
    await press(coordinator, 'form[action$="/dry-run"] button');
    await picture(coordinator, 'story-7-dry-run');
    await press(coordinator, 'form[action$="/announce"] button');
    await database.settled();
    await coordinator.goto(meeting);
    await picture(coordinator, 'story-8-announced');
    expect(await coordinator.locator('main').innerText()).toMatch(/all sent/i);
  });

  it('she accepts, changes her mind, and comes back', async () => {
    const invitation = await product.mailbox.waitForMailTo(AWA, ({ calendar }) => calendar !== undefined);
    const link = linkIn(invitation, 'invitations');
    await awa.goto(link);
    await picture(awa, 'story-9-invitation');
    await press(awa, 'button[name=answer][value=accepted]');
    await picture(awa, 'story-10-accepted');
    await awa.goto(link);
    await awa.locator('[name=why][value=time]').check();
    await press(awa, 'button[name=answer][value=declined]');
    await product.mailbox.waitForMailTo(AWA, ({ method }) => method === 'CANCEL');
    await awa.goto(link);
    await press(awa, 'button[name=answer][value=accepted]');
    await database.settled();
    const mails = (await product.mailbox.mailsTo(AWA)).filter(({ calendar }) => calendar !== undefined);
    expect(mails.map((mail) => `${entryIn(mail).method} ${String(entryIn(mail).sequence)}`)).toEqual([
      'REQUEST 0',
      'CANCEL 1',
      'REQUEST 2',
    ]);
  });

  it('she joins with others around her phone, and so does a neighbour without an address', async () => {
    const invitation = await product.mailbox.waitForMailTo(AWA, hasLink('join'));
    await awa.goto(linkIn(invitation, 'join'));
    await awa.fill('[name=withYou]', '3');
    await picture(awa, 'story-11-join');
    await press(awa, 'form:has([name=withYou]) button');
    expect(await awa.locator('main a[href^="https://meet.jit.si/"]').isVisible()).toBe(true);
    await picture(awa, 'story-12-joined');

    const neighbour = await phone.newPage();
    await neighbour.goto(`/meetings/${idOf(meeting)}`);
    await neighbour.locator('main a[href$="/join"]').click();
    await press(neighbour, 'form:has([name=withYou]) button');
    expect(await neighbour.locator('main a[href^="https://meet.jit.si/"]').isVisible()).toBe(true);
  });

  it('she sees what is held, and erases it', async () => {
    await awa.goto('/me');
    await awa.fill('[name=email]', AWA);
    await press(awa, 'form button');
    const mail = await product.mailbox.waitForMailTo(AWA, hasLink('me'));
    await awa.goto(linkIn(mail, 'me'));
    expect(await awa.locator('main').innerText()).toContain(AWA);
    await picture(awa, 'story-13-own-page');
    await press(awa, 'a[href$="/erase"]');
    await picture(awa, 'story-14-erase');
    await press(awa, 'form[action$="/erase"] button');
    await picture(awa, 'story-15-erased');
    await database.settled();
    await awa.goto(linkIn(mail, 'me'));
    expect(await awa.locator('main form').count()).toBe(0);
  });
});

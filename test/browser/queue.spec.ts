import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findingsOn, overflowOf, PHONE, picture, startBrowser, useSession } from '../support/browser.js';
import { signIn } from '../support/journeys.js';
import { Product } from '../support/product.js';
import { formFor, lookAgain, offerNow, pressFor, takePlace } from '../support/queue.js';
import type { Visitor } from '../support/visitor.js';
import { eventually } from '../support/waiting.js';

/** What comes by itself may take a refresh, or a connection that is begun anew. */
const PATIENCE = { timeout: 60_000 };

let product: Product;
let browser: Browser;
let host: Visitor;
beforeAll(async () => {
  [product, browser] = await Promise.all([Product.start(), startBrowser()]);
  host = await signIn(product);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

const scrolled = (page: Page): Promise<number> => page.evaluate<number>('Math.round(window.scrollY)');
const heading = (page: Page, text: string) => page.locator('h1', { hasText: text });

/** Someone takes a place with their own hands. */
async function take(page: Page, path: string): Promise<void> {
  await page.goto(`${path}/queue`);
  await page.selectOption('[name=language]', 'fr');
  await page.selectOption('[name=topic]', 'pilots');
  await page.fill('[name=region]', 'Copargo');
  await page.locator('main form button').click();
}

const call = async (path: string): Promise<void> => {
  await host.open(`/console${path}/day`);
  await pressFor(host, 'call');
};

describe('a place in the queue', () => {
  it('tells of every change by itself, and keeps focus and scroll', async () => {
    const path = await offerNow(host, { title: 'Idées de pilotes' });
    const before = await takePlace(product.visitor('en'), path);
    const phone = await browser.newContext({ ...PHONE, locale: 'fr-BJ', baseURL: product.address });
    const page = await phone.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(message.text()));
    await take(page, path);
    await heading(page, 'Votre place dans la file : 2').waitFor();
    await picture(page, 'queue-1-waiting');
    expect(await overflowOf(page)).toBe(0);

    const leave = page.locator('main form button', { hasText: 'Quitter' });
    await leave.focus();
    await page.evaluate('window.sameDocument = true; window.scrollTo(0, 60)');
    expect(await scrolled(page)).toBe(60);
    await pressFor(before, 'leave');
    await heading(page, 'C’est bientôt à vous').waitFor(PATIENCE);
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Quitter');
    expect(await scrolled(page)).toBe(60);
    expect(await page.title()).toContain('C’est bientôt à vous');
    expect(await page.locator('#live-told').textContent()).toBe('C’est bientôt à vous');

    await call(path);
    await heading(page, 'C’est à vous').waitFor(PATIENCE);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    await picture(page, 'queue-2-called');
    await page.locator('main form button', { hasText: 'Je suis là' }).click();
    await heading(page, 'La salle est ouverte pour vous').waitFor();
    expect(await page.locator('main a.button').getAttribute('href')).toMatch(
      /^https:\/\/meet\.jit\.si\/come-together-/,
    );
    await picture(page, 'queue-3-room');
    await host.open(`/console${path}/day`);
    await pressFor(host, 'end');
    await heading(page, 'Merci pour l’entretien').waitFor(PATIENCE);
    expect(troubles).toEqual([]);
    expect(await phone.cookies()).toEqual([]);
    await phone.close();
  });

  it('comes anew by itself without JavaScript, and stays where it was scrolled to', async () => {
    const path = await offerNow(host, { title: 'Sans JavaScript' });
    const phone = await browser.newContext({
      ...PHONE,
      viewport: { width: 360, height: 400 },
      javaScriptEnabled: false,
      locale: 'fr-BJ',
      baseURL: product.address,
    });
    const page = await phone.newPage();
    await take(page, path);
    await heading(page, 'C’est bientôt à vous').waitFor();
    await picture(page, 'queue-4-without-script');
    await page.locator('main form button').scrollIntoViewIfNeeded();
    const before = await scrolled(page);
    expect(before).toBeGreaterThan(0);
    await page.waitForEvent('load', PATIENCE);
    expect(await eventually('the page to stand where it stood', async () => (await scrolled(page)) === before)).toBe(
      true,
    );
    await call(path);
    await heading(page, 'C’est à vous').waitFor(PATIENCE);
    await picture(page, 'queue-5-called-without-script');
    await page.locator('main form button', { hasText: 'Je suis là' }).click();
    await heading(page, 'La salle est ouverte pour vous').waitFor();
    await page.locator('main form button', { hasText: 'L’entretien est terminé' }).click();
    await heading(page, 'Merci pour l’entretien').waitFor();
    await phone.close();
  });

  it('can be kept still by those whom a page that changes disturbs', async () => {
    const path = await offerNow(host, { title: 'Still' });
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', baseURL: product.address });
    const page = await context.newPage();
    await take(page, path);
    await page.locator('main a', { hasText: 'Keep the page still' }).click();
    const moving = page.locator('main a', { hasText: 'Let it come anew by itself' });
    await moving.waitFor();
    expect(await page.content()).not.toContain('http-equiv="refresh"');
    await moving.click();
    await page.locator('main a', { hasText: 'Keep the page still' }).waitFor();
    expect(await page.content()).toContain('http-equiv="refresh"');
    await context.close();
  });

  it('goes on after the web process died under it, which also ends in time while pages are open', async () => {
    const path = await offerNow(host, { title: 'Died' });
    const context = await browser.newContext({ ...PHONE, locale: 'en-GB', baseURL: product.address });
    const page = await context.newPage();
    await take(page, path);
    await heading(page, 'You are next').waitFor();
    await product.web.kill();
    await product.web.start();
    await call(path);
    await heading(page, 'It is your turn').waitFor(PATIENCE);
    await product.web.stop(10_000);
    const log = readFileSync(join(product.folder, 'web-1.log'), 'utf8').trim().split('\n').at(-1);
    // By itself: otherwise it would have been killed after ten seconds.
    expect(log).toBe('-- web-1 ended with SIGTERM');
    await product.web.start();
    await context.close();
  });
});

describe('the page of the day', () => {
  it('on a phone shows now, next and how many wait, and calls', async () => {
    const path = await offerNow(host, { title: 'On a phone' });
    const context = await browser.newContext({ ...PHONE, locale: 'en-GB', baseURL: product.address });
    await useSession(context, product.address, host.cookieHeader);
    const page = await context.newPage();
    await page.goto(`/console${path}`);
    await page.locator('main a', { hasText: 'The page of the day' }).click();
    await page.locator('main', { hasText: 'Nobody waits.' }).waitFor();
    const visitor = await takePlace(product.visitor('en'), path, { region: 'Copargo', topic: 'pilots' });
    await takePlace(product.visitor('en'), path, { region: 'Alfter' });
    await page.locator('main', { hasText: 'Someone from Copargo · French · Pilots' }).waitFor(PATIENCE);
    await picture(page, 'day-1-waiting');
    expect(await overflowOf(page)).toBe(0);
    await page.locator('main form button', { hasText: 'Call next' }).click();
    await page.locator('main', { hasText: 'Time left to come' }).waitFor();
    await picture(page, 'day-2-called');
    await lookAgain(visitor);
    await pressFor(visitor, 'join');
    await page.locator('main', { hasText: 'In the talk since' }).waitFor(PATIENCE);
    await picture(page, 'day-3-talking');
    await page.locator('main form button', { hasText: '10 minutes' }).click();
    await page.locator('main', { hasText: 'Visitors are told that you are late' }).waitFor();
    await picture(page, 'day-4-late');
    await page.locator('main form button', { hasText: 'End the talk' }).click();
    await page.locator('main', { hasText: 'Nobody is called.' }).waitFor();
    await context.close();
  });
});

describe('the pages of the queue', () => {
  let context: BrowserContext;
  const pages = new Map<string, string>();

  beforeAll(async () => {
    const path = await offerNow(host, { title: 'Looked at' });
    const called = await takePlace(product.visitor('en'), path, { region: 'Copargo' });
    const waiting = await takePlace(product.visitor('en'), path);
    const left = await takePlace(product.visitor('en'), path);
    await pressFor(left, 'leave');
    await call(path);
    formFor(await lookAgain(called), 'join');
    const bare = ({ page }: Visitor): string => page.url.pathname.replace(/^\/en/, '');
    pages.set('office-hours-open', path).set('queue', `${path}/queue`).set('day', `/console${path}/day`);
    pages.set('ticket-called', bare(called)).set('ticket-waiting', bare(waiting)).set('ticket-left', bare(left));
    const never = await offerNow(host, { title: 'Not open', from: '2100-01-01', until: '2100-01-31' });
    pages.set('queue-closed', `${never}/queue`);
  });
  afterAll(() => context.close());

  it.each(['light', 'dark'] as const)('are clean for screen readers and eyes, %s', async (colorScheme) => {
    context = await browser.newContext({
      ...PHONE,
      colorScheme,
      bypassCSP: true,
      locale: 'fr-FR',
      baseURL: product.address,
    });
    await useSession(context, product.address, host.cookieHeader);
    const page = await context.newPage();
    for (const [name, path] of pages) {
      await page.goto(path);
      await picture(page, `${name}-${colorScheme}`);
      expect({ name, findings: await findingsOn(page) }).toEqual({ name, findings: [] });
    }
  });

  it.each(['en', 'fr', 'de', 'es'])('fit a window of 320 pixels, in %s', async (locale) => {
    context = await browser.newContext({ viewport: { width: 320, height: 640 }, locale, baseURL: product.address });
    await useSession(context, product.address, host.cookieHeader);
    const page = await context.newPage();
    for (const [name, path] of pages) {
      await page.goto(path);
      expect({ name, overflow: await overflowOf(page) }).toEqual({ name, overflow: 0 });
    }
  });
});

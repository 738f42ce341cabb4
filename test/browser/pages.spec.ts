import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findingsOn, overflowOf, PHONE, picture, startBrowser, useSession } from '../support/browser.js';
import { TestDatabase } from '../support/database.js';
import { officeHoursPages, repliesPages } from '../support/filled-pages.js';
import {
  announce,
  draftMeeting,
  enrol,
  hasLink,
  idOf,
  inMinutes,
  linkIn,
  showInterest,
  signIn,
  wallClock,
} from '../support/journeys.js';
import { COORDINATOR, freePort, Product } from '../support/product.js';
import type { Visitor } from '../support/visitor.js';

const AWA = 'awa@copargo.example';
const MOST_BYTES = 30_000;

let product: Product;
let database: TestDatabase;
let browser: Browser;
let session: Visitor;
/** Every page by a name; those of links are known once their mails have come. */
const pages = new Map<string, string>();

beforeAll(async () => {
  const inbound = await freePort();
  [product, browser] = await Promise.all([
    Product.start({ env: { INBOUND_SMTP_PORT: String(inbound) } }),
    startBrowser(),
  ]);
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  await enrol(product, { email: AWA });
  session = await signIn(product);
  const soon = await draftMeeting(session, {
    title: 'Salut !',
    description: '',
    ...wallClock(inMinutes(10), 'UTC'),
    reminders: '',
  });
  await announce(session, soon);
  const evening = await draftMeeting(session, { title: 'Premières idées' });
  await announce(session, evening);
  const draft = await draftMeeting(session, { title: 'Not announced yet' });
  for (const path of [
    '',
    'basics',
    'privacy',
    'imprint',
    'contact',
    'get-involved',
    'meetings',
    'me',
    'sign-in',
    'nowhere',
    'api/docs',
  ])
    pages.set(path === '' ? 'home' : path.replace('/', '-'), `/${path}`);
  for (const path of ['', '/answers', '/people', '/outbox', '/meetings', '/meetings/new', '/calendar'])
    pages.set(`console${path.replaceAll('/', '-')}`, `/console${path}`);
  pages.set('meeting', `/meetings/${idOf(evening)}`);
  pages.set('meeting-open', `/meetings/${idOf(soon)}`);
  pages.set('meeting-join', `/meetings/${idOf(soon)}/join`);
  pages.set('console-meeting-draft', draft);
  pages.set('console-meeting-announced', evening);
  await session.open(draft);
  await session.submit({}, { form: /\/dry-run$/ });
  pages.set('console-meeting-dry-run', `${draft}/dry-run`);
  for (const act of ['edit', 'move', 'cancel', 'progress']) pages.set(`console-meeting-${act}`, `${evening}/${act}`);
  const invitation = await product.mailbox.waitForMailTo(AWA, (mail) => mail.calendar?.includes('Salut') === true);
  for (const purpose of ['invitations', 'join', 'unsubscribe'])
    pages.set(purpose, new URL(linkIn(invitation, purpose)).pathname);
  await showInterest(product, { email: 'new@copargo.example' });
  pages.set('confirm', pathIn(await product.mailbox.waitForMailTo('new@copargo.example'), 'confirm'));
  const visitor = product.visitor('fr');
  for (const [path, email] of [
    ['me', AWA],
    ['sign-in', COORDINATOR],
  ] as const) {
    await visitor.open(`/${path}`);
    await visitor.submit({ email });
    await database.settled();
    const mail = (await product.mailbox.mailsTo(email)).findLast(hasLink(path));
    if (mail) pages.set(`${path}-link`, pathIn(mail, path));
  }
  pages.set('erase', `${pages.get('me-link') ?? ''}/erase`);
  pages.set('own-calendar', `${pages.get('me-link') ?? ''}/feed`);
  pages.set('broken-link', `/confirm/${'A'.repeat(48)}`);
  for (const [name, path] of await officeHoursPages(product, database, session)) pages.set(name, path);
  for (const [name, path] of await repliesPages(session, inbound)) pages.set(name, path);
});
afterAll(async () => {
  await browser.close();
  await database.close();
  await product.stop();
});

const pathIn = (mail: Parameters<typeof linkIn>[0], purpose: string): string => new URL(linkIn(mail, purpose)).pathname;

/** A context that may see everything. axe is JavaScript of the test, which the pages' own policy would refuse. */
async function contextFor(options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> {
  const context = await browser.newContext({ ...options, baseURL: product.address });
  await useSession(context, product.address, session.cookieHeader);
  return context;
}

async function eachPage(
  context: BrowserContext,
  look: (page: Page, name: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = [];
  const page = await context.newPage();
  for (const [name, path] of pages) {
    await page.goto(path);
    found.push(...(await look(page, name)).map((finding) => `${name}: ${finding}`));
  }
  await context.close();
  return found;
}

describe('every page', () => {
  it('is there', async () => {
    const found: string[] = [];
    for (const [name, path] of pages) {
      const { status } = await session.open(path);
      if (status >= 400) found.push(`${name} ${String(status)}`);
    }
    expect(found).toEqual(['nowhere 404', 'broken-link 404']);
  });

  it.each(['light', 'dark'] as const)('is clean for screen readers and eyes, %s', async (colorScheme) => {
    const context = await contextFor({ ...PHONE, colorScheme, bypassCSP: true, locale: 'fr-FR' });
    const findings = await eachPage(context, async (page, name) => {
      await picture(page, `${name}-${colorScheme}`);
      return findingsOn(page);
    });
    expect(findings).toEqual([]);
  });

  it.each(['en', 'fr', 'de', 'es'])('fits a window of 320 pixels, in %s', async (locale) => {
    const context = await contextFor({ viewport: { width: 320, height: 640 }, locale });
    const tooWide = await eachPage(context, async (page) => {
      const overflow = await overflowOf(page);
      return overflow > 0 ? [`${String(overflow)} pixels too wide`] : [];
    });
    expect(tooWide).toEqual([]);
  });

  it.each(['fr', 'de'])('fits a window of 320 pixels when letters are twice as large, in %s', async (locale) => {
    const context = await contextFor({ viewport: { width: 320, height: 640 }, locale, bypassCSP: true });
    const tooWide = await eachPage(context, async (page) => {
      await page.evaluate('document.documentElement.style.fontSize = "200%"');
      const overflow = await overflowOf(page);
      return overflow > 0 ? [`${String(overflow)} pixels too wide`] : [];
    });
    expect(tooWide).toEqual([]);
  });

  it('that search engines may show describes itself, for them and for whoever is sent its address', async () => {
    const context = await contextFor({ locale: 'es' });
    const bare = await eachPage(context, async (page) => {
      const texts = await page.evaluate<(string | null)[]>(
        `(document.querySelector('meta[name=robots]') ? [] : ['[name=description]', '[property="og:title"]', '[property="og:description"]', '[property="og:image"]'])
          .map((which) => document.querySelector('meta' + which)?.content ?? null)`,
      );
      return texts.filter((text) => text === null || text === '').map(() => 'says nothing of itself');
    });
    expect(bare).toEqual([]);
  });

  it('is no more than 30 KB with everything it loads, asks no other host, and writes nothing to the console', async () => {
    const context = await contextFor({ ...PHONE, locale: 'de' });
    let troubles: string[] = [];
    let bytes: Promise<number>[] = [];
    context.on('console', (message) => troubles.push(message.text()));
    context.on('request', (request) => {
      if (!request.url().startsWith(product.address)) troubles.push(`asks ${request.url()}`);
    });
    context.on('requestfinished', (request) => {
      // What is still under way when its page is closed belongs to no page.
      const size = request.sizes().then(
        ({ responseBodySize }) => responseBodySize,
        () => 0,
      );
      bytes.push(size);
    });
    const found: string[] = [];
    for (const [name, path] of pages) {
      const page = await context.newPage();
      [troubles, bytes] = [[], []];
      await page.goto(path);
      const total = (await Promise.all(bytes)).reduce((sum, size) => sum + size, 0);
      if (total > MOST_BYTES) found.push(`${name}: ${String(total)} bytes`);
      // A page that answers 404 is told so in the browser's console too.
      found.push(...troubles.filter((text) => !text.includes('status of 404')).map((text) => `${name}: ${text}`));
      await page.close();
    }
    await context.close();
    expect(found).toEqual([]);
  });
});

describe('every mail that came', () => {
  it('fits a phone, whatever was written without a space', async () => {
    const context = await browser.newContext({ ...PHONE, viewport: { width: 320, height: 640 } });
    const page = await context.newPage();
    const mails = await product.mailbox.read();
    const tooWide: string[] = [];
    for (const { html, subject } of mails) {
      await page.setContent(html);
      await page.evaluate(`document.querySelector('p').textContent = 'https://meet.example/' + 'w'.repeat(200)`);
      if ((await overflowOf(page)) > 0) tooWide.push(subject);
    }
    await context.close();
    expect(mails.length).toBeGreaterThan(5);
    expect(tooWide).toEqual([]);
  });
});

describe('with the keyboard alone', () => {
  it('the form can be walked through, filled in and sent', async () => {
    const context = await contextFor({ locale: 'en' });
    const page = await context.newPage();
    await page.goto('/get-involved');
    const focused = (): Promise<{ name: string; tag: string; visible: boolean }> =>
      page.evaluate(
        `(({ activeElement: it }) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(it);
          return { name: it.getAttribute('name') ?? '', tag: it.tagName, visible: outlineStyle !== 'none' && outlineWidth !== '0px' };
        })(document)`,
      );
    await page.keyboard.press('Tab');
    expect((await focused()).tag).toBe('A');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('location.hash')).toBe('#main');
    const names: string[] = [];
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      const at = await focused();
      expect([at.name, at.visible]).toEqual([at.name, true]);
      if (at.tag === 'BUTTON') break;
      if (at.name === 'howToStart') await page.keyboard.type('With a garden');
      if (at.name === 'contributions' && !names.includes(at.name)) await page.keyboard.press('Space');
      names.push(at.name);
    }
    for (const name of [
      'howToStart',
      'entryPoint',
      'questions',
      'suggestions',
      'targetGroup',
      'contributions',
      'region',
      'country',
      'email',
      'wants',
    ])
      expect(names).toContain(name);
    expect(names).not.toContain('website');
    await page.keyboard.press('Enter');
    await page.waitForLoadState();
    expect(await page.locator('[name=howToStart]').count()).toBe(0);
    await context.close();
  });
});

describe('hasty hands', () => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await contextFor({ ...PHONE, locale: 'fr' });
  });
  afterAll(() => context.close());

  it('who press twice sign up once', async () => {
    const unconfirmed = (): Promise<number> =>
      database.collection('contacts').countDocuments({ 'state.status': 'unconfirmed' });
    const before = await unconfirmed();
    const page = await context.newPage();
    await page.goto('/get-involved');
    await page.fill('[name=email]', 'twice@copargo.example');
    await page.fill('[name=region]', 'Copargo');
    await page.selectOption('[name=country]', 'BJ');
    await page.selectOption('[name=timeZone]', 'Africa/Porto-Novo');
    await page.locator('[name=wants][value=meetings]').check();
    await page.locator('main form button').dblclick({ noWaitAfter: true });
    await product.mailbox.waitForMailTo('twice@copargo.example');
    await page.waitForLoadState();
    await database.settled();
    expect(await unconfirmed()).toBe(before + 1);
  });

  it('who go back find what they typed', async () => {
    const page = await context.newPage();
    await page.goto('/get-involved');
    await page.fill('[name=questions]', 'Et après ?');
    await page.locator('main form button').click();
    await page.waitForLoadState();
    await page.goBack();
    expect(await page.inputValue('[name=questions]')).toBe('Et après ?');
  });

  it('who have two tabs open are told when the one is out of date', async () => {
    const meeting = pages.get('console-meeting-draft') ?? '';
    const [one, two] = [await context.newPage(), await context.newPage()];
    for (const [page, title] of [
      [one, 'From the first tab'],
      [two, 'From the second tab'],
    ] as const) {
      await page.goto(meeting);
      if ((await page.locator('form[action$="/edit"]').count()) === 0)
        await page.locator('main a[href$="/edit"]').click();
      await page.fill('form[action$="/edit"] [name=title]', title);
    }
    await one.locator('form[action$="/edit"] button').click();
    expect(new URL(one.url()).pathname).toBe(meeting);
    await two.locator('form[action$="/edit"] button').click();
    await two.waitForLoadState();
    expect(await two.inputValue('[name=title]')).toBe('From the second tab');
    await picture(two, 'changed-meanwhile');
    await one.goto(meeting);
    expect(await one.locator('main').innerText()).toContain('From the first tab');
  });
});

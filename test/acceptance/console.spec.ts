import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { announce, draftMeeting, enrol, fromNowOn, hasLink, linkIn, signIn } from '../support/journeys.js';
import { COORDINATOR, Product } from '../support/product.js';
import { find, linksOf, textOf } from '../support/page.js';
import type { Answer, Visitor } from '../support/visitor.js';

let product: Product;
let database: TestDatabase;
let coordinator: Visitor;
beforeAll(async () => {
  product = await Product.start();
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  coordinator = await signIn(product);
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

const today = (): Temporal.PlainDate => Temporal.Now.plainDateISO('UTC');

describe('signing in', () => {
  it('answers everyone the same, and mails a link to those with a role', async () => {
    const answers = [];
    for (const email of [COORDINATOR, 'stranger@nowhere.example']) {
      const visitor = product.visitor();
      await visitor.open('/sign-in');
      answers.push((await visitor.submit({ email })).body);
    }
    expect(answers[0]).toBe(answers[1]);
    await database.settled();
    expect(await product.mailbox.mailsTo('stranger@nowhere.example')).toHaveLength(0);
  });

  it('takes the button of the page, works once, and sets a cookie that scripts and other sites cannot use', async () => {
    const visitor = product.visitor();
    const isNew = fromNowOn(product.mailbox);
    await visitor.open('/sign-in');
    await visitor.submit({ email: COORDINATOR });
    const mail = await product.mailbox.waitForMailTo(COORDINATOR, (each) => isNew(each) && hasLink('sign-in')(each));
    const link = linkIn(mail, 'sign-in');
    await visitor.open(link);
    expect(visitor.hasCookies).toBe(false);
    const form = visitor.page.form();
    const posted = await visitor.send(visitor.page.targetOf(form), {
      method: 'POST',
      headers: { origin: 'null', 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: '',
    });
    expect(posted.headers['set-cookie']?.[0]).toMatch(
      /^session=[\w-]{22,}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect((await visitor.open('/console')).status).toBe(200);
    const other = product.visitor();
    await other.open(link);
    expect(other.page.forms).toHaveLength(0);
    expect(other.page.kind).toBe('refused');
  });

  it('is what every page of the console asks for', async () => {
    for (const path of [
      '/console',
      '/console/answers',
      '/console/people',
      '/console/outbox',
      '/console/meetings/new',
    ]) {
      const answer = await product.visitor().send(path);
      expect([path, answer.kind === 'refused' || answer.headers.location?.startsWith('/sign-in')]).toEqual([
        path,
        true,
      ]);
    }
  });

  it('ends by signing out', async () => {
    const visitor = await signIn(product);
    const { cookieHeader } = visitor;
    const form = /name="csrf" value="([^"]+)"/.exec(visitor.page.body)?.[1] ?? '';
    await visitor.post(
      '/console/sign-out',
      { csrf: form },
      { origin: product.address, 'sec-fetch-site': 'same-origin' },
    );
    const late = await product.visitor().send('/console', { headers: { cookie: cookieHeader } });
    expect(late.status).not.toBe(200);
  });
});

describe('a form of the console', () => {
  const fields = {
    email: 'forged@nowhere.example',
    role: 'administrator',
    region: '',
    mandate: 'All',
    resolution: 'None',
  };
  const ours = { 'sec-fetch-site': 'same-origin' };
  const term = { from: today().toString(), until: today().add({ days: 9 }).toString() };

  it.each([
    ['without its token', {}, () => ({ origin: product.address, ...ours })],
    ['with a token of nobody', { csrf: 'A'.repeat(43) }, () => ({ origin: product.address, ...ours })],
    ['from another site', undefined, () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
    ['from another site that hides its name', undefined, () => ({ origin: 'null', 'sec-fetch-site': 'cross-site' })],
    ['without a word where it comes from', undefined, () => ({})],
    [
      'from another port of this machine',
      undefined,
      () => ({ origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }),
    ],
  ])('posted %s is refused', async (_, token, headers) => {
    const page = await coordinator.open('/console/people');
    const csrf = page.form().controls.get('csrf')?.values ?? [];
    const answer = await coordinator.post('/console/people', { ...fields, ...term, ...(token ?? { csrf }) }, headers());
    expect(answer.status).toBe(403);
    await database.settled();
    expect(await product.mailbox.mailsTo(fields.email)).toHaveLength(0);
  });
});

describe('people', () => {
  const invite = async (
    email: string,
    role: string,
    days: readonly [number, number],
    mandate: string,
  ): Promise<Answer> => {
    const [from = '', until = ''] = days.map((count) => today().add({ days: count }).toString());
    await coordinator.open('/console/people');
    return coordinator.submit({ email, role, region: 'copargo', mandate, resolution: 'GA 2027/3', from, until });
  };
  const PAGES = ['', '/meetings', '/office-hours', '/answers', '/replies', '/people', '/outbox'].map(
    (path) => `/console${path}`,
  );
  const navigationOf = (page: Answer): readonly string[] => {
    const navigation = find(page.root, 'nav', ({ attributes }) => attributes['aria-label'] === 'Console');
    return navigation ? linksOf(navigation).map(({ href }) => href) : [];
  };
  const revokeLink = (mandate: string): string => {
    const row = find(coordinator.page.root, 'tr', (each) => textOf(each).includes(mandate));
    return linksOf(row ?? coordinator.page.root).find(({ href }) => href.endsWith('/revoke'))?.href ?? '';
  };

  it('are appointed by mail, do what their role allows, and lose their sessions when it is revoked', async () => {
    const email = 'host@copargo.example';
    const page = await invite(email, 'host', [0, 300], 'Leads in Copargo');
    expect(page.kind).toBe('answered');
    expect(page.text).toContain('The mail that tells them is on its way.');
    expect(page.body).not.toContain(email);
    const mail = await product.mailbox.waitForMailTo(email);
    expect(mail.links.some((link) => link.endsWith('/sign-in'))).toBe(true);

    const host = await signIn(product, email);
    expect((await host.open('/console')).status).toBe(200);
    for (const [who, closed] of [
      [host, ['/console/replies', '/console/people', '/console/outbox']],
      [coordinator, []],
    ] as const) {
      const shown = navigationOf(await who.open('/console'));
      expect(shown).toEqual(PAGES.filter((path) => !closed.some((each) => each === path)));
      for (const path of PAGES)
        expect([path, (await who.open(path)).status]).toEqual([path, shown.includes(path) ? 200 : 403]);
    }

    await coordinator.open('/console/people');
    await coordinator.open(revokeLink('Leads in Copargo'));
    expect((await coordinator.submit()).kind).toBe('answered');
    expect((await host.open('/console')).kind).toBe('refused');
    const isNew = fromNowOn(product.mailbox);
    const visitor = product.visitor();
    await visitor.open('/sign-in');
    await visitor.submit({ email });
    await database.settled();
    expect((await product.mailbox.mailsTo(email)).filter(isNew)).toHaveLength(0);
  });

  it('sign in within their term only', async () => {
    const email = 'later@copargo.example';
    expect((await invite(email, 'coordinator', [5, 300], 'Takes over')).kind).toBe('answered');
    const visitor = product.visitor();
    await visitor.open('/sign-in');
    await visitor.submit({ email });
    await database.settled();
    expect((await product.mailbox.mailsTo(email)).some(hasLink('sign-in'))).toBe(false);
  });

  it('are not appointed for a term that ends before it begins', async () => {
    const email = 'never@copargo.example';
    const refused = await invite(email, 'host', [10, 5], 'Backwards');
    expect(refused.kind).toBe('refused');
    expect(refused.form().controls.get('mandate')?.values).toEqual(['Backwards']);
    await database.settled();
    expect(await product.mailbox.mailsTo(email)).toHaveLength(0);
  });

  it('always have an administrator among them', async () => {
    await coordinator.open('/console/people');
    const last = await coordinator.open(revokeLink('administrator') || revokeLink('Administrator'));
    if (last.forms.length > 0) expect((await coordinator.submit()).status).toBe(409);
    expect((await coordinator.open('/console')).status).toBe(200);
  });
});

describe('a page of the console that is not there', () => {
  it('leads back to the console', async () => {
    const lost = await coordinator.open(`/console/meetings/${'A'.repeat(22)}`);
    expect(lost.status).toBe(404);
    expect(lost.links.map(({ href }) => href)).toContain('/console');
  });
});

describe('the outbox', () => {
  it('shows what failed by kind, code and day, and tries it again when asked', async () => {
    const email = 'full@copargo.example';
    await enrol(product, { email });
    await database.settled();
    product.mailbox.box.fail({
      at: 'rcpt',
      act: { refuse: 552, text: '5.2.2 mailbox full' },
      to: (to) => to === email,
    });
    const meeting = await draftMeeting(coordinator);
    await announce(coordinator, meeting);
    await database.settled();
    await coordinator.open('/console/outbox');
    expect(coordinator.page.text).toContain('552');
    expect(coordinator.page.text).toContain('A code that begins with 5: the mail server refused for good');
    expect(coordinator.page.body).not.toContain(email);
    expect(product.logs).not.toContain(email);
    const invited = async (): Promise<number> =>
      (await product.mailbox.mailsTo(email)).filter((mail) => mail.calendar !== undefined).length;
    expect(await invited()).toBe(0);
    await coordinator.submit({}, { button: { name: 'all' } });
    await database.settled();
    expect(await invited()).toBe(1);
  });
});

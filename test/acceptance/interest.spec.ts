import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { hasLink, linkIn, showInterest } from '../support/journeys.js';
import { find } from '../support/page.js';
import { Product } from '../support/product.js';

const ONLY_INTEREST = 'Il s’agit seulement d’une manifestation d’intérêt, et non d’un engagement.';
const ANONYMOUS = 'Les réponses sont anonymes.';
const APART = 'Vos réponses et votre adresse sont conservées séparément ; rien ne relie les deux.';
const spaces = (text: string): string => text.replace(/[\u00A0\u202F\s]+/g, ' ');

let product: Product;
let database: TestDatabase;
beforeAll(async () => {
  product = await Product.start();
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

/** The contacts besides the coordination's own. */
const others = async (): Promise<unknown[]> => {
  const people = await database.collection('people').find({}).toArray();
  const appointed = new Set(people.map(({ state }) => (state as { contact: string }).contact));
  const contacts = await database.collection('contacts').find({}).toArray();
  return contacts.filter(({ _id }) => !appointed.has(_id)).map(({ state }) => state);
};

describe('someone in Copargo, in French, without JavaScript', () => {
  it('finds the form from the first page, and reads what it is and what is kept', async () => {
    const awa = product.visitor('fr-BJ,fr;q=0.9,en;q=0.4');
    const home = await awa.open('/');
    // Nothing was held and nothing is released: a row of noughts would tell nobody anything.
    expect(home.body).not.toContain('class="numbers"');
    expect(home.language).toBe('fr');
    const basics = await awa.follow(/^\/basics$/);
    expect(basics.status).toBe(200);
    expect(basics.text).toContain('2035');
    const form = await awa.follow(/^\/get-involved$/);
    for (const sentence of [ONLY_INTEREST, ANONYMOUS, APART]) expect(spaces(form.text)).toContain(sentence);
    for (const page of [home, basics, form]) expect(find(page.root, 'script')).toBeUndefined();
  });

  it('answers without an address: nothing is mailed, nobody is kept', async () => {
    const awa = product.visitor('fr');
    await awa.open('/get-involved');
    const mails = product.mailbox.box.mails.length;
    const thanks = await awa.submit({
      howToStart: 'Planter des arbres avec les écoles.',
      entryPoint: 'Le marché',
      questions: 'Qui paie ?',
      suggestions: 'Une radio locale\nen dendi',
      targetGroup: 'Les jeunes',
      contributions: ['pilots', 'discussions'],
      region: 'Copargo',
      country: 'BJ',
    });
    expect(thanks.status).toBe(200);
    expect(thanks.language).toBe('fr');
    expect(awa.hasCookies).toBe(false);
    await database.settled();
    expect(product.mailbox.box.mails).toHaveLength(mails);
    expect(await others()).toEqual([]);
  });

  it('leaves an address and confirms it by the button of a page, once', async () => {
    const awa = await showInterest(product, { email: 'awa@copargo.example' }, { questions: 'Et la langue ?' });
    expect(spaces(awa.page.text)).toContain('Consultez votre boîte e-mail, s’il vous plaît');
    const mail = await product.mailbox.waitForMailTo('awa@copargo.example');
    expect(spaces(mail.text)).toContain(ONLY_INTEREST);
    expect(mail.html).toMatch(/<html[^>]* lang="fr"/);
    expect(mail.calendar).toBeUndefined();
    expect(mail.header('Auto-Submitted')).toBe('auto-generated');

    const link = linkIn(mail, 'confirm');
    // Mail scanners follow links: only a person's button confirms.
    expect((await awa.send(link, { method: 'HEAD' })).status).toBe(200);
    for (let scan = 0; scan < 2; scan++) expect((await awa.open(link)).forms).toHaveLength(1);
    expect(awa.page.language).toBe('fr');
    expect(awa.page.headers['referrer-policy']).toBe('no-referrer');
    expect(awa.page.headers['cache-control']).toBe('no-store');
    expect(await others()).toMatchObject([{ status: 'unconfirmed', language: 'fr', region: 'copargo' }]);

    expect((await awa.submit()).status).toBe(200);
    expect(await others()).toMatchObject([{ status: 'confirmed', wants: ['meetings'] }]);

    const again = await awa.open(link);
    expect(again.status).toBeLessThan(500);
    expect(again.forms).toHaveLength(0);
    expect(spaces(again.text)).toMatch(/déjà/);
  });

  it('gets one confirmation at a time, in the language of the form', async () => {
    const person = { email: 'jonas@alfter.example', language: 'de', region: 'Alfter', country: 'DE' } as const;
    await showInterest(product, { ...person, timeZone: 'Europe/Berlin' });
    const mail = await product.mailbox.waitForMailTo(person.email, hasLink('confirm'));
    expect(mail.text).toContain('Dies ist nur eine Interessensbekundung und keine Verpflichtung.');
  });
});

describe('a form that is refused', () => {
  const long = 'é'.repeat(5_001);
  it.each([
    ['an answer that is too long', { howToStart: long }, 'howToStart'],
    ['an address that is none', { email: 'awa at copargo' }, 'email'],
    ['two addresses', { email: 'a@b.example,c@d.example' }, 'email'],
    ['a hidden direction mark', { targetGroup: 'jeunes\u202Egnp' }, 'targetGroup'],
  ])('for %s says so beside the field, and keeps what was typed', async (_, fields, name) => {
    const visitor = product.visitor('fr');
    await visitor.open('/get-involved');
    const answer = await visitor.submit({ suggestions: 'Une idée “à garder”', ...fields });
    expect(answer.kind).toBe('refused');
    expect(answer.language).toBe('fr');
    expect(find(answer.root, 'div', ({ attributes }) => attributes['id'] === `field-${name}-error`)).toBeDefined();
    const { controls } = answer.form();
    expect(controls.get('suggestions')?.values).toEqual(['Une idée “à garder”']);
    expect(controls.get(name)?.values).toEqual(Object.values(fields));
  });

  it('keeps nothing of what a robot fills in, and does not tell it so', async () => {
    const robot = product.visitor();
    await robot.open('/get-involved');
    const answer = await robot.submit({ email: 'robot@spam.example', website: 'https://spam.example', questions: 'x' });
    expect(answer.status).toBe(200);
    await database.settled();
    expect(await product.mailbox.mailsTo('robot@spam.example')).toHaveLength(0);
  });
});

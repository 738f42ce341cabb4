import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyRing } from '../../libs/privacy/keys.js';
import { idFromBytes } from '../../libs/privacy/ids.js';
import { type LinkPurpose, writeLink } from '../../libs/privacy/links.js';
import { TestDatabase } from '../support/database.js';
import { announcedMeeting, enrol, hasLink, linkIn, showInterest } from '../support/journeys.js';
import { COORDINATOR, Product } from '../support/product.js';
import { filesHolding } from '../support/traces.js';

const PATHS = {
  confirm: 'confirm',
  invitation: 'invitations',
  join: 'join',
  unsubscribe: 'unsubscribe',
  me: 'me',
  'sign-in': 'sign-in',
} as const satisfies Partial<Record<LinkPurpose, string>>;
type Purpose = keyof typeof PATHS;
const PURPOSES = Object.keys(PATHS) as Purpose[];

let product: Product;
let database: TestDatabase;
const tokens = new Map<Purpose, string>();

beforeAll(async () => {
  product = await Product.start({ parts: 'own' });
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  const [awa, newcomer] = ['awa@copargo.example', 'new@copargo.example'];
  await enrol(product, { email: awa });
  await announcedMeeting(product);
  const keep = async (purpose: Purpose, email: string): Promise<void> => {
    const mail = await product.mailbox.waitForMailTo(email, hasLink(PATHS[purpose]));
    tokens.set(purpose, tokenOf(linkIn(mail, PATHS[purpose])));
  };
  for (const purpose of ['invitation', 'join', 'unsubscribe'] as const) await keep(purpose, awa);
  await showInterest(product, { email: newcomer });
  await keep('confirm', newcomer);
  const visitor = product.visitor('fr');
  for (const [path, purpose, email] of [
    ['/me', 'me', awa],
    ['/sign-in', 'sign-in', COORDINATOR],
  ] as const) {
    await visitor.open(path);
    await visitor.submit({ email });
    await database.settled();
    const mails = await product.mailbox.mailsTo(email);
    const last = mails.findLast(hasLink(PATHS[purpose]));
    if (last) tokens.set(purpose, tokenOf(linkIn(last, PATHS[purpose])));
  }
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

const tokenOf = (link: string): string => new URL(link).pathname.split('/').at(-1) ?? '';
const flipped = (token: string, at: number): string =>
  `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
const POSTS: Record<Purpose, readonly string[]> = {
  confirm: [''],
  invitation: ['', '/leave'],
  join: [''],
  unsubscribe: [''],
  me: ['/export', '/pause', '/unsubscribe', '/erase'],
  'sign-in': [''],
};

describe('a link from a mail', () => {
  it.each(PURPOSES)(
    'to /%s opens, has 32 characters or more, and is kept out of every index and referrer',
    async (purpose) => {
      const token = tokens.get(purpose) ?? '';
      expect(token.length).toBeGreaterThanOrEqual(32);
      const answer = await product.visitor('fr').send(`/${PATHS[purpose]}/${token}`);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-robots-tag': 'noindex',
      });
      const elsewhere = answer.links.filter(({ href }) => /^[a-z]+:/.test(href) && !href.startsWith(product.address));
      for (const { href } of elsewhere) expect(href).not.toContain(token);
    },
  );

  describe.each(PURPOSES)('to /%s', (purpose) => {
    const foreign = (): string =>
      writeLink(KeyRing.of(randomBytes(32).toString('base64')), {
        purpose,
        id: idFromBytes(randomBytes(16)),
        generation: 0,
      });
    const unknown = (): string =>
      writeLink(KeyRing.of(product.env['SECRET_KEY'] ?? ''), {
        purpose,
        id: idFromBytes(randomBytes(16)),
        generation: 0,
      });
    const own = (): string => tokens.get(purpose) ?? '';
    const broken: readonly (readonly [string, () => readonly string[]])[] = [
      ['changed in one letter, anywhere', () => [0, 5, 20, own().length - 2].map((at) => flipped(own(), at))],
      ['cut short or made longer', () => [own().slice(0, -1), own().slice(0, 20), `${own()}A`, `${own()}${own()}`]],
      ['written by another site', () => [foreign()]],
      ['to nothing that is there', () => [unknown()]],
      [
        'for another purpose',
        () => PURPOSES.filter((other) => other !== purpose).map((other) => tokens.get(other) ?? ''),
      ],
      [
        'that is no link at all',
        () => ['x', 'null', '..%2f', '%00', '__proto__', 'A'.repeat(64), 'é'.repeat(10).replace(/é/g, '%C3%A9')],
      ],
    ];

    it.each(broken)('%s gets a kind page, by opening and by pressing, and does nothing', async (_, makes) => {
      for (const token of makes()) {
        for (const [method, rest] of [['GET', ''], ...POSTS[purpose].map((each) => ['POST', each] as const)] as const) {
          const answer = await product.visitor('fr').send(`/${PATHS[purpose]}/${token}${rest}`, {
            method,
            ...(method === 'POST' && {
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
              body: 'answer=accepted',
            }),
          });
          expect([method, rest, answer.kind]).toEqual([method, rest, 'refused']);
          expect(answer.language).toBe('fr');
          expect(answer.heading).not.toBe('');
        }
      }
      const states = (await database.collection('contacts').find({}).toArray()).map(
        ({ state }) => (state as { status: string }).status,
      );
      expect(states.sort()).toEqual(['confirmed', 'confirmed', 'unconfirmed']);
    });
  });

  it('is found whole nowhere in data, Redis or logs', () => {
    const folders = [product.folder, product.store?.folder ?? '', product.redis?.folder ?? ''];
    for (const token of tokens.values()) expect(filesHolding([Buffer.from(token)], folders)).toEqual([]);
  });

  it('lies in no log even as the address of a page', () => {
    expect(product.logs).not.toMatch(/\/(confirm|invitations|join|unsubscribe|me|sign-in)\/[\w-]{32,}/);
    expect(product.logs).not.toContain('@');
  });
});

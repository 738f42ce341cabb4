import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { defectsOf, entryIn } from '../support/invitations.js';
import {
  announce,
  announcedMeeting,
  change,
  draftMeeting,
  enrol,
  erase,
  fromNowOn,
  hasLink,
  linkIn,
  openOwnPage,
  reply,
  showInterest,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { Product } from '../support/product.js';
import { filesHolding, spellingsOf } from '../support/traces.js';
import { eventually } from '../support/waiting.js';
import type { Visitor } from '../support/visitor.js';

const AWA = 'Awa.Dossou@copargo.example';
const [KOFI, LISA, PAUL] = ['kofi@donga.example', 'lisa@alfter.example', 'paul@natitingou.example'];

let product: Product;
let database: TestDatabase;
let coordinator: Visitor;
let meeting: string;
beforeAll(async () => {
  product = await Product.start({ parts: 'own' });
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  await Promise.all([AWA, KOFI, LISA, PAUL].map((email) => enrol(product, { email })));
  ({ coordinator, meeting } = await announcedMeeting(product));
  await database.settled();
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

const invitationOf = (email: string): Promise<ReadMail> => product.mailbox.waitForMailTo(email, hasLink('invitations'));

const ownPage = (email: string): Promise<Visitor> => openOwnPage(product, email);

const mailsSince = async (email: string, act: () => Promise<unknown>): Promise<readonly ReadMail[]> => {
  await database.settled();
  const isNew = fromNowOn(product.mailbox);
  await act();
  await database.settled();
  return (await product.mailbox.mailsTo(email)).filter(isNew);
};

describe('one’s own page', () => {
  it('is asked for by an address; the answer is the same for a stranger', async () => {
    const answers = [];
    for (const email of [AWA, 'stranger@nowhere.example']) {
      const visitor = product.visitor('fr');
      await visitor.open('/me');
      answers.push(await visitor.submit({ email }));
    }
    const [known, unknown] = answers;
    expect(known?.body).toBe(unknown?.body);
    await database.settled();
    expect(await product.mailbox.mailsTo('stranger@nowhere.example')).toHaveLength(0);
  });

  it('shows and exports all that is held', async () => {
    const awa = await ownPage(AWA);
    expect(awa.page.status).toBe(200);
    expect(awa.page.text).toContain(AWA);
    expect(awa.page.text).toContain('Copargo');
    expect(awa.hasCookies).toBe(false);
    const file = await awa.submit({}, { form: /\/export$/ });
    expect(file.headers['content-type']).toMatch(/^application\/json/);
    expect(file.json()).toMatchObject({
      address: AWA,
      language: 'fr',
      timeZone: 'Africa/Porto-Novo',
      region: 'copargo',
      wants: ['meetings'],
      invitations: [{ answer: 'needs-action' }],
    });
  });

  it('pauses until a date: announcements wait, and end when asked to', async () => {
    const paul = await ownPage(PAUL);
    const until = Temporal.Now.plainDateISO().add({ days: 20 }).toString();
    expect((await paul.submit({ until }, { form: /\/pause$/ })).kind).toBe('answered');
    const mails = await mailsSince(PAUL, async () => {
      await announce(coordinator, await draftMeeting(coordinator, { title: 'While Paul pauses' }));
    });
    expect(mails).toHaveLength(0);
    const past = await ownPage(PAUL);
    expect((await past.submit({ until: '2020-01-01' }, { form: /\/pause$/ })).kind).toBe('refused');
  });
});

describe('unsubscribing', () => {
  it('takes one button, or one click of a mail program; what was accepted still tells of its end', async () => {
    const invitation = await invitationOf(KOFI);
    const visitor = product.visitor('fr');
    await reply(visitor, linkIn(invitation, 'invitations'), 'accepted');

    await visitor.open(linkIn(invitation, 'unsubscribe'));
    expect(visitor.page.forms).toHaveLength(1);
    await visitor.submit();
    expect(visitor.page.kind).toBe('answered');

    const lisa = linkIn(await invitationOf(LISA), 'unsubscribe');
    expect((await product.visitor().send(lisa)).status).toBe(200);
    const oneClick = await product.visitor().post(lisa, { 'List-Unsubscribe': 'One-Click' });
    expect(oneClick.kind).toBe('answered');

    const announced = await mailsSince(KOFI, async () => {
      await announce(coordinator, await draftMeeting(coordinator, { title: 'After unsubscribing' }));
    });
    expect(announced).toHaveLength(0);
    expect((await product.mailbox.mailsTo(LISA)).filter(({ subject }) => subject.includes('After unsub'))).toHaveLength(
      0,
    );

    const cancelled = await mailsSince(KOFI, () => change(coordinator, meeting, 'cancel', { reason: 'Rain.' }));
    expect(cancelled.map((mail) => entryIn(mail).method)).toEqual(['CANCEL']);
  });
});

interface Sealed {
  readonly index: string;
  readonly address: { readonly buffer: Uint8Array };
  readonly dataKey: { readonly buffer: Uint8Array };
}

describe('erasing', () => {
  const folders = (): string[] => [product.folder, product.store?.folder ?? '', product.redis?.folder ?? ''];
  /** CANCELs are given time to go out, and what waits for them is looked at now and then. */
  const contactsLeft = (count: number): Promise<unknown> =>
    eventually(
      'the contact to be gone',
      async () => (await database.collection('contacts').countDocuments({})) === count,
      60_000,
    );
  const sealedOf = (contact: { readonly [field: string]: unknown } | undefined): Buffer[] => {
    const { index, address, dataKey } = contact?.['state'] as Sealed;
    return [Buffer.from(index), Buffer.from(address.buffer), Buffer.from(dataKey.buffer)];
  };

  it('finds no address in data, Redis, logs or metrics even before', async () => {
    expect(await product.mailbox.mailsTo(AWA)).not.toHaveLength(0);
    for (const email of [AWA, KOFI, LISA, PAUL]) expect(filesHolding(spellingsOf(email), folders())).toEqual([]);
    // The same search finds what does lie there.
    expect(filesHolding(spellingsOf('While Paul pauses'), folders())).not.toEqual([]);
  });

  it('takes the entries out of the calendar first, then leaves no trace of the address', async () => {
    const second = await draftMeeting(coordinator, { title: 'To be left' });
    await announce(coordinator, second);
    await database.settled();
    const held = await ownPage(AWA);
    const stored = await database.collection('contacts').find({}).toArray();
    const { pathname } = held.page.url;
    for (const contact of stored)
      for (const bytes of sealedOf(contact)) expect(filesHolding([bytes], folders())).not.toEqual([]);
    const mails = await mailsSince(AWA, async () => {
      const answer = await erase(held, { cancelFirst: 'yes' });
      expect(answer.kind).toBe('answered');
      await contactsLeft(stored.length - 1);
    });
    expect(mails.length).toBeGreaterThan(0);
    for (const mail of mails) {
      expect(entryIn(mail).method).toBe('CANCEL');
      expect(defectsOf(mail)).toEqual([]);
    }
    const left = new Set((await database.collection('contacts').find({}).toArray()).map(({ _id }) => _id));
    const gone = stored.find(({ _id }) => !left.has(_id));
    // What was sealed, its key and its index lie neither in the journal nor in free pages.
    for (const bytes of sealedOf(gone)) expect(filesHolding([bytes], folders())).toEqual([]);
    expect(filesHolding(spellingsOf(AWA), folders())).toEqual([]);

    const again = await product.visitor('fr').open(pathname);
    expect(again.kind).toBe('refused');
    const nothing = await mailsSince(AWA, async () => {
      await announce(coordinator, await draftMeeting(coordinator, { title: 'Without Awa' }));
    });
    expect(nothing).toHaveLength(0);
  });

  it('without a trace lets someone come back as new; blocked, nobody signs the address up again', async () => {
    for (const [email, keepBlocked] of [
      [LISA, false],
      [PAUL, true],
    ] as const) {
      const before = await database.collection('contacts').countDocuments({});
      const held = await ownPage(email);
      await erase(held, keepBlocked ? { keepBlocked: 'yes' } : {});
      await contactsLeft(before - 1);
    }
    const came = await mailsSince(LISA, () => showInterest(product, { email: LISA }));
    expect(came.some(hasLink('confirm'))).toBe(true);
    expect(await mailsSince(PAUL, () => showInterest(product, { email: PAUL }))).toHaveLength(0);
    expect(filesHolding(spellingsOf(PAUL), folders())).toEqual([]);
  });
});

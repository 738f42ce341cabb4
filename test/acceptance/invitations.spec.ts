import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { defectsOf, entryIn, readEntry } from '../support/invitations.js';
import {
  announce,
  announcedMeeting,
  draftMeeting,
  enrol,
  hasLink,
  idOf,
  linkIn,
  reach,
  signIn,
  someEvening,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { COORDINATOR, Product } from '../support/product.js';
import type { Visitor } from '../support/visitor.js';

const PEOPLE = [
  { email: 'awa@copargo.example', language: 'fr', region: 'Copargo', country: 'BJ', timeZone: 'Africa/Porto-Novo' },
  { email: 'jonas@alfter.example', language: 'de', region: 'Alfter', country: 'DE', timeZone: 'Europe/Berlin' },
  { email: 'maria@quito.example', language: 'es', region: 'Quito', country: 'EC', timeZone: 'America/Guayaquil' },
  { email: 'kofi@donga.example', language: 'en', region: 'Donga', country: 'BJ', timeZone: 'Africa/Porto-Novo' },
] as const;

const PROMISE = {
  en: 'This is only an expression of interest and not a commitment.',
  fr: 'Il s’agit seulement d’une manifestation d’intérêt, et non d’un engagement.',
  de: 'Dies ist nur eine Interessensbekundung und keine Verpflichtung.',
  es: 'Esto es solo una expresión de interés y no un compromiso.',
} as const;

/** Looked up once: a test may begin before midnight and end after it. */
const EVENING = someEvening();

const plain = (text: string): string => text.replace(/[\u00A0\u202F\s]+/g, ' ');

let product: Product;
let database: TestDatabase;
let coordinator: Visitor;
let meeting: string;
beforeAll(async () => {
  product = await Product.start();
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  await Promise.all(PEOPLE.map((person) => enrol(product, person)));
  coordinator = await signIn(product);
  meeting = await draftMeeting(coordinator, {
    title: 'Idées; à, “deux” \\ voix',
    ...EVENING,
    dialIn: '+49 228 5550100',
  });
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

const invitationTo = (email: string): Promise<ReadMail> =>
  product.mailbox.waitForMailTo(email, (mail) => mail.calendar !== undefined);

const start = (): Date => {
  const { date, time, timeZone } = EVENING;
  return new Date(Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timeZone).epochMilliseconds);
};

describe('a dry run', () => {
  it('shows whom an announcement would reach, in bands, and the mail in each language; sends nothing', async () => {
    const form = await reach(coordinator, meeting, 'dry-run');
    await coordinator.submit({}, { form });
    const { text } = coordinator.page;
    expect(text).toContain('fewer than 5');
    for (const promise of Object.values(PROMISE)) expect(plain(text)).toContain(promise);
    for (const { email } of PEOPLE) expect(coordinator.page.body).not.toContain(email);
    await database.settled();
    expect(product.mailbox.box.mails.every(({ raw }) => !raw.includes('text/calendar'))).toBe(true);
  });
});

describe('an announced meeting', () => {
  beforeAll(async () => {
    await announce(coordinator, meeting);
  });

  it.each(PEOPLE)('invites $email once, in $language', async ({ email, language, timeZone }) => {
    const mail = await invitationTo(email);
    expect(defectsOf(mail)).toEqual([]);
    const entry = entryIn(mail);
    expect(entry).toMatchObject({ method: 'REQUEST', sequence: 0, start: start(), status: 'CONFIRMED' });
    expect(entry.attendees).toEqual([{ address: `mailto:${email}`, partstat: 'NEEDS-ACTION' }]);
    expect(entry.summary).toContain('Idées; à, “deux” \\ voix');
    expect(entry.description).toContain('What could a first step be?\nBring one idea.');
    expect(plain(entry.description)).toContain(PROMISE[language]);
    expect(plain(mail.text)).toContain(PROMISE[language]);
    expect(mail.html).toContain(`lang="${language}"`);

    // The time in their own zone, and in the meeting's.
    const at = Temporal.Instant.fromEpochMilliseconds(start().getTime());
    const theirs = at.toZonedDateTimeISO(timeZone).toPlainTime().toString({ smallestUnit: 'minute' });
    expect(mail.text).toContain(theirs);
    expect(mail.text).toContain('18:00');

    for (const other of PEOPLE.filter((each) => each.email !== email)) {
      const decoded = `${mail.raw.toString()}${mail.text}${mail.html}${mail.calendar ?? ''}`;
      expect(decoded).not.toContain(other.email);
    }
    await database.settled();
    expect((await product.mailbox.mailsTo(email)).filter(({ calendar }) => calendar !== undefined)).toHaveLength(1);
  });

  it('gives everyone an entry and links of their own', async () => {
    const mails = await Promise.all(PEOPLE.map(({ email }) => invitationTo(email)));
    const distinct = (values: readonly string[]): number => new Set(values).size;
    expect(distinct(mails.map((mail) => entryIn(mail).uid))).toBe(PEOPLE.length);
    expect(distinct(mails.map((mail) => mail.header('Message-ID') ?? ''))).toBe(PEOPLE.length);
    for (const purpose of ['invitations', 'unsubscribe'])
      expect(distinct(mails.map((mail) => linkIn(mail, purpose)))).toBe(PEOPLE.length);
    for (const mail of mails) {
      expect(mail.header('List-Unsubscribe')).toContain(linkIn(mail, 'unsubscribe'));
      // A one-click POST needs https (RFC 8058 3.1).
      expect(mail.header('List-Unsubscribe-Post')).toBeUndefined();
    }
  });

  it('invites its host, who has accepted', async () => {
    const mail = await invitationTo(COORDINATOR);
    expect(defectsOf(mail)).toEqual([]);
    expect(entryIn(mail).attendees).toEqual([{ address: `mailto:${COORDINATOR}`, partstat: 'ACCEPTED' }]);
  });

  it('says when everything is sent', async () => {
    await database.settled();
    await coordinator.open(meeting);
    expect(coordinator.page.text).toMatch(/all sent/i);
    const outbox = await coordinator.open('/console/outbox');
    expect(outbox.status).toBe(200);
  });

  it('can be taken without an address', async () => {
    const stranger = product.visitor();
    const page = await stranger.open(`/meetings/${idOf(meeting)}`);
    expect(page.text).toContain('Idées; à, “deux” \\ voix');
    const file = await stranger.send(`/meetings/${idOf(meeting)}.ics`);
    expect(file.headers['content-type']).toMatch(/^text\/calendar/);
    const entry = readEntry(file.body);
    expect(entry).toMatchObject({ method: 'PUBLISH', start: start() });
    expect(entry.attendees).toEqual([]);
    expect(page.links.some(({ href }) => href.endsWith(`/meetings/${idOf(meeting)}.ics`))).toBe(true);
    expect(page.links.some(({ href }) => href.startsWith('https://calendar.google.com/'))).toBe(true);
    // Where the room is stays with those who join, at its time.
    expect(`${page.body}${file.body}`).not.toContain('meet.jit.si');
  });

  it('is told of to those who confirm later, by links that sign up with one button', async () => {
    const late = { email: 'late@copargo.example', language: 'fr' } as const;
    await enrol(product, late);
    const note = await product.mailbox.waitForMailTo(late.email, hasLink('invitations'));
    expect(note.calendar).toBeUndefined();
    const visitor = product.visitor('fr');
    await visitor.open(linkIn(note, 'invitations'));
    await visitor.submit();
    const entry = entryIn(await invitationTo(late.email));
    expect(entry).toMatchObject({ method: 'REQUEST', sequence: 0 });
  });
});

describe('signing up on the page of a meeting', () => {
  const signUp = async (email: string): Promise<Visitor> => {
    const visitor = product.visitor('fr');
    await visitor.open(`/fr/meetings/${idOf(meeting)}`);
    const place = { region: 'Copargo', country: 'BJ', language: 'fr', timeZone: 'Africa/Porto-Novo' };
    await visitor.submit({ email, ...place });
    return visitor;
  };

  it('asks an unknown address to confirm, then invites it to this meeting alone', async () => {
    await announcedMeeting(product, { title: 'A second meeting' });
    await database.settled();
    const visitor = await signUp('new@copargo.example');
    expect(visitor.page.status).toBe(200);
    const confirmation = await product.mailbox.waitForMailTo('new@copargo.example', hasLink('confirm'));
    await visitor.open(linkIn(confirmation, 'confirm'));
    await visitor.submit();
    expect(entryIn(await invitationTo('new@copargo.example')).summary).toContain('Idées');
    await database.settled();
    const invited = (await product.mailbox.mailsTo('new@copargo.example')).filter(
      (mail) => mail.calendar !== undefined,
    );
    expect(invited).toHaveLength(1);
  });

  it('tells who is in already so by mail alone', async () => {
    const before = (await product.mailbox.mailsTo('awa@copargo.example')).length;
    const known = await signUp('Awa@Copargo.example');
    const unknown = await signUp('nobody@copargo.example');
    expect(known.page.text).toBe(unknown.page.text);
    await database.settled();
    const mails = await product.mailbox.mailsTo('awa@copargo.example');
    expect(mails).toHaveLength(before + 1);
    const last = mails.at(-1);
    expect(last?.calendar).toBeUndefined();
    expect(last && hasLink('invitations')(last)).toBe(true);
  });
});

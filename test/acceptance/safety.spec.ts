import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { announcedMeeting, enrol, idOf, signIn, someEvening } from '../support/journeys.js';
import { find } from '../support/page.js';
import { Product } from '../support/product.js';
import type { Answer, Visitor } from '../support/visitor.js';

let product: Product;
let database: TestDatabase;
let coordinator: Visitor;
let meeting: string;
beforeAll(async () => {
  product = await Product.start();
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  await enrol(product, { email: 'awa@copargo.example' });
  ({ coordinator, meeting } = await announcedMeeting(product));
  await database.settled();
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

const PUBLIC = [
  '/',
  '/basics',
  '/privacy',
  '/imprint',
  '/contact',
  '/get-involved',
  '/meetings',
  '/me',
  '/sign-in',
  '/nowhere',
];
const CONSOLE = ['/console', '/console/answers', '/console/people', '/console/outbox', '/console/meetings/new'];

describe('every page', () => {
  it.each(PUBLIC)(
    '%s keeps no cookie, runs no script, is framed by nobody, and weighs less than 30 KB',
    async (path) => {
      const answer = await product.visitor().send(path);
      expect(answer.status).toBe(path === '/nowhere' ? 404 : 200);
      expect(answer.headers).not.toHaveProperty('set-cookie');
      expect(answer.headers['content-security-policy']).toBe(
        "default-src 'none';style-src 'self';img-src 'self' data:;form-action 'self';frame-ancestors 'none';base-uri 'none'",
      );
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
      expect(answer.headers).not.toHaveProperty('x-powered-by');
      for (const name of ['script', 'style', 'iframe', 'object']) expect(find(answer.root, name)).toBeUndefined();
      expect(answer.body).not.toMatch(/ (style|on\w+)="/);
      const css =
        find(answer.root, 'link', ({ attributes }) => attributes['rel'] === 'stylesheet')?.attributes['href'] ?? '';
      const wire = { headers: { 'accept-encoding': 'gzip, br' } };
      const [page, style] = [await product.visitor().send(path, wire), await product.visitor().send(css, wire)];
      expect(style.status).toBe(200);
      expect(page.bytes.length + style.bytes.length).toBeLessThan(30_000);
    },
  );

  it.each(CONSOLE)('%s is remembered by nobody', async (path) => {
    const answer = await coordinator.send(path);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    for (const name of ['script', 'style', 'iframe']) expect(find(answer.root, name)).toBeUndefined();
  });

  it('answers in the language asked for, by address or browser, and in English else', async () => {
    const asked = async (path: string, header: string): Promise<string> =>
      (await product.visitor(header).send(path)).language;
    expect(await asked('/de/basics', 'fr')).toBe('de');
    expect(await asked('/basics', 'es-PE,es;q=0.9')).toBe('es');
    expect(await asked('/basics', 'pt-BR,tlh;q=0.9')).toBe('en');
    expect(await asked('/basics', '../../etc/passwd')).toBe('en');
    const wide = await product.visitor().send('/..%2f..%2fetc/basics');
    expect(wide.kind).toBe('refused');
  });

  it('changes nothing when it is only looked at', async () => {
    const counted = async (): Promise<number[]> =>
      Promise.all(
        ['contacts', 'meetings', 'invitations', 'deliveries', 'people'].map((name) =>
          database.collection(name).countDocuments({}),
        ),
      );
    const before = await counted();
    const paths = [
      ...PUBLIC,
      `/meetings/${idOf(meeting)}`,
      '/get-involved?email=x@y.example&wants=meetings',
      '/me?email=awa@copargo.example',
    ];
    for (const path of paths)
      for (const method of ['GET', 'HEAD'])
        expect((await product.visitor().send(path, { method })).kind).not.toBe('failed');
    await database.settled();
    expect(await counted()).toEqual(before);
  });

  it('leads nowhere else: forged hosts and next pages are not followed', async () => {
    const forged = await product
      .visitor()
      .send('/sign-in?next=//evil.example', { headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } });
    expect(forged.body).not.toContain('evil.example');
    const slashes = await product.visitor().send('//evil.example/basics');
    expect(slashes.headers.location ?? '').not.toContain('evil.example');
    expect(slashes.body).not.toMatch(/(href|action)="\/\/evil/);
  });

  it('says which methods it knows', async () => {
    const answer = await product.visitor().send('/basics', { method: 'POST', body: '' });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain('GET');
  });
});

describe('a posted form', () => {
  const fields = {
    email: 'forged@nowhere.example',
    region: 'Copargo',
    country: 'BJ',
    language: 'fr',
    timeZone: 'Africa/Porto-Novo',
    wants: 'meetings',
  };
  const post = (headers: Readonly<Record<string, string>>): Promise<Answer> =>
    product.visitor().post('/get-involved', fields, headers);

  it.each([
    ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['of another port', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
    ['of a page without origin that is not ours', { origin: 'null' }],
    ['of a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ])('%s is refused', async (_, headers) => {
    expect((await post(headers)).status).toBe(403);
    await database.settled();
    expect(await product.mailbox.mailsTo(fields.email)).toHaveLength(0);
  });

  it('of an old browser, which sends neither, is taken', async () => {
    expect((await post({})).kind).not.toBe('refused');
    await product.mailbox.waitForMailTo(fields.email);
  });
});

const BIDI = 'jeunes\u202Egnp';
/** What no field of any form may take; each is posted raw, as no browser would. */
const HOSTILE: readonly (readonly [string, Readonly<Record<string, string | readonly string[]>>])[] = [
  ['a line break in an address', { email: 'b@y.example\r\nBcc: v@x.example' }],
  ['an encoded line break in an address', { email: 'b@y.example%0d%0aBcc:v@x.example' }],
  ['NUL in an address', { email: 'b@y.example\0' }],
  ['two addresses', { email: 'b@y.example, v@x.example' }],
  ['two values for one address', { email: ['b@y.example', 'v@x.example'] }],
  ['an address with a display name', { email: 'B <b@y.example>' }],
  ['a full-width at sign', { email: 'b＠y.example' }],
  ['full-width dots', { email: 'b@y．example' }],
  ['an address at an IP number', { email: 'b@[127.0.0.1]' }],
  ['an address at a bare number', { email: 'b@2130706433' }],
  ['a local name without domain', { email: 'root@localhost' }],
  ['an address of 300 letters', { email: `${'a'.repeat(300)}@y.example` }],
  ['a bidi override', { email: 'b@y.example', region: BIDI }],
  ['a zero-width space', { email: 'b@y.example', region: 'Copar\u200Bgo' }],
  ['a NUL in a text', { email: 'b@y.example', region: 'Copargo\0' }],
  ['a line break in a short text', { email: 'b@y.example', region: 'Copargo\r\nX: y' }],
  ['a text that is too long', { email: 'b@y.example', region: 'x'.repeat(2_000) }],
  ['a zone on Mars', { email: 'b@y.example', timeZone: 'Mars/X' }],
  ['a zone that is a path', { email: 'b@y.example', timeZone: '../../etc/localtime' }],
  ['a language that is a path', { email: 'b@y.example', language: '../../' }],
  ['a country that is none', { email: 'b@y.example', country: 'XX' }],
  ['two countries', { email: 'b@y.example', country: ['BJ', 'DE'] }],
  ['a country of the prototype', { email: 'b@y.example', country: '__proto__' }],
];

describe('hostile input', () => {
  const place = { region: 'Copargo', country: 'BJ', language: 'fr', timeZone: 'Africa/Porto-Novo' };
  const kept = async (): Promise<number> => database.collection('contacts').countDocuments({});
  const paths = (): readonly string[] => ['/get-involved', `/meetings/${idOf(meeting)}`];
  let signUpPath = '';
  beforeAll(async () => {
    const visitor = product.visitor();
    const page = await visitor.open(`/meetings/${idOf(meeting)}`);
    signUpPath = page.targetOf(page.forms.find(({ controls }) => controls.has('email')) ?? page.form());
  });

  it.each(HOSTILE)('%s is refused by every public form, and nothing is kept', async (_, fields) => {
    const before = await kept();
    for (const path of paths()) {
      const target = path === '/get-involved' ? path : signUpPath;
      const answer = await product.visitor('fr').post(target, { ...place, wants: 'meetings', ...fields });
      expect([target, answer.kind]).toEqual([target, 'refused']);
      expect(answer.language).toBe('fr');
      expect(answer.forms.length).toBeGreaterThan(0);
    }
    expect(await kept()).toBe(before);
  });

  it.each([
    ['broken percent signs', 'region=%E0%A4%A&email=%'],
    ['operators for values', 'email[$gt]=&email[$where]=sleep(1000)&region[$ne]=x'],
    ['a prototype', '__proto__[isAdmin]=1&constructor[prototype][isAdmin]=1&email=b at y'],
    ['a thousand fields', Array.from({ length: 1_000 }, (_, index) => `wants=${String(index)}`).join('&')],
    ['nothing but ampersands', '&'.repeat(10_000)],
  ])('%s in a form are refused or read as nothing', async (_, body) => {
    const before = await kept();
    const answer = await product.visitor().send('/get-involved', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    expect(answer.kind).not.toBe('failed');
    expect(await kept()).toBe(before);
  });

  it.each([
    ['a megabyte', 'application/x-www-form-urlencoded', `questions=${'x'.repeat(1_000_000)}`],
    ['a field of a megabyte in JSON', 'application/json', JSON.stringify({ questions: 'x'.repeat(1_000_000) })],
    ['JSON 50,000 levels deep', 'application/json', '['.repeat(50_000)],
    ['JSON with a prototype', 'application/json', '{"__proto__":{"isAdmin":true},"email":"b@y.example"}'],
    ['JSON with operators', 'application/json', '{"email":{"$gt":""},"wants":[{"$where":"1"}],"region":1e999}'],
    ['JSON with half a character', 'application/json', '{"region":"a\\ud800","email":"b@y.example"}'],
    ['JSON that is none', 'application/json', '{"email":'],
    ['XML', 'application/xml', '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'],
    [
      'a file',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="email"\r\n\r\nb@y.example\r\n--x--\r\n',
    ],
    ['a bomb in gzip', 'application/x-www-form-urlencoded', gzipSync(Buffer.alloc(20_000_000, 'questions='))],
  ])('%s is refused', async (what, type, body) => {
    const before = await kept();
    const headers = { 'content-type': type, ...(what.endsWith('in gzip') && { 'content-encoding': 'gzip' }) };
    const answer = await product.visitor().send('/get-involved', { method: 'POST', headers, body });
    expect(answer.kind).toBe('refused');
    expect(await kept()).toBe(before);
  });

  it.each([
    '<script>alert(1)</script>',
    '{{7*7}}${7*7}<%= 7*7 %>',
    '=HYPERLINK("https://evil.example")',
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE contacts; --",
    '(((((a+)+)+)+)+)$',
  ])('%s is text like any other, shown as it was typed', async (text) => {
    const visitor = product.visitor();
    await visitor.open('/get-involved');
    const answer = await visitor.submit({ questions: text, email: 'no address' });
    expect(answer.kind).toBe('refused');
    expect(answer.form().controls.get('questions')?.values).toEqual([text]);
    expect(answer.body).not.toContain('<script>alert');
    expect(answer.body).not.toContain('<img src=x');
  });

  it.each([
    '%',
    '%00',
    '%ff',
    '/meetings/%2e%2e%2f',
    `/${'a'.repeat(9_000)}`,
    '/meetings/{"$gt":""}',
    '/invitations/__proto__',
    '/meetings/constructor.ics',
    '/console/meetings/..%2f',
  ])('the address %s gets a page that says it is not there', async (path) => {
    const answer = await product.visitor().send(path.startsWith('/') ? encodeURI(decodeSafely(path)) : `/${path}`);
    expect(answer.kind).not.toBe('failed');
    expect(answer.kind === 'refused' || answer.kind === 'sent on').toBe(true);
  });
});

const decodeSafely = (path: string): string => path.replace(/%(?=2[eEfF])/g, '%25');

describe('a meeting that cannot be', () => {
  const good = {
    title: 'T',
    description: 'D',
    ...someEvening(),
    durationMinutes: '60',
    audience: 'everyone',
    reminders: '60',
  };
  let path = '';
  let csrf = '';
  let known: readonly string[] = [];
  beforeAll(async () => {
    const page = await coordinator.open('/console/meetings/new');
    const form = page.form();
    path = page.targetOf(form);
    csrf = form.controls.get('csrf')?.values[0] ?? '';
    known = (await database.collection('meetings').find({}).toArray()).map(({ _id }) => _id);
  });
  const post = (fields: Readonly<Record<string, string | readonly string[]>>): Promise<Answer> =>
    coordinator.post(path, { csrf, ...good, ...fields }, { origin: product.address, 'sec-fetch-site': 'same-origin' });

  it.each([
    ['no title', { title: '' }],
    ['a title with a calendar line', { title: 'T\r\nATTENDEE:mailto:v@x.example' }],
    ['a title with NUL', { title: 'T\0' }],
    ['a title of 10,000 letters', { title: 'x'.repeat(10_000) }],
    ['a start in the past', { date: '2020-01-01' }],
    ['30 February', { date: '2027-02-30' }],
    ['the year 9999', { date: '9999-01-01' }],
    ['the year 10000', { date: '10000-01-01' }],
    ['a 61st minute', { time: '18:60' }],
    ['a 25th hour', { time: '25:00' }],
    ['a start that the clock skips', { date: nextSunday(3), time: '02:30' }],
    ['a start that comes twice', { date: nextSunday(10), time: '02:30' }],
    ['a zone on Mars', { timeZone: 'Mars/X' }],
    ['a zone with a calendar line', { timeZone: 'Europe/Berlin\r\nX-EVIL:1' }],
    ['no duration', { durationMinutes: '' }],
    ['a negative duration', { durationMinutes: '-60' }],
    ['a duration in hexadecimal', { durationMinutes: '0x10' }],
    ['a duration beyond all numbers', { durationMinutes: '1e999' }],
    ['no seats at all', { capacity: '0' }],
    ['half a seat', { capacity: '1.5' }],
    ['a room that is not https', { room: 'http://meet.example/room' }],
    ['a room that is a script', { room: 'javascript:alert(1)' }],
    ['a room with a password', { room: 'https://user:secret@meet.example/' }],
    ['reminders that are none', { reminders: 'soon' }],
    ['a thousand reminders', { reminders: Array.from({ length: 1_000 }, (_, index) => String(index + 1)).join(',') }],
    ['an audience that is nobody', { audience: 'atlantis' }],
    ['a host who is nobody', { host: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['a language that is none', { languages: ['fr', '../../'] }],
  ])('%s is refused, and what was typed is kept', async (_, fields) => {
    const answer = await post({ suggestions: 'x', ...fields });
    expect(answer.kind).toBe('refused');
    const { controls } = answer.form();
    if (!('title' in fields)) expect(controls.get('title')?.values).toEqual(['T']);
    const now = (await database.collection('meetings').find({}).toArray()).map(({ _id }) => _id);
    expect(now).toEqual(known);
  });

  it('asks which of two equal times is meant, and saves the one that was chosen', async () => {
    for (const [fold, hour] of [
      ['earlier', 0],
      ['later', 1],
    ] as const) {
      const asked = await post({ date: nextSunday(10), time: '02:30' });
      expect(asked.form().controls.get('fold')?.options).toEqual(['earlier', 'later']);
      const saved = await post({ date: nextSunday(10), time: '02:30', fold });
      expect(saved.status).toBe(303);
      const id = idOf(saved.headers.location ?? '');
      const stored = await database.collection('meetings').findOne({ _id: id });
      expect((stored?.['state'] as { start: Date }).start.toISOString()).toBe(
        `${nextSunday(10)}T0${String(hour)}:30:00.000Z`,
      );
    }
  });
});

/** The night on which clocks change next in Europe: the last Sunday of March or October. */
function nextSunday(month: 3 | 10): string {
  const today = Temporal.Now.plainDateISO();
  const of = (year: number): Temporal.PlainDate => {
    const last = Temporal.PlainDate.from({ year, month, day: 31 });
    return last.subtract({ days: last.dayOfWeek % 7 });
  };
  const thisYear = of(today.year);
  return (Temporal.PlainDate.compare(thisYear, today.add({ days: 1 })) > 0 ? thisYear : of(today.year + 1)).toString();
}

describe('reading and writing alike', () => {
  it('end nowhere in a failure of ours', async () => {
    await signIn(product);
    expect(product.logs).not.toMatch(/"status":5\d\d|"level":50/);
  });
});

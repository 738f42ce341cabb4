import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { hasLink, linkIn, signIn } from '../support/journeys.js';
import { offerHours } from '../support/office-hours.js';
import { formFor, listenTo, lookAgain, pressFor, takePlace } from '../support/queue.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Answer, Filled, Visitor } from '../support/visitor.js';

let product: TimedProduct;
let host: Visitor;
beforeAll(async () => {
  product = await TimedProduct.start();
  host = await signIn(product);
});
afterAll(() => product.stop());

/** The queue is open from 17:00 to 19:00 UTC, which its hosts in Berlin call an hour later. */
const at = (minutes: number, day = '2027-01-11'): Date => plus(new Date(`${day}T17:00:00Z`), minutes * MINUTE);

/** A session ends with the working day. */
async function signedIn(): Promise<Visitor> {
  await host.open('/console');
  if (host.page.status === 401) host = await signIn(product);
  return host;
}

/** Saves office hours; gives the path of their public page. */
const offer = async (fields: Filled = {}): Promise<string> =>
  offerHours(await signedIn(), { mon: '18:00-20:00', tue: '10:00-12:00', thu: '', from: '2027-01-04', ...fields });

const take = (path: string, fields: Filled = {}): Promise<Visitor> => takePlace(product.visitor('en'), path, fields);

const hasAct = ({ forms }: Answer, act: string): boolean =>
  forms.some(({ controls }) => controls.get('act')?.values.includes(act));

const day = async (path: string): Promise<Answer> => (await signedIn()).open(`/console${path}/day`);
const call = async (path: string): Promise<Answer> => {
  await day(path);
  return pressFor(host, 'call');
};

describe('the queue of open hours', () => {
  it('says when it opens, and gives no place before', async () => {
    await product.at(at(-60));
    const path = await offer();
    const visitor = product.visitor();
    const page = await visitor.open(`${path}/queue?region=copargo`);
    expect(page.text).toContain('The queue is not open now.');
    expect(page.text).toContain('It opens: Monday 11 January 2027, 18:00, Porto-Novo');
    expect(page.body).toMatch(/href="\/fr\/office-hours\/[^"]*\/queue\?timeZone=Africa%2FPorto-Novo"/);
    const refused = await visitor.post(`${path}/queue`, { language: 'fr' });
    expect([refused.status, refused.heading]).toEqual([409, 'Pilot concepts: The queue']);
    expect((await visitor.open('/office-hours/nothing/queue')).status).toBe(404);
  });

  it('gives places in order, to nobody by name, and keeps what only their holders know', async () => {
    await product.at(at(5));
    const path = await offer();
    const open = await product.visitor().open(`${path}/queue`);
    expect(open.text).toContain('fewer than 10');
    expect(open.text).toContain('hardly any');
    expect(open.bytes.length).toBeLessThanOrEqual(30 * 1024);
    const first = await take(path, { region: 'Copargo', topic: 'pilots' });
    const second = await take(path);
    expect([first.page.heading, second.page.heading]).toEqual(['You are next', 'Your place in the queue: 2']);
    expect(second.page.text).toContain('One person is before you.');
    expect(second.page.text).toContain('about 20 minutes');
    expect(second.page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(first.hasCookies).toBe(false);
    expect(second.page.body).not.toContain('Copargo');
    expect(second.page.bytes.length).toBeLessThanOrEqual(30 * 1024);
  });

  it('gives one place to a form that is sent twice, and keeps what was typed where something is wrong', async () => {
    const path = await offer();
    const visitor = product.visitor();
    const form = (await visitor.open(`${path}/queue`)).form(/\/queue$/);
    const ticket = form.controls.get('ticket')?.values[0] ?? '';
    const sent = [1, 2].map(() => visitor.post(`${path}/queue`, { ticket, language: 'fr' }));
    const [one, two] = (await Promise.all(sent)).map(({ headers }) => headers.location);
    expect(one).toMatch(/^\/queue\//);
    expect(two).toBe(one);
    const refused = await visitor.post(`${path}/queue`, { language: 'xx', region: 'Copargo' });
    expect(refused.status).toBe(422);
    expect(refused.formWith('region').controls.get('region')?.values).toEqual(['Copargo']);
    const robot = await visitor.post(`${path}/queue`, { language: 'fr', website: 'x' });
    expect([robot.status, robot.headers.location]).toEqual([200, undefined]);
  });

  it('refuses links that are none, or are for something else', async () => {
    const path = await offer();
    const visitor = await take(path);
    const token = visitor.page.url.pathname.split('/').at(-1) ?? '';
    for (const broken of ['x', token.slice(0, -1), `${token.slice(0, -2)}AA`, 'A'.repeat(48)]) {
      const page = await visitor.send(`/queue/${broken}`);
      // A ticket has no address to send a fresh link to.
      expect([page.status, page.links.some(({ text }) => text === 'All office hours')]).toEqual([404, true]);
      expect((await visitor.send(`/queue/${broken}/events`)).status).toBe(404);
      expect((await visitor.post(`/queue/${broken}`, { act: 'join' })).status).toBe(404);
    }
    expect((await visitor.send(`/bookings/${token}`)).status).toBe(404);
    expect((await visitor.post(`/queue/${token}`, { act: 'fly' })).status).toBe(422);
    expect((await visitor.post(`/queue/${token}`, { act: ['join', 'leave'] })).status).toBe(422);
    expect((await visitor.post(`/queue/${token}`, { act: 'join' })).status).toBe(409);
    expect((await lookAgain(visitor)).heading).toBe('You are next');
  });
});

describe('calling', () => {
  it('shows the room to whoever was called, once they are there, and the host whom they talk to', async () => {
    const path = await offer({ room: 'https://rooms.example/pilots' });
    const first = await take(path, { region: 'Copargo', topic: 'pilots' });
    const second = await take(path);
    expect((await day(path)).text).toContain('Someone from Copargo · French · Pilots');
    expect(host.page.text).toContain('fewer than 5');
    await pressFor(host, 'call');
    expect(host.page.text).toContain('Time left to come: 3:00');
    expect(hasAct(host.page, 'call')).toBe(false);
    // The host goes first, to open it.
    expect(host.page.links.some(({ href }) => href === 'https://rooms.example/pilots')).toBe(true);

    expect((await lookAgain(first)).heading).toBe('It is your turn');
    expect(first.page.body).not.toContain('rooms.example');
    expect((await lookAgain(second)).heading).toBe('You are next');
    await pressFor(first, 'join');
    expect(first.page.heading).toBe('The room is open for you');
    expect(first.page.links.some(({ href }) => href === 'https://rooms.example/pilots')).toBe(true);
    await day(path);
    expect(second.page.body).not.toContain('rooms.example');

    await pressFor(host, 'end');
    expect(host.page.text).toContain('Nobody is called.');
    expect(host.page.body).not.toContain('rooms.example');
    expect((await lookAgain(first)).heading).toBe('Thank you for the talk');
    expect(first.page.body).not.toContain('rooms.example');
  });

  it('of a button pressed twice, or on an older page, calls one', async () => {
    const path = await offer();
    const all = [await take(path), await take(path), await take(path)];
    const page = await day(path);
    const older = formFor(page, 'call');
    await host.submit({}, { form: older });
    await lookAgain(all[0] ?? host);
    await pressFor(all[0] ?? host, 'join');
    await host.open(page.url.pathname);
    await host.submit({}, { form: older });
    const headings = await Promise.all(all.map(async (each) => (await lookAgain(each)).heading));
    expect(headings).toEqual(['The room is open for you', 'You are next', 'Your place in the queue: 2']);
  });

  it('passes over whoever does not come within three minutes, and calls the next by itself', async () => {
    await product.at(at(20));
    const path = await offer();
    const [late, next] = [await take(path), await take(path)];
    await call(path);
    await product.at(plus(at(23), -1_000));
    expect((await lookAgain(late)).text).toContain('0:10');
    await product.at(at(23));
    expect((await lookAgain(late)).heading).toBe("You were called, and now it is someone else's turn");
    expect((await late.post(late.page.url.pathname, { act: 'join' })).status).toBe(409);
    expect((await lookAgain(next)).heading).toBe('It is your turn');
    await pressFor(late, 'again');
    expect([late.page.status, late.page.heading]).toEqual([200, 'You are next']);
  });

  it('goes on at once when whoever was called leaves', async () => {
    const path = await offer();
    const [first, second, third] = [await take(path), await take(path), await take(path)];
    await pressFor(second, 'leave');
    expect(second.page.heading).toBe('You have left the queue');
    await call(path);
    await lookAgain(first);
    await pressFor(first, 'leave');
    expect((await lookAgain(third)).heading).toBe('It is your turn');
  });

  it('waits while a host is late, and says when nobody is there', async () => {
    await product.at(at(40));
    const path = await offer();
    const visitor = await take(path);
    await day(path);
    await host.submit({}, { form: formFor(host.page, 'late'), button: { value: '15' } });
    expect(host.page.text).toContain('Visitors are told that you are late, until 18:55, Berlin.');
    expect((await lookAgain(visitor)).text).toContain('A host is running late, until about');
    expect(visitor.page.text).toContain('about 15 minutes');
    await host.submit({}, { form: formFor(host.page, 'late'), button: { value: '0' } });
    expect((await lookAgain(visitor)).text).toContain('hardly any');
    await product.at(at(51));
    expect((await lookAgain(visitor)).text).toContain('A host is on the way.');
  });

  it('leaves a host alone in a talk that was booked, unless nobody came to it', async () => {
    await product.at(at(75));
    const path = await offer({ leadMinutes: '0' });
    const email = 'booked@copargo.example';
    const slot = at(90).toISOString();
    await product.visitor().post(path, { slot, email, language: 'fr', region: 'Copargo', note: 'Biogas.' });
    const booking = product.visitor();
    await booking.open(linkIn(await product.mailbox.waitForMailTo(email), 'bookings'));
    await booking.submit({}, { form: /\/bookings\/[^/]+$/ });
    await product.settle();

    const [late, next] = [await take(path), await take(path)];
    expect((await day(path)).text).toContain('Booked, 19:30');
    await pressFor(host, 'call');
    await product.at(at(87));
    expect((await lookAgain(late)).heading).toContain('You were called');
    // It would begin before the next has come.
    expect((await lookAgain(next)).heading).toBe('You are next');
    expect(next.page.text).toContain('about 25 minutes');
    expect((await day(path)).text).toContain('Booked, until 19:50');
    expect(host.page.text).toContain('Biogas.');
    const { controls } = formFor(host.page, 'call');
    const [csrf = '', acts = ''] = ['csrf', 'acts'].map((name) => controls.get(name)?.values[0]);
    const own = { origin: product.address, 'sec-fetch-site': 'same-origin' };
    const refused = await host.post(`/console${path}/day`, { act: 'call', csrf, acts }, own);
    expect(refused.headers.location).toBe(`/console${path}/day?said=engaged`);
    expect((await host.open(refused.headers.location ?? '')).text).toContain('A talk that was booked is on.');
    await pressFor(host, 'call');
    expect((await lookAgain(next)).heading).toBe('It is your turn');
  });

  it('is the business of those who lead these office hours alone', async () => {
    const path = await offer();
    const stranger = product.visitor();
    expect((await stranger.send(`/console${path}/day`)).status).toBe(401);
    expect((await stranger.send(`/console${path}/day/events`)).status).toBe(401);
    const headers = { cookie: host.cookieHeader, origin: product.address, 'sec-fetch-site': 'same-origin' };
    expect((await stranger.post(`/console${path}/day`, { act: 'call', acts: '0' }, headers)).status).toBe(403);
  });
});

describe('a page that is open', () => {
  it('of a host without JavaScript comes anew by itself, or stays as it is until they look again', async () => {
    await product.at(at(55));
    const path = await offer();
    await take(path);
    const page = await day(path);
    expect(page.body).toContain('<noscript><meta http-equiv="refresh" content="20"');
    expect(page.text).toContain('As of 18:55, Berlin. The page comes anew by itself every 20 seconds.');
    const still = await host.open(`${page.url.pathname}?still=yes`);
    expect(page.links.map(({ href }) => href)).toContain(`${still.url.pathname}?still=yes`);
    expect(still.body).not.toContain('http-equiv="refresh"');
    expect(still.text).toContain('As of 18:55, Berlin. The page stays as it is until you look again.');
    expect(still.links.map(({ href }) => href)).toContain(page.url.pathname);
    // Calling someone does not set it going again.
    await pressFor(host, 'call');
    expect(host.page.text).toContain('Time left to come: 3:00');
    expect(host.page.body).not.toContain('http-equiv="refresh"');
  });

  it('hears of every change at once, for visitor and host', async () => {
    await product.at(at(60));
    const path = await offer();
    const visitor = await take(path, { topic: 'materials' });
    const { pathname } = visitor.page.url;
    expect(visitor.page.headers['content-security-policy']).toContain("script-src 'self';connect-src 'self'");
    expect(visitor.page.body).toMatch(/<script type="module" src="\/assets\/live\.\w+\.js">/);
    expect(visitor.page.body).toContain('<noscript><meta http-equiv="refresh" content="20"');
    const still = await visitor.open(`${pathname}?still=yes`);
    expect(still.body).not.toContain('http-equiv="refresh"');
    await day(path);
    const [own, hosts] = await Promise.all([
      listenTo(`${product.address}${pathname.replace('/en/', '/fr/')}/events`),
      listenTo(`${product.address}/console${path}/day/events`, { cookie: host.cookieHeader }),
    ]);
    expect(own.answer.headers.get('content-type')).toBe('text/event-stream');
    expect(own.answer.headers.get('referrer-policy')).toBe('no-referrer');
    await own.until(/C’est bientôt à vous/);
    await hosts.until(/Materials/);
    await take(path);
    await pressFor(host, 'call');
    await own.until(/C’est à vous/);
    await hosts.until(/Time left to come/);
    await visitor.open(pathname);
    await pressFor(visitor, 'join');
    await hosts.until(/In the talk since/);
    await Promise.all([own.end(), hosts.end()]);
  });
});

describe('at closing time', () => {
  it('those who wait choose among the slots before everyone else, for a quarter of an hour', async () => {
    await product.at(at(110));
    const path = await offer({ leadMinutes: '0' });
    const waiting = await take(path);
    expect(waiting.page.text).toContain('Open until');
    const mover = product.visitor();
    const last = (await mover.open(path)).formWith('slot').controls.get('slot')?.options?.at(-1) ?? '';
    await mover.post(path, { slot: last, email: 'mover@copargo.example', language: 'fr' });
    const asked = await product.mailbox.waitForMailTo('mover@copargo.example', hasLink('bookings'));
    await mover.open(linkIn(asked, 'bookings'));
    await mover.submit({}, { form: /\/bookings\/[^/]+$/ });
    await mover.follow(/\/move$/);
    const wanted = mover.page.formWith('slot').controls.get('slot')?.options?.[0] ?? '';
    await product.at(at(120));
    expect((await lookAgain(waiting)).heading).toBe('The queue has closed before your turn');
    expect(waiting.page.text).toContain('until 20:15, Berlin');
    const others = product.visitor();
    const shown = await others.open(path);
    expect(shown.text).toContain('Those who waited choose first');
    const slot = shown.formWith('slot').controls.get('slot')?.options?.[0] ?? '';
    const refused = await others.post(path, { slot, email: 'other@copargo.example', language: 'fr', note: 'Kept.' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('choose first now');
    expect(refused.formWith('note').controls.get('note')?.values).toEqual(['Kept.']);
    // Nor before them whoever has a slot already and would like another.
    const moved = await mover.submit({ slot: wanted }, { form: /\/move$/ });
    expect([moved.status, moved.text.includes('choose first now')]).toEqual([422, true]);

    await waiting.follow('Choose a slot');
    expect(waiting.page.text).toContain('You waited in the queue in vain: you choose before everyone else');
    const fields = { slot, email: 'waited@copargo.example', language: 'fr' };
    await waiting.submit(fields, { form: waiting.page.formWith('slot') });
    expect([waiting.page.status, waiting.page.heading]).toEqual([200, 'Please look into your mailbox']);

    await product.at(at(135));
    const open = await others.open(path);
    expect(open.text).not.toContain('Those who waited choose first');
    const free = open.formWith('slot').controls.get('slot')?.options?.[0] ?? '';
    const held = await others.post(path, { slot: free, email: 'other@copargo.example', language: 'fr' });
    expect(held.status).toBe(200);
  });

  it('nobody waited: everyone may choose', async () => {
    await product.at(at(110, '2027-01-18'));
    const path = await offer({ leadMinutes: '0' });
    const visitor = await take(path);
    await pressFor(visitor, 'leave');
    await product.at(at(121, '2027-01-18'));
    expect((await product.visitor().open(path)).text).not.toContain('choose first');
  });

  it('nothing stays a day later but counts', async () => {
    await product.at(at(60, '2027-01-25'));
    const path = await offer();
    const first = await take(path);
    await take(path);
    await call(path);
    await lookAgain(first);
    await pressFor(first, 'join');
    await product.at(at(61, '2027-01-25'));
    await day(path);
    await pressFor(host, 'end');
    const id = path.split('/').at(-1) ?? '';
    await product.at(at(120, '2027-01-25'));
    await product.at(at(119, '2027-01-26'));
    expect(await product.database.collection('queues').countDocuments({ 'state.officeHours': id })).toBe(1);
    await product.at(at(120, '2027-01-26'));
    expect(await product.database.collection('queues').countDocuments({ 'state.officeHours': id })).toBe(0);
    expect((await lookAgain(first)).status).toBe(404);
    const months = await product.database.collection('queue_months').find({ officeHours: id }).toArray();
    expect(months).toMatchObject([{ days: ['2027-01-25'], served: 1, missed: 0, left: 0, closed: 1 }]);
    expect((await day(path)).text).toContain('Talks');
  });
});

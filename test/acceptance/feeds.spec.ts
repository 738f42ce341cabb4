import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import nodeIcal, { type VEvent } from 'node-ical';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import {
  announcedMeeting,
  change,
  enrol,
  hasLink,
  idOf,
  linkIn,
  openOwnPage,
  reply,
  signIn,
  wallClock,
} from '../support/journeys.js';
import { COORDINATOR } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Answer } from '../support/visitor.js';
import { childOf, childrenOf, parseXml } from '../support/xml.js';

const [AWA, KOFI] = ['awa@copargo.example', 'kofi@copargo.example'];
const TITLE = 'Idées; à, “deux” \\ voix';
const ROOM = 'https://meet.example/secret-room';

let product: TimedProduct;
/** Ids: for everyone, for Alfter alone, cancelled. */
let open: string, alfter: string, cancelled: string;

beforeAll(async () => {
  product = await TimedProduct.start();
  await Promise.all([AWA, KOFI].map((email) => enrol(product, { email })));
  const on = (days: number) => wallClock(plus(product.clock.now(), days * DAY), 'Europe/Berlin');
  const secrets = { room: ROOM, dialIn: '+229 11 22 33' };
  const description = 'Qu’est-ce qui aide\u202f? '.repeat(50);
  open = (await announcedMeeting(product, { title: TITLE, description, ...secrets, ...on(10) })).meeting;
  alfter = (await announcedMeeting(product, { title: 'Nur Alfter', audience: 'alfter', ...on(11) })).meeting;
  const gone = await announcedMeeting(product, { title: 'Pluie', ...on(12) });
  await change(gone.coordinator, gone.meeting, 'cancel', { reason: 'La salle est inondée.' });
  cancelled = gone.meeting;
  await product.settle();
});
afterAll(() => product.stop());

const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> =>
  product.visitor('de').send(path, { method, headers });

const calendarOf = (text: string): ICAL.Component => new ICAL.Component(ICAL.parse(text) as never);
const eventsOf = (text: string): Map<string, ICAL.Event> =>
  new Map(
    calendarOf(text)
      .getAllSubcomponents('vevent')
      .map((event) => [String(event.getFirstPropertyValue('uid')), new ICAL.Event(event)]),
  );
const statusOf = (event: ICAL.Event | undefined): unknown => event?.component.getFirstPropertyValue('status');
const secondReading = (text: string): Map<string, VEvent> =>
  new Map(
    Object.values(nodeIcal.sync.parseICS(text)).flatMap((each) => (each?.type === 'VEVENT' ? [[each.uid, each]] : [])),
  );

describe('the feed of all meetings', () => {
  it('has what was announced, cancelled or not, and reads the same to two readers', async () => {
    const { body, headers, status } = await get('/meetings.ics');
    expect([status, headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
    const [events, others] = [eventsOf(body), secondReading(body)];
    expect([...events.keys()].sort()).toEqual([open, alfter, cancelled].map(idOf).sort());
    for (const [uid, event] of events) {
      const other = others.get(uid);
      expect([other?.summary, other?.description, other?.location].map(valueOf)).toEqual([
        ...[event.summary, event.description, event.location],
      ]);
      expect([other?.start.getTime(), other?.end?.getTime()]).toEqual(
        [event.startDate, event.endDate].map((time) => time.toJSDate().getTime()),
      );
      expect([other?.sequence, other?.status].map(String)).toEqual([event.sequence, statusOf(event)].map(String));
    }
    expect(events.get(idOf(open))?.summary).toBe(TITLE);
    expect(statusOf(events.get(idOf(open)))).toBe('CONFIRMED');
    expect(statusOf(events.get(idOf(cancelled)))).toBe('CANCELLED');
    expect(events.get(idOf(cancelled))?.summary).toBe('Cancelled: Pluie');
    expect(events.get(idOf(cancelled))?.description).toContain('La salle est inondée.');
  });

  it('keeps what calendars ask of what is published', async () => {
    const { bytes, body } = await get('/fr/meetings.ics');
    expect(bytes[0]).not.toBe(0xef);
    expect(body).toMatch(/^BEGIN:VCALENDAR\r\n[^]*END:VCALENDAR\r\n$/);
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\0-\u0008\n-\u001f\u007f]/);
    for (const line of body.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const calendar = calendarOf(body);
    const value = (name: string): unknown =>
      calendar.getAllProperties(name).map((each) => String(each.getFirstValue()));
    expect(value('method')).toEqual(['PUBLISH']);
    expect(value('version')).toEqual(['2.0']);
    expect(value('prodid')).toHaveLength(1);
    expect(value('x-wr-calname')).toEqual(['Come Together\u202f: rencontres']);
    expect(value('refresh-interval')).toEqual(['PT1H']);
    expect(body.indexOf('REFRESH-INTERVAL')).toBeLessThan(body.indexOf('BEGIN:VEVENT'));
    for (const event of calendar.getAllSubcomponents('vevent')) {
      for (const name of ['uid', 'dtstamp', 'dtstart', 'dtend', 'sequence', 'organizer', 'status', 'url'])
        expect([name, event.getAllProperties(name).length]).toEqual([name, 1]);
    }
    expect(body).toMatch(/^DTSTAMP:\d{8}T\d{6}Z\r$/m);
    expect(body).toMatch(/^DTSTART:\d{8}T\d{6}Z\r$/m);
    expect(body).not.toMatch(/ATTENDEE|RSVP|VALARM|TZID/);
  });

  it('is of the language that its address names, and never of the one that is asked for', async () => {
    const languages = async (path: string) => {
      const { headers, body } = await get(path, { 'accept-language': 'es' });
      return [headers['content-language'], /^SUMMARY;LANGUAGE=(\w+)/m.exec(body)?.[1]];
    };
    expect(await languages('/meetings.ics')).toEqual(['en', 'en']);
    expect(await languages('/fr/meetings.ics')).toEqual(['fr', 'fr']);
    expect(await languages('/meetings.ics?language=de')).toEqual(['de', 'de']);
    expect((await get('/meetings.ics?language=xx')).status).toBe(404);
    expect((await get('/meetings.ics?language=fr&language=de')).status).toBe(404);
    expect((await get('/meetings.ics')).headers.vary).not.toContain('Accept-Language');
  });

  it('is there for each region and pair, with what is for everyone', async () => {
    const ids = async (path: string): Promise<string[]> => [...eventsOf((await get(path)).body).keys()].sort();
    const everyone = [open, cancelled].map(idOf).sort();
    expect(await ids('/regions/copargo/meetings.ics')).toEqual(everyone);
    expect(await ids('/de/regions/alfter/meetings.ics')).toEqual([...everyone, idOf(alfter)].sort());
    expect(await ids('/regions/copargo-alfter/meetings.ics')).toEqual([...everyone, idOf(alfter)].sort());
    for (const id of ['nowhere', 'everyone', '__proto__', '%00'])
      expect([id, (await get(`/regions/${id}/meetings.ics`)).status]).toEqual([id, 404]);
  });

  it('holds no address, no room, no number to call, and nobody’s link', async () => {
    for (const path of ['/meetings.ics', '/meetings.atom', `/meetings/${idOf(open)}.ics`]) {
      const body = (await get(path)).body.replaceAll('\r\n ', '');
      for (const secret of ['secret-room', '11 22 33', AWA, COORDINATOR, '/invitations/', '/join/'])
        expect(body).not.toContain(secret);
    }
  });
});

const valueOf = (text: unknown): unknown => (typeof text === 'object' && text && 'val' in text ? text.val : text);

describe.each([
  ['/meetings.ics', () => '/meetings.ics'],
  ['/fr/meetings.atom', () => '/fr/meetings.atom'],
  ['/regions/alfter/meetings.ics', () => '/regions/alfter/meetings.ics'],
  ['the file of one meeting', () => `/en/meetings/${idOf(open)}.ics`],
])('%s', (_, path) => {
  it('is not sent to whoever has it, compressed or not, by tag or date', async () => {
    for (const coding of ['identity', 'gzip']) {
      const headers = { 'accept-encoding': coding };
      const first = await get(path(), headers);
      const tag = first.headers.etag ?? '';
      expect(first.headers).toMatchObject({ vary: expect.stringContaining('Accept-Encoding') as unknown });
      expect(first.headers['cache-control']).toBeDefined();
      expect(tag).toMatch(/^"[^"]+"$/);
      const again = await get(path(), { ...headers, 'if-none-match': `"other", W/${tag}` });
      expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, tag]);
      const since = first.headers['last-modified'] ?? '';
      expect((await get(path(), { ...headers, 'if-modified-since': since })).status).toBe(304);
      const before = plus(new Date(since), -1_000).toUTCString();
      expect((await get(path(), { ...headers, 'if-modified-since': before })).status).toBe(200);
      expect((await get(path(), { ...headers, 'if-none-match': '"other"', 'if-modified-since': since })).status).toBe(
        200,
      );
      const head = await get(path(), headers, 'HEAD');
      expect([head.status, head.bytes.length, head.headers.etag]).toEqual([200, 0, tag]);
      expect(head.headers['content-type']).toBe(first.headers['content-type']);
    }
    const [plain, zipped] = await Promise.all([
      get(path(), { 'accept-encoding': 'identity' }),
      get(path(), { 'accept-encoding': 'gzip' }),
    ]);
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true);
    expect(zipped.headers.etag).not.toBe(plain.headers.etag);
  });
});

describe('the Atom feed', () => {
  it('is well-formed, has what RFC 4287 asks for, and ids that last', async () => {
    const { body, headers } = await get('/fr/meetings.atom');
    expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
    const feed = parseXml(body);
    expect(childOf(feed, 'id').text).toBe(`${product.address}/fr/meetings.atom`);
    const entries = childrenOf(feed, 'entry');
    expect(entries).toHaveLength(3);
    const updated = entries.map((entry) => childOf(entry, 'updated').text).sort();
    expect(childOf(feed, 'updated').text).toBe(updated.at(-1));
    const ids = entries.map((entry) => childOf(entry, 'id').text);
    expect(new Set(ids).size).toBe(3);
    const others = childrenOf(parseXml((await get('/regions/alfter/meetings.atom')).body), 'entry');
    expect(others.map((entry) => childOf(entry, 'id').text)).toEqual(ids);
    const titles = entries.map((entry) => childOf(entry, 'title').text);
    expect(titles).toEqual([TITLE, 'Nur Alfter', 'Annulée\u202f: Pluie']);
    for (const entry of entries) {
      const page = childrenOf(entry, 'link').find(({ attributes }) => attributes['rel'] === 'alternate');
      expect((await get(page?.attributes['href'] ?? '')).language).toBe('fr');
    }
  });
});

const timeOf = (event: ICAL.Event | undefined, name: string): Date | undefined => {
  const value = event?.component.getFirstPropertyValue(name);
  return value instanceof ICAL.Time ? value.toJSDate() : undefined;
};

describe('a change', () => {
  it('is new to every reader: its time, its SEQUENCE, its tag', async () => {
    const read = async () => {
      const { body, headers } = await get('/meetings.ics');
      const event = eventsOf(body).get(idOf(alfter));
      return {
        tag: headers.etag,
        modified: Date.parse(headers['last-modified'] ?? ''),
        stamp: timeOf(event, 'dtstamp'),
        sequence: event?.sequence,
        summary: event?.summary,
      };
    };
    const before = await read();
    const sameTime = await read();
    expect(sameTime).toEqual(before);
    await product.at(plus(product.clock.now(), HOUR));
    await change(await signIn(product), alfter, 'edit', { title: 'Alfter allein' });
    const renamed = await read();
    expect(renamed).toMatchObject({ summary: 'Alfter allein', sequence: before.sequence, stamp: product.clock.now() });
    expect(renamed.tag).not.toBe(before.tag);
    expect(renamed.modified).toBe(product.clock.now().getTime());
    const day = plus(product.clock.now(), 15 * DAY);
    const { date, time } = wallClock(day, 'Europe/Berlin');
    await change(await signIn(product), alfter, 'move', { date, time });
    const moved = await read();
    expect(moved.sequence).toBe((before.sequence ?? 0) + 1);
    // The clock stands still: calendars compare full seconds.
    expect(moved.stamp?.getTime()).toBe(product.clock.now().getTime() + 1_000);
  });
});

const feedOf = async (email: string): Promise<string> => {
  const page = await (await openOwnPage(product, email)).follow(/\/feed$/);
  const link = page.links.find(({ href }) => /\/feeds\/[\w-]{32,}\.ics$/.test(href) && href.startsWith('http'));
  return link?.href ?? '';
};

describe('one’s own feed', () => {
  it('is offered on one’s page, with ways to subscribe', async () => {
    const visitor = await openOwnPage(product, AWA);
    const own = visitor.page.links.map(({ href }) => href);
    const page = await visitor.follow(/\/feed$/);
    const hrefs = page.links.map(({ href }) => href);
    const feed = hrefs.find((href) => href.startsWith(`${product.address}/feeds/`)) ?? '';
    // One's own page leads to nobody else's.
    expect(own).toContain(feed.replace('http:', 'webcal:'));
    expect(own.filter((href) => href.startsWith('http'))).toEqual([]);
    expect(hrefs).toContain(feed.replace('http:', 'webcal:'));
    expect(hrefs).toContain(
      `https://calendar.google.com/calendar/r?cid=${encodeURIComponent(feed.replace('http:', 'webcal:'))}`,
    );
    for (const host of ['outlook.live.com', 'outlook.office.com'])
      expect(
        hrefs.some((href) => href.startsWith(`https://${host}/calendar/0/addfromweb?url=${encodeURIComponent(feed)}&`)),
      ).toBe(true);
  });

  it('has one’s own meetings in one’s language, with one’s replies and one’s own links', async () => {
    const mails = await product.mailbox.mailsTo(AWA);
    const invitation = mails.find((mail) => mail.subject.includes(TITLE) && hasLink('invitations')(mail));
    if (!invitation) throw new Error('Awa was not invited');
    await reply(product.visitor('fr'), linkIn(invitation, 'invitations'), 'tentative');
    const answer = await get(await feedOf(AWA));
    expect(answer.headers).toMatchObject({
      'content-type': 'text/calendar; charset=utf-8',
      'content-language': 'fr',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    const events = eventsOf(answer.body);
    expect([...events.keys()].sort()).toEqual([open, cancelled].map(idOf).sort());
    const mine = events.get(idOf(open));
    expect(statusOf(mine)).toBe('TENTATIVE');
    expect(mine?.description).toContain('Votre présence\u202f: peut-être');
    for (const purpose of ['invitations', 'join']) expect(mine?.description).toContain(linkIn(invitation, purpose));
    const unfolded = answer.body.replaceAll('\r\n ', '');
    for (const secret of ['secret-room', '11 22 33', AWA, KOFI, COORDINATOR]) expect(unfolded).not.toContain(secret);
    expect(unfolded).not.toMatch(/ATTENDEE|VALARM/);
  });

  it('is known by its tag, and travels as it is', async () => {
    const feed = await feedOf(AWA);
    const first = await get(feed, { 'accept-encoding': 'gzip' });
    expect(first.headers).not.toHaveProperty('content-encoding');
    expect(first.headers).not.toHaveProperty('last-modified');
    const again = await get(feed, { 'if-none-match': first.headers.etag ?? '' });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    const head = await get(feed, {}, 'HEAD');
    expect([head.status, head.bytes.length, head.headers.etag]).toEqual([200, 0, first.headers.etag]);
  });

  it('leaves out what one declined', async () => {
    const mails = await product.mailbox.mailsTo(KOFI);
    const invitation = mails.find((mail) => mail.subject.includes(TITLE) && hasLink('invitations')(mail));
    if (!invitation) throw new Error('Kofi was not invited');
    const feed = await feedOf(KOFI);
    const before = await get(feed);
    await reply(product.visitor('fr'), linkIn(invitation, 'invitations'), 'declined');
    const after = await get(feed, { 'if-none-match': before.headers.etag ?? '' });
    expect(after.status).toBe(200);
    expect([...eventsOf(after.body).keys()]).toEqual([idOf(cancelled)]);
  });

  it('marks what one hosts', async () => {
    const events = eventsOf((await get(await feedOf(COORDINATOR))).body);
    const hosted = events.get(idOf(open));
    expect(hosted?.summary).toMatch(new RegExp(`.+: ${RegExp.escape(TITLE)}$`));
    expect(statusOf(hosted)).toBe('CONFIRMED');
  });

  it('has a new address by one button; the old one opens nothing, every other link still does', async () => {
    const old = await feedOf(AWA);
    const visitor = await openOwnPage(product, AWA);
    const { pathname } = visitor.page.url;
    await visitor.follow(/\/feed$/);
    const done = await visitor.submit({}, { form: /\/feed$/ });
    expect(done.status).toBe(200);
    expect((await get(old)).status).toBe(404);
    expect((await get(pathname)).status).toBe(200);
    const fresh = await feedOf(AWA);
    expect(fresh).not.toBe(old);
    expect((await get(fresh)).status).toBe(200);
  });

  it.each([
    ['of another purpose', async () => (await openOwnPage(product, AWA)).page.url.pathname.replace('/me/', '')],
    ['mangled', async () => `${new URL(await feedOf(AWA)).pathname.slice('/feeds/'.length, -5)}A`],
    ['of nobody', () => Promise.resolve('A'.repeat(48))],
  ])('opens nothing by a token that is %s', async (_, token) => {
    const answer = await get(`/feeds/${await token()}.ics`);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body).not.toContain('VEVENT');
  });

  it('opens no other page', async () => {
    const token = new URL(await feedOf(AWA)).pathname.slice('/feeds/'.length, -'.ics'.length);
    for (const path of ['me', 'invitations', 'unsubscribe', 'confirm', 'join', 'feeds'])
      expect([path, (await get(`/${path}/${token}`)).status]).toEqual([path, 404]);
  });

  it('is gone once one is erased', async () => {
    const feed = await feedOf(KOFI);
    const visitor = await openOwnPage(product, KOFI);
    await visitor.follow(/\/erase$/);
    await visitor.submit({}, { form: /\/erase$/ });
    expect((await get(feed)).status).toBe(404);
  });
});

describe('a series', () => {
  it('is one entry with its rule in every feed, and a feed of its own', async () => {
    const weekly = {
      date: '2027-03-16',
      time: '19:00',
      timeZone: 'Europe/Berlin',
      repeats: 'weekly',
      occurrences: '4',
    };
    const { meeting } = await announcedMeeting(product, { title: 'Chaque semaine', ...weekly });
    await product.settle();
    const own = `/meetings/${idOf(meeting)}.ics`;
    for (const path of ['/meetings.ics', own, await feedOf(AWA)]) {
      const { body } = await get(path);
      const event = eventsOf(body).get(idOf(meeting));
      expect(String(event?.component.getFirstPropertyValue('rrule'))).toMatch(/FREQ=WEEKLY;COUNT=4/);
      // Clocks go forward on 28 March; one reader finds the dates by the VTIMEZONE that comes along, the other by its own.
      const iterator = event?.iterator();
      const starts = Array.from({ length: 4 }, () => iterator?.next().toJSDate().toISOString());
      const other = secondReading(body).get(idOf(meeting));
      expect(other?.rrule?.all().map((date) => date.toISOString())).toEqual(starts);
      expect(starts.at(-1)).toBe('2027-04-06T17:00:00.000Z');
      expect(body.match(/^BEGIN:VTIMEZONE/gm)).toHaveLength(1);
    }
    const name = calendarOf((await get(own)).body).getFirstPropertyValue('x-wr-calname');
    expect(name).toBe('Chaque semaine');
  });
});

describe('pages', () => {
  it('offer the feed of all meetings in the reader’s language, and each meeting to others', async () => {
    const visitor = product.visitor('fr');
    const list = await visitor.open('/meetings');
    const hrefs = list.links.map(({ href }) => href);
    const feed = `${product.address}/fr/meetings.ics`;
    for (const href of [feed, feed.replace('http:', 'webcal:'), `${product.address}/fr/meetings.atom`])
      expect(hrefs).toContain(href);
    expect(list.body).toContain('type="application/atom+xml"');
    const page = await visitor.open(`/meetings/${idOf(open)}`);
    const shared = page.links.find(({ href }) => href.startsWith('mailto:?'))?.href ?? '';
    const { searchParams } = new URL(shared);
    expect(searchParams.get('subject')).toContain(TITLE);
    expect(searchParams.get('body')).toContain(`${product.address}/meetings/${idOf(open)}`);
    expect(page.links.some(({ href }) => href.startsWith('https://wa.me/'))).toBe(true);
    expect(page.links.some(({ href }) => href.startsWith('webcal:'))).toBe(true);
  });
});

describe('in time', () => {
  it('what is over leaves the feed after 30 days, and readers by date hear of it', async () => {
    const { body, headers } = await get('/meetings.ics');
    const ends = eventsOf(body).get(idOf(open))?.endDate.toJSDate() ?? new Date(0);
    await product.at(plus(ends, 30 * DAY - HOUR));
    expect(eventsOf((await get('/meetings.ics')).body).has(idOf(open))).toBe(true);
    const since = (await get('/meetings.ics')).headers['last-modified'] ?? '';
    await product.at(plus(ends, 30 * DAY));
    const after = await get('/meetings.ics', { 'if-modified-since': since });
    expect(after.status).toBe(200);
    expect(eventsOf(after.body).has(idOf(open))).toBe(false);
    expect(after.headers.etag).not.toBe(headers.etag);
    await product.at(plus(ends, 365 * DAY));
    const empty = await get('/meetings.ics');
    expect([empty.status, eventsOf(empty.body).size]).toEqual([200, 0]);
    expect(parseXml((await get('/meetings.atom')).body).children.length).toBeGreaterThan(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { busyEntry, CALENDAR_NAME, CalendarServer, PRIVATE_NAME } from '../support/calendar-server.js';
import { TestClock } from '../support/clock.js';
import { entryIn } from '../support/invitations.js';
import { erase, fromNowOn, hasLink, linkIn, openOwnPage, signIn } from '../support/journeys.js';
import { COORDINATOR } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Answer, Filled, Visitor } from '../support/visitor.js';

const SECRET = 'private-5eb63bbbe01eeed093cb22bb8f5acdc3';
const ADDRESS = `http://${CALENDAR_NAME}/ada/${SECRET}/basic.ics`;

let product: TimedProduct;
let calendars: CalendarServer;
let host: Visitor;
/** The public page of office hours, Mondays from nine to eleven in Berlin. */
let page: string;

beforeAll(async () => {
  calendars = await CalendarServer.start();
  product = await TimedProduct.start({}, new TestClock(new Date('2027-01-16T09:00:00Z')));
  product.reachOutside(calendars);
  host = await signIn(product);
});
afterAll(async () => {
  await product.stop();
  await calendars.close();
});

const OFFER: Filled = {
  ...{ title: 'Pilot concepts', description: '', timeZone: 'Europe/Berlin', mon: '09:00-11:00', everyWeeks: '1' },
  ...{ from: '2027-01-18', until: '2027-01-31', slotMinutes: '30', bufferMinutes: '0', leadMinutes: '0' },
  ...{ horizonDays: '28', seats: '1', language: ['en'], exceptions: '', maxPerDay: '', room: '' },
};
const NINE = '2027-01-18T08:00:00.000Z';
const HALF_PAST_NINE = '2027-01-18T08:30:00.000Z';
const TEN = '2027-01-18T09:00:00.000Z';
const HALF_PAST_TEN = '2027-01-18T09:30:00.000Z';

const free = async (): Promise<readonly string[]> => {
  const shown = await product.visitor().open(`${page}?week=2027-01-18`);
  const slots = shown.forms.flatMap(({ controls }) => controls.get('slot')?.options ?? []);
  return slots.filter((slot) => slot < '2027-01-19');
};

/** The host's page about their calendar. A session ends with the working day, and this test goes through days. */
async function own(path = '/console/calendar'): Promise<Answer> {
  await host.open(path);
  if (host.page.status === 401) host = await signIn(product);
  return host.open(path);
}

const later = (minutes: number): Promise<void> => product.at(plus(product.clock.now(), minutes * MINUTE));
const kept = () => product.database.collection('host_calendars').find({}).toArray();

describe('a host’s own calendar', () => {
  it('is given with the office hours, and takes their slots away once it was read', async () => {
    calendars.entries = [
      ...busyEntry('dentist', TEN, HALF_PAST_TEN),
      ...busyEntry('free', NINE, HALF_PAST_NINE, 'TRANSP:TRANSPARENT'),
    ];
    await host.open('/console/office-hours/new');
    const saved = await host.submit({ ...OFFER, calendarUrl: ADDRESS.replace('http', 'HTTP') });
    expect(saved.text).toContain(CALENDAR_NAME);
    page = saved.url.pathname.replace('/console', '');
    await product.settle();
    expect(await free()).toEqual([NINE, HALF_PAST_NINE, HALF_PAST_TEN]);
  });

  it('is shown by the name of its server, when it was read, and by its busy times alone', async () => {
    const shown = await own();
    expect(shown.text).toContain(CALENDAR_NAME);
    expect(shown.text).toContain('Saturday 16 January 2027, 10:00, Berlin');
    expect(shown.text).toContain('1 busy time');
    expect(shown.body).not.toMatch(/private-5eb|Zorro/);
    const edit = await own(`/console${page}/edit`);
    expect(edit.formWith('calendarUrl').controls.get('calendarUrl')?.values).toEqual(['']);
    expect(edit.body).not.toMatch(/private-5eb|Zorro/);
  });

  it('is drawn for the coming week', async () => {
    const shown = await own();
    expect(shown.text).toMatch(/Monday 18 January 2027\s*10:00–10:30/);
    expect(shown.text).toMatch(/Tuesday 19 January 2027\s*nothing/);
  });

  it('lies in the database sealed, and nothing else of it does', async () => {
    const [document, ...others] = await kept();
    expect(others).toEqual([]);
    const text = JSON.stringify(document);
    const bytes = Buffer.from(text).toString('latin1');
    for (const word of ['calendar.example', SECRET, 'Zorro', 'dentist', '2027-01-18'])
      expect(bytes).not.toContain(word);
  });

  it('is asked again only whether it changed', async () => {
    const before = calendars.answers.length;
    await later(20);
    expect(calendars.answers.slice(before)).toEqual([304]);
    expect(await free()).toEqual([NINE, HALF_PAST_NINE, HALF_PAST_TEN]);
  });

  it('changes what is free when it changes', async () => {
    calendars.entries = busyEntry('breakfast', NINE, HALF_PAST_NINE);
    await later(20);
    expect(calendars.answers.at(-1)).toBe(200);
    expect(await free()).toEqual([HALF_PAST_NINE, TEN, HALF_PAST_TEN]);
  });

  it('does not take away what was booked, and says so to its host', async () => {
    const visitor = product.visitor('fr');
    const email = 'visitor@guests.example';
    const isNew = fromNowOn(product.mailbox);
    await visitor.open(`${page}?timeZone=Africa/Porto-Novo&week=2027-01-18`);
    const fields = { slot: TEN, email, language: 'en', topic: 'pilots', region: 'Copargo', note: '' };
    await visitor.submit(fields, { form: visitor.page.formWith('slot') });
    const mail = await product.mailbox.waitForMailTo(email, (each) => isNew(each) && hasLink('bookings')(each));
    await visitor.open(linkIn(mail, 'bookings'));
    await visitor.submit({}, { form: /\/bookings\/[^/]+$/ });
    await product.settle();
    const toHost = (await product.mailbox.read()).filter((each) => isNew(each) && each.to.includes(COORDINATOR));
    const [uid = ''] = toHost.flatMap((each) => (each.calendar === undefined ? [] : [entryIn(each).uid]));
    expect(uid).not.toBe('');

    // The entry that we sent comes back in the feed: it is no other thing to do.
    calendars.entries = busyEntry(uid, TEN, HALF_PAST_TEN);
    await later(20);
    const week = `/console${page}?week=2027-01-18`;
    expect((await own(week)).text).not.toContain('Your own calendar shows something else');
    expect(await free()).toEqual([NINE, HALF_PAST_NINE, HALF_PAST_TEN]);

    calendars.entries = busyEntry('dentist', HALF_PAST_NINE, '2027-01-18T09:15:00Z');
    await later(20);
    expect((await own(week)).text).toContain('Your own calendar shows something else at this time.');
    expect(await free()).toEqual([NINE, HALF_PAST_TEN]);
  });

  it('that cannot be read keeps what was last known, and tells its host after a day', async () => {
    const known = await free();
    const isNew = fromNowOn(product.mailbox);
    calendars.status = 404;
    await later(20);
    expect(await free()).toEqual(known);
    expect((await own()).text).toContain('There is no calendar at the address any more.');
    expect((await own()).text).toContain('The busy times that were read last still hold');
    await later(25 * 60);
    expect((await own()).text).toContain('Your calendar has not been read for more than a day.');
    expect((await own(`/console${page}`)).text).toContain('it cannot be read at present');
    // By mail as well, once, with the page where another address can be given, and without the one that fails.
    await later(5 * 60);
    const isAbout = ({ subject }: { readonly subject: string }) => subject === 'Your own calendar cannot be read';
    const [mail, ...more] = (await product.mailbox.read()).filter((each) => isNew(each) && isAbout(each));
    expect([mail?.to, more]).toEqual([[COORDINATOR], []]);
    expect(mail?.text).toContain('/console/calendar');
    expect(mail?.text).not.toMatch(/private-5eb|calendar\.example/);
    calendars.status = 200;
    await own();
    await host.submit({}, { form: /\/calendar\/read$/ });
    await product.settle();
    expect((await own()).text).not.toContain('has not been read');
  });

  it('is refused where it leads inside, and nothing is asked there', async () => {
    const before = calendars.answers.length;
    for (const address of [
      `http://127.0.0.1:${String(calendars.port)}/`,
      `http://2130706433/`,
      'http://[::ffff:7f00:1]/',
      'http://localhost./',
      `http://${CALENDAR_NAME}@127.0.0.1/`,
    ]) {
      await own();
      const refused = await host.submit({ calendarUrl: address }, { form: /\/calendar$/ });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('one that everyone can reach')]);
      expect(refused.formWith('calendarUrl').controls.get('calendarUrl')?.values).toEqual([address]);
    }
    await own('/console/office-hours/new');
    const form = await host.submit({ ...OFFER, calendarUrl: 'calendar.example/ada.ics' });
    expect([form.status, form.text]).toEqual([422, expect.stringContaining('begins with https or webcal')]);
    await own();
    await host.submit({ calendarUrl: `https://${PRIVATE_NAME}/ada.ics` }, { form: /\/calendar$/ });
    await product.settle();
    expect((await own()).text).toContain('The address leads into a private network');
    expect(calendars.answers).toHaveLength(before);
  });

  it('is forgotten when its host removes it', async () => {
    await own();
    const removed = await host.submit({}, { form: /\/calendar\/remove$/ });
    expect(removed.text).toContain('Your calendar was removed');
    expect(await kept()).toEqual([]);
    expect(await free()).toEqual([NINE, HALF_PAST_NINE, HALF_PAST_TEN]);
  });

  it('is erased with its host, while a reading of it is still due', async () => {
    await own();
    await host.submit({ calendarUrl: ADDRESS }, { form: /\/calendar$/ });
    await product.settle();
    expect(await kept()).toHaveLength(1);
    const before = calendars.answers.length;
    await erase(await openOwnPage(product, COORDINATOR, 'en'));
    await product.at(plus(product.clock.now(), 2 * HOUR));
    expect(await kept()).toEqual([]);
    expect(calendars.answers).toHaveLength(before);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { entryIn } from '../support/invitations.js';
import {
  announcedMeeting,
  change,
  enrol,
  fromNowOn,
  hasLink,
  idOf,
  linkIn,
  openOwnPage,
  showInterest,
  signIn,
  wallClock,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { COORDINATOR } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Filled, Visitor } from '../support/visitor.js';

let product: TimedProduct;
const [COMES, DECLINES, SILENT] = ['comes@guests.example', 'declines@guests.example', 'silent@guests.example'];
beforeAll(async () => {
  product = await TimedProduct.start();
  await Promise.all([COMES, DECLINES, SILENT].map((email) => enrol(product, { email })));
});
afterAll(() => product.stop());

const now = (): Date => product.clock.now();
const at = (start: Date): Filled => wallClock(start, 'Europe/Berlin');

/** A meeting announced now, which some answered at once. */
const meet = async (
  start: Date,
  fields: Filled = {},
): Promise<{ coordinator: Visitor; meeting: string; invitations: Map<string, ReadMail> }> => {
  const isNew = fromNowOn(product.mailbox);
  const { coordinator, meeting } = await announcedMeeting(product, { ...at(start), ...fields });
  await product.settle();
  const mails = (await product.mailbox.read()).filter((mail) => isNew(mail) && mail.calendar !== undefined);
  const invitations = new Map(mails.map((mail) => [mail.to[0] ?? '', mail]));
  for (const [email, answer] of [
    [COMES, 'accepted'],
    [DECLINES, 'declined'],
  ] as const)
    await product.visitor().post(new URL(linkOf(invitations, email, 'invitations')).pathname, { answer });
  await product.settle();
  return { coordinator, meeting, invitations };
};

const linkOf = (invitations: Map<string, ReadMail>, email: string, purpose: string): string => {
  const mail = invitations.get(email);
  if (!mail) throw new Error(`no invitation to ${email}`);
  return linkIn(mail, purpose);
};

/** To whom mail went while the clock moved to an instant. */
const mailsAt = async (instant: Date): Promise<readonly ReadMail[]> => {
  const isNew = fromNowOn(product.mailbox);
  await product.at(instant);
  return (await product.mailbox.read()).filter(isNew);
};
const recipients = (mails: readonly ReadMail[]): string[] => mails.flatMap(({ to }) => to).sort();

describe('reminders', () => {
  it('come a day and an hour before to those who take part or may, once, without a calendar', async () => {
    const start = plus(now(), 3 * DAY);
    const { invitations } = await meet(start);
    expect(await mailsAt(plus(start, -DAY - MINUTE))).toHaveLength(0);
    const mails = await mailsAt(plus(start, -DAY));
    expect(recipients(mails)).toEqual([COMES, COORDINATOR, SILENT].sort());
    for (const mail of mails) {
      expect(mail.calendar).toBeUndefined();
      const first = invitations.get(mail.to[0] ?? '')?.header('Message-ID');
      expect(mail.header('In-Reply-To')).toBe(first);
      expect(mail.header('List-Unsubscribe')).toContain('/unsubscribe/');
      expect(hasLink('join')(mail)).toBe(true);
    }
    expect(await mailsAt(plus(start, -2 * HOUR))).toHaveLength(0);
    expect(await mailsAt(plus(start, -HOUR))).toHaveLength(3);
    expect(await mailsAt(plus(start, -MINUTE))).toHaveLength(0);
  });

  it('whose time had passed when the meeting was announced are not made', async () => {
    const start = plus(now(), 30 * MINUTE);
    await meet(start);
    expect(await mailsAt(plus(start, -2 * MINUTE))).toHaveLength(0);
  });

  it('never come for an old time, nor after a cancellation', async () => {
    const [start, later] = [plus(now(), 3 * DAY), plus(now(), 5 * DAY)];
    const { coordinator, meeting } = await meet(start);
    await change(coordinator, meeting, 'move', { ...pick(at(later), ['date', 'time']) });
    await product.settle();
    expect(await mailsAt(plus(start, -DAY))).toHaveLength(0);
    expect(await mailsAt(plus(start, -HOUR))).toHaveLength(0);
    expect(recipients(await mailsAt(plus(later, -DAY)))).toEqual([COMES, COORDINATOR, DECLINES, SILENT].sort());
    await change(await signIn(product), meeting, 'cancel', { reason: 'Rain' });
    await product.settle();
    expect(await mailsAt(plus(later, -HOUR))).toHaveLength(0);
  });

  it('never come after the start, when nothing ran in between', async () => {
    const start = plus(now(), 3 * DAY);
    await meet(start);
    expect(await mailsAt(plus(start, MINUTE))).toHaveLength(0);
  });
});

const pick = (fields: Filled, names: readonly string[]): Filled =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));

describe('joining', () => {
  it('opens a quarter of an hour before; leads to the room, counts heads once, takes ideas for a week', async () => {
    const start = plus(now(), 2 * DAY);
    const { meeting, invitations } = await meet(start, { room: 'https://meet.example/secret-room', reminders: '' });
    const link = linkOf(invitations, COMES, 'join');
    const guest = product.visitor('fr');
    product.clock.set(plus(start, -16 * MINUTE));
    const early = await guest.open(link);
    expect(early.status).toBe(200);
    expect(early.body).not.toContain('secret-room');
    expect((await product.visitor().post(new URL(link).pathname, { withYou: '2' })).body).not.toContain('secret-room');

    product.clock.set(plus(start, -15 * MINUTE));
    await guest.open(link);
    const joined = await guest.submit({ withYou: '3' }, { form: guest.page.formWith('withYou') });
    expect(joined.links.some(({ href }) => href === 'https://meet.example/secret-room')).toBe(true);
    for (const withYou of ['100', '-1', '2.5', '0x10']) {
      await guest.open(link);
      expect((await guest.submit({ withYou }, { form: guest.page.formWith('withYou') })).kind).toBe('refused');
    }
    await guest.open(link);
    await guest.submit({ withYou: '11' }, { form: guest.page.formWith('withYou') });

    // Without an address, from the meeting's own page.
    const stranger = product.visitor('fr');
    await stranger.open(`/meetings/${idOf(meeting)}`);
    await stranger.follow(/\/join$/);
    await stranger.submit({ withYou: '0' }, { form: stranger.page.formWith('withYou') });
    expect(stranger.page.links.some(({ href }) => href === 'https://meet.example/secret-room')).toBe(true);

    // While it runs nothing is told; after its end the count is, in bands.
    await product.at(plus(start, HOUR + MINUTE));
    const page = await product.visitor('en').send(`/meetings/${idOf(meeting)}`);
    expect(page.text).toMatch(/about (10|15)/);
    expect(page.text).not.toMatch(/\b1[123]\b/);

    product.clock.set(plus(start, 6 * DAY));
    await guest.open(link);
    await guest.submit({ idea: 'Un jardin commun' }, { form: guest.page.formWith('idea') });
    expect(guest.page.kind).toBe('answered');
    expect((await product.visitor().send(`/meetings/${idOf(meeting)}`)).body).not.toContain('Un jardin commun');
    product.clock.set(plus(start, 8 * DAY));
    const late = await guest.open(link);
    expect(late.forms.some(({ controls }) => controls.has('idea') || controls.has('withYou'))).toBe(false);
  });
});

describe('links that act on an identity', () => {
  it('end: a confirmation after 48 hours, and with it the address; signing in after 30 minutes, one’s own page after an hour', async () => {
    const email = 'late@guests.example';
    await showInterest(product, { email });
    const confirmation = linkIn(await product.mailbox.waitForMailTo(email), 'confirm');
    const visitor = product.visitor('fr');
    const links: (readonly [number, string, string])[] = [[48 * 60, confirmation, '/get-involved']];
    for (const [path, purpose, address, minutes] of [
      ['/me', 'me', COMES, 60],
      ['/sign-in', 'sign-in', COORDINATOR, 30],
    ] as const) {
      const isNew = fromNowOn(product.mailbox);
      await visitor.open(path);
      await visitor.submit({ email: address });
      const mail = await product.mailbox.waitForMailTo(address, (each) => isNew(each) && hasLink(purpose)(each));
      links.push([minutes, linkIn(mail, purpose), path]);
    }
    const asked = now();
    for (const [minutes, link, freshFrom] of links) {
      product.clock.set(plus(asked, minutes * MINUTE - MINUTE));
      expect([minutes, (await visitor.open(link)).status]).toEqual([minutes, 200]);
      product.clock.set(plus(asked, minutes * MINUTE + MINUTE));
      const { kind, links: waysOn } = await visitor.open(link);
      expect([minutes, kind]).toEqual([minutes, 'refused']);
      expect(waysOn.map(({ href }) => href)).toContain(freshFrom);
      product.clock.set(asked);
    }
    const before = await product.database.collection('contacts').countDocuments({});
    await product.at(plus(asked, 48 * HOUR + MINUTE));
    expect(await product.database.collection('contacts').countDocuments({})).toBe(before - 1);
  });
});

describe('a term', () => {
  it('ends the sessions of whoever held it', async () => {
    const coordinator = await signIn(product);
    const email = 'host@guests.example';
    const [from, until] = [now(), plus(now(), DAY)].map((day) => day.toISOString().slice(0, 10));
    await coordinator.open('/console/people');
    const appointment = { email, role: 'host', region: 'copargo', mandate: 'One day', resolution: 'GA 1' };
    await coordinator.submit({ ...appointment, from: from ?? '', until: until ?? '' });
    await product.at(new Date(`${until ?? ''}T23:00:00Z`));
    const host = await signIn(product, email);
    expect((await host.open('/console')).status).toBe(200);
    await product.at(plus(new Date(`${until ?? ''}T23:00:00Z`), 61 * MINUTE));
    expect((await host.open('/console')).kind).toBe('refused');
  });
});

describe('answers', () => {
  it('are released weekly, where five share a region; formulas in their CSV are disarmed', async () => {
    for (let person = 0; person < 5; person++) {
      const visitor = product.visitor('fr');
      await visitor.open('/get-involved');
      await visitor.submit({
        region: 'Copargo',
        country: 'BJ',
        howToStart: `=SUM(A1:A${String(person)})`,
        contributions: ['pilots'],
      });
    }
    for (let person = 0; person < 4; person++) {
      const visitor = product.visitor('de');
      await visitor.open('/get-involved');
      await visitor.submit({ region: 'Alfter', country: 'DE', howToStart: 'Zu wenige' });
    }
    const read = async (): Promise<string> => (await (await signIn(product)).open('/console/answers')).text;
    expect(await read()).not.toContain('=SUM');
    // Where nothing is released there is nothing to choose from either.
    expect(await read()).not.toContain('fits this choice');
    await product.at(plus(now(), 8 * DAY));
    await product.releaseAnswers();
    const answers = await read();
    expect(answers).toContain('=SUM(A1:A4)');
    expect(answers).not.toContain('Zu wenige');
    const coordinator = await signIn(product);
    await coordinator.open('/console/answers');
    const csv = await coordinator.follow(/\/answers\.csv/);
    expect(csv.headers['content-type']).toMatch(/^text\/csv/);
    expect(csv.body).toContain("'=SUM(A1:A4)");
    expect(csv.body).not.toMatch(/(^|,|")=SUM/m);
  });
});

describe('what is kept', () => {
  it('of a meeting goes 30 days after it; a contact is asked once a year, and erased a month after silence', async () => {
    const start = plus(now(), DAY);
    const { meeting } = await meet(start);
    const ofMeeting = { subject: idOf(meeting) };
    const count = (name: string, filter: object): Promise<number> =>
      product.database.collection(name).countDocuments(filter);
    await product.at(plus(start, 30 * DAY));
    expect(await count('deliveries', ofMeeting)).toBeGreaterThan(0);
    await product.at(plus(start, 30 * DAY + 2 * HOUR));
    expect(await count('deliveries', ofMeeting)).toBe(0);
    expect(await count('invitations', { 'state.subject': idOf(meeting) })).toBe(0);

    const asked = await mailsAt(plus(now(), 365 * DAY));
    expect(recipients(asked)).toEqual(expect.arrayContaining([COMES, DECLINES, SILENT]));
    // One says so by a button, one by signing in; the others say nothing.
    const question = asked.find(({ to }) => to.includes(COMES));
    const visitor = product.visitor('fr');
    await visitor.open(question ? linkIn(question, 'me') : '');
    await visitor.submit({}, { form: /\/still-interested$/ });
    await signIn(product);
    await product.at(plus(now(), 30 * DAY + MINUTE));
    const left = await product.database.collection('contacts').find({}).toArray();
    expect(left).toHaveLength(2);
    expect((await openOwnPage(product, COMES)).page.text).toContain(COMES);
    await signIn(product);
  });
});

describe('several changes in a short time', () => {
  let edited: TimedProduct;
  const guest = 'guest@window.example';
  beforeAll(async () => {
    edited = await TimedProduct.start({ EDIT_WINDOW_SECONDS: '120' });
    await enrol(edited, { email: guest });
  });
  afterAll(() => edited.stop());

  const entriesDuring = async (act: () => Promise<unknown>): Promise<string[]> => {
    await edited.settle();
    const isNew = fromNowOn(edited.mailbox);
    await act();
    await edited.settle();
    return (await edited.mailbox.mailsTo(guest)).filter(isNew).map((mail) => {
      const { method, sequence, summary } = entryIn(mail);
      return `${method} ${String(sequence)} ${summary}`;
    });
  };

  it('go out as one; a cancellation swallows a move that waits', async () => {
    const start = plus(edited.clock.now(), 5 * DAY);
    const { coordinator, meeting } = await announcedMeeting(edited, wallClock(start, 'Europe/Berlin'));
    await edited.settle();
    const edits = async (): Promise<void> => {
      await change(coordinator, meeting, 'edit', { title: 'First' });
      await change(coordinator, meeting, 'edit', { title: 'Second' });
    };
    expect(await entriesDuring(edits)).toEqual([]);
    const [first, ...more] = await entriesDuring(() => edited.at(plus(edited.clock.now(), 3 * MINUTE)));
    expect(first).toMatch(/^REQUEST 0 .*Second/);
    expect(more).toEqual([]);

    const { date, time } = wallClock(plus(start, DAY), 'Europe/Berlin');
    const moveAndCancel = async (): Promise<void> => {
      await change(coordinator, meeting, 'move', { date, time });
      await change(coordinator, meeting, 'cancel', { reason: 'Rain' });
      await edited.at(plus(edited.clock.now(), 5 * MINUTE));
    };
    const [cancel, ...others] = await entriesDuring(moveAndCancel);
    expect(cancel).toMatch(/^CANCEL [12] /);
    expect(others).toEqual([]);
  });
});

describe('with limits on', () => {
  let limited: TimedProduct;
  const guest = 'guest@night.example';
  beforeAll(async () => {
    limited = await TimedProduct.start({ RATE_LIMITS: 'on', MAX_MAILS_PER_DAY: '4' });
    await enrol(limited, { email: guest });
  });
  afterAll(() => limited.stop());
  const invited = async (): Promise<number> =>
    (await limited.mailbox.mailsTo(guest)).filter(({ calendar }) => calendar).length;

  it('announcements wait for the morning where someone lives, and for tomorrow when a day’s mails are spent', async () => {
    // 23:30 in Porto-Novo.
    await limited.at('2027-01-12T22:30:00Z');
    const { date } = wallClock(plus(limited.clock.now(), 6 * DAY), 'UTC');
    const meetAgain = () => announcedMeeting(limited, { date, time: '12:00', timeZone: 'UTC', reminders: '' });
    await meetAgain();
    await limited.settle();
    expect(await invited()).toBe(0);
    await limited.at('2027-01-13T05:59:00Z');
    expect(await invited()).toBe(0);
    await limited.at('2027-01-13T06:10:00Z');
    expect(await invited()).toBe(1);
    for (let more = 0; more < 5; more++) await meetAgain();
    await limited.settle();
    expect(await invited()).toBe(4);
    await limited.at('2027-01-14T08:00:00Z');
    expect(await invited()).toBe(6);
  });

  it('an address is asked to confirm once a day', async () => {
    const email = 'again@night.example';
    for (let time = 0; time < 3; time++) await showInterest(limited, { email });
    await limited.settle();
    expect(await limited.mailbox.mailsTo(email)).toHaveLength(1);
  });
});

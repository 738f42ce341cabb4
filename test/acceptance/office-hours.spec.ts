import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { defectsOf, entryIn } from '../support/invitations.js';
import {
  announce,
  change,
  draftMeeting,
  enrol,
  erase,
  fromNowOn,
  hasLink,
  linkIn,
  openOwnPage,
  signIn,
  wallClock,
} from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { OFFICE_HOURS, offerHours, slotsOn } from '../support/office-hours.js';
import { COORDINATOR } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Answer, Filled, Visitor } from '../support/visitor.js';

let product: TimedProduct;
let host: Visitor;
beforeAll(async () => {
  product = await TimedProduct.start();
  host = await signIn(product);
});
afterAll(() => product.stop());

const now = (): Date => product.clock.now();

/** Saves office hours; gives the path of their public page. */
async function offer(fields: Filled = {}): Promise<string> {
  // A session ends with the working day, and this test goes through weeks.
  if ((await host.open('/console')).status === 401) host = await signIn(product);
  return offerHours(host, { from: '2027-01-04', exceptions: '2027-01-14', ...fields });
}

/** The first slot that is free: one host holds what these stories leave behind. */
async function firstFree(page: string): Promise<string> {
  const [slot] = slotsOn(await product.visitor().open(page));
  if (slot === undefined) throw new Error('nothing is free');
  return slot;
}

/** The host's page of the week of a slot. */
const week = (page: string, slot?: string): Promise<Answer> =>
  host.open(`/console${page}${slot === undefined ? '' : `?week=${slot.slice(0, 10)}`}`);

/** Fills in the form for a slot; gives the page that answers. */
async function choose(page: string, email: string, slot: number | string, more: Filled = {}): Promise<Answer> {
  const visitor = product.visitor('fr');
  const shown = await visitor.open(`/fr${page}?timeZone=Africa/Porto-Novo`);
  const chosen = typeof slot === 'string' ? slot : (slotsOn(shown)[slot] ?? '');
  const fields = {
    slot: chosen,
    email,
    language: 'fr',
    topic: 'pilots',
    region: 'Copargo',
    note: 'Biogas, small.',
    ...more,
  };
  if (slotsOn(shown).includes(chosen)) return visitor.submit(fields, { form: shown.formWith('slot') });
  return product.visitor('fr').post(`/fr${page}`, { ...fields, timeZone: 'Africa/Porto-Novo' });
}

/** Books a slot to the end; gives the link of the booking. */
async function book(page: string, email: string, slot: number | string, more: Filled = {}): Promise<string> {
  const isNew = fromNowOn(product.mailbox);
  const answer = await choose(page, email, slot, more);
  if (answer.status !== 200) throw new Error(`not held: ${answer.seen}\n${answer.text}`);
  const mail = await product.mailbox.waitForMailTo(email, (each) => isNew(each) && hasLink('bookings')(each));
  const link = linkIn(mail, 'bookings');
  const visitor = product.visitor('fr');
  await visitor.open(link);
  await visitor.submit({}, { form: /\/bookings\/[^/]+$/ });
  await product.settle();
  return link;
}

const mailsDuring = async (act: () => Promise<unknown>): Promise<readonly ReadMail[]> => {
  await product.settle();
  const isNew = fromNowOn(product.mailbox);
  await act();
  await product.settle();
  return (await product.mailbox.read()).filter(isNew);
};
const told = (mails: readonly ReadMail[], to: string): readonly string[] =>
  mails
    .filter((mail) => mail.to.includes(to))
    .map((mail) => {
      if (mail.calendar === undefined) return 'mail';
      const { method, sequence } = entryIn(mail);
      return `${method} ${String(sequence)}`;
    });

describe('office hours', () => {
  it('come back with what was typed where something is wrong', async () => {
    await host.open('/console/office-hours/new');
    const refused = await host.submit({
      ...OFFICE_HOURS,
      from: '2027-01-04',
      title: 'Kept',
      mon: '18-20',
      slotMinutes: '7',
      until: '2026-12-31',
    });
    expect(refused.status).toBe(422);
    expect(refused.formWith('title').controls.get('title')?.values).toEqual(['Kept']);
    expect(refused.formWith('mon').controls.get('mon')?.values).toEqual(['18-20']);
    expect(refused.text).toContain('Please enter times as 16:00-18:00');
    expect(refused.text).toContain('Please use steps of 5 minutes.');
  });

  it('are listed for their hosts with the days and times of a week', async () => {
    await offer({ title: 'Listed' });
    const { text } = await host.open('/console/office-hours');
    expect(text).toMatch(
      /Listed\s+Monday, Thursday: 18:00–20:00\s+Tuesday: 16:00–18:00, 19:00–20:00\s+20 minutes · Berlin/,
    );
    expect((await host.open('/fr/console/office-hours')).text).toContain('Lundi, jeudi');
  });
});

describe('booking', () => {
  it('holds a slot, books it by one button, and puts it into both calendars', async () => {
    const path = await offer();
    const email = 'first@copargo.example';
    const isNew = fromNowOn(product.mailbox);
    const held = await choose(path, email, 0);
    expect(held.heading).toContain('Consultez votre boîte');
    const mails = await product.mailbox.waitForMailTo(email, isNew);
    expect(mails.calendar).toBeUndefined();
    const link = linkIn(mails, 'bookings');
    expect(slotsOn(await product.visitor().open(path))).not.toContain('2027-01-11T17:00:00.000Z');

    const visitor = product.visitor('fr');
    const page = await visitor.open(link);
    expect(page.text).toContain('Pas encore réservé');
    expect(page.text).toMatch(/Région\s+Copargo/);
    const sent = await mailsDuring(() => visitor.submit({}, { form: /\/bookings\/[^/]+$/ }));
    expect(visitor.page.text).toContain('C’est réservé');
    expect([told(sent, email), told(sent, COORDINATOR)]).toEqual([['REQUEST 0'], ['REQUEST 0']]);
    for (const mail of sent) expect(defectsOf(mail)).toEqual([]);
    const [own] = sent.filter((mail) => mail.to.includes(email));
    if (!own) throw new Error('no invitation');
    const entry = entryIn(own);
    expect(entry).toMatchObject({ summary: 'Pilot concepts', start: new Date('2027-01-11T17:00:00Z') });
    expect(entry.attendees[0]?.partstat).toBe('ACCEPTED');
    expect(entry.description).toContain(link);

    // The same link opened and pressed again changes nothing.
    const again = await mailsDuring(async () => {
      expect((await visitor.open(link)).text).toContain('C’est réservé');
      await product.visitor().post(new URL(link).pathname, {});
    });
    expect(again).toEqual([]);
  });

  it('shows the host what it is about and never who', async () => {
    const path = await offer({ title: 'Never who' });
    const email = 'nobody-knows@copargo.example';
    const slot = await firstFree(path);
    const sent = await mailsDuring(() => book(path, email, slot));
    const shown = await week(path);
    expect(shown.text).toContain('Someone from Copargo · French · Pilots');
    expect(shown.text).toContain('Biogas, small.');
    expect(shown.body).not.toContain('nobody-knows');
    const mail = sent.find((each) => each.to.includes(COORDINATOR) && each.calendar !== undefined);
    if (!mail) throw new Error('no invitation of the host');
    const opened = await product.visitor().open(linkIn(mail, 'bookings'));
    expect(opened.text).toContain('Biogas, small.');
    expect(mail.calendar).not.toContain('nobody-knows');
    await product.at(plus(new Date(slot), -10 * MINUTE));
    expect((await product.visitor().open(linkIn(mail, 'bookings'))).body).toContain('meet.jit.si/come-together-');
    await product.at('2027-01-11T21:00:00Z');
  });

  it('leaves out when the host leads a meeting, once or again and again', async () => {
    const path = await offer({ title: 'Beside meetings' });
    const [slot = '', next = ''] = slotsOn(await product.visitor().open(path));
    const start = wallClock(new Date(slot), 'Europe/Berlin');
    const meeting = await draftMeeting(host, { ...start, durationMinutes: '20', repeats: 'weekly', occurrences: '3' });
    expect(slotsOn(await product.visitor().open(path))).toContain(slot);
    await announce(host, meeting);
    await product.settle();
    expect(slotsOn(await product.visitor().open(path))[0]).toBe(next);
    const again = plus(new Date(slot), 7 * DAY).toISOString();
    const later = await product.visitor().open(`${path}?week=${again.slice(0, 10)}`);
    expect(slotsOn(later).length).toBeGreaterThan(0);
    expect(slotsOn(later)).not.toContain(again);
    expect((await choose(path, 'meets@copargo.example', slot)).status).toBe(409);
    await change(host, meeting, 'cancel', { reason: '', scope: 'all' });
  });

  it('of a slot that another took is refused with others, and what was typed', async () => {
    const path = await offer();
    const slot = await firstFree(path);
    await book(path, 'quick@copargo.example', slot);
    const late = await choose(path, 'late@copargo.example', slot);
    expect(late.status).toBe(409);
    expect(late.text).toContain('Ce créneau est pris');
    const form = late.formWith('slot');
    expect(form.controls.get('email')?.values).toEqual(['late@copargo.example']);
    expect(form.controls.get('note')?.values).toEqual(['Biogas, small.']);
    expect(slotsOn(late).length).toBeGreaterThan(0);
    expect(slotsOn(late)).not.toContain(slot);
  });

  it('refuses what is no free slot, and hostile input, with the form', async () => {
    const path = await offer();
    for (const slot of ['2027-01-12T15:05:00Z', '2030-01-01T00:00:00Z', '2027-01-01T15:00:00Z'])
      expect((await choose(path, 'odd@copargo.example', slot)).status).toBe(409);
    for (const slot of ['', 'now', '2027-01-12', '1e999', '{"$gt":""}'])
      expect((await choose(path, 'odd@copargo.example', slot)).status).toBe(422);
    const bad = await choose(path, 'no address', '2027-01-12T15:00:00Z', { note: 'kept', earlier: 'yes' });
    expect(bad.formWith('note').controls.get('earlier')?.values).toEqual(['yes']);
    // Whoever reads on in another language keeps zone and week.
    const elsewhere = await product.visitor().open(`${path}?week=2027-01-15&timeZone=Africa/Porto-Novo`);
    expect(elsewhere.body).toMatch(
      /href="\/fr\/office-hours\/[^"]*timeZone=Africa%2FPorto-Novo&(?:amp;)?week=2027-01-15"/,
    );
    const zones = await product.visitor().open(`${path}/zone?week=2027-01-15&timeZone=Africa/Porto-Novo`);
    expect(zones.body).toMatch(/href="\/fr\/[^"]*\/zone\?timeZone=Africa%2FPorto-Novo&(?:amp;)?week=2027-01-15"/);
    // Whoever chose no slot stays in the week they looked at.
    const reader = product.visitor();
    await reader.open(`${path}?week=2027-01-15&timeZone=Africa/Porto-Novo`);
    const none = await reader.submit({ email: 'odd@copargo.example' }, { form: reader.page.formWith('slot') });
    expect([none.status, none.formWith('slot').controls.get('week')?.values]).toEqual([422, ['2027-01-15']]);
    expect([bad.status, bad.formWith('note').controls.get('note')?.values]).toEqual([422, ['kept']]);
    expect((await product.visitor().open('/office-hours/nothing')).status).toBe(404);
    expect((await product.visitor().open('/bookings/nothing')).status).toBe(404);
  });

  it('frees what nobody confirms in time, and says so to whoever comes late', async () => {
    const path = await offer();
    const isNew = fromNowOn(product.mailbox);
    const slot = await firstFree(path);
    await choose(path, 'slow@copargo.example', slot);
    const mail = await product.mailbox.waitForMailTo('slow@copargo.example', isNew);
    await product.at(plus(now(), 16 * MINUTE));
    expect(slotsOn(await product.visitor().open(path))).toContain(slot);
    const late = await product.visitor('fr').open(linkIn(mail, 'bookings'));
    expect([late.status, late.text]).toEqual([410, expect.stringContaining('délai pour confirmer')]);
    expect((await product.visitor('fr').post(new URL(linkIn(mail, 'bookings')).pathname, {})).status).toBe(409);
    await book(path, 'second@copargo.example', slot);
  });

  it('knows no more than three to come of one address, and tells only its owner', async () => {
    const path = await offer({ mon: '06:00-20:00', tue: '06:00-20:00', bufferMinutes: '0' });
    const email = 'often@copargo.example';
    for (const slot of [2, 4, 6]) await book(path, email, slot);
    const sent = await mailsDuring(async () => {
      expect((await choose(path, email, 8)).heading).toContain('Consultez votre boîte');
    });
    expect(sent.map(({ to, links }) => [to, links.some((link) => link.includes('/bookings/'))])).toEqual([
      [[email], false],
    ]);
  });

  it('by someone’s own fresh link needs no confirming', async () => {
    const path = await offer();
    const email = 'known@copargo.example';
    await enrol(product, { email });
    const own = await openOwnPage(product, email);
    await own.follow(/\/office-hours\?me=/);
    await own.follow(new RegExp(`${path}\\?me=`));
    const slot = slotsOn(own.page)[0] ?? '';
    const sent = await mailsDuring(() => own.submit({ slot, language: 'fr' }, { form: own.page.formWith('slot') }));
    expect(own.page.text).toContain('C’est réservé');
    expect(told(sent, email)).toEqual(['REQUEST 0']);
  });
});

describe('a booking', () => {
  it('is moved by its visitor: one update, and the old slot is free', async () => {
    const path = await offer();
    const email = 'moves@copargo.example';
    const old = await firstFree(path);
    const link = await book(path, email, old);
    const visitor = product.visitor('fr');
    await visitor.open(link);
    await visitor.follow(/\/move$/);
    const fresh = slotsOn(visitor.page).at(-1) ?? '';
    const sent = await mailsDuring(() => visitor.submit({ slot: fresh }, { form: /\/move$/ }));
    expect(visitor.page.text).toContain('C’est déplacé');
    expect([told(sent, email), told(sent, COORDINATOR)]).toEqual([['REQUEST 1'], ['REQUEST 1']]);
    const free = slotsOn(await product.visitor().open(path));
    expect([free.includes(old), free.includes(fresh)]).toEqual([true, false]);
    expect((await visitor.open(link)).text).toContain('C’est réservé');
  });

  it('is cancelled by its visitor: both calendars let go of it, and the slot is free', async () => {
    const path = await offer();
    const email = 'cancels@copargo.example';
    const slot = await firstFree(path);
    const link = await book(path, email, slot);
    const visitor = product.visitor('fr');
    await visitor.open(link);
    const sent = await mailsDuring(() => visitor.submit({}, { form: /\/cancel$/ }));
    expect([told(sent, email), told(sent, COORDINATOR)]).toEqual([['CANCEL 1'], ['CANCEL 1']]);
    for (const mail of sent) expect(defectsOf(mail)).toEqual([]);
    expect(slotsOn(await product.visitor().open(path))).toContain(slot);
    await visitor.submit({}, { form: /\/delete$/ });
    expect(visitor.page.text).toContain('Rien de cette réservation');
    expect((await visitor.open(link)).status).toBe(404);
  });

  it('that is given up before it is confirmed was in no calendar, and nobody is told', async () => {
    const path = await offer();
    const isNew = fromNowOn(product.mailbox);
    const slot = await firstFree(path);
    await choose(path, 'gives-up@copargo.example', slot);
    const visitor = product.visitor('en');
    const mail = await product.mailbox.waitForMailTo('gives-up@copargo.example', isNew);
    const page = await visitor.open(linkIn(mail, 'bookings').replace('/bookings', '/en/bookings'));
    expect(page.text).toContain('Nothing is in your calendar yet.');
    const sent = await mailsDuring(() => visitor.submit({}, { form: /\/cancel$/ }));
    expect([sent, visitor.page.text]).toEqual([[], expect.stringContaining('It was not booked yet')]);
    expect(slotsOn(await product.visitor().open(path))).toContain(slot);
  });

  it('that its visitor declines frees the slot, too', async () => {
    const path = await offer();
    const email = 'declines@copargo.example';
    const slot = await firstFree(path);
    await book(path, email, slot);
    const held = await openOwnPage(product, email);
    const invitation = held.page.links.find(({ href }) => href.includes('/invitations/'))?.href ?? '';
    expect((await product.visitor('fr').open(invitation)).url.pathname).toContain('/bookings/');
    const sent = await mailsDuring(() =>
      product.visitor().post(new URL(invitation, product.address).pathname, { answer: 'declined' }),
    );
    // The booking is cancelled for that: whether its own SEQUENCE is in the mail depends on which comes first.
    expect(told(sent, email)).toEqual([expect.stringMatching(/^CANCEL [12]$/)]);
    expect(told(sent, COORDINATOR)).toEqual(['CANCEL 1']);
    expect(slotsOn(await product.visitor().open(path))).toContain(slot);
  });

  it('is moved and cancelled by its host after a look at who gets what', async () => {
    const path = await offer({ title: 'By the host' });
    const email = 'guest-of-host@copargo.example';
    const link = await book(path, email, 0);
    await week(path);
    await host.follow(/\/move$/);
    const fresh = slotsOn(host.page).at(-1) ?? '';
    const looked = await mailsDuring(() => host.submit({ slot: fresh }, { form: /\/move$/ }));
    expect([looked, host.page.heading]).toEqual([[], 'Move this booking?']);
    const moved = await mailsDuring(() => host.submit({}, { form: /\/move$/ }));
    expect([told(moved, email), told(moved, COORDINATOR)]).toEqual([['REQUEST 1'], ['REQUEST 1']]);
    await week(path, fresh);
    await host.follow(/\/cancel$/);
    await host.submit({ reason: 'The power is out.' }, { form: /\/cancel$/ });
    const cancelled = await mailsDuring(() => host.submit({}, { form: /\/cancel$/ }));
    expect([told(cancelled, email), told(cancelled, COORDINATOR)]).toEqual([['CANCEL 2'], ['CANCEL 2']]);
    expect((await product.visitor('fr').open(link)).text).toContain('The power is out.');
  });

  it('is reminded of on both sides, and forgotten a month after it', async () => {
    const path = await offer({ title: 'Later', from: '2027-01-18' });
    const email = 'reminded@copargo.example';
    const start = new Date(await firstFree(path));
    expect(start).toEqual(new Date('2027-01-18T17:00:00Z'));
    const link = await book(path, email, start.toISOString());
    const day = await mailsDuring(() => product.at(plus(start, -DAY)));
    expect(told(day, email)).toEqual(['mail']);
    const mails = await mailsDuring(() => product.at(plus(start, -HOUR)));
    expect([told(mails, email), told(mails, COORDINATOR).includes('mail')]).toEqual([['mail'], true]);
    await product.at(plus(start, -14 * MINUTE));
    expect((await product.visitor().open(link)).body).toContain('meet.jit.si/come-together-');
    await product.at(plus(start, HOUR));
    expect((await product.visitor('fr').open(link)).text).toContain('Cet échange est terminé');
    const [stored] = await product.database.collection('slots').find({ 'state.start': start }).toArray();
    const [booking] = (stored?.['state'] as { bookings: { id: string }[] }).bookings;
    const left = async (): Promise<readonly number[]> =>
      Promise.all([
        product.database.collection('deliveries').countDocuments({ subject: booking?.id }),
        product.database.collection('invitations').countDocuments({ 'state.subject': booking?.id }),
      ]);
    expect((await left()).every((count) => count > 0)).toBe(true);
    await product.at(plus(start, 31 * DAY));
    expect((await product.visitor().open(link)).status).toBe(404);
    expect(await left()).toEqual([0, 0]);
  });

  it('of an erased visitor is cancelled for the host, and the visitor hears nothing', async () => {
    const path = await offer({ title: 'Erased' });
    const email = 'erased@copargo.example';
    const slot = await firstFree(path);
    await book(path, email, slot);
    expect((await week(path, slot)).text).toContain('Biogas');
    const own = await openOwnPage(product, email);
    const sent = await mailsDuring(() => erase(own));
    expect([told(sent, email), told(sent, COORDINATOR)]).toEqual([[], ['CANCEL 1']]);
    expect((await week(path, slot)).text).not.toContain('Biogas');
  });
});

describe('group hours', () => {
  it('seat several in one slot, and the last seat once', async () => {
    const path = await offer({ title: 'Together', seats: '2' });
    const [slot = '', next = ''] = slotsOn(await product.visitor().open(path));
    const first = await book(path, 'one@copargo.example', slot);
    await book(path, 'two@copargo.example', slot);
    expect((await choose(path, 'three@copargo.example', slot)).status).toBe(409);
    await book(path, 'three@copargo.example', next);
    const visitor = product.visitor('fr');
    await visitor.open(first);
    await visitor.follow(/\/move$/);
    const sent = await mailsDuring(() => visitor.submit({ slot: next }, { form: /\/move$/ }));
    expect(told(sent, 'one@copargo.example')).toEqual(['REQUEST 1']);
    expect(told(sent, 'two@copargo.example')).toEqual([]);
    await book(path, 'four@copargo.example', slot);
    expect((await choose(path, 'five@copargo.example', next)).status).toBe(409);
  });
});

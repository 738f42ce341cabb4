import { answerMail } from '../support/calendar-client.js';
import { defectsOf, entryIn } from '../support/invitations.js';
import * as journeys from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { everyDay, offerHours, slotsOn } from '../support/office-hours.js';
import { COORDINATOR } from '../support/product.js';
import type { Filled, Visitor } from '../support/visitor.js';
import { during, KOFI, mailIn, NADIA, product, ROSA, story, TEAM, to } from './stage.js';
import { check, same } from './story.js';

/** Time that a host offers: booked without an account, moved, given back, and offered to who waits for something earlier. */

interface Booked {
  readonly link: string;
  readonly invitation: ReadMail;
  readonly slot: string;
}

export async function officeHours(host: Visitor): Promise<void> {
  const page = await offer(host);
  const booked = await book(page);
  const moved = await move(page, booked);
  await decline(page, moved);
  await earlier(page);
}

async function offer(host: Visitor): Promise<string> {
  let page = '';
  await story.step('The coordination offers an hour every evening, in slots of twenty minutes', async () => {
    page = await offerHours(host, {
      ...everyDay('18:00-19:00'),
      // Not today's: near their start the last of them goes while the story is told, and with it the page goes on by a day.
      from: Temporal.Now.plainDateISO('Europe/Berlin').add({ days: 1 }).toString(),
      bufferMinutes: '0',
    });
    return `${String((await freeSlots(page)).length)} slots are free within a week`;
  });
  return page;
}

async function book(page: string): Promise<Booked> {
  let booked: Booked | undefined;
  await story.step(
    'Nadia in Lokossa chooses one on her own clock and confirms by mail, without an account',
    async () => {
      const nadia = product.visitor('fr');
      const fields = { topic: 'pilots', region: 'Lokossa', note: 'Biogas, small.' };
      const { link, slot } = await hold(nadia, page, NADIA, 0, fields);
      check(!(await freeSlots(page)).includes(slot), 'the slot is offered to others meanwhile');
      await nadia.open(link);
      const told = await toldDuring(() => nadia.submit({}, { form: /\/bookings\/[^/]+$/ }));
      const [invitation] = told(NADIA);
      check(invitation !== undefined, 'she has no invitation');
      for (const email of [NADIA, COORDINATOR]) same(told(email).map(heard), ['REQUEST 0'], `what ${email} heard`);
      for (const mail of [...told(NADIA), ...told(COORDINATOR)]) same(defectsOf(mail), [], 'the invitation');
      const seen = told(COORDINATOR).map(({ text, html, calendar }) => [text, html, calendar].join());
      check(!seen.join().includes(NADIA), 'the host sees her address');
      same(entryIn(invitation).start.toISOString(), slot, 'when it is');
      booked = { link, invitation, slot };
      return `${invitation.subject}\nhers and the host’s calendar have it`;
    },
  );
  check(booked !== undefined, 'nothing is booked');
  return booked;
}

async function move(page: string, { link, slot }: Booked): Promise<Booked> {
  let moved: Booked | undefined;
  await story.step('She moves it to another evening: one update for both, and the old slot is free', async () => {
    const nadia = product.visitor('fr');
    await nadia.open(link);
    await nadia.follow(/\/move$/);
    const later = slotsOn(nadia.page).at(-1) ?? '';
    const told = await toldDuring(() => nadia.submit({ slot: later }, { form: /\/move$/ }));
    const [invitation] = told(NADIA);
    check(invitation !== undefined, 'she has no update');
    for (const email of [NADIA, COORDINATOR]) same(told(email).map(heard), ['REQUEST 1'], `what ${email} heard`);
    const free = await freeSlots(page);
    same([free.includes(slot), free.includes(later)], [true, false], 'whether the old and the new slot are free');
    moved = { link, invitation, slot: later };
    return invitation.subject;
  });
  check(moved !== undefined, 'nothing was moved');
  return moved;
}

async function decline(hours: string, { link, invitation, slot }: Booked): Promise<void> {
  await story.step(
    'She declines in Apple’s calendar: the host hears, she is told the way back, and the slot is free again',
    async () => {
      const raw = answerMail('apple-icloud-declined', {
        ...{ entry: entryIn(invitation), attendee: NADIA, to: TEAM, dtstamp: new Date() },
      });
      const told = await toldDuring(() => mailIn(NADIA, TEAM, raw));
      same(told(COORDINATOR).map(heard), ['CANCEL 2'], 'what the host heard');
      const freed = await product.mailbox.waitForMail((mail) => mail.subject === 'Votre créneau est de nouveau libre');
      same(freed.to, [NADIA], 'whom the mail about the free slot reached');
      check(freed.text.includes(hours), 'her mail does not lead back');
      check((await freeSlots(hours)).includes(slot), 'the slot is not free');
      const page = await product.visitor('en').open(link.replace('/bookings', '/en/bookings'));
      check(page.text.includes('Cancelled'), 'her page does not say that it is cancelled');
      return undefined;
    },
  );
}

async function earlier(hours: string): Promise<void> {
  const [rosa, kofi] = [product.visitor('fr'), product.visitor('fr')];
  let [early, late] = ['', ''];
  let given = '';
  await story.step(
    'Kofi books an early slot; Rosa books a later one, and ticks that she wants to hear of something earlier',
    async () => {
      const his = await hold(kofi, hours, KOFI, 3);
      await kofi.open(his.link);
      await kofi.submit({}, { form: /\/bookings\/[^/]+$/ });
      const hers = await hold(rosa, hours, ROSA, 6, { earlier: 'yes' });
      await rosa.open(hers.link);
      await toldDuring(() => rosa.submit({}, { form: /\/bookings\/[^/]+$/ }));
      check(rosa.page.text.includes('Nous vous écrirons si un créneau plus tôt se libère'), 'her wish is not kept');
      [early, late, given] = [his.slot, hers.slot, his.link];
      return undefined;
    },
  );
  await story.step('Kofi gives his up: it is kept from everyone but Rosa, who is offered it by mail', async () => {
    await kofi.open(given);
    const isNew = journeys.fromNowOn(product.mailbox);
    const told = await toldDuring(() => kofi.submit({}, { form: /\/cancel$/ }));
    for (const email of [KOFI, COORDINATOR]) same(told(email).map(heard), ['CANCEL 1'], `what ${email} heard`);
    const mail = await product.mailbox.waitForMailTo(
      ROSA,
      (each) => isNew(each) && each.subject.includes('Un créneau plus tôt est libre'),
    );
    check(!(await freeSlots(hours)).includes(early), 'what she is offered is free for all');
    await rosa.open(journeys.linkIn(mail, 'bookings'));
    return mail.subject;
  });
  await story.step('She takes it by one press: one update for both, and the slot that she had is free', async () => {
    const told = await toldDuring(() => rosa.submit({}, { form: /\/take$/ }));
    check(rosa.page.text.includes('C’est déplacé'), 'her page does not say that it is moved');
    const [invitation] = told(ROSA);
    check(invitation !== undefined, 'she has no update');
    for (const email of [ROSA, COORDINATOR]) same(told(email).map(heard), ['REQUEST 1'], `what ${email} heard`);
    same(entryIn(invitation).start.toISOString(), early, 'when it is');
    const free = await freeSlots(hours);
    same([free.includes(late), free.includes(early)], [true, false], 'whether the old and the new slot are free');
    return invitation.subject;
  });
}

/** Chooses the slot at an index on the page and waits for the mail that asks to confirm it. */
async function hold(
  visitor: Visitor,
  hours: string,
  email: string,
  index: number,
  more: Filled = {},
): Promise<{ readonly link: string; readonly slot: string }> {
  await visitor.open(`/fr${hours}?timeZone=Africa/Porto-Novo`);
  const slot = slotsOn(visitor.page)[index] ?? '';
  const isNew = journeys.fromNowOn(product.mailbox);
  const fields = { slot, email, language: 'fr', ...more };
  same((await visitor.submit(fields, { form: visitor.page.formWith('slot') })).status, 200, 'holding the slot');
  const asked = await product.mailbox.waitForMailTo(email, (mail) => isNew(mail) && journeys.hasLink('bookings')(mail));
  return { link: journeys.linkIn(asked, 'bookings'), slot };
}

async function toldDuring(act: () => Promise<unknown>): Promise<(email: string) => readonly ReadMail[]> {
  const mails = await during(act);
  return (email) => mails.filter(to(email));
}

function heard(mail: ReadMail): string {
  const { method, sequence } = entryIn(mail);
  return `${method} ${String(sequence)}`;
}

const freeSlots = async (page: string): Promise<readonly string[]> => slotsOn(await product.visitor().open(page));

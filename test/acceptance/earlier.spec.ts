import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR, plus } from '../../libs/time/clock.js';
import { entryIn } from '../support/invitations.js';
import { draftMeeting, fromNowOn, hasLink, linkIn, reach, signIn, wallClock } from '../support/journeys.js';
import { everyDay, offerHours, slotsOn } from '../support/office-hours.js';
import { TimedProduct } from '../support/timed-product.js';
import type { Filled, Visitor } from '../support/visitor.js';

let product: TimedProduct;
let host: Visitor;
beforeAll(async () => {
  product = await TimedProduct.start();
  host = await signIn(product);
});
afterAll(() => product.stop());

/** Books a slot to the end; gives the link of the booking. */
async function book(page: string, email: string, index: number, more: Filled = {}): Promise<string> {
  const isNew = fromNowOn(product.mailbox);
  const visitor = product.visitor('fr');
  const shown = await visitor.open(`/fr${page}?timeZone=Africa/Porto-Novo`);
  const slot = slotsOn(shown)[index] ?? '';
  await visitor.submit(
    { slot, email, language: 'fr', topic: 'pilots', region: 'Copargo', note: '', ...more },
    { form: shown.formWith('slot') },
  );
  const mail = await product.mailbox.waitForMailTo(email, (each) => isNew(each) && hasLink('bookings')(each));
  // It names what is held, when, and how long.
  expect(mail.text).toContain('Earlier and earlier');
  expect(mail.text).toContain('Porto-Novo');
  const link = linkIn(mail, 'bookings');
  await visitor.open(link);
  await visitor.submit({}, { form: /\/bookings\/[^/]+$/ });
  await product.settle();
  return link;
}

const waitFor = (email: string, subject: string, isNew: ReturnType<typeof fromNowOn>) =>
  product.mailbox.waitForMailTo(email, (mail) => isNew(mail) && mail.subject.includes(subject));

describe('something earlier', () => {
  it('is told to who wants it, held for them, and had by one press', async () => {
    const page = await offerHours(host, {
      ...everyDay('06:00-23:00'),
      ...{ title: 'Earlier and earlier', from: '2027-01-04', timeZone: 'Europe/Berlin' },
    });
    const first = await book(page, 'first@visitors.example', 3);
    const second = await book(page, 'second@visitors.example', 5);
    const visitor = product.visitor('fr');
    const before = await visitor.open(second);
    expect(before.text).toContain('Prévenez-moi si un créneau plus tôt se libère');
    const wished = await visitor.submit({}, { form: /\/earlier$/ });
    expect(wished.text).toContain('Nous vous écrirons si un créneau plus tôt se libère.');

    const isNew = fromNowOn(product.mailbox);
    const other = product.visitor('fr');
    await other.open(first);
    await other.submit({}, { form: /\/cancel$/ });
    const mail = await waitFor('second@visitors.example', 'Un créneau plus tôt est libre', isNew);
    expect(mail.calendar).toBeUndefined();
    expect(mail.text).toContain('Votre créneau jusqu’ici');
    const offered = await visitor.open(linkIn(mail, 'bookings'));
    expect(offered.text).toContain('Un créneau plus tôt est libre');
    const moved = await visitor.submit({}, { form: /\/take$/ });
    expect(moved.text).toContain('C’est déplacé');
    await waitFor('second@visitors.example', 'Nouvelle heure', isNew);
    await visitor.post(`${new URL(second).pathname}/take`, {});
    expect((await visitor.open(`${second}?saved=offer-gone`)).text).toContain('n’est plus disponible');
  });

  it('can be wished for with the booking itself', async () => {
    const page = await offerHours(host, {
      ...everyDay('06:00-23:00'),
      ...{ title: 'Earlier and earlier', from: '2027-01-04', timeZone: 'Europe/Berlin' },
    });
    const link = await book(page, 'early@visitors.example', 8, { earlier: 'yes' });
    const shown = await product.visitor('fr').open(link);
    expect(shown.text).toContain('Nous vous écrirons si un créneau plus tôt se libère.');
    expect((await product.visitor('fr').open(await book(page, 'content@visitors.example', 10))).text).toContain(
      'Prévenez-moi si un créneau plus tôt se libère',
    );
  });

  it('what a host writes is looked at first, goes out without an address, and counts nobody', async () => {
    const page = await offerHours(host, {
      ...everyDay('06:00-23:00'),
      ...{ title: 'Earlier and earlier', from: '2027-01-04', timeZone: 'Europe/Berlin' },
    });
    await book(page, 'third@visitors.example', 20);
    const shown = await host.open(`/console${page}`);
    const link = /href="([^"]*\/bookings\/[^"/]+)"/.exec(shown.body)?.[1] ?? '';
    const one = await host.open(link);
    expect(one.text).toContain('Write to your visitor');
    const isNew = fromNowOn(product.mailbox);
    const preview = await host.submit({ text: 'Bring <b>a map</b>, please.' }, { form: /\/write$/ });
    expect(preview.text).toContain('Send this?');
    expect((await product.mailbox.read()).filter(isNew)).toEqual([]);
    const sent = await host.submit({}, { form: /\/write$/ });
    expect(sent.text).toContain('Bring <b>a map</b>, please.');
    const mail = await waitFor('third@visitors.example', 'Votre hôte vous écrit', isNew);
    expect(mail.text).toContain('Bring <b>a map</b>, please.');
    expect(JSON.stringify(mail)).not.toContain('coordinator@');
    const empty = await host.open(link).then(() => host.submit({ text: '' }, { form: /\/write$/ }));
    expect(empty.status).toBe(422);
  });

  it('another time that a host offers is held for the visitor, who moves by one press; that nobody came can be taken back', async () => {
    const page = await offerHours(host, {
      ...everyDay('06:00-23:00'),
      ...{ title: 'Earlier and earlier', from: '2027-01-04', timeZone: 'Europe/Berlin' },
    });
    const booked = await book(page, 'fourth@visitors.example', 20);
    const link = /href="([^"]*\/bookings\/[^"/]+)"/.exec((await host.open(`/console${page}`)).body)?.[1] ?? '';
    const free = slotsOn(await host.open(`${link}/offer`));
    const chosen = free[2] ?? '';
    const isNew = fromNowOn(product.mailbox);
    const offered = await host.submit({ slot: chosen }, { form: /\/offer$/ });
    expect(offered.text).toContain('Offered.');
    expect(slotsOn(await product.visitor().open(page))).not.toContain(chosen);
    const again = await host.open(`${link}/offer`);
    expect((await host.submit({ slot: slotsOn(again)[0] ?? '' }, { form: /\/offer$/ })).status).toBe(409);

    const mail = await product.mailbox.waitForMailTo(
      'fourth@visitors.example',
      (each) => isNew(each) && hasLink('bookings')(each) && each.calendar === undefined,
    );
    const visitor = product.visitor('fr');
    await visitor.open(linkIn(mail, 'bookings'));
    expect((await visitor.submit({}, { form: /\/take$/ })).text).toContain('C’est déplacé');
    await waitFor('fourth@visitors.example', 'Nouvelle heure', isNew);
    expect((await visitor.open(booked)).status).toBe(200);

    await product.at(plus(new Date(chosen), HOUR));
    const later = await signIn(product);
    const over = await later.open(link);
    expect(over.text).toContain('Nobody came');
    expect((await later.submit({}, { form: /\/missed$/ })).text).toContain('You said that nobody came.');
    expect((await later.submit({}, { form: /\/missed$/ })).text).not.toContain('You said that nobody came.');
  });
});

describe('a meeting', () => {
  it('whose host has a booking then says so before it is announced, and not whose', async () => {
    // The session of before ended with the day that went by.
    const leader = await signIn(product);
    const page = await offerHours(leader, {
      ...everyDay('06:00-23:00'),
      ...{ title: 'Earlier and earlier', from: '2027-01-04', timeZone: 'Europe/Berlin' },
    });
    await book(page, 'fifth@visitors.example', 30);
    const { body } = await leader.open(`/console${page}`);
    const link = /href="([^"]*\/bookings\/[^"/]+)"/.exec(body)?.[1] ?? '';
    const moving = slotsOn(await leader.open(`${link}/offer`));
    const booked = await slotOf('fifth@visitors.example');
    const tried = async (start: Date): Promise<string> => {
      const meeting = await draftMeeting(leader, { ...wallClock(start, 'Europe/Berlin'), timeZone: 'Europe/Berlin' });
      const form = await reach(leader, meeting, 'dry-run');
      return (await leader.submit({}, { form })).text;
    };
    const warning = 'Someone has booked office hours with this host at that time.';
    expect(await tried(booked)).toContain(warning);
    expect(await tried(new Date(moving.at(-1) ?? ''))).not.toContain(warning);
  });

  /** When the calendar entry of someone's booking begins. */
  const slotOf = async (email: string): Promise<Date> =>
    entryIn(await product.mailbox.waitForMailTo(email, ({ calendar }) => calendar !== undefined)).start;
});

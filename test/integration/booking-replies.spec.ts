import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { answerMail, handOver, type Client } from '../support/calendar-client.js';
import { entryIn } from '../support/invitations.js';
import { fromNowOn, hasLink, linkIn, signIn } from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import { everyDay, offerHours, slotsOn } from '../support/office-hours.js';
import { COORDINATOR, freePort } from '../support/product.js';
import { TimedProduct } from '../support/timed-product.js';

const TEAM = 'team@come-together.example';
const FREED = 'Votre créneau est de nouveau libre';

let product: TimedProduct;
let port: number;
/** The public page of the hours that are offered. */
let hours: string;
let people = 0;

beforeAll(async () => {
  port = await freePort();
  product = await TimedProduct.start({ INBOUND_SMTP_PORT: String(port) });
  hours = await offerHours(await signIn(product), { ...everyDay('18:00-20:00'), from: '2027-01-04' });
});
afterAll(() => product.stop());

const free = async (): Promise<readonly string[]> => slotsOn(await product.visitor().open(hours));

/** What comes to someone during an act. */
async function mailsDuring(act: () => Promise<unknown>): Promise<(email: string) => readonly ReadMail[]> {
  await product.settle();
  const isNew = fromNowOn(product.mailbox);
  await act();
  await product.settle();
  const mails = (await product.mailbox.read()).filter(isNew);
  return (email) => mails.filter(({ to }) => to.includes(email));
}

interface Booked {
  readonly email: string;
  readonly slot: string;
  readonly link: string;
  /** The first invitation for the visitor's calendar. */
  readonly mail: ReadMail;
}

/** Books a slot to the end, as a visitor without an account does. */
async function book(slot?: string, email = `visitor${String((people += 1))}@copargo.example`): Promise<Booked> {
  const visitor = product.visitor('fr');
  const page = await visitor.open(`/fr${hours}?timeZone=Africa/Porto-Novo`);
  const chosen = slot ?? slotsOn(page)[0] ?? '';
  const isNew = fromNowOn(product.mailbox);
  await visitor.submit(
    { slot: chosen, email, language: 'fr', topic: 'pilots', region: 'Copargo', note: '' },
    { form: page.formWith('slot') },
  );
  const asked = await product.mailbox.waitForMailTo(email, (mail) => isNew(mail) && hasLink('bookings')(mail));
  const link = linkIn(asked, 'bookings');
  const told = await mailsDuring(async () => {
    await visitor.open(link);
    await visitor.submit({}, { form: /\/bookings\/[^/]+$/ });
  });
  const mail = told(email).find(({ calendar }) => calendar !== undefined);
  if (!mail) throw new Error(`not booked: ${visitor.page.seen}`);
  return { email, slot: chosen, link, mail };
}

const answer = ({ email, mail }: Pick<Booked, 'email' | 'mail'>, client: Client, after = 1): Promise<void> =>
  handOver(
    port,
    email,
    TEAM,
    answerMail(client, {
      ...{ entry: entryIn(mail), attendee: email, to: TEAM },
      dtstamp: plus(entryIn(mail).dtstamp, after * MINUTE),
    }),
  );

const says = async ({ link }: Booked): Promise<string> =>
  (await product.visitor('en').open(link.replace('/bookings', '/en/bookings'))).text;

describe('a booking that is declined in its visitor’s calendar', () => {
  it('is free again; the host’s calendar hears it, and the visitor what that did, with the way back', async () => {
    const booked = await book();
    expect(await free()).not.toContain(booked.slot);
    const told = await mailsDuring(() => answer(booked, 'apple-icloud-declined'));
    const [mail, ...more] = told(booked.email);
    expect([mail?.subject, mail?.calendar, more]).toEqual([FREED, undefined, []]);
    const [back, ...others] = (mail?.links ?? []).filter((link) => link.includes('/office-hours/'));
    expect([new URL(back ?? '').pathname, others]).toEqual([hours, []]);
    expect(told(COORDINATOR).map((each) => each.method)).toEqual(['CANCEL']);
    expect(await free()).toContain(booked.slot);
    expect(await says(booked)).toContain('Cancelled');
  });

  it('leads back to the same slot, by a booking of its own', async () => {
    const first = await book();
    await mailsDuring(() => answer(first, 'gmail-declined-with-note'));
    const again = await book(first.slot, first.email);
    expect(entryIn(again.mail).uid).not.toBe(entryIn(first.mail).uid);
    expect(await free()).not.toContain(first.slot);
    // The old entry's answers have nothing to do with the new one.
    const told = await mailsDuring(() => answer(first, 'nextcloud-by-link-without-organizer', 5));
    expect([told(first.email), told(COORDINATOR)]).toEqual([[], []]);
    expect(await free()).not.toContain(first.slot);
  });

  it('is told once, however often and in whatever order the answers come', async () => {
    const booked = await book();
    const told = await mailsDuring(async () => {
      await answer(booked, 'gmail-accepted', 1);
      await answer(booked, 'apple-icloud-declined', 3);
      await answer(booked, 'gmail-accepted', 2);
      await answer(booked, 'apple-icloud-declined', 3);
    });
    expect(told(booked.email).map(({ subject }) => subject)).toEqual([FREED]);
    expect(await free()).toContain(booked.slot);
  });

  it('is not told so when it was given back by its own page, which says it', async () => {
    const booked = await book();
    const visitor = product.visitor('fr');
    const told = await mailsDuring(async () => {
      await visitor.open(booked.link);
      await visitor.submit({}, { form: /\/cancel$/ });
    });
    expect(told(booked.email).map(({ subject }) => subject)).not.toContain(FREED);
    expect(await free()).toContain(booked.slot);
  });

  it('stays booked when it is accepted, or someone else declines', async () => {
    const booked = await book();
    const told = await mailsDuring(async () => {
      await answer(booked, 'gmail-accepted', 1);
      await answer({ ...booked, email: 'stranger@elsewhere.example' }, 'apple-icloud-declined', 2);
    });
    expect(told(booked.email)).toEqual([]);
    expect(await free()).not.toContain(booked.slot);
    expect(await says(booked)).not.toContain('Cancelled');
  });
});

describe('what host and visitor write to each other', () => {
  const HOSTS_WORDS = 'Bring a map of the wells, please.';
  const VISITORS_WORDS = 'Volontiers, je l’apporte. Merci beaucoup pour votre message et à demain.';

  const replyTo = (mail: ReadMail, from: string, text: string): Promise<void> =>
    handOver(
      port,
      from,
      TEAM,
      [
        `From: Awa Visitor <${from}>`,
        `To: ${TEAM}`,
        `Subject: Re: ${mail.subject}`,
        `Message-ID: <${String(text.length)}.${from}>`,
        `In-Reply-To: ${mail.header('Message-ID') ?? ''}`,
        'Date: Mon, 04 Jan 2027 10:00:00 +0000',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        text,
        '',
        '> quoted',
        '-- ',
        'Awa Visitor',
      ].join('\r\n'),
    );

  it('goes both ways by mail, with neither’s address, and only the visitor’s own answer counts', async () => {
    const booked = await book();
    const host = await signIn(product);
    const console = await host.open(`/console${hours}`);
    const links = [...console.body.matchAll(/href="([^"]*\/bookings\/[^"/]+)"/g)].map(([, link]) => link ?? '');
    const told = await mailsDuring(async () => {
      // The latest that was booked is the last of the week.
      await host.open(links.at(-1) ?? '');
      await host.submit({ text: HOSTS_WORDS }, { form: /\/write$/ });
      await host.submit({}, { form: /\/write$/ });
    });
    const [note, ...more] = told(booked.email);
    if (!note) throw new Error('the visitor heard nothing');
    expect(more).toEqual([]);
    expect(note.text).toContain(HOSTS_WORDS);
    expect(note.text).not.toContain(COORDINATOR);

    const heard = await mailsDuring(async () => {
      await replyTo(note, 'stranger@elsewhere.example', 'I am not the visitor at all, and nobody asked me.');
      await replyTo(note, booked.email, VISITORS_WORDS);
      await replyTo(note, booked.email, VISITORS_WORDS);
    });
    const [answered, ...others] = heard(COORDINATOR);
    expect(others).toEqual([]);
    expect(answered?.text).toContain(VISITORS_WORDS);
    for (const secret of [booked.email, 'Awa Visitor', 'quoted']) expect(answered?.text).not.toContain(secret);
    const shown = await host.open(links.at(-1) ?? '');
    expect(shown.text).toContain(VISITORS_WORDS);
    expect(shown.text).not.toContain('nobody asked me');
    expect(shown.text).not.toContain(booked.email);
  });
});

import { handOver, plainMail } from './calendar-client.js';
import { fromNowOn, hasLink, linkIn } from './journeys.js';
import { everyDay, offerHours, slotsOn } from './office-hours.js';
import { COORDINATOR, type Product } from './product.js';
import type { TestDatabase } from './database.js';
import type { Visitor } from './visitor.js';
import { eventually } from './waiting.js';

/** Office hours as they look once people use them: every page by a name, in each state that it can be opened in. */
export async function officeHoursPages(
  product: Product,
  database: TestDatabase,
  host: Visitor,
): Promise<ReadonlyMap<string, string>> {
  const tomorrow = Temporal.Now.plainDateISO('Europe/Berlin').add({ days: 1 }).toString();
  const evenings = { title: 'Idées pilotes', ...everyDay('18:00-19:00'), wed: '', from: tomorrow };
  const path = await offerHours(host, { ...evenings, description: 'Venez avec une idée.\nTrente minutes suffisent.' });
  const hours = { ...everyDay('08:00-18:00'), slotMinutes: '15', bufferMinutes: '0' };
  const full = await offerHours(host, { title: 'All day long', ...hours, from: tomorrow });
  const kathmandu = 'timeZone=Asia/Kathmandu';
  const pages = new Map([
    ['office-hours', '/office-hours'],
    ['office-hours-week', path],
    ['office-hours-two-clocks', `${path}?${kathmandu}`],
    ['office-hours-full', `${full}?${kathmandu}`],
    ['office-hours-zone', `${full}/zone?${kathmandu}`],
    ...['', '/new'].map(
      (act) => [`console-office-hours${act.replace('/', '-')}`, `/console/office-hours${act}`] as const,
    ),
    ...['edit', 'day'].map((act) => [`console-office-hours-${act}`, `/console${path}/${act}`] as const),
  ]);
  for (const state of ['held', 'confirmed', 'cancelled']) {
    const email = `${state}@bookings.example`;
    const visitor = product.visitor('fr');
    const [slot = ''] = slotsOn(await visitor.open(path));
    const fields = { slot, email, language: 'fr', topic: 'pilots', region: 'Copargo', note: 'Un petit biodigesteur ?' };
    const isNew = fromNowOn(product.mailbox);
    await visitor.submit(fields, { form: visitor.page.formWith('slot') });
    const asked = await product.mailbox.waitForMailTo(email, hasLink('bookings'));
    const booking = new URL(linkIn(asked, 'bookings')).pathname;
    pages.set(`booking-${state}`, booking);
    if (state === 'held') continue;
    await visitor.open(booking);
    await visitor.submit({}, { form: /\/bookings\/[^/]+$/ });
    await database.settled();
    if (state === 'cancelled') await visitor.submit({}, { form: /\/cancel$/ });
    else {
      pages.set('booking-move', `${booking}/move`);
      const mail = await product.mailbox.waitForMailTo(COORDINATOR, (each) => isNew(each) && hasLink('bookings')(each));
      pages.set('booking-of-host', new URL(linkIn(mail, 'bookings')).pathname);
      const week = `/console${path}?week=${slot.slice(0, 10)}`;
      pages.set('console-office-hours-week', week);
      await host.open(week);
      for (const act of ['move', 'cancel']) {
        const link = host.page.links.find(({ href }) => href.includes('/bookings/') && href.endsWith(`/${act}`));
        if (link) pages.set(`console-booking-${act}`, link.href);
      }
    }
  }
  return pages;
}

/** What people have written to the team: the list, a reply that waits, and one that was answered. */
export async function repliesPages(host: Visitor, inbound: number): Promise<ReadonlyMap<string, string>> {
  const to = 'team@come-together.example';
  const bodies = ['Est-ce que je peux venir avec une amie ? Nous sommes deux.', `Can you send us ${'w'.repeat(200)}?`];
  for (const [at, body] of bodies.entries()) {
    const from = `writer${String(at)}@elsewhere.example`;
    await handOver(inbound, from, to, plainMail({ from, to, body }));
  }
  const [answered = '', open = ''] = await eventually('two replies', async () => {
    const { links } = await host.open('/console/replies');
    const replies = links.map(({ href }) => href).filter((href) => /\/console\/replies\/[\w-]{22}$/.test(href));
    return replies.length === bodies.length ? replies : undefined;
  });
  await host.open(answered);
  await host.submit({ answer: 'Oui, avec plaisir.\n\nÀ bientôt' }, { form: /\/replies\// });
  return new Map([
    ['console-replies', '/console/replies'],
    ['console-reply', open],
    ['console-reply-answered', answered],
  ]);
}

import * as journeys from '../support/journeys.js';
import { filesHolding, spellingsOf } from '../support/traces.js';
import { eventually } from '../support/waiting.js';
import type { Visitor } from '../support/visitor.js';
import { lastEntry } from './first-meeting.js';
import { ADDRESSES, AWA, database, EVERYONE, product, story } from './stage.js';
import { check, same } from './story.js';

/** A meeting takes place, another does not, and someone leaves no trace. */

export async function joining(meeting: string): Promise<void> {
  await story.step('The reminder comes a quarter of an hour before, and with it the room opens', async () => {
    const mail = await product.mailbox.waitForMailTo(
      AWA.email,
      (each) => each.calendar === undefined && journeys.hasLink('join')(each),
      120_000,
    );
    return mail.subject;
  });
  await story.step('Awa joins with three people around her phone, and leaves an idea', async () => {
    const mail = await product.mailbox.waitForMailTo(AWA.email, (each) => each.subject.includes('Salut'));
    const awa = product.visitor('fr');
    await awa.open(journeys.linkIn(mail, 'join'));
    await awa.submit({ withYou: '3' }, { form: awa.page.formWith('withYou') });
    check(
      awa.page.links.some(({ href }) => href === 'https://meet.example/come-together'),
      'no link to the room',
    );
    await awa.open(journeys.linkIn(mail, 'join'));
    await awa.submit({ idea: 'Un jardin pour les deux écoles' }, { form: awa.page.formWith('idea') });
    same(awa.page.kind, 'answered', 'leaving an idea');
    return awa.page.heading;
  });
  await story.step('A neighbour without an address joins from the meeting’s page', async () => {
    const neighbour = product.visitor('fr');
    await neighbour.open(`/meetings/${journeys.idOf(meeting)}`);
    await neighbour.follow(/\/join$/);
    await neighbour.submit({ withYou: '0' }, { form: neighbour.page.formWith('withYou') });
    check(
      neighbour.page.links.some(({ href }) => href === 'https://meet.example/come-together'),
      'no link to the room',
    );
    return undefined;
  });
}

export async function endings(coordinator: Visitor, meeting: string): Promise<void> {
  await story.step('The evening is cancelled: one CANCEL for each calendar', async () => {
    await journeys.change(coordinator, meeting, 'cancel', { reason: 'The hall is flooded.' });
    for (const { email } of EVERYONE) same((await lastEntry(email))?.method, 'CANCEL', `what ${email} heard last`);
    return undefined;
  });
  await story.step('Awa looks at what is held about her, takes it along as a file, and erases it', async () => {
    const awa = await journeys.openOwnPage(product, AWA.email);
    const file = await awa.submit({}, { form: /\/export$/ });
    const held = file.json() as { address: string; invitations: unknown[] };
    same([held.address, held.invitations.length], [AWA.email, 3], 'her file');
    const contacts = database.collection('contacts');
    const before = await contacts.countDocuments({});
    const again = await journeys.openOwnPage(product, AWA.email);
    await journeys.erase(again);
    await eventually('her contact to be gone', async () => (await contacts.countDocuments({})) === before - 1, 60_000);
    return 'three invitations and an address';
  });
  await story.step('No address can be read anywhere: not in the data, not in Redis, not in a log', () => {
    const folders = [product.folder, product.store?.folder ?? '', product.redis?.folder ?? ''];
    for (const email of ADDRESSES) same(filesHolding(spellingsOf(email), folders), [], `files that hold ${email}`);
    return Promise.resolve('searched in plain, hexadecimal and base64, journals and free pages too');
  });
  await story.step('The answers wait until five are there; the console tells no more of anyone', async () => {
    const page = await coordinator.open('/console/answers');
    check(!page.text.includes('Planter des arbres'), 'an answer is shown though it is alone');
    check(!page.body.includes('@'), 'the console shows an address');
    return page.heading;
  });
}

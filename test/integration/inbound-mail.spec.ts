import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../../libs/time/clock.js';
import { bounceMail, handOver, plainMail } from '../support/calendar-client.js';
import { change, enrol, fromNowOn, openOwnPage, showInterest } from '../support/journeys.js';
import type { ReadMail } from '../support/mail.js';
import type { Visitor } from '../support/visitor.js';
import { Invited, port, product, someone, someoneElse, TEAM, withInbound } from '../support/invited.js';

withInbound();

describe('bounces', () => {
  const rowOf = async (mail: ReadMail) => {
    const id = /^<([\w-]+)@/.exec(mail.header('message-id') ?? '')?.[1] ?? '';
    const row = await product.database.collection('deliveries').findOne({ _id: id });
    if (!row) throw new Error('no delivery');
    return row;
  };
  const returnPathOf = ({ id }: ReadMail): string => product.mailbox.box.find(id)?.from ?? '';

  it('say by the envelope’s token which mail came back; an address that fails hard is suppressed', async () => {
    const invited = await Invited.start();
    const path = returnPathOf(invited.mail);
    expect(path).toMatch(/^bounce\+[0-9a-f]{32}@come-together\.example$/);
    await handOver(port, '', path, bounceMail(path, invited.email, ['Action: failed', 'Status: 5.1.1']));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'failed', enhanced: '5.1.1' });
    const isNew = fromNowOn(product.mailbox);
    await change(invited.coordinator, invited.meeting, 'cancel', { reason: '' });
    await product.settle();
    expect((await invited.mails()).filter(isNew)).toEqual([]);
  });

  it('are told by the returned Message-ID where they went to the team’s address', async () => {
    const invited = await Invited.start();
    const returned = `Message-ID: ${invited.mail.header('message-id') ?? ''}`;
    const fields = ['Action: failed', 'Status: 5.2.2', 'Diagnostic-Code: smtp; 552 5.2.2 mailbox full'];
    await handOver(port, '', TEAM, bounceMail(TEAM, invited.email, fields, returned));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'failed', code: 552, enhanced: '5.2.2' });
    const isNew = fromNowOn(product.mailbox);
    await openOwnPage(product, invited.email);
    expect((await invited.mails()).filter(isNew)).toHaveLength(1);
  });

  it('say that a server has given up after days: that mail has failed, the address may be sound', async () => {
    const invited = await Invited.start();
    const path = returnPathOf(invited.mail);
    const isNew = fromNowOn(product.mailbox);
    await handOver(port, '', path, bounceMail(path, invited.email, ['Action: failed', 'Status: 4.4.1']));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'failed', enhanced: '4.4.1' });
    await openOwnPage(product, invited.email);
    expect((await invited.mails()).filter(isNew)).toHaveLength(1);
  });

  it.each([
    ['a delay', ['Action: delayed', 'Status: 4.4.1']],
    ['a temporary failure', ['Status: 4.2.2']],
    ['a receipt', ['Action: delivered', 'Status: 2.0.0']],
  ])('change nothing for %s', async (_, fields) => {
    const invited = await Invited.start();
    const path = returnPathOf(invited.mail);
    await handOver(port, '', path, bounceMail(path, invited.email, fields));
    expect(await rowOf(invited.mail)).toMatchObject({ state: 'sent' });
  });
});

describe('what a person writes', () => {
  const write = async (
    from: string,
    body: string,
    headers: readonly string[] = [],
    messageId?: string,
  ): Promise<void> => {
    await handOver(port, from, TEAM, plainMail({ from, to: TEAM, body, headers, ...(messageId ? { messageId } : {}) }));
    await product.settle();
  };
  const open = async (coordinator: Visitor, words: string) => {
    const list = await coordinator.open('/console/replies');
    for (const { href } of list.links.filter((each) => /\/console\/replies\/[\w-]{22}$/.test(each.href))) {
      const page = await coordinator.open(href);
      if (page.text.includes(words)) return page;
    }
    throw new Error(`no “${words}” on ${list.text}`);
  };

  it('is shown by place and language, never by whom, and is answered through the mailer', async () => {
    const invited = await Invited.start();
    const { coordinator, email } = invited;
    const words = 'Est-ce que je peux venir avec une amie ? Nous sommes deux.';
    const mail = `${words}\r\n\r\nBien cordialement,\r\nAfi Dossou\r\n\r\nLe lun. 11 janv. 2027 à 10:00, Come Together <${TEAM}> a écrit :\r\n> Bonjour\r\n`;
    await write(email, mail, [], '<once@client.example>');
    await write(email, mail, [], '<once@client.example>');
    const list = await coordinator.open('/console/replies');
    expect(list.text.split('Est-ce que').length).toBe(2);
    const page = await open(coordinator, words);
    expect(page.heading).toBe('A reply from Copargo, in French');
    expect(page.body).not.toMatch(/Dossou|Bonjour|donga\.example/);

    const isNew = fromNowOn(product.mailbox);
    expect((await coordinator.submit({ answer: '' }, { form: /\/replies\// })).status).toBe(422);
    await coordinator.submit({ answer: 'Oui, avec plaisir.' }, { form: /\/replies\// });
    expect(coordinator.page.text).toContain('Your answer is on its way.');
    await product.settle();
    const [answer, ...more] = (await invited.mails()).filter(isNew);
    expect(more).toEqual([]);
    expect(answer?.text).toContain('Oui, avec plaisir.');
    expect(answer?.text).toContain(`> ${words}`);
    expect(answer?.calendar).toBeUndefined();
  });

  it('comes from nowhere in particular when who wrote is no contact, who is answered and forgotten', async () => {
    const { coordinator } = await Invited.start();
    const stranger = someoneElse();
    await write(stranger, 'Where can I find the materials that you have?');
    const page = await open(coordinator, 'Where can I find');
    expect(page.heading).toBe('A reply in English');
    await coordinator.submit({ answer: 'On the page.' }, { form: /\/replies\// });
    await product.settle();
    const [answer] = await product.mailbox.mailsTo(stranger);
    expect(answer?.text).toContain('On the page.');
    const stored = JSON.stringify([
      await product.database.collection('written_replies').find({}).toArray(),
      await product.database.collection('correspondents').find({}).toArray(),
    ]);
    expect(stored).not.toMatch(/elsewhere|materials|On the page/);
    const again = await coordinator.send(page.url.pathname);
    expect(again.body).not.toContain('elsewhere.example');
  });

  it('beside an answer in a calendar is shown like any other, never with the answer', async () => {
    const invited = await Invited.start();
    await invited.answer('gmail-declined-with-note');
    const page = await open(invited.coordinator, 'Market day, sorry');
    expect(page.text).toContain('A note beside a reply in a calendar');
    expect(page.text).not.toMatch(/declined/i);
  });

  it.each([
    ['out of office', ['Auto-Submitted: auto-replied']],
    ['a list', ['List-Id: <news.example>']],
    ['a program', ['Auto-Submitted: auto-generated']],
  ])('%s is no one’s words', async (_, headers) => {
    const before = await product.database.collection('written_replies').countDocuments({});
    await write(someoneElse(), 'I am away until Monday.', headers);
    expect(await product.database.collection('written_replies').countDocuments({})).toBe(before);
  });

  it('is erased with its writer', async () => {
    const invited = await Invited.start();
    await write(invited.email, 'Une question de plus pour vous.');
    const before = await product.database.collection('written_replies').countDocuments({});
    const own = await openOwnPage(product, invited.email);
    await own.follow(/\/erase$/);
    await own.submit({}, { form: /\/erase$/ });
    await product.settle();
    expect(await product.database.collection('written_replies').countDocuments({})).toBe(before - 1);
  });

  it('is erased with its writer also where it was written before they left their address', async () => {
    const held = async (): Promise<readonly number[]> => [
      await product.database.collection('written_replies').countDocuments({}),
      await product.database.collection('correspondents').countDocuments({}),
    ];
    const [email, before] = [someone(), await held()];
    await write(email, 'Une question avant de venir.');
    expect(await held()).toEqual(before.map((count) => count + 1));
    await enrol(product, { email, language: 'fr' });
    const own = await openOwnPage(product, email);
    await own.follow(/\/erase$/);
    await own.submit({}, { form: /\/erase$/ });
    await product.settle();
    expect(await held()).toEqual(before);
  });

  it('stays where somebody else typed its writer’s address, which then lapses', async () => {
    const email = someone();
    await write(email, 'Une question sans réponse encore.');
    const held = () => product.database.collection('written_replies').countDocuments({});
    const before = await held();
    await showInterest(product, { email, language: 'fr' });
    product.clock.advance(49 * HOUR);
    await product.settle();
    expect(await held()).toBe(before);
  });
});

describe('the port', () => {
  it('is no relay: an unknown recipient is refused before the mail', async () => {
    for (const to of ['someone@elsewhere.example', 'info@come-together.example', 'bounce+@come-together.example'])
      await expect(handOver(port, 'a@b.example', to, 'x')).rejects.toMatchObject({ responseCode: 550 });
    await expect(
      handOver(port, 'a@b.example', TEAM.toUpperCase(), plainMail({ to: TEAM, body: '' })),
    ).resolves.toBeUndefined();
  });
});

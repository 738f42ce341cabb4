import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { MailWriter } from '../../src/deliveries/mail-writer.service.js';
import { Sending } from '../support/sending.js';

afterEach(() => Sending.end());

describe('a signature', () => {
  it('stands on every mail once DKIM is configured', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const sending = await Sending.start({
      ...{ DKIM_DOMAIN: 'come-together.example', DKIM_SELECTOR: 'ct' },
      DKIM_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).replaceAll('\n', '\\n'),
    });
    await sending.contact('ama', { confirmed: false });
    await sending.settle();
    const [mail] = await sending.mailbox.mailsTo('ama@donga.example');
    expect(mail?.subject).toBe('Please confirm your email address');
    expect(mail?.header('dkim-signature')).toMatch(/d=come-together\.example; s=ct;/);
  });
});

describe('a mail server', () => {
  it.each([
    ['421', { at: 'connect', act: { refuse: 421 } }],
    ['450', { at: 'rcpt', act: { refuse: 450, text: '4.2.0 greylisted' } }],
    ['451', { at: 'data', act: { refuse: 451, text: '4.3.0 later' } }],
    ['a dropped connection', { at: 'mail', act: 'drop' }],
  ] as const)('that says %s gets the mail later', async (_, fault) => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    sending.mailbox.box.fail(fault);
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await sending.settle();
    expect(await sending.statesOf(ama, 'me-link')).toEqual(['open']);
    await sending.at(plus(sending.clock.now(), 2 * MINUTE));
    expect(await sending.statesOf(ama, 'me-link')).toEqual(['sent']);
    expect(await sending.subjectsTo('ama')).toHaveLength(1);
  });

  it('that refuses the address for good is not asked again: the row has failed, the address is suppressed', async () => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 550, text: '5.1.1 nobody' }, times: 9 });
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await sending.settle();
    const [row] = await sending.rows('me-link');
    expect(row).toMatchObject({ state: 'failed', code: 550, enhanced: '5.1.1' });
    expect(await sending.contacts.get(ama.id)).toMatchObject({ suppressed: true });
    sending.mailbox.box.recover();
    await sending.deliveries.tell(ama.id, 'me-link', 'again');
    await sending.settle();
    expect(await sending.subjectsTo('ama')).toEqual([]);
  });

  it('that refuses this mail alone has nobody suppressed; a person can retry it', async () => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'rcpt', act: { refuse: 552, text: '5.2.2 full' } });
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await sending.settle();
    const [row] = await sending.deliveries.troubled(10);
    expect(row).toMatchObject({ state: 'failed', code: 552, enhanced: '5.2.2' });
    expect(await sending.contacts.get(ama.id)).toMatchObject({ suppressed: false });
    expect(await sending.deliveries.retry(row?._id ?? '')).toBe(true);
    await sending.settle();
    expect(await sending.statesOf(ama, 'me-link')).toEqual(['sent']);
  });

  it('that goes away after the mail gets the same bytes again', async () => {
    const sending = await Sending.start();
    const [host, ama] = await sending.guests('host', 'ama');
    if (!host || !ama) throw new Error('nobody');
    sending.mailbox.box.fail({ at: 'data', act: 'drop', to: (address) => address.startsWith('ama') });
    await sending.announce(host);
    const [row] = (await sending.rows('request')).filter(({ contact }) => contact === ama.id);
    expect(row).toMatchObject({ state: 'open', enhanced: '4.4.2' });
    await sending.at(plus(sending.clock.now(), 2 * MINUTE));
    const [first, second, ...more] = await sending.mailbox.mailsTo('ama@donga.example');
    expect(more).toEqual([]);
    expect(first?.raw.equals(second?.raw ?? Buffer.alloc(0))).toBe(true);
    expect(await sending.statesOf(ama, 'request')).toEqual(['sent']);
  });

  it('that says nothing is left when the process ends, and the mail waits for the next process', async () => {
    const sending = await Sending.start();
    const [ama] = await sending.guests('ama');
    if (!ama) throw new Error('nobody');
    const stalled = new Promise<void>((resolve) => {
      sending.mailbox.box.fail({
        ...{ at: 'rcpt', act: 'stall' },
        to: () => {
          resolve();
          return true;
        },
      });
    });
    await sending.deliveries.tell(ama.id, 'me-link', 'r');
    await stalled;
    await sending.module.close();
    const [row] = await sending.rows('me-link');
    expect(row).toMatchObject({ state: 'open', failures: 0 });
    expect((row?.dueAt ?? new Date(8e15)) <= sending.clock.now()).toBe(true);
  });
});

describe('a poison row', () => {
  it('is set aside after eight failures, without hindering the others', async () => {
    const sending = await Sending.start();
    const [host, ama, kofi] = await sending.guests('host', 'ama', 'kofi');
    if (!host || !ama || !kofi) throw new Error('nobody');
    const writer = sending.module.get(MailWriter, { strict: false });
    const write = writer.write.bind(writer);
    writer.write = (writing) => {
      if (writing.contact.id === ama.id) throw new Error('ama@donga.example cannot be written to');
      return write(writing);
    };
    await sending.announce(host);
    expect(await sending.subjectsTo('kofi')).toEqual(['Invitation: Ideas']);
    for (let hours = 1; hours <= 8; hours++) await sending.at(plus(sending.clock.now(), HOUR + MINUTE));
    expect(await sending.statesOf(ama, 'request')).toEqual(['quarantined']);
    writer.write = write;
    const [row] = await sending.deliveries.troubled(10);
    expect(await sending.deliveries.retry(row?._id ?? '')).toBe(true);
    await sending.settle();
    expect(await sending.subjectsTo('ama')).toEqual(['Invitation: Ideas']);
  });
});

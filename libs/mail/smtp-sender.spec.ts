import { afterEach, describe, expect, it } from '@jest/globals';
import { Mailbox, type MailFault } from '../../src/local/mailbox.js';
import type { SendOutcome } from './smtp-outcome.js';
import { SmtpSender, type SmtpOptions } from './smtp-sender.js';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function mailbox(options: SmtpOptions = {}): Promise<{ box: Mailbox; sender: SmtpSender }> {
  const box = await Mailbox.open();
  const sender = new SmtpSender(box.url, options);
  ends.push(
    () => box.close(),
    () => sender.close(),
  );
  return { box, sender };
}

const envelope = { from: 'bounce+00@x.example', to: 'ama@donga.example' };
const mail = Buffer.from('From: <team@x.example>\r\nTo: <ama@donga.example>\r\nSubject: hi\r\n\r\n.dot\r\nhello\r\n');
const SHORT = { silenceTimeout: 250 };

describe('sending', () => {
  it('hands over exactly the bytes, over one kept connection', async () => {
    const { box, sender } = await mailbox();
    expect(await sender.send(envelope, mail)).toEqual({ kind: 'accepted' });
    expect(await sender.send(envelope, mail)).toEqual({ kind: 'accepted' });
    expect(box.mails.map(({ raw }) => raw.toString())).toEqual([mail.toString(), mail.toString()]);
    expect(box.mails[0]).toMatchObject({ from: envelope.from, to: [envelope.to] });
  });

  it('holds no more conversations at once than it may, and finishes all', async () => {
    const { box, sender } = await mailbox({ connections: 3 });
    const outcomes = await Promise.all(Array.from({ length: 120 }, () => sender.send(envelope, mail)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(box.mails).toHaveLength(120);
  });

  it.each<[string, MailFault, SendOutcome]>([
    ['421 at the start', { at: 'connect', act: { refuse: 421 } }, { kind: 'put-off', code: 421 }],
    [
      '554 at the start',
      { at: 'connect', act: { refuse: 554, text: '5.3.2 closed' } },
      { kind: 'put-off', code: 554, enhanced: '5.3.2' },
    ],
    [
      '450 at the address',
      { at: 'rcpt', act: { refuse: 450, text: '4.7.1 greylisted' } },
      { kind: 'put-off', code: 450, enhanced: '4.7.1' },
    ],
    [
      '451 after the mail',
      { at: 'data', act: { refuse: 451, text: '4.3.0 later' } },
      { kind: 'put-off', code: 451, enhanced: '4.3.0' },
    ],
    ['421 after the mail', { at: 'data', act: { refuse: 421 } }, { kind: 'put-off', code: 421, enhanced: '4.0.0' }],
    [
      '550 at the address',
      { at: 'rcpt', act: { refuse: 550, text: '5.1.1 nobody' } },
      { kind: 'refused', code: 550, enhanced: '5.1.1', suppress: true },
    ],
    [
      '552 at the address',
      { at: 'rcpt', act: { refuse: 552, text: '5.2.2 full' } },
      { kind: 'refused', code: 552, enhanced: '5.2.2', suppress: false },
    ],
    [
      '554 after the mail',
      { at: 'data', act: { refuse: 554, text: '5.7.1 no' } },
      { kind: 'refused', code: 554, enhanced: '5.7.1', suppress: false },
    ],
    ['a server that leaves at the start', { at: 'connect', act: 'drop' }, { kind: 'put-off' }],
    ['a server that leaves at the sender', { at: 'mail', act: 'drop' }, { kind: 'put-off' }],
    ['a server that leaves after the mail', { at: 'data', act: 'drop' }, { kind: 'unknown' }],
  ])('tells %s, and goes on', async (_, fault, outcome) => {
    const { box, sender } = await mailbox();
    box.fail(fault);
    expect(await sender.send(envelope, mail)).toMatchObject(outcome);
    const before = box.mails.length;
    expect(await sender.send(envelope, mail)).toEqual({ kind: 'accepted' });
    expect(box.mails).toHaveLength(before + 1);
  });

  it('never tells what a server wrote', async () => {
    const { box, sender } = await mailbox();
    box.fail({ at: 'rcpt', act: { refuse: 550, text: '5.1.1 <ama@donga.example> unknown' } });
    expect(JSON.stringify(await sender.send(envelope, mail))).not.toMatch(/ama|donga|unknown user/);
  });

  it('tries a fresh connection when a kept one had been closed', async () => {
    const { box, sender } = await mailbox();
    await sender.send(envelope, mail);
    box.fail({ at: 'mail', act: 'drop' });
    expect(await sender.send(envelope, mail)).toEqual({ kind: 'accepted' });
  });
});

describe('a server that says nothing', () => {
  it.each<[string, MailFault['at'], SendOutcome]>([
    ['before the mail', 'rcpt', { kind: 'put-off' }],
    ['after the mail', 'data', { kind: 'unknown' }],
  ])('%s', async (_, at, outcome) => {
    const { box, sender } = await mailbox(SHORT);
    box.fail({ at, act: 'stall' });
    expect(await sender.send(envelope, mail)).toEqual(outcome);
  });

  it('is left before the mail is handed over when its time has come', async () => {
    const { box, sender } = await mailbox();
    box.fail({ at: 'rcpt', act: 'stall' });
    expect(await sender.send(envelope, mail, 100)).toEqual({ kind: 'too-late' });
    expect(box.mails).toHaveLength(0);
  });

  it('is not waited for at the end', async () => {
    const { box, sender } = await mailbox();
    const reached = new Promise<void>((resolve) => {
      box.fail({
        at: 'rcpt',
        act: 'stall',
        to: () => {
          resolve();
          return true;
        },
      });
    });
    const sending = sender.send(envelope, mail);
    await reached;
    await sender.close();
    expect(await sending).toEqual({ kind: 'put-off' });
    expect(await sender.send(envelope, mail)).toEqual({ kind: 'put-off' });
  });
});

describe('a server that is not there', () => {
  it('puts the mail off', async () => {
    const sender = new SmtpSender('smtp://127.0.0.1:1', { connectTimeout: 500 });
    expect(await sender.send(envelope, mail)).toEqual({ kind: 'put-off' });
  });

  it('sends nothing whose time is over', async () => {
    const { box, sender } = await mailbox();
    expect(await sender.send(envelope, mail, 0)).toEqual({ kind: 'too-late' });
    expect(box.mails).toHaveLength(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HANDLED, InboundMailbox } from '../../libs/mail/inbound-mailbox.js';
import { readMail, headerOf } from '../../libs/mail/received-mail.js';
import { plainMail } from '../support/calendar-client.js';
import { Dovecot } from '../support/dovecot.js';
import { eventually } from '../support/waiting.js';

const now = new Date();
const mail = (subject: string): string =>
  plainMail({ from: 'afi@example.org', to: 'team@come.example', body: 'Hello', messageId: `<${subject}@x.example>` });

let dovecot: Dovecot;
const boxes: InboundMailbox[] = [];

beforeEach(async () => {
  dovecot = await Dovecot.start();
});

afterEach(async () => {
  await Promise.all(boxes.splice(0).map((box) => box.stop()));
  await dovecot.close();
});

/** Watches the mailbox; `taken` holds the Message-IDs of what was handled. */
function watch({
  take = () => Promise.resolve(),
  mayHold = true,
  every = 600_000,
}: {
  take?: (id: string) => Promise<void>;
  mayHold?: boolean | (() => boolean);
  every?: number;
} = {}) {
  const taken: string[] = [];
  const troubles: string[] = [];
  const box = new InboundMailbox({
    url: dovecot.url,
    every,
    now: () => now,
    mayHold: () => Promise.resolve(typeof mayHold === 'boolean' ? mayHold : mayHold()),
    trouble: (what) => troubles.push(what),
    take: async ({ bytes, returnPath }) => {
      expect(returnPath).toBeUndefined();
      const id = headerOf(readMail(bytes), 'message-id') ?? '';
      await take(id);
      taken.push(id);
    },
  });
  boxes.push(box);
  return { box, taken, troubles, until: (count: number) => eventually('mails', () => taken.length >= count) };
}

const marked = (): Promise<boolean> => dovecot.marks().then((marks) => marks.every((flags) => flags.includes(HANDLED)));

describe('a mailbox over IMAP', () => {
  it('gives what is there, and what comes while it is watched, each once, and marks it without reading it', async () => {
    await dovecot.deliver(mail('one'), now);
    const { taken, until } = watch();
    await until(1);
    await dovecot.deliver(mail('two'), now);
    await until(2);
    await eventually('marks', marked);
    expect(taken).toEqual(['<one@x.example>', '<two@x.example>']);
    expect((await dovecot.marks()).flat()).not.toContain('\\Seen');
  });

  it('marks a mail only after it was handled, and goes on with others meanwhile', async () => {
    let isAway = true;
    await dovecot.deliver(mail('one'), now);
    await dovecot.deliver(mail('two'), now);
    const { taken, until, troubles } = watch({
      every: 50,
      take: (id) => (isAway && id.startsWith('<one') ? Promise.reject(new Error('away')) : Promise.resolve()),
    });
    await until(1);
    expect(taken).toEqual(['<two@x.example>']);
    await eventually('the other to be marked', async () => (await dovecot.marks())[1]?.includes(HANDLED));
    expect((await dovecot.marks())[0]).not.toContain(HANDLED);
    expect(troubles).toContain('mail');
    isAway = false;
    await until(2);
    await eventually('marks', marked);
  });

  it('comes back to a server that was away', async () => {
    const { taken, until, troubles } = watch();
    await dovecot.deliver(mail('one'), now);
    await until(1);
    // Else it would come again, and rightly so.
    await eventually('marks', marked);
    await dovecot.stop();
    await eventually('the loss to be noticed', () => troubles.includes('connection'));
    await dovecot.run();
    await dovecot.deliver(mail('two'), now);
    await until(2);
    expect(taken).toEqual(['<one@x.example>', '<two@x.example>']);
  });

  it('survives that the mailbox was made anew under other numbers', async () => {
    const { box, until } = watch();
    await dovecot.deliver(mail('one'), now);
    await until(1);
    await eventually('marks', marked);
    await box.stop();
    const before = await dovecot.uidValidity();
    await dovecot.stop();
    dovecot.forgetNumbers();
    await dovecot.run();
    await dovecot.deliver(mail('two'), now);
    const again = watch();
    await again.until(1);
    await eventually('marks', marked);
    expect(await dovecot.uidValidity()).not.toBe(before);
    expect(again.taken).toEqual(['<two@x.example>']);
  });

  it('leaves alone what is older than two weeks', async () => {
    await dovecot.deliver(mail('old'), new Date(now.getTime() - 20 * 86_400_000));
    await dovecot.deliver(mail('new'), now);
    const { taken, until } = watch();
    await until(1);
    expect(taken).toEqual(['<new@x.example>']);
  });

  it('is left to another process until it may be held', async () => {
    let isMine = false;
    let asked = 0;
    await dovecot.deliver(mail('one'), now);
    const { taken, until } = watch({ every: 20, mayHold: () => ((asked += 1), isMine) });
    await eventually('questions', () => asked > 3);
    expect(taken).toEqual([]);
    isMine = true;
    await until(1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createTransport } from 'nodemailer';
import { startMailbox, type TestMailbox } from './mail.js';
import { startOwnRedis, startRedis } from './parts.js';

const mail = { from: 'team@come-together.example', text: 'Bienvenue. http://localhost/confirm/abc.' };

describe('a mailbox for tests', () => {
  let mailbox: TestMailbox;
  beforeAll(async () => {
    mailbox = await startMailbox();
  });
  afterAll(() => mailbox.close());

  const send = async (to: string, subject = 'Bonjour'): Promise<unknown> =>
    createTransport(mailbox.url)
      .sendMail({ ...mail, to, subject, icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR' } })
      .catch((error: unknown) => error);

  it('shows a mail as a person would see it', async () => {
    await send('awa@example.org', 'Confirmé');
    const read = await mailbox.waitForMailTo('awa@example.org');
    expect(read).toMatchObject({ subject: 'Confirmé', method: 'REQUEST', calendar: 'BEGIN:VCALENDAR' });
    expect(read.links).toEqual(['http://localhost/confirm/abc']);
    expect(read.header('Content-Type')).toContain('multipart/');
  });

  it('refuses, then takes', async () => {
    mailbox.box.fail({
      at: 'rcpt',
      act: { refuse: 450, text: '4.2.1 later' },
      to: (address) => address.startsWith('b'),
    });
    expect(await send('b@example.org')).toMatchObject({ responseCode: 450 });
    expect(await mailbox.mailsTo('b@example.org')).toHaveLength(0);
    await send('b@example.org');
    expect(await mailbox.mailsTo('b@example.org')).toHaveLength(1);
  });

  it('keeps a mail whose sender never hears so', async () => {
    mailbox.box.fail({ at: 'data', act: 'drop' });
    expect(await send('c@example.org')).toBeInstanceOf(Error);
    expect(await mailbox.mailsTo('c@example.org')).toHaveLength(1);
  });
});

describe('Redis for tests', () => {
  it('is shared, with queues of its own for each file', async () => {
    const [one, two] = [await startRedis(), await startRedis()];
    expect(one.url).toBe(two.url);
    expect(one.prefix).not.toBe(two.prefix);
    const redis = new Redis(one.url);
    expect(await redis.ping()).toBe('PONG');
    await redis.quit();
  });

  it('can be one of its own, killed and started again on its data', async () => {
    const own = await startOwnRedis();
    const redis = new Redis(own.url());
    redis.on('error', () => undefined);
    await redis.set('kept', 'yes');
    await own.stop();
    await own.start();
    expect(await redis.get('kept')).toBe('yes');
    await own.kill();
    await own.start();
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await own.close();
  });
});

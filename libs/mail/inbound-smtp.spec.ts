import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { InboundSmtp, type IncomingMail, type InboundSmtpOptions } from './inbound-smtp.js';

const OURS = 'team@come.example';
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function listen(options: Partial<InboundSmtpOptions> = {}) {
  const taken: IncomingMail[] = [];
  const inbound = await InboundSmtp.open({
    host: '127.0.0.1',
    port: 0,
    isOurs: (address) => address === OURS,
    take: (mail) => {
      taken.push(mail);
      return Promise.resolve();
    },
    ...options,
  });
  ends.push(() => inbound.close());
  return { inbound, taken };
}

const CLOSED: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Speaks to the port line by line; what it answers is the last line of each reply. */
class Client {
  private constructor(
    readonly socket: Socket,
    private readonly lines: AsyncIterableIterator<string>,
  ) {}

  static connect({ port }: InboundSmtp): Client {
    const socket = createConnection(port, '127.0.0.1').on('error', () => undefined);
    ends.push(() => {
      socket.destroy();
    });
    return new Client(socket, createInterface(socket)[Symbol.asyncIterator]());
  }

  async answer(): Promise<string> {
    for (;;) {
      // A connection that is reset is closed, too.
      const next: IteratorResult<string, undefined> = await this.lines.next().catch(() => CLOSED);
      if (next.done === true) return 'closed';
      if (next.value[3] !== '-') return next.value;
    }
  }

  say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return this.answer();
  }

  async begin(from = '<a@b.example>'): Promise<string> {
    await this.answer();
    await this.say('EHLO client.example');
    return this.say(`MAIL FROM:${from}`);
  }

  async mail(body: string, from?: string): Promise<string> {
    await this.begin(from);
    await this.say(`RCPT TO:<${OURS}>`);
    await this.say('DATA');
    return this.say(`${body}\r\n.`);
  }
}

describe('the port for incoming mail', () => {
  it('takes a mail to us, with what its envelope says', async () => {
    const { inbound, taken } = await listen();
    expect(await Client.connect(inbound).mail('Subject: x\r\n\r\nHello')).toMatch(/^250/);
    expect(await Client.connect(inbound).mail('x', '<>')).toMatch(/^250/);
    expect(taken.map(({ returnPath }) => returnPath)).toEqual(['a@b.example', '']);
    expect(taken[0]?.recipients).toEqual([OURS]);
    expect(taken[0]?.bytes.toString()).toContain('Hello');
  });

  it('is no relay', async () => {
    const { inbound } = await listen();
    const client = Client.connect(inbound);
    await client.begin();
    expect(await client.say('RCPT TO:<other@elsewhere.example>')).toMatch(/^550/);
    expect(await client.say('DATA')).toMatch(/^503/);
    expect(await client.say('AUTH PLAIN AGEAYg==')).toMatch(/^5/);
  });

  it('leaves a mail to its sender when it could not be taken in', async () => {
    const { inbound } = await listen({ take: () => Promise.reject(new Error('away')) });
    expect(await Client.connect(inbound).mail('x')).toMatch(/^451/);
  });

  it('takes no mail that is too large, and does not listen for ever', async () => {
    const { inbound, taken } = await listen({ limits: { bytes: 1_000 } });
    expect(await Client.connect(inbound).mail('x'.repeat(1_500))).toMatch(/^552/);
    expect(await Client.connect(inbound).mail(`${'x'.repeat(900)}\r\n`.repeat(500))).toBe('closed');
    expect(taken).toEqual([]);
  });

  it('takes so many mails a minute from one machine', async () => {
    const { inbound } = await listen({ perMinute: 2 });
    expect(await Client.connect(inbound).begin()).toMatch(/^250/);
    expect(await Client.connect(inbound).begin()).toMatch(/^250/);
    expect(await Client.connect(inbound).begin()).toMatch(/^450/);
  });

  it('takes so many conversations and recipients at once', async () => {
    const { inbound } = await listen({ limits: { connectionsOfOne: 1, recipients: 1 } });
    const first = Client.connect(inbound);
    await first.begin();
    await first.say(`RCPT TO:<${OURS}>`);
    expect(await first.say(`RCPT TO:<${OURS}>`)).toMatch(/^452/);
    expect(await Client.connect(inbound).answer()).toMatch(/^421/);
    first.socket.end();
    await once(first.socket, 'close');
  });

  it('breaks off a conversation that does not end', async () => {
    const { inbound } = await listen({ limits: { conversation: 100 } });
    const client = Client.connect(inbound);
    await client.begin();
    expect(await client.answer()).toBe('closed');
  });

  it('says when its port is taken', async () => {
    const { inbound } = await listen();
    await expect(listen({ port: inbound.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

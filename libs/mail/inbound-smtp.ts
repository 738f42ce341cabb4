import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { MINUTE } from '../time/clock.js';

/** A mail from outside, with what its envelope said; from a mailbox there is none. */
export interface IncomingMail {
  /** Empty for the null sender. */
  readonly returnPath?: string;
  readonly recipients: readonly string[];
  readonly bytes: Buffer;
}

/** Takes a mail in. When it throws, whoever has the mail keeps it and tries again. */
export type TakeMail = (mail: IncomingMail) => Promise<void>;

export interface InboundSmtpOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly isOurs: (address: string) => boolean;
  readonly take: TakeMail;
  /** Mails that one machine may hand over in a minute; absent for no limit. */
  readonly perMinute?: number;
  readonly limits?: Partial<Limits>;
}

interface Limits {
  /** Of a mail. */
  readonly bytes: number;
  readonly recipients: number;
  /** Conversations at once, in all and with one machine. */
  readonly connections: number;
  readonly connectionsOfOne: number;
  /** Milliseconds of silence, for one mail, and for a whole conversation. */
  readonly silence: number;
  readonly mail: number;
  readonly conversation: number;
}

/** What a mail may weigh; larger ones are a person's pictures, which nobody here would see. */
export const MOST_BYTES_OF_A_MAIL = 10 * 1024 * 1024;

const LIMITS: Limits = {
  bytes: MOST_BYTES_OF_A_MAIL,
  recipients: 10,
  connections: 50,
  connectionsOfOne: 10,
  silence: MINUTE,
  mail: 2 * MINUTE,
  conversation: 10 * MINUTE,
};

interface Sender {
  connections: number;
  mails: number;
  since: number;
}

const MOST_SENDERS = 10_000;

/**
 * Listens for mails to our own addresses. Never a relay: whoever else is named is refused at RCPT, before a byte of the
 * mail. A mail is answered for only once it was taken in.
 */
export class InboundSmtp {
  private readonly limits: Limits;
  private readonly senders = new Map<string, Sender>();
  private readonly sockets = new Map<string, Socket>();
  private readonly server: SMTPServer;

  private constructor(private readonly options: InboundSmtpOptions) {
    this.limits = { ...LIMITS, ...options.limits };
    this.server = new SMTPServer({
      banner: 'Come Together',
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      size: this.limits.bytes,
      maxClients: this.limits.connections,
      socketTimeout: this.limits.silence,
      closeTimeout: 2_000,
      onConnect: (session, callback) => {
        callback(this.connect(session));
      },
      onMailFrom: (_sender, session, callback) => {
        callback(this.begin(session));
      },
      onRcptTo: ({ address }, session, callback) => {
        callback(this.recipient(address, session));
      },
      onData: (stream, session, callback) => {
        this.receive(stream, session).then((error) => {
          callback(error);
        }, callback);
      },
      onClose: (session) => {
        const sender = this.senders.get(session.remoteAddress);
        if (sender) sender.connections -= 1;
      },
    });
    // A client that breaks off is no trouble of ours.
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket: Socket) => {
      const key = keyOf(socket);
      const ending = setTimeout(() => socket.destroy(), this.limits.conversation);
      this.sockets.set(key, socket);
      socket.once('close', () => {
        clearTimeout(ending);
        this.sockets.delete(key);
      });
    });
  }

  /** Throws when the port is taken. */
  static async open(options: InboundSmtpOptions): Promise<InboundSmtp> {
    const inbound = new InboundSmtp(options);
    const { server } = inbound.server;
    inbound.server.listen(options.port, options.host);
    await once(server, 'listening');
    return inbound;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** Mails under way may end, for two seconds. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(resolve);
    });
    for (const socket of this.sockets.values()) socket.destroy();
  }

  private connect({ remoteAddress }: SMTPServerSession): Error | null {
    const sender = this.senderAt(remoteAddress);
    sender.connections += 1;
    return sender.connections > this.limits.connectionsOfOne ? refusal(421, '4.7.0 too many connections') : null;
  }

  private begin({ remoteAddress }: SMTPServerSession): Error | null {
    const { perMinute } = this.options;
    if (perMinute === undefined) return null;
    const sender = this.senderAt(remoteAddress);
    const now = performance.now();
    if (now - sender.since > MINUTE) [sender.since, sender.mails] = [now, 0];
    sender.mails += 1;
    return sender.mails > perMinute ? refusal(450, '4.7.1 too many mails, please try again later') : null;
  }

  private recipient(address: string, { envelope }: SMTPServerSession): Error | null {
    if (!this.options.isOurs(address)) return refusal(550, '5.1.1 no such address here');
    return envelope.rcptTo.length >= this.limits.recipients ? refusal(452, '4.5.3 too many recipients') : null;
  }

  private async receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Error | null> {
    const socket = this.sockets.get(keyOf(session));
    const ending = setTimeout(() => socket?.destroy(), this.limits.mail);
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes <= this.limits.bytes) chunks.push(chunk);
        // Whoever does not stop is not listened to any longer.
        else if (bytes > 2 * this.limits.bytes) socket?.destroy();
      }
    } finally {
      clearTimeout(ending);
    }
    if (bytes > this.limits.bytes) return refusal(552, '5.3.4 the mail is too large');
    const { mailFrom, rcptTo } = session.envelope;
    try {
      await this.options.take({
        returnPath: mailFrom === false ? '' : mailFrom.address,
        recipients: rcptTo.map(({ address }) => address),
        bytes: Buffer.concat(chunks),
      });
      return null;
    } catch {
      return refusal(451, '4.3.0 not now, please try again later');
    }
  }

  private senderAt(address: string): Sender {
    const known = this.senders.get(address);
    if (known) return known;
    if (this.senders.size >= MOST_SENDERS)
      for (const [other, { connections }] of this.senders) if (connections <= 0) this.senders.delete(other);
    const fresh = { connections: 0, mails: 0, since: performance.now() };
    this.senders.set(address, fresh);
    return fresh;
  }
}

const keyOf = ({
  remoteAddress,
  remotePort,
}: {
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
}) => `${(remoteAddress ?? '').replace(/^::ffff:/, '')}|${String(remotePort ?? 0)}`;

const refusal = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });

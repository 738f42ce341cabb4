import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

/** One mail as it came in: envelope and bytes. */
export interface ReceivedMail {
  /** Counted from 1 in the order of arrival; never given twice. */
  readonly id: number;
  readonly receivedAt: Date;
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/** How the next conversations go wrong. Tests use it; a mailbox without faults takes everything. */
export interface MailFault {
  readonly at: 'connect' | 'mail' | 'rcpt' | 'data';
  /** How many conversations it meets. Default 1. */
  readonly times?: number;
  /** Only mails to addresses for which this is true (at rcpt and data). */
  readonly to?: (address: string) => boolean;
  /** `refuse` answers with the code, `drop` keeps the mail and closes without an answer, `stall` never answers. */
  readonly act: 'drop' | 'stall' | { readonly refuse: number; readonly text?: string };
}

const MOST_MAILS = 5_000;
const MOST_BYTES = 128 * 1024 * 1024;
const MOST_BYTES_OF_A_MAIL = 20 * 1024 * 1024;

/**
 * An SMTP listener on loopback that keeps the last mails in memory: the local mailbox, and what the tests send to.
 * It knows no accounts and no encryption, as only this machine can reach it.
 */
export class Mailbox {
  private readonly kept: ReceivedMail[] = [];
  private readonly arrivals = new EventEmitter().setMaxListeners(0);
  private readonly sockets = new Map<number, Socket>();
  private readonly faults: { readonly fault: MailFault; left: number }[] = [];
  private bytes = 0;
  private count = 0;

  private readonly server = new SMTPServer({
    name: 'localhost',
    banner: 'Come Together mailbox',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MOST_BYTES_OF_A_MAIL,
    socketTimeout: 10 * 60_000,
    closeTimeout: 500,
    onConnect: (session, callback) => {
      this.meetFault('connect', session, callback);
    },
    onMailFrom: (_address, session, callback) => {
      this.meetFault('mail', session, callback);
    },
    onRcptTo: (recipient, session, callback) => {
      this.meetFault('rcpt', session, callback, [recipient.address]);
    },
    onData: (stream, session, callback) => {
      this.take(stream, session, callback);
    },
  });

  private constructor() {
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket: Socket) => {
      const port = socket.remotePort ?? 0;
      this.sockets.set(port, socket);
      socket.once('close', () => this.sockets.delete(port));
    });
  }

  /** Listens on 127.0.0.1, on any free port unless one is given. */
  static async open(port = 0): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await once(mailbox.server.listen(port, '127.0.0.1'), 'listening');
    return mailbox;
  }

  /** As SMTP_URL takes it. */
  get url(): string {
    const address = this.server.server.address();
    if (address === null || typeof address === 'string') throw new Error('the mailbox is closed');
    return `smtp://127.0.0.1:${String(address.port)}`;
  }

  /** The kept mails, oldest first. */
  get mails(): readonly ReceivedMail[] {
    return this.kept;
  }

  find(id: number): ReceivedMail | undefined {
    return this.kept.find((mail) => mail.id === id);
  }

  /** Calls back for every mail from now on; the returned function ends it. */
  onMail(listener: (mail: ReceivedMail) => void): () => void {
    this.arrivals.on('mail', listener);
    return () => this.arrivals.off('mail', listener);
  }

  fail(fault: MailFault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  /** Everything goes well again. What is stalled stays so until its connection ends. */
  recover(): void {
    this.faults.length = 0;
  }

  clear(): void {
    this.kept.length = 0;
    this.bytes = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.values()) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(resolve);
    });
  }

  private take(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error?: Error | null, message?: string) => void,
  ): void {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (stream.sizeExceeded) {
        callback(refusal(552, '5.3.4 the mail is too large'));
        return;
      }
      const to = session.envelope.rcptTo.map((recipient) => recipient.address);
      const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
      const keep = (): void => {
        this.keep({ id: ++this.count, receivedAt: new Date(), from, to, raw: Buffer.concat(chunks) });
      };
      this.meetFault(
        'data',
        session,
        (error) => {
          if (!error) keep();
          callback(error);
        },
        to,
        keep,
      );
    });
  }

  private keep(mail: ReceivedMail): void {
    this.kept.push(mail);
    this.bytes += mail.raw.length;
    while (this.kept.length > MOST_MAILS || this.bytes > MOST_BYTES) this.bytes -= this.kept.shift()?.raw.length ?? 0;
    this.arrivals.emit('mail', mail);
  }

  private meetFault(
    at: MailFault['at'],
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
    addresses: readonly string[] = [],
    keep?: () => void,
  ): void {
    const met = this.faults.find(
      ({ fault, left }) => left > 0 && fault.at === at && (fault.to === undefined || addresses.some(fault.to)),
    );
    if (met === undefined) {
      callback();
      return;
    }
    met.left -= 1;
    const { act } = met.fault;
    if (act === 'drop') {
      keep?.();
      this.sockets.get(session.remotePort)?.destroy();
    } else if (act !== 'stall')
      callback(refusal(act.refuse, act.text ?? `${String(act.refuse)[0] ?? '5'}.0.0 refused`));
  }
}

const refusal = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });

import { ImapFlow, type MailboxObject, type SearchObject } from 'imapflow';
import { DAY, MINUTE, plus } from '../time/clock.js';
import { MOST_BYTES_OF_A_MAIL, type TakeMail } from './inbound-smtp.js';

export interface InboundMailboxOptions {
  /** `imaps://user:password@host:port/folder`; the folder is INBOX unless it is named. */
  readonly url: string;
  readonly take: TakeMail;
  /** Asked before connecting and at every look: false leaves the mailbox to another process. */
  readonly mayHold: () => Promise<boolean>;
  readonly now: () => Date;
  /** Told what went wrong, in a word: messages of servers hold addresses. */
  readonly trouble: (what: 'connection' | 'mail' | 'read-only') => void;
  /** Milliseconds between looks, also where the server tells of new mail by itself. */
  readonly every?: number;
}

/** Set on a mail once it was handled. People who read the same mailbox keep their own marks. */
export const HANDLED = 'ComeTogetherHandled';
/** Older mails were here before us, or were handled long ago. */
const MOST_DAYS = 14;
const DELAYS = [1_000, 2_000, 5_000, 15_000, MINUTE, 5 * MINUTE];

/**
 * Reads a mailbox over IMAP for as long as it runs: told of new mail (IDLE) and looking now and then. Every look asks the
 * server anew for what is not yet marked and a mail is marked only after it was handled, so that neither a lost connection
 * nor a mailbox that was made anew under other numbers (UIDVALIDITY) loses or repeats more than is harmless.
 */
export class InboundMailbox {
  private client: ImapFlow | undefined;
  private readonly running: Promise<void>;
  private stopped = false;
  /** Something happened since the last look began. */
  private news = false;
  private wake: () => void = () => undefined;

  constructor(private readonly options: InboundMailboxOptions) {
    this.running = this.run();
  }

  /** The mail in hand is finished first. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.isStopped()) {
      try {
        if (await this.options.mayHold()) {
          await this.hold(() => (failures = 0));
          failures = 0;
        }
      } catch {
        failures += 1;
        this.options.trouble('connection');
      } finally {
        this.client?.close();
        this.client = undefined;
        this.news = false;
      }
      await this.rest(failures === 0 ? this.every : (DELAYS[failures - 1] ?? 5 * MINUTE));
    }
  }

  /** From connecting until this process is to end, another has the mailbox, or the connection breaks, which throws. */
  private async hold(connected: () => void): Promise<void> {
    const client = (this.client = new ImapFlow(connectionOf(this.options.url)));
    // An error closes the connection, and what waits for it hears of that.
    client.on('error', () => undefined);
    for (const event of ['exists', 'close'])
      client.on(event, () => {
        this.news = true;
        this.wake();
      });
    await client.connect();
    const mailbox = await client.mailboxOpen(folderOf(this.options.url));
    if (mailbox.readOnly === true) {
      this.options.trouble('read-only');
      throw new Error('the mailbox takes no marks');
    }
    connected();
    while (!this.isStopped() && (await this.options.mayHold())) {
      const done = await this.look(client, markOf(mailbox));
      if (!client.usable) throw new Error('the connection is lost');
      if (!this.isStopped()) await this.rest(done ? this.every : Math.min(this.every, MINUTE));
    }
    await client.logout();
  }

  /** Handles what is not marked yet. @returns false when a mail could not be handled: it is tried again */
  private async look(client: ImapFlow, { mark, unmarked }: Mark): Promise<boolean> {
    this.news = false;
    const query = { ...unmarked, deleted: false, since: plus(this.options.now(), -MOST_DAYS * DAY) };
    const found = await client.search(query, { uid: true });
    let done = true;
    for (const uid of found === false || found === undefined ? [] : found) {
      if (this.isStopped()) return true;
      const one = String(uid);
      const fetched = await client.fetchOne(one, { source: { maxLength: MOST_BYTES_OF_A_MAIL } }, { uid: true });
      if (fetched === false || !fetched.source) continue;
      try {
        await this.options.take({ recipients: [], bytes: fetched.source });
      } catch {
        this.options.trouble('mail');
        done = false;
        continue;
      }
      await client.messageFlagsAdd(one, [mark], { uid: true, silent: true });
    }
    return done;
  }

  /** Until the time is over, new mail is there, the connection breaks, or this is to stop. */
  private rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.isStopped() || this.news) this.wake();
    });
  }

  private isStopped(): boolean {
    return this.stopped;
  }

  private get every(): number {
    return this.options.every ?? MINUTE;
  }
}

interface Mark {
  readonly mark: string;
  readonly unmarked: SearchObject;
}

/** A keyword of our own; where a server keeps none, `\Seen`. */
function markOf({ permanentFlags }: MailboxObject): Mark {
  const keeps = permanentFlags === undefined || permanentFlags.has('\\*') || permanentFlags.has(HANDLED);
  return keeps ? { mark: HANDLED, unmarked: { unKeyword: HANDLED } } : { mark: '\\Seen', unmarked: { seen: false } };
}

function connectionOf(url: string) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'imaps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 993 : 143) : Number(port),
    secure,
    auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    logger: false as const,
    // Soon, as IDLE is how the server tells of new mail.
    autoIdleDelay: 50,
    maxIdleTime: 5 * MINUTE,
    maxLiteralSize: MOST_BYTES_OF_A_MAIL + 1_024,
  };
}

const folderOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1)) || 'INBOX';

import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { InboundMailbox } from '../../libs/mail/inbound-mailbox.js';
import { InboundSmtp } from '../../libs/mail/inbound-smtp.js';
import { Ids } from '../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { SETTINGS, type Settings } from '../config.js';
import { IncomingMails } from './incoming-mails.service.js';
import { RepliesRepository } from './replies.repository.js';

const LEASE = 'imap';
const MAILS_PER_MINUTE = 300;
/** Milliseconds between tries for a port that another worker of this machine may have. */
const PORT_AGAIN = 5_000;

/**
 * Where mails come in, in the worker. Of several workers one holds the mailbox, by a lease in the database: servers allow
 * few connections, and handling one mail in two places at once would be twice the work, though not a wrong result. On one
 * machine one worker has the port; another takes it over when that one ends.
 */
@Injectable()
export class InboundSources implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(InboundSources.name);
  private readonly self: string;
  private smtp: InboundSmtp | undefined;
  private mailbox: InboundMailbox | undefined;
  private again: NodeJS.Timeout | undefined;
  private ending = false;

  constructor(
    private readonly mails: IncomingMails,
    private readonly replies: RepliesRepository,
    private readonly clock: DatabaseClock,
    ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.self = ids.next();
  }

  async onApplicationBootstrap(): Promise<void> {
    const { INBOUND_SMTP_PORT, IMAP_URL } = this.settings;
    if (INBOUND_SMTP_PORT !== undefined) await this.listen(INBOUND_SMTP_PORT);
    if (IMAP_URL !== undefined) this.mailbox = this.watch(IMAP_URL);
  }

  /** Where mails are taken; undefined while another process of this machine has the port. */
  get port(): number | undefined {
    return this.smtp?.port;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending = true;
    clearTimeout(this.again);
    await Promise.all([this.smtp?.close(), this.mailbox?.stop()]);
    if (this.mailbox) await this.replies.release(LEASE, this.self);
  }

  private async listen(port: number): Promise<void> {
    try {
      this.smtp = await InboundSmtp.open({
        host: this.settings.HOST,
        port,
        isOurs: (address) => this.mails.isOurs(address),
        take: (mail) => this.mails.take(mail),
        ...(this.settings.RATE_LIMITS ? { perMinute: MAILS_PER_MINUTE } : {}),
      });
    } catch {
      if (this.ending) return;
      if (this.again === undefined)
        this.log.warn(`port ${String(port)} for incoming mail is not free; it is tried again`);
      this.again = setTimeout(() => void this.listen(port), PORT_AGAIN).unref();
    }
  }

  private watch(url: string): InboundMailbox {
    return new InboundMailbox({
      url,
      take: (mail) => this.mails.take(mail),
      mayHold: () => {
        const now = this.clock.now();
        return this.replies.hold(LEASE, this.self, now, plus(now, 3 * MINUTE));
      },
      now: () => this.clock.now(),
      trouble: (what) => {
        this.log.warn(TROUBLE[what]);
      },
    });
  }
}

const TROUBLE = {
  connection: 'the mailbox cannot be reached; it is tried again',
  mail: 'a mail of the mailbox could not be handled; it is tried again',
  'read-only': 'the mailbox of IMAP_URL takes no marks, so its mails cannot be handled',
} as const;

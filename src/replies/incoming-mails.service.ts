import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMail } from '../../libs/mail/inbound-smtp.js';
import { languageOf } from '../../libs/mail/language-of.js';
import type { MailReport } from '../../libs/mail/mail-report.js';
import { addressIn, headerOf, readMail, type MailPart } from '../../libs/mail/received-mail.js';
import { domainOf, tokenIn } from '../../libs/mail/return-path.js';
import { blindIndex } from '../../libs/privacy/blind-index.js';
import { idFromBytes, isId, type Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { Clock } from '../../libs/time/clock.js';
import { DEFAULT_LANGUAGE } from '../../libs/web/i18n.js';
import { SETTINGS, type Settings } from '../config.js';
import { canonicalOf, readAddress, type Address } from '../contacts/address.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { BookingMatters } from '../deliveries/booking-matters.service.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { CalendarReplies } from './calendar-replies.service.js';
import { addressedTo, identityOf, whatCame } from './incoming-mail.js';
import { RepliesRepository } from './replies.repository.js';
import { RepliesService } from './replies.service.js';

/** Where every mail from outside goes, by whatever way it came. */
@Injectable()
export class IncomingMails {
  constructor(
    private readonly replies: RepliesRepository,
    private readonly written: RepliesService,
    private readonly calendars: CalendarReplies,
    private readonly contacts: ContactsService,
    private readonly deliveries: DeliveriesService,
    private readonly matters: BookingMatters,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Ours are the team's address and those to which bounces come. */
  isOurs(address: string): boolean {
    const { address: team } = this.settings.MAIL_FROM;
    if (canonicalOf(address) === canonicalOf(team)) return true;
    return tokenIn(address) !== undefined && canonicalOf(domainOf(address)) === canonicalOf(domainOf(team));
  }

  /**
   * Handles a mail, once: what is noted at the end makes it known when it comes again by another way. Broken off before,
   * it is handled again, and each step finds what it did.
   */
  async take({ bytes, returnPath, recipients }: IncomingMail): Promise<void> {
    const mail = readMail(bytes);
    const key = blindIndex(this.ring, 'mail', identityOf(mail));
    if (await this.replies.isHandled(key)) return;
    await this.handle(mail, key, returnPath, recipients);
    await this.replies.markHandled(key, this.clock.now());
  }

  private async handle(
    mail: MailPart,
    key: string,
    returnPath: string | undefined,
    recipients: readonly string[],
  ): Promise<void> {
    const from = readAddress(addressIn(headerOf(mail, 'from')) ?? '');
    // A copy of what we sent ourselves.
    if (from?.canonical === canonicalOf(this.settings.MAIL_FROM.address)) return;
    const came = whatCame(mail, returnPath);
    switch (came.kind) {
      case 'report':
        await this.report(came.report, addressedTo(mail, recipients));
        return;
      case 'calendar':
        await this.calendars.take(came.replies, { key, from });
        return;
      case 'written': {
        if (!from || (await this.isHeard(mail, key, from, came.text))) return;
        const sender = await this.written.senderAt(from, languageOf(came.text) ?? DEFAULT_LANGUAGE);
        await this.written.keep(key, 'mail', sender, came.text);
        return;
      }
      case 'nothing':
    }
  }

  /** An answer to what was written about a booking goes to whom it answers, not to the team. */
  private async isHeard(mail: MailPart, key: string, from: Address, text: string): Promise<boolean> {
    const row = answered(mail);
    const answers = row && (await this.deliveries.get(row));
    if (!answers || (answers.kind !== 'host-note' && answers.kind !== 'visitor-note')) return false;
    const sender = await this.contacts.findByAddress(from.canonical);
    return sender !== undefined && (await this.matters.hear({ answers, sender: sender.id, text, key }));
  }

  /** A mail that came back for good has failed; where the address takes none, nothing more is sent to it. */
  private async report({ outcome, code, enhanced, about }: MailReport, to: readonly string[]): Promise<void> {
    if (outcome !== 'failed' && outcome !== 'no-such-address') return;
    const row = rowIn(to) ?? rowOfMessage(about);
    const contact = row && (await this.deliveries.bounced(row, code, enhanced));
    if (contact !== undefined && outcome === 'no-such-address') await this.contacts.suppress(contact);
  }
}

/** The delivery that a bounce's address names. */
function rowIn(addresses: readonly string[]): Id | undefined {
  const token = addresses.map(tokenIn).find((each) => each !== undefined);
  return token?.length === 32 ? idFromBytes(Buffer.from(token, 'hex')) : undefined;
}

/** The delivery that a mail answers, as programs note it; the last reference is the nearest. */
function answered(mail: MailPart): Id | undefined {
  const named = ['in-reply-to', 'references'].map((name) => headerOf(mail, name) ?? '');
  const ids = named.flatMap((value) => (value.match(/<[^\s<>]{3,500}>/g) ?? []).slice(-MOST_REFERENCES).reverse());
  return ids.map(rowOfMessage).find((row) => row !== undefined);
}

const MOST_REFERENCES = 5;

/** The delivery whose mail was returned to another address of ours. */
function rowOfMessage(messageId: string | undefined): Id | undefined {
  const token = /^<([^@<>]+)@/.exec(messageId ?? '')?.[1];
  return token !== undefined && isId(token) ? token : undefined;
}

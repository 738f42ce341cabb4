import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { DkimSigner } from '../../libs/mail/dkim.js';
import { domainOf, returnPath } from '../../libs/mail/return-path.js';
import type { SendOutcome } from '../../libs/mail/smtp-outcome.js';
import { SmtpSender } from '../../libs/mail/smtp-sender.js';
import { momentUntil, QUARANTINE_AT, retryDelay } from '../../libs/outbox/entry.js';
import { kindOf, placeOf } from '../../libs/outbox/relay.js';
import { idBytes, type Id } from '../../libs/privacy/ids.js';
import { plus } from '../../libs/time/clock.js';
import { SETTINGS, type Settings } from '../config.js';
import { canonicalOf } from '../contacts/address.js';
import type { Contact } from '../contacts/contact.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { Vault } from '../contacts/vault.js';
import type { Invitation } from '../invitations/invitation.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { placeAt } from '../invitations/occurrence.js';
import type { Subject } from '../invitations/subject.js';
import { Links } from '../links.js';
import { Allowance } from './allowance.service.js';
import { BookingMatters, isMatterKind, type BookingMatter } from './booking-matters.service.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { type Delivery, type Fixed, isCalendarMail, nextTry } from './delivery.js';
import { fixedFor } from './fixing.js';
import { LookUps } from './look-ups.service.js';
import { MailWriter } from './mail-writer.service.js';
import { NamedPlaces } from './named-places.service.js';
import { reach } from './reach.js';
import { sendPlan } from './send-plan.js';
import { SubjectTexts } from './subject-texts.service.js';
import type { Writing } from './writing.js';

/** The present state that a row is judged by. */
interface Present {
  readonly contact: Contact | undefined;
  readonly invitation: Invitation | undefined;
  readonly subject: Subject | undefined;
  readonly others: readonly Delivery[];
  /** What the row is about is gone: it was forgotten while the row was made. */
  readonly isForgotten: boolean;
  /** What a mail about a booking tells. */
  readonly matter?: BookingMatter | undefined;
}

/** An RFC 3463 code of our own for a mail that was handed over and never answered: the connection was lost. */
const NO_ANSWER = '4.4.2';

/** Takes a delivery all the way: plan, fix, write, send, mark. What it does may be broken off anywhere and begun again. */
@Injectable()
export class Mailer {
  private readonly log = new Logger(Mailer.name);
  private readonly sender: SmtpSender;
  private readonly signer: DkimSigner | undefined;
  private readonly domain: string;
  /** Mails that wait for a contact's allowance are counted one after another. */
  private readonly turns = new Map<Id, Promise<unknown>>();
  private stopping = false;

  constructor(
    private readonly rows: DeliveriesRepository,
    private readonly deliveries: DeliveriesService,
    private readonly contacts: ContactsService,
    private readonly invitations: InvitationsService,
    private readonly vault: Vault,
    private readonly lookUps: LookUps,
    private readonly writer: MailWriter,
    private readonly texts: SubjectTexts,
    private readonly named: NamedPlaces,
    private readonly matters: BookingMatters,
    private readonly allowance: Allowance,
    private readonly links: Links,
    private readonly clock: DatabaseClock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.sender = new SmtpSender(settings.SMTP_URL);
    this.signer = settings.DKIM ? new DkimSigner(settings.DKIM) : undefined;
    this.domain = domainOf(settings.MAIL_FROM.address);
  }

  /** One attempt at a row that is due. Throws only when the database is away: then the row stays as it is. */
  async attempt(id: Id): Promise<void> {
    const row = await this.rows.get(id);
    const wait = row?.dueAt && momentUntil(row.dueAt, this.clock.now());
    if (row?.state !== 'open' || wait === undefined) return;
    if (wait > 0) await pause(wait);
    try {
      if (row.canWait && this.settings.RATE_LIMITS) await this.inTurn(row.contact, () => this.deliver(row));
      else await this.deliver(row);
    } catch (error) {
      await this.failed(row, error);
    }
  }

  /** Sets a row aside: it is shown in the console and waits for a person. */
  async quarantine(id: Id): Promise<void> {
    await this.rows.end(id, 'quarantined', this.clock.now());
    this.log.error(`delivery ${id} is quarantined`);
  }

  /** Conversations that run may end, within `grace` milliseconds; what was not handed over is left to the next worker. */
  async stop(grace: number): Promise<void> {
    this.stopping = true;
    await this.sender.close(grace);
  }

  private async deliver(row: Delivery): Promise<void> {
    const present = await this.look(row);
    const { contact } = present;
    if (!contact) {
      // Erased while this was made: whoever made it had looked before.
      await this.invitations.forgetContact(row.contact);
      await this.deliveries.forgetContact(row.contact);
      return;
    }
    if (!(await this.stillNeeded(row, present))) return;
    const verdict = reach(row, contact, present, present.others, this.clock.now());
    // What it would tell is over, or forgotten.
    if (isMatterKind(row.kind) && !present.matter) {
      await this.rows.end(row._id, 'superseded', this.clock.now());
      return;
    }
    if (verdict !== 'send') {
      await this.rows.end(row._id, verdict === 'fail' ? 'failed' : 'superseded', this.clock.now());
      return;
    }
    if (await this.waits(row, contact, present)) return;
    const fixed = row.fixed ?? (await this.fix(row, contact, present));
    if (!fixed) return;
    if (row.fixed) await this.rows.countAttempt(row._id);
    else if (await this.allowance.givesWay(row, this.clock.now())) return;
    await this.send({ ...row, fixed, attempts: row.attempts + 1 }, contact, present);
  }

  private async look(row: Delivery): Promise<Present> {
    const [contact, place, matter] = await Promise.all([
      this.lookUps.recipient(row.contact),
      this.lookAtPlace(row),
      isMatterKind(row.kind) ? this.matters.find(row) : undefined,
    ]);
    return { contact, ...place, matter };
  }

  private async lookAtPlace(row: Delivery): Promise<Omit<Present, 'contact'>> {
    const [place, rows] = await Promise.all([
      row.invitation === undefined ? undefined : this.lookUps.place(row.invitation),
      row.invitation === undefined ? [] : this.rows.ofInvitation(row.invitation),
    ]);
    const others = rows.filter(({ _id }) => _id !== row._id);
    const seen = place && row.occurrence ? placeAt(place.invitation, place.subject, row.occurrence) : place;
    const isForgotten = row.invitation !== undefined && !place;
    return { invitation: seen?.invitation, subject: seen?.subject, others, isForgotten };
  }

  /** Leaves nothing of a row whose place is forgotten, nor of what was made too late for a meeting or booking that is. */
  private async forget({ _id, subject }: Delivery): Promise<void> {
    await this.rows.forget(_id);
    if (subject === undefined || (await this.invitations.isKnown(subject))) return;
    await this.invitations.forgetSubject(subject);
    await this.deliveries.forgetSubject(subject);
  }

  /** Follows the plan as far as it is not to send. */
  private async stillNeeded(row: Delivery, present: Present): Promise<boolean> {
    if (present.isForgotten) {
      await this.forget(row);
      return false;
    }
    const now = this.clock.now();
    const plan = sendPlan(row, present, now);
    if (plan.do === 'send') return true;
    if (plan.do === 'expire') {
      await this.rows.end(row._id, 'expired', now);
      return false;
    }
    const { invitation, subject } = present;
    if (plan.anew && invitation && subject) {
      const { kind, key } = plan.anew;
      const toldEnd = await this.deliveries.toldEnd(subject);
      const { occurrence } = row;
      await this.deliveries.add([
        this.deliveries.calendarRow(kind, invitation, subject, { key, toldEnd, ...(occurrence && { occurrence }) }),
      ]);
    }
    await this.rows.end(row._id, 'superseded', now);
    return false;
  }

  private async waits(row: Delivery, contact: Contact, { subject }: Present): Promise<boolean> {
    if (!row.canWait || row.fixed || !this.settings.RATE_LIMITS) return false;
    const now = this.clock.now();
    const due = await this.allowance.from(contact, now, subject?.start ?? row.notAfter);
    if (due <= now) return false;
    await this.rows.delay(row._id, due);
    return true;
  }

  /**
   * Fixes what a repeat must repeat, then looks once more: between the first look and now another row may have been made
   * or the meeting cancelled, whose mailer has not seen that this one goes out.
   */
  private async fix(row: Delivery, contact: Contact, present: Present): Promise<Fixed | undefined> {
    const now = this.clock.now();
    const places = await this.named.of(row, now);
    if (places?.length === 0) {
      await this.rows.end(row._id, 'superseded', now);
      return undefined;
    }
    if (present.subject) await this.texts.keep(present.subject);
    const fixed = fixedFor(row, { ...present, contact, places, now, keyId: this.links.keyId, domain: this.domain });
    if (!(await this.rows.fix(row._id, fixed))) {
      const meanwhile = await this.rows.get(row._id);
      // Forgotten, and the text that was just kept with it.
      if (!meanwhile) await this.forget(row);
      // Another process has it in hand, or another row tells the same.
      if (meanwhile?.state === 'open' && !meanwhile.fixed) await this.rows.end(row._id, 'superseded', now);
      return undefined;
    }
    if (!isCalendarMail(row.kind)) return fixed;
    const again = { ...present, ...(await this.lookAtPlace(row)) };
    if (sendPlan({ ...row, fixed }, again, now).do === 'send') return fixed;
    // Nothing was sent: it counts as never tried, and goes on as the present state asks, now or at the next look.
    await this.rows.release(row._id);
    await this.stillNeeded(row, again);
    return undefined;
  }

  private async send(row: Writing['row'], contact: Contact, { invitation, matter }: Present): Promise<void> {
    const address = this.vault.address(contact);
    const { fixed } = row;
    // Outlook takes no invitation from its own recipient; nor would we write to ourselves.
    if (canonicalOf(address) === canonicalOf(this.settings.MAIL_FROM.address)) {
      await this.rows.end(row._id, 'failed', this.clock.now());
      return;
    }
    const places = await this.named.read(fixed);
    const written = await this.writer.write({ row, contact, invitation, places, matter, address });
    const mail = this.signer ? await this.signer.sign(written, fixed.date) : written;
    const envelope = {
      from: returnPath(this.settings.MAIL_FROM.address, idBytes(row._id).toString('hex')),
      to: address,
    };
    const within = row.notAfter.getTime() - this.clock.now().getTime();
    await this.mark(row, await this.sender.send(envelope, Buffer.from(mail), within));
  }

  private async mark(row: Writing['row'], outcome: SendOutcome): Promise<void> {
    const now = this.clock.now();
    switch (outcome.kind) {
      case 'accepted':
        await this.rows.end(row._id, 'sent', now);
        return;
      case 'too-late':
        await this.rows.end(row._id, 'expired', now);
        return;
      case 'refused':
        await this.rows.end(row._id, 'failed', now, outcome.code, outcome.enhanced);
        if (outcome.suppress) await this.contacts.suppress(row.contact);
        return;
      case 'put-off':
        // Broken off because this process ends: another goes on at once.
        if (this.stopping && outcome.code === undefined) return;
        await this.putOff(row, now, outcome.code !== undefined, outcome.code, outcome.enhanced);
        return;
      case 'unknown':
        if (this.stopping) return;
        await this.putOff(row, now, true, undefined, NO_ANSWER);
    }
  }

  private async putOff(
    row: Writing['row'],
    now: Date,
    answered: boolean,
    code?: number,
    enhanced?: string,
  ): Promise<void> {
    const next = nextTry(row, row.fixed.date, now, answered);
    if (next) await this.rows.delay(row._id, next, code, enhanced);
    else await this.rows.end(row._id, 'failed', now, code, enhanced);
  }

  private async failed({ _id, kind, failures }: Delivery, error: unknown): Promise<void> {
    const count = failures + 1;
    // The message may quote an address; the place where it broke cannot.
    this.log.error({ kind, failures: count, error: kindOf(error), at: placeOf(error) }, 'a mail could not be made');
    if (count >= QUARANTINE_AT) await this.quarantine(_id);
    else await this.rows.fail(_id, count, plus(this.clock.now(), retryDelay(count)));
  }

  /** One after another for each contact, so that two mails do not both find the last of a day's allowance. */
  private async inTurn(contact: Id, act: () => Promise<void>): Promise<void> {
    const before = this.turns.get(contact) ?? Promise.resolve();
    const turn = before.then(act, act);
    this.turns.set(contact, turn);
    try {
      await turn;
    } finally {
      if (this.turns.get(contact) === turn) this.turns.delete(contact);
    }
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { Dispatcher } from '../../libs/outbox/dispatcher.js';
import { Sweep } from '../../libs/outbox/sweep.js';
import type { Id } from '../../libs/privacy/ids.js';
import { latest } from '../../libs/time/clock.js';
import type { Invitation } from '../invitations/invitation.js';
import type { Subject } from '../invitations/subject.js';
import {
  contactKey,
  counterKey,
  guestKey,
  notAfter,
  revisionKey,
  type Delivery,
  type DeliveryKind,
  type DeliveryState,
  type NewDelivery,
} from './delivery.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { concerns, lastTried } from './send-plan.js';
import { answersWish } from './wish-answers.js';

/** The public face of deliveries: what is to be sent, and how far it has come. */
@Injectable()
export class DeliveriesService implements OnModuleInit {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly dispatcher: Dispatcher,
    private readonly sweep: Sweep,
    private readonly clock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    this.sweep.register({ due: (now) => this.deliveries.due(now) });
  }

  /** Adds rows by their unique keys; what is there already stays as it is. */
  async add(rows: readonly NewDelivery[]): Promise<void> {
    const ids = await this.deliveries.add(rows, this.clock.now());
    this.dispatcher.addDeliveries(ids);
  }

  /**
   * A mail to one contact that is no calendar mail. `request` makes it unique: an id, or a day where one a day is enough.
   * @param options.subject what it is forgotten with
   */
  async tell(
    contact: Id,
    kind: DeliveryKind,
    request: string,
    options: { about?: Id; subject?: Id; until?: Date; canWait?: boolean } = {},
  ): Promise<void> {
    await this.add([
      {
        key: contactKey(contact, kind, request),
        kind,
        contact,
        ...(options.about === undefined ? {} : { about: options.about }),
        ...(options.subject === undefined ? {} : { subject: options.subject }),
        revision: 0,
        changes: 0,
        canWait: options.canWait ?? false,
        notAfter: options.until ?? notAfter(kind, this.clock.now()),
      },
    ]);
  }

  /**
   * The calendar mail of one guest's own change, or the first of all.
   * @param options.occurrence of the one occurrence that it is about, whose subject and place are given, where the
   *   guest's calendar holds the whole series
   * @param options.toldEnd the latest end that guests know of: until then a move or cancellation is worth telling
   */
  calendarRow(
    kind: 'request' | 'cancel',
    invitation: Invitation,
    subject: Subject,
    options: { key?: string; canWait?: boolean; toldEnd?: Date; occurrence?: Date } = {},
  ): NewDelivery {
    const { toldEnd, occurrence } = options;
    return {
      key: options.key ?? guestKey(invitation.id, invitation.changes),
      kind,
      contact: invitation.contact,
      invitation: invitation.id,
      subject: subject.id,
      ...(occurrence && { occurrence }),
      revision: subject.revision,
      changes: invitation.changes,
      canWait: options.canWait ?? false,
      notAfter: notAfter(kind, this.clock.now(), { ...subject, ...(toldEnd ? { earlierEnd: toldEnd } : {}) }),
    };
  }

  /** Answers a calendar that asked for another time, as often as is good for its owner. */
  async declineCounter(invitation: Invitation, subject: Subject, occurrence?: Date): Promise<void> {
    const key = counterKey(invitation.id, subject.moves, occurrence);
    const earlier = await this.deliveries.ofKind(invitation.contact, 'decline-counter');
    if (!answersWish(key, earlier, this.clock.now())) return;
    const options = { key, ...(occurrence && { occurrence }) };
    const row = {
      ...this.calendarRow('request', invitation, subject, options),
      kind: 'decline-counter' as const,
    };
    await this.add([{ ...row, notAfter: notAfter(row.kind, this.clock.now(), subject) }]);
  }

  /**
   * DTSTAMP of the last calendar mail that a guest may have; undefined when there was none.
   * @param occurrence of a series: what was sent of that one or of all; left out: of all
   */
  async lastRequested(invitation: Id, occurrence?: Date): Promise<Date | undefined> {
    const rows = await this.deliveries.ofInvitation(invitation);
    return lastTried(rows.filter((row) => concerns(row, occurrence)))?.fixed?.dtstamp;
  }

  /**
   * A mail came back: it has failed, however it was marked before.
   * @returns to whom it was; undefined for a mail that is not known, or not any more
   */
  async bounced(id: Id, code: number | undefined, enhanced: string | undefined): Promise<Id | undefined> {
    const row = await this.deliveries.get(id);
    if (!row?.fixed) return undefined;
    await this.deliveries.comeBack(id, this.clock.now(), code, enhanced);
    return row.contact;
  }

  /** Whether the mail that the last change of a subject causes was made, whatever became of it. */
  async isTold({ id }: Invitation, { revision }: Subject): Promise<boolean> {
    return (await this.deliveries.ofInvitation(id)).some(({ key }) => key === revisionKey(id, revision));
  }

  /** The latest end of a subject that a mail has named, its present one among them. */
  async toldEnd(subject: Subject): Promise<Date> {
    return latest(subject.end, ...(await this.deliveries.toldEnds(subject.id)));
  }

  /** Exact numbers by state: whoever shows them puts them into bands. */
  countStates(filter: { subject?: Id; contact?: Id } = {}): Promise<Readonly<Record<DeliveryState, number>>> {
    return this.deliveries.countStates(filter);
  }

  get(id: Id): Promise<Delivery | undefined> {
    return this.deliveries.get(id);
  }

  troubled(limit: number): Promise<Delivery[]> {
    return this.deliveries.troubled(limit);
  }

  async retry(id: Id): Promise<boolean> {
    const reopened = await this.deliveries.reopen(id, this.clock.now());
    if (reopened) this.dispatcher.addDeliveries([id]);
    return reopened;
  }

  /** Whether a contact has calendar mails still to be sent: erasing waits for them. */
  async hasOpen(contact: Id): Promise<boolean> {
    return (await this.deliveries.countStates({ contact })).open > 0;
  }

  forgetSubject(subject: Id): Promise<void> {
    return this.deliveries.forgetSubject(subject);
  }

  forgetContact(contact: Id): Promise<void> {
    return this.deliveries.forgetContact(contact);
  }

  forgetEndedBefore(instant: Date): Promise<void> {
    return this.deliveries.forgetEndedBefore(instant);
  }
}

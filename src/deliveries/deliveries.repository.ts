import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Change, Documents, Where } from '../../libs/database/documents.js';
import { updateEach, type OneUpdate, type Updated } from '../../libs/database/bulk-update.js';
import { insertNew } from '../../libs/database/duplicate-key.js';
import { Gathering, lookingUp } from '../../libs/database/gathering.js';
import { happened } from '../../libs/outbox/happenings.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import type { Subject } from '../invitations/subject.js';
import { DELIVERIES, SUBJECT_TEXTS, type SubjectText } from './deliveries.schema.js';
import type { Delivery, DeliveryKind, DeliveryState, Fixed, NewDelivery } from './delivery.js';

interface Allowance {
  readonly contact: Id;
  readonly since: Date;
  readonly but: Id | undefined;
}

/** The door to deliveries and the texts they name. */
@Injectable()
export class DeliveriesRepository {
  /** The mails in hand look and write at the same moments: one round trip serves all of them. */
  private readonly rows = lookingUp((ids: readonly Id[]) => this.many(ids));
  private readonly rowsByInvitation = lookingUp((invitations: readonly Id[]) => this.manyOfInvitations(invitations));
  private readonly sent = new Gathering((asked: readonly Allowance[]) => this.manySentSince(asked));
  private readonly updates = new Gathering((updates: readonly OneUpdate[]) =>
    updateEach(this.deliveries.collection, updates),
  );

  constructor(
    @InjectModel(DELIVERIES) private readonly deliveries: Documents<Delivery>,
    @InjectModel(SUBJECT_TEXTS) private readonly texts: Documents<SubjectText>,
    private readonly ids: Ids,
  ) {}

  /** Adds rows that are not there yet and answers the ids of all that are new. */
  async add(rows: readonly NewDelivery[], now: Date): Promise<Id[]> {
    const fresh = rows.map((row) => ({
      ...row,
      _id: this.ids.next(),
      state: 'open' as const,
      attempts: 0,
      failures: 0,
      dueAt: row.dueAt ?? now,
    }));
    const inserted = await insertNew(this.deliveries.collection, fresh);
    // A repeat after a kill finds its rows there: adding a job that nobody needs is harmless.
    return inserted === 0 ? [] : fresh.map(({ _id }) => _id);
  }

  get(id: Id): Promise<Delivery | undefined> {
    return this.rows.ask(id);
  }

  async ofInvitation(invitation: Id): Promise<readonly Delivery[]> {
    return (await this.rowsByInvitation.ask(invitation)) ?? [];
  }

  ofKind(contact: Id, kind: DeliveryKind): Promise<Delivery[]> {
    return this.find({ contact, kind });
  }

  /**
   * Fixes what a repeat must repeat and counts the attempt, in one write.
   * @returns false when the row is no longer open, another row is telling the same already, or it is not certain that it
   *   was this process that fixed it: then it is due as before, and the sweep brings it back as one that was begun
   */
  async fix(id: Id, fixed: Fixed): Promise<boolean> {
    const filter: Where<Delivery> = { _id: id, state: 'open', fixed: { $exists: false } };
    return (await this.update(filter, { $set: { fixed }, $inc: { attempts: 1 } })) === 'changed';
  }

  async countAttempt(id: Id): Promise<void> {
    await this.update({ _id: id, state: 'open' }, { $inc: { attempts: 1 } });
  }

  /** Ends an open row. */
  async end(id: Id, state: Exclude<DeliveryState, 'open'>, now: Date, code?: number, enhanced?: string): Promise<void> {
    const updated = await this.update(
      { _id: id, state: 'open' },
      {
        $set: {
          state,
          endedAt: now,
          ...(state === 'sent' ? { sentAt: now } : {}),
          ...(code === undefined ? {} : { code }),
          ...(enhanced === undefined ? {} : { enhanced }),
        },
        $unset: { dueAt: 1 },
      },
    );
    if (updated === 'changed') happened('delivery', state);
  }

  /** Marks a mail that a server gave back, though it had been taken. */
  async comeBack(id: Id, now: Date, code?: number, enhanced?: string): Promise<void> {
    const { modifiedCount } = await this.deliveries.updateOne(
      { _id: id, state: trusted({ $in: ['open', 'sent'] }) },
      {
        $set: {
          state: 'failed',
          endedAt: now,
          ...(code === undefined ? {} : { code }),
          ...(enhanced === undefined ? {} : { enhanced }),
        },
        $unset: { dueAt: 1 },
      },
    );
    if (modifiedCount === 1) happened('delivery', 'failed');
  }

  /** Takes back what was fixed before anything was sent. */
  async release(id: Id): Promise<void> {
    await this.deliveries.updateOne({ _id: id, state: 'open' }, { $unset: { fixed: 1 }, $inc: { attempts: -1 } });
  }

  async delay(id: Id, dueAt: Date, code?: number, enhanced?: string): Promise<void> {
    await this.deliveries.updateOne(
      { _id: id, state: 'open' },
      {
        $set: { dueAt, ...(code === undefined ? {} : { code }), ...(enhanced === undefined ? {} : { enhanced }) },
      },
    );
  }

  async fail(id: Id, failures: number, dueAt: Date): Promise<void> {
    await this.deliveries.updateOne({ _id: id, state: 'open' }, { $set: { failures, dueAt } });
  }

  /** Puts a failed or quarantined row back to work. */
  async reopen(id: Id, now: Date): Promise<boolean> {
    const { modifiedCount } = await this.deliveries.updateOne(
      { _id: id, state: trusted({ $in: ['failed', 'quarantined'] }), notAfter: trusted({ $gt: now }) },
      { $set: { state: 'open', dueAt: now, failures: 0 }, $unset: { endedAt: 1 } },
    );
    return modifiedCount === 1;
  }

  async *due(now: Date): AsyncGenerator<Id> {
    const cursor = this.deliveries
      .find({ dueAt: trusted({ $lte: now }) }, { _id: 1 })
      .sort({ dueAt: 1, _id: 1 })
      .lean<{ _id: Id }[]>()
      .cursor({ batchSize: 500 });
    for await (const { _id } of cursor as AsyncIterable<{ _id: Id }>) yield _id;
  }

  /**
   * When mails to a contact went out after `since`, the latest first. Those that are fixed and not ended yet are among them:
   * they may be on their way.
   * @param but one that does not count
   */
  sentSince(contact: Id, since: Date, but?: Id): Promise<readonly Date[]> {
    return this.sent.ask({ contact, since, but });
  }

  async countStates(filter: { subject?: Id; contact?: Id } = {}): Promise<Readonly<Record<DeliveryState, number>>> {
    const rows = await this.deliveries.aggregate<{ _id: DeliveryState; count: number }>([
      { $match: { ...filter, ...(filter.subject === undefined ? {} : { subject: allOf(filter.subject) }) } },
      { $group: { _id: '$state', count: { $sum: 1 } } },
    ]);
    const counts = { open: 0, sent: 0, superseded: 0, expired: 0, failed: 0, quarantined: 0 };
    for (const { _id, count } of rows) counts[_id] = count;
    return counts;
  }

  /** Singly: only what failed or was set aside. */
  troubled(limit: number): Promise<Delivery[]> {
    return this.deliveries
      .find({ state: trusted({ $in: ['failed', 'quarantined'] }) })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
  }

  async keepText(subject: Subject): Promise<void> {
    const text: SubjectText = { _id: textId(subject.id, subject.revision), subject: subject.id, text: subject };
    await insertNew(this.texts.collection, [text]);
  }

  async text(subject: Id, revision: number): Promise<Subject | undefined> {
    return (await this.texts.findById(textId(subject, revision)).lean())?.text;
  }

  /** The ends that guests have been told of, of any revision. */
  async toldEnds(subject: Id): Promise<Date[]> {
    const found = await this.texts.find({ subject }, { 'text.end': 1 }).lean<{ text: { end: Date } }[]>();
    return found.map(({ text }) => text.end);
  }

  async forgetSubject(subject: Id): Promise<void> {
    await this.deliveries.deleteMany({ subject: trusted(allOf(subject)) });
    await this.texts.deleteMany({ subject: trusted(allOf(subject)) });
  }

  async forget(id: Id): Promise<void> {
    await this.deliveries.deleteOne({ _id: id });
  }

  async forgetContact(contact: Id): Promise<void> {
    await this.deliveries.deleteMany({ contact });
  }

  private update(filter: Where<Delivery>, update: Change<Delivery>): Promise<Updated> {
    return this.updates.ask({ filter, update });
  }

  private async many(ids: readonly Id[]): Promise<Map<Id, Delivery>> {
    const found = await this.find({ _id: { $in: ids } });
    return new Map(found.map((row) => [row._id, row]));
  }

  private async manySentSince(asked: readonly Allowance[]): Promise<Date[][]> {
    const since = new Date(Math.min(...asked.map((each) => each.since.getTime())));
    const contacts = [...new Set(asked.map(({ contact }) => contact))];
    const find = (where: Where<Delivery>): Promise<Pick<Delivery, '_id' | 'contact' | 'sentAt' | 'fixed'>[]> =>
      this.deliveries.collection
        .find({ contact: { $in: contacts }, ...where }, { projection: { contact: 1, sentAt: 1, 'fixed.date': 1 } })
        .toArray();
    // Each within stretches of the index, as an alternative of both would not be: a contact has many older rows. Those in hand
    // before those sent: what is sent meanwhile is seen at one of them.
    const inHand = await find({ sentAt: { $eq: null }, state: 'open', fixed: { $exists: true } });
    const sent = await find({ sentAt: { $gt: since } });
    const latestFirst = [...new Map([...inHand, ...sent].map((row) => [row._id, row])).values()]
      .flatMap(({ _id, contact, sentAt, fixed }) => {
        const at = sentAt ?? fixed?.date;
        return at ? [{ _id, contact, at }] : [];
      })
      .sort((a, b) => b.at.getTime() - a.at.getTime());
    return asked.map((one) =>
      latestFirst.flatMap(({ _id, contact, at }) =>
        contact === one.contact && at > one.since && _id !== one.but ? [at] : [],
      ),
    );
  }

  private async manyOfInvitations(invitations: readonly Id[]): Promise<Map<Id, Delivery[]>> {
    const found = await this.find({ invitation: { $in: invitations } });
    return Map.groupBy(found, ({ invitation = '' }) => invitation);
  }

  /** By the driver itself: Mongoose has nothing to add to rows that are read as they are. */
  private find(filter: Where<Delivery>): Promise<Delivery[]> {
    return this.deliveries.collection.find(filter).toArray();
  }

  /** Mails without a meeting have no end of their own: they go by age. */
  async forgetEndedBefore(instant: Date): Promise<void> {
    await this.deliveries.deleteMany({
      endedAt: trusted({ $lt: instant }),
      subject: trusted({ $exists: false }),
    });
  }
}

const textId = (subject: Id, revision: number): string => `${subject}|${String(revision)}`;

/** Of a meeting and of each of its occurrences: their ids begin with its own and a full stop, which a slash follows. */
const allOf = (subject: Id) => ({ $gte: subject, $lt: `${subject}/` });

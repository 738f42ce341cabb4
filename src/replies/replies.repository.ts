import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents } from '../../libs/database/documents.js';
import { insertNew } from '../../libs/database/duplicate-key.js';
import type { Id } from '../../libs/privacy/ids.js';
import {
  CORRESPONDENTS,
  HANDLED_MAILS,
  MAIL_LEASES,
  TIME_WISHES,
  WRITTEN_REPLIES,
  type Correspondent,
  type HandledMail,
  type MailLease,
  type TimeWish,
  type WrittenReply,
} from './replies.schema.js';

/** The door to what came in by mail. Every write has a key of its own: made twice, it changes nothing. */
@Injectable()
export class RepliesRepository {
  constructor(
    @InjectModel(WRITTEN_REPLIES) private readonly written: Documents<WrittenReply>,
    @InjectModel(TIME_WISHES) private readonly wishes: Documents<TimeWish>,
    @InjectModel(CORRESPONDENTS) private readonly correspondents: Documents<Correspondent>,
    @InjectModel(HANDLED_MAILS) private readonly handled: Documents<HandledMail>,
    @InjectModel(MAIL_LEASES) private readonly leases: Documents<MailLease>,
  ) {}

  async keepWritten(reply: WrittenReply): Promise<void> {
    await insertNew(this.written.collection, [reply]);
  }

  async writtenReply(id: Id): Promise<WrittenReply | undefined> {
    return (await this.written.findById(id).lean()) ?? undefined;
  }

  /** The latest day first; within a day in the order of random ids, which tells nothing of when each came. */
  async latestWritten(limit: number): Promise<WrittenReply[]> {
    return this.written.find().sort({ day: -1, _id: 1 }).limit(limit).lean();
  }

  async countWrittenOn(sender: Id, day: Date): Promise<number> {
    return this.written.countDocuments({ sender, day });
  }

  /** @returns false when it was answered before, or is forgotten */
  async keepAnswer(id: Id, answer: Uint8Array, answeredOn: Date): Promise<boolean> {
    const { modifiedCount } = await this.written.updateOne(
      { _id: id, answer: trusted({ $exists: false }) },
      {
        $set: { answer, answeredOn },
      },
    );
    return modifiedCount === 1;
  }

  async keepWish(wish: TimeWish): Promise<void> {
    await insertNew(this.wishes.collection, [wish]);
    await this.wishes.updateOne({ _id: wish._id }, { $set: { moves: wish.moves } });
  }

  async countWishes(subject: Id, moves: number): Promise<number> {
    return this.wishes.countDocuments({ subject, moves });
  }

  async correspondent(id: Id): Promise<Correspondent | undefined> {
    return (await this.correspondents.findById(id).lean()) ?? undefined;
  }

  /** Whoever is known by one of the indexes, else the new one; kept until `until` at least. */
  async ensureCorrespondent(indexes: readonly string[], fresh: Correspondent): Promise<Id> {
    const known = trusted({ $in: [...indexes] });
    const find = () => this.correspondents.findOne({ index: known }).lean();
    let found = await find();
    if (!found) {
      await insertNew(this.correspondents.collection, [fresh]);
      found = await find();
    }
    if (!found) throw new Error('a correspondent vanished');
    if (found.until < fresh.until)
      await this.correspondents.updateOne({ _id: found._id }, { $set: { until: fresh.until } });
    return found._id;
  }

  async correspondentsAt(indexes: readonly string[]): Promise<Id[]> {
    const index = trusted({ $in: [...indexes] });
    const found = await this.correspondents.find({ index }).lean();
    return found.map(({ _id }) => _id);
  }

  async forgetCorrespondent(id: Id): Promise<void> {
    await this.correspondents.deleteOne({ _id: id });
  }

  async isHandled(key: string): Promise<boolean> {
    return (await this.handled.exists({ _id: key })) !== null;
  }

  /** @returns false when it was there already */
  async markHandled(key: string, at: Date): Promise<boolean> {
    return (await insertNew(this.handled.collection, [{ _id: key, at }])) === 1;
  }

  /** Takes or renews a lease. @returns false while another holds it */
  async hold(lease: string, holder: Id, now: Date, until: Date): Promise<boolean> {
    if ((await insertNew(this.leases.collection, [{ _id: lease, holder, until }])) === 1) return true;
    const { matchedCount } = await this.leases.updateOne(
      { _id: lease, $or: [{ holder }, { until: trusted({ $lte: now }) }] },
      { $set: { holder, until } },
    );
    return matchedCount === 1;
  }

  async release(lease: string, holder: Id): Promise<void> {
    await this.leases.deleteOne({ _id: lease, holder });
  }

  async forgetSubject(subject: Id): Promise<void> {
    await this.wishes.deleteMany({ subject });
  }

  async forgetContact(contact: Id): Promise<void> {
    await this.wishes.deleteMany({ contact });
    await this.written.deleteMany({ sender: contact });
  }

  async forgetBefore(instant: Date, now: Date): Promise<void> {
    await this.written.deleteMany({ day: trusted({ $lt: instant }) });
    await this.handled.deleteMany({ at: trusted({ $lt: instant }) });
    await this.correspondents.deleteMany({ until: trusted({ $lte: now }) });
  }
}

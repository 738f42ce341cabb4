import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Change, Documents } from '../../libs/database/documents.js';
import { insertNew, isDuplicateKey } from '../../libs/database/duplicate-key.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Came, Count, Join } from './participation.js';
import { COUNTS, JOINS, type ClosedCount } from './participation.schema.js';

/** The door to counts, open and closed. Every write is one atomic update, safe under any number at once. */
@Injectable()
export class ParticipationRepository {
  constructor(
    @InjectModel(JOINS) private readonly joins: Documents<Join>,
    @InjectModel(COUNTS) private readonly counts: Documents<ClosedCount>,
  ) {}

  /** Puts what stands under one marker; a repeat replaces it. */
  async replace({ _id, ...join }: Join): Promise<void> {
    await this.upsert(_id, { $set: join });
  }

  /** Adds people to those without sign-up of one place. */
  async add({ _id, people, ...place }: Join): Promise<void> {
    await this.upsert(_id, { $inc: { people }, $setOnInsert: place });
  }

  /** What was counted so far, added up per place. */
  async sum(meeting: Id): Promise<Count> {
    const rows = await this.joins.aggregate<{ _id: Omit<Came, 'people'> & { withoutSignUp: boolean }; people: number }>(
      [
        { $match: { meeting } },
        {
          $group: {
            _id: { region: '$region', country: '$country', withoutSignUp: '$withoutSignUp' },
            people: { $sum: '$people' },
          },
        },
      ],
    );
    const came = rows.map(({ _id: { region, country, withoutSignUp }, people }) => ({
      withoutSignUp,
      row: { region, country, people },
    }));
    return {
      signedUp: came.filter(({ withoutSignUp }) => !withoutSignUp).map(({ row }) => row),
      withoutSignUp: came.filter(({ withoutSignUp }) => withoutSignUp).map(({ row }) => row),
    };
  }

  /** Publishes a count; one that was published before stays as it is. */
  async publish(meeting: Id, count: Count): Promise<void> {
    await insertNew(this.counts.collection, [{ _id: meeting, ...count }]);
  }

  async published(meetings: readonly Id[]): Promise<ReadonlyMap<Id, Count>> {
    const found = await this.counts.find({ _id: trusted({ $in: [...meetings] }) }).lean();
    return new Map(found.map(({ _id, ...count }) => [_id, count]));
  }

  async destroyMarkers(meeting: Id): Promise<void> {
    await this.joins.deleteMany({ meeting });
  }

  async forget(join: string): Promise<void> {
    await this.joins.deleteOne({ _id: join });
  }

  /** Of two that begin one document at once, the second finds it there and changes it. */
  private async upsert(_id: string, change: Change<Join>): Promise<void> {
    try {
      await this.joins.updateOne({ _id }, change, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.joins.updateOne({ _id }, change);
    }
  }
}

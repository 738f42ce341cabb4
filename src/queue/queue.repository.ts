import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Change, Documents } from '../../libs/database/documents.js';
import { isDuplicateKey } from '../../libs/database/duplicate-key.js';
import { Aggregates, type AggregateStore } from '../../libs/outbox/aggregates.js';
import type { Stored } from '../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { QueueEvent } from './queue.events.js';
import type { Ended, Queue } from './queue.js';
import { QUEUE_MONTHS, QUEUES, type QueueMonth } from './queue.schema.js';

/** The door to the queues of each day, and to what remains of them. */
@Injectable()
export class QueueRepository {
  readonly store: AggregateStore<Queue, QueueEvent>;

  constructor(
    @InjectModel(QUEUES) private readonly queues: Documents<Stored<Queue>>,
    @InjectModel(QUEUE_MONTHS) private readonly months: Documents<QueueMonth>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Queue, QueueEvent>(queues);
  }

  async get(id: Id): Promise<Queue | undefined> {
    return (await this.store.load(id))?.state;
  }

  async ofTicket(id: Id): Promise<Queue | undefined> {
    const found = await this.queues.findOne({ 'state.tickets.id': id }, { state: 1 }).lean();
    return found?.state;
  }

  /** To see at a glance what has changed. */
  async versions(ids: readonly Id[]): Promise<ReadonlyMap<Id, number>> {
    const found = await this.queues
      .find({ _id: trusted({ $in: [...ids] }) }, { version: 1 })
      .lean<Pick<Stored<Queue>, '_id' | 'version'>[]>();
    return new Map(found.map(({ _id, version }) => [_id, version]));
  }

  /** Adds a day to its month, once. */
  async remember({ officeHours, day }: Pick<Queue, 'officeHours' | 'day'>, ended: Ended): Promise<void> {
    const _id = monthId(officeHours, day);
    const add: Change<QueueMonth> = { $inc: { ...ended }, $push: { days: day }, $setOnInsert: { officeHours } };
    try {
      await this.months.updateOne({ _id, days: trusted({ $ne: day }) }, add, { upsert: true });
    } catch (error) {
      // It is there, and the day is in it; or another has just begun it.
      if (!isDuplicateKey(error)) throw error;
      await this.months.updateOne({ _id, days: trusted({ $ne: day }) }, add);
    }
  }

  /** @param day `YYYY-MM-DD`, any of the month */
  async month(officeHours: Id, day: string): Promise<Ended | undefined> {
    return (await this.months.findById(monthId(officeHours, day)).lean()) ?? undefined;
  }
}

const monthId = (officeHours: Id, day: string): string => `${officeHours}|${day.slice(0, 7)}`;

import { Schema } from 'mongoose';
import { aggregateSchema } from '../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Ended, Queue } from './queue.js';

export const QUEUES = 'queues';
export const QUEUE_MONTHS = 'queue_months';

export const queuesSchema = aggregateSchema<Queue>(QUEUES, [[{ 'state.tickets.id': 1 }]]);

/** What remains of the queues of a month: counts, and the days that are in them. */
export interface QueueMonth extends Ended {
  /** `<office hours>|YYYY-MM` */
  readonly _id: string;
  readonly officeHours: Id;
  readonly days: readonly string[];
}

export const queueMonthsSchema = new Schema<QueueMonth>(
  {
    _id: { type: String, required: true },
    officeHours: String,
    days: [String],
    served: Number,
    missed: Number,
    left: Number,
    closed: Number,
  },
  { collection: QUEUE_MONTHS, versionKey: false, strict: 'throw' },
);

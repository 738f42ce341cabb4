import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { trusted } from 'mongoose';
import type { Documents } from '../database/documents.js';
import { DatabaseClock } from '../database/database-clock.js';
import type { Id } from '../privacy/ids.js';
import type { Stored } from './aggregate.schema.js';
import { Aggregates } from './aggregates.js';
import { Dispatcher, type EntryJob } from './dispatcher.js';
import type { Entry } from './entry.js';
import { kindOf } from './relay.js';

const BATCH = 500;

/** Something besides aggregates that has due rows (deliveries): it gives the ids in the order they became due. */
export interface DueRows {
  due(now: Date): AsyncIterable<Id>;
}

/**
 * Finds whatever is due and adds it to the queue, on any number of processes at once. What Redis has already it
 * ignores; what it lost comes back: MongoDB is the truth.
 */
@Injectable()
export class Sweep {
  private readonly log = new Logger(Sweep.name);
  private readonly rows: DueRows[] = [];
  private running: Promise<void> | undefined;

  constructor(
    private readonly aggregates: Aggregates,
    private readonly dispatcher: Dispatcher,
    private readonly clock: DatabaseClock,
  ) {}

  register(rows: DueRows): void {
    this.rows.push(rows);
  }

  @Interval(20_000)
  async tick(): Promise<void> {
    if (this.running) return;
    this.running = this.run().catch((error: unknown) => {
      this.log.warn(`the sweep broke off (${kindOf(error)}); the next one starts again`);
    });
    await this.running;
    this.running = undefined;
  }

  /** One sweep to the end; throws when the database or Redis is away. */
  async run(): Promise<void> {
    await this.clock.adjust();
    const now = this.clock.now();
    for (const model of this.aggregates.all()) {
      await this.sweepEntries(model, now);
      await this.deleteEnded(model);
    }
    for (const rows of this.rows) await this.sweepRows(rows, now);
  }

  private async sweepEntries(model: Documents<Stored<unknown>>, now: Date): Promise<void> {
    let jobs: EntryJob[] = [];
    const cursor = model
      .find({ 'pending.dueAt': trusted({ $lte: now }) }, { pending: 1 })
      .sort({ 'pending.dueAt': 1, _id: 1 })
      .lean<{ _id: Id; pending: Entry[] }[]>()
      .cursor({ batchSize: BATCH });
    for await (const { _id, pending } of cursor as AsyncIterable<{ _id: Id; pending: Entry[] }>) {
      for (const entry of pending) {
        if (entry.dueAt === undefined || entry.dueAt > now) continue;
        jobs.push({ collection: model.collection.name, aggregate: _id, entry: entry.id });
      }
      if (jobs.length >= BATCH) {
        await this.dispatcher.enqueueEntries(jobs);
        jobs = [];
      }
    }
    await this.dispatcher.enqueueEntries(jobs);
  }

  private async sweepRows(rows: DueRows, now: Date): Promise<void> {
    let ids: Id[] = [];
    for await (const id of rows.due(now)) {
      ids.push(id);
      if (ids.length >= BATCH) {
        await this.dispatcher.enqueueDeliveries(ids);
        ids = [];
      }
    }
    await this.dispatcher.enqueueDeliveries(ids);
  }

  /** An aggregate that has ended goes when nothing is pending any more. */
  private async deleteEnded(model: Documents<Stored<unknown>>): Promise<void> {
    await model.deleteMany({ ended: trusted({ $exists: true }), pending: trusted({ $size: 0 }) });
  }
}

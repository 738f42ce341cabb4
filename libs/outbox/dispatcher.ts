import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { Job, type Queue } from 'bullmq';
import type { Id } from '../privacy/ids.js';

export const ENTRIES_QUEUE = 'entries';
export const DELIVERIES_QUEUE = 'deliveries';

/** What a job carries: ids only. */
export interface EntryJob {
  readonly collection: string;
  readonly aggregate: Id;
  readonly entry: Id;
}

export interface DeliveryJob {
  readonly delivery: Id;
}

const BATCH = 500;

/** A job, and the milliseconds until it is to run. */
interface TimedJob {
  readonly job: EntryJob;
  readonly delay: number;
}

/**
 * Adds jobs. The job's id is the entry's, so that adding it again while it waits is nothing; jobs leave no trace when
 * they end, as a kept job would swallow the next add of its id.
 */
@Injectable()
export class Dispatcher {
  private readonly log = new Logger(Dispatcher.name);
  private readonly options = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

  constructor(
    @InjectQueue(ENTRIES_QUEUE) private readonly entries: Queue<EntryJob>,
    @InjectQueue(DELIVERIES_QUEUE) private readonly deliveries: Queue<DeliveryJob>,
  ) {
    for (const queue of [entries, deliveries]) queue.on('error', () => undefined);
  }

  /** Fire and forget: Redis may be away, the sweep adds again. */
  addEntries(jobs: readonly TimedJob[]): void {
    this.forget(this.add(jobs));
  }

  addDeliveries(ids: readonly Id[]): void {
    this.forget(this.enqueueDeliveries(ids));
  }

  /** For entries that are due now: one that Redis holds for later, by whichever clock, runs at once. */
  async enqueueEntries(jobs: readonly EntryJob[]): Promise<void> {
    await this.add(jobs.map((job) => ({ job, delay: 0 })));
    if (jobs.length > 0) await this.hurry(jobs);
  }

  async enqueueDeliveries(ids: readonly Id[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH) {
      await this.deliveries.addBulk(
        ids.slice(from, from + BATCH).map((delivery) => ({
          name: 'send-delivery',
          data: { delivery },
          opts: { ...this.options, jobId: delivery },
        })),
      );
    }
  }

  private async add(jobs: readonly TimedJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += BATCH) {
      await this.entries.addBulk(
        jobs.slice(from, from + BATCH).map(({ job, delay }) => ({
          name: 'handle-entry',
          data: job,
          opts: { ...this.options, jobId: job.entry, delay },
        })),
      );
    }
  }

  /** A job that waits for its time swallowed the add of its id, and a worker whose clock is behind would keep it. */
  private async hurry(jobs: readonly EntryJob[]): Promise<void> {
    const held = new Set(await this.entries.getRanges(['delayed']));
    for (const { entry } of jobs) {
      if (!held.has(entry)) continue;
      const job = await Job.fromId(this.entries, entry);
      // Refused where its time came meanwhile, or where another sweep was first.
      await job?.promote().catch(() => undefined);
    }
  }

  private forget(adding: Promise<void>): void {
    adding.catch((error: unknown) => {
      this.log.warn(`the queue took nothing (${error instanceof Error ? error.name : 'unknown'}); the sweep will`);
    });
  }
}

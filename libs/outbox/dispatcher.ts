import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
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
  addEntries(jobs: readonly EntryJob[]): void {
    this.forget(this.enqueueEntries(jobs));
  }

  addDeliveries(ids: readonly Id[]): void {
    this.forget(this.enqueueDeliveries(ids));
  }

  async enqueueEntries(jobs: readonly EntryJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += BATCH) {
      await this.entries.addBulk(
        jobs
          .slice(from, from + BATCH)
          .map((data) => ({ name: 'handle-entry', data, opts: { ...this.options, jobId: data.entry } })),
      );
    }
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

  private forget(adding: Promise<void>): void {
    adding.catch((error: unknown) => {
      this.log.warn(`the queue took nothing (${error instanceof Error ? error.name : 'unknown'}); the sweep will`);
    });
  }
}

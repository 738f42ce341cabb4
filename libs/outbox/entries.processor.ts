import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Job } from 'bullmq';
import { ENTRIES_QUEUE, type EntryJob } from './dispatcher.js';
import { Relay } from './relay.js';

/**
 * A job that kills its process again and again is caught by BullMQ's stall counter: 30 stalls, not the default of one,
 * which loses jobs when workers are killed for other reasons.
 */
export const WORKER_OPTIONS = { concurrency: 8, maxStalledCount: 30, lockDuration: 10_000, stalledInterval: 10_000 };

export const stalledForGood = (error: Error): boolean => error.message.includes('stalled more than allowable');

@Processor(ENTRIES_QUEUE, WORKER_OPTIONS)
export class EntriesProcessor extends WorkerHost implements BeforeApplicationShutdown {
  constructor(private readonly relay: Relay) {
    super();
  }

  override async process(job: Job<EntryJob>): Promise<void> {
    await this.relay.handle(job.data);
  }

  @OnWorkerEvent('failed')
  async failed(job: Job<EntryJob> | undefined, error: Error): Promise<void> {
    if (job && stalledForGood(error)) await this.relay.quarantine(job.data);
  }

  @OnWorkerEvent('error')
  error(): void {
    // Redis is away; BullMQ connects again and the sweep fills it up.
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.relay.stop();
    await this.worker.close();
  }
}

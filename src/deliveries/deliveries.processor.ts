import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Job } from 'bullmq';
import { DELIVERIES_QUEUE, type DeliveryJob } from '../../libs/outbox/dispatcher.js';
import { stalledForGood, WORKER_OPTIONS } from '../../libs/outbox/entries.processor.js';
import { Mailer } from './mailer.service.js';

/** Milliseconds that running conversations get when the process is asked to end; it has ten seconds in all. */
const GRACE = 6_000;

/** Mails in hand at once. Most of a mail's time is waiting, and those that wait together share their round trips. */
export const IN_HAND = 160;

/** Takes deliveries from the queue. The row is marked before the job ends. */
@Processor(DELIVERIES_QUEUE, { ...WORKER_OPTIONS, concurrency: IN_HAND })
export class DeliveriesProcessor extends WorkerHost implements BeforeApplicationShutdown {
  constructor(private readonly mailer: Mailer) {
    super();
  }

  override async process(job: Job<DeliveryJob>): Promise<void> {
    await this.mailer.attempt(job.data.delivery);
  }

  @OnWorkerEvent('failed')
  async failed(job: Job<DeliveryJob> | undefined, error: Error): Promise<void> {
    if (job && stalledForGood(error)) await this.mailer.quarantine(job.data.delivery);
  }

  @OnWorkerEvent('error')
  error(): void {
    // Redis is away; BullMQ connects again and the sweep fills it up.
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.worker.close(), this.mailer.stop(GRACE)]);
  }
}

import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { DatabaseClock } from '../../libs/database/database-clock.js';
import { DELIVERIES_QUEUE, ENTRIES_QUEUE } from '../../libs/outbox/dispatcher.js';
import { onHappening } from '../../libs/outbox/happenings.js';
import { Quarantine } from '../../libs/outbox/quarantine.js';

const PREFIX = 'come_together_';
/** States of jobs in BullMQ that tell how much waits and how much is under way. */
const JOB_STATES = ['waiting', 'active'] as const;

/** What this process measures. No label says which meeting, region or language: counts of people are told elsewhere. */
@Injectable()
export class MetricsService implements OnModuleInit, OnModuleDestroy {
  readonly registry = new Registry();

  private readonly requests = new Counter({
    name: `${PREFIX}http_requests_total`,
    help: 'Answered requests by pattern of the route and class of the status',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [this.registry],
  });
  private readonly entries = new Counter({
    name: `${PREFIX}outbox_entries_total`,
    help: 'Outbox entries that were handled, that failed once, or that were set aside',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  private readonly deliveries = new Counter({
    name: `${PREFIX}deliveries_total`,
    help: 'Mails by the state in which they ended',
    labelNames: ['state'] as const,
    registers: [this.registry],
  });
  private readonly stops: readonly (() => void)[];

  constructor(
    @InjectQueue(ENTRIES_QUEUE) entriesQueue: Queue,
    @InjectQueue(DELIVERIES_QUEUE) deliveriesQueue: Queue,
    quarantine: Quarantine,
    clock: DatabaseClock,
    private readonly http: HttpAdapterHost,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.measureQueues([entriesQueue, deliveriesQueue]);
    this.measureDue(quarantine, clock);
    this.stops = [
      onHappening('entry', (outcome) => {
        this.entries.inc({ outcome });
      }),
      onHappening('delivery', (state) => {
        this.deliveries.inc({ state });
      }),
    ];
  }

  /** Counts requests by the pattern of their route: an address may hold a token. The worker answers none. */
  onModuleInit(): void {
    const adapter = this.http.httpAdapter as typeof this.http.httpAdapter | undefined;
    if (adapter?.getType() !== 'fastify') return;
    adapter.getInstance<FastifyInstance>().addHook('onResponse', (request, reply, done) => {
      this.requests.inc({
        method: request.method,
        route: request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown'),
        status: `${String(Math.floor(reply.statusCode / 100))}xx`,
      });
      done();
    });
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  private measureQueues(queues: readonly Queue[]): void {
    const jobs = new Gauge({
      name: `${PREFIX}queue_jobs`,
      help: 'Jobs in Redis by queue and state; without Redis there are none to be told of',
      labelNames: ['queue', 'state'] as const,
      registers: [this.registry],
      collect: async () => {
        jobs.reset();
        for (const queue of queues) {
          const counts = await queue.getJobCounts(...JOB_STATES).catch((): Readonly<Record<string, number>> => ({}));
          for (const state of JOB_STATES) {
            const count = counts[state];
            if (count !== undefined) jobs.set({ queue: queue.name, state }, count);
          }
        }
      },
    });
  }

  private measureDue(quarantine: Quarantine, clock: DatabaseClock): void {
    const due = new Gauge({
      name: `${PREFIX}outbox_due`,
      help: 'Aggregates with entries that are due: what waits, whatever Redis knows of it',
      registers: [this.registry],
      collect: async () => {
        const count = await quarantine.due(clock.now()).catch(() => undefined);
        due.reset();
        if (count !== undefined) due.set(count);
      },
    });
  }
}

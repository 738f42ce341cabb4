import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Global, Module, Inject, type OnApplicationBootstrap, type Provider } from '@nestjs/common';
import { DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { Redis } from 'ioredis';
import { Aggregates } from './aggregates.js';
import { DELIVERIES_QUEUE, Dispatcher, ENTRIES_QUEUE } from './dispatcher.js';
import { EntriesProcessor } from './entries.processor.js';
import { Handlers } from './handlers.js';
import { Quarantine } from './quarantine.js';
import { Relay } from './relay.js';
import { Sweep } from './sweep.js';

interface OutboxOptions {
  readonly redisUrl: string;
  /** Every event type that some aggregate can report. */
  readonly events: readonly string[];
  /** True in the worker: there the sweep runs and entries are handled. */
  readonly works: boolean;
  /** Keeps the queues of several databases apart on one Redis. */
  readonly prefix: string;
}

const EVENTS = Symbol('events');

/** Producers fail fast: a request never waits for Redis. Workers keep asking for ever, as BullMQ demands. */
const connect = (url: string, works: boolean): Redis => {
  const redis = new Redis(url, {
    maxRetriesPerRequest: works ? null : 1,
    enableOfflineQueue: works,
    connectTimeout: 5_000,
    retryStrategy: (times) => Math.min(times * 200, 2_000),
  });
  redis.on('error', () => undefined);
  return redis;
};

@Global()
@Module({})
export class OutboxModule implements OnApplicationBootstrap {
  static connect(options: OutboxOptions): DynamicModule {
    const workerSide: Provider[] = options.works ? [EntriesProcessor] : [];
    return {
      module: OutboxModule,
      imports: [
        DiscoveryModule,
        ...(options.works ? [ScheduleModule.forRoot()] : []),
        BullModule.forRoot({ connection: connect(options.redisUrl, options.works), prefix: options.prefix }),
        BullModule.registerQueue(
          { name: ENTRIES_QUEUE, connection: connect(options.redisUrl, false) },
          { name: DELIVERIES_QUEUE, connection: connect(options.redisUrl, false) },
        ),
      ],
      providers: [
        { provide: EVENTS, useValue: options.events },
        MetadataScanner,
        Aggregates,
        Dispatcher,
        Handlers,
        Relay,
        Sweep,
        Quarantine,
        ...workerSide,
      ],
      exports: [Aggregates, Dispatcher, Handlers, Relay, Sweep, Quarantine, BullModule],
    };
  }

  constructor(
    private readonly handlers: Handlers,
    @Inject(EVENTS) private readonly events: readonly string[],
  ) {}

  onApplicationBootstrap(): void {
    this.handlers.discover(this.events);
  }
}

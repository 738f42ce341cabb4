import { BullModule, BullRegistrar } from '@nestjs/bullmq';
import {
  type DynamicModule,
  Global,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
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

export interface OutboxOptions {
  readonly redisUrl: string;
  /** Every event type that some aggregate can report. */
  readonly events: readonly string[];
  /** True in the worker: there the sweep runs and entries are handled. */
  readonly works: boolean;
  /** Keeps the queues of several databases apart on one Redis. */
  readonly prefix: string;
}

const OPTIONS = Symbol('outbox options');

/** The connection to Redis that the whole process shares. */
export const REDIS = Symbol('redis');

/** Requests fail fast and never wait for Redis. Workers keep asking for ever, as BullMQ demands. */
function connect({ redisUrl, works }: OutboxOptions): Redis {
  const redis = new Redis(redisUrl.replace(/^unix:(\/\/)?/, ''), {
    maxRetriesPerRequest: works ? null : 1,
    enableOfflineQueue: works,
    connectTimeout: 5_000,
    retryStrategy: (times) => Math.min(times * 200, 2_000),
  });
  redis.on('error', () => undefined);
  return redis;
}

@Global()
@Module({})
export class OutboxModule implements OnApplicationBootstrap, OnApplicationShutdown {
  static connect(options: OutboxOptions): DynamicModule {
    const redis = connect(options);
    const workerSide: Provider[] = options.works ? [EntriesProcessor] : [];
    return {
      module: OutboxModule,
      imports: [
        DiscoveryModule,
        ...(options.works ? [ScheduleModule.forRoot()] : []),
        BullModule.forRoot({
          connection: redis,
          prefix: options.prefix,
          extraOptions: { manualRegistration: true },
        }),
        BullModule.registerQueue(
          { name: ENTRIES_QUEUE, connection: redis },
          { name: DELIVERIES_QUEUE, connection: redis },
        ),
      ],
      providers: [
        { provide: OPTIONS, useValue: options },
        { provide: REDIS, useValue: redis },
        MetadataScanner,
        Aggregates,
        Dispatcher,
        Handlers,
        Relay,
        Sweep,
        Quarantine,
        ...workerSide,
      ],
      exports: [REDIS, Aggregates, Dispatcher, Handlers, Relay, Sweep, Quarantine, BullModule],
    };
  }

  constructor(
    private readonly handlers: Handlers,
    private readonly registrar: BullRegistrar,
    @Inject(OPTIONS) private readonly options: OutboxOptions,
    @Inject(REDIS) private readonly redis: Redis,
  ) {}

  /** Jobs are taken only once every handler is known. */
  onApplicationBootstrap(): void {
    this.handlers.discover(this.options.events);
    if (this.options.works) this.registrar.register();
  }

  /** After the workers have finished their jobs (beforeApplicationShutdown). */
  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}

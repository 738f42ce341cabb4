import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS } from '../../libs/outbox/outbox.module.js';
import { isId, type Id } from '../../libs/privacy/ids.js';

const CHANNEL = 'queue-changed';

/**
 * Passes on which queue has changed, in this process and by Redis to all others: its id and nothing else. News may be lost;
 * whoever shows a queue looks at its version, too.
 */
@Injectable()
export class QueueNews implements OnApplicationShutdown {
  private readonly listeners = new Set<(id: Id) => void>();
  private subscriber: Redis | undefined;

  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  tell(id: Id): void {
    for (const listener of this.listeners) listener(id);
    this.redis.publish(CHANNEL, id).catch(() => undefined);
  }

  hear(listener: (id: Id) => void): void {
    this.listeners.add(listener);
    if (this.subscriber) return;
    this.subscriber = this.redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true });
    this.subscriber.on('error', () => undefined);
    this.subscriber.on('message', (_channel: string, id: string) => {
      if (isId(id)) for (const each of this.listeners) each(id);
    });
    this.subscriber.subscribe(CHANNEL).catch(() => undefined);
  }

  onApplicationShutdown(): void {
    this.subscriber?.disconnect();
  }
}

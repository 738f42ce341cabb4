import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS } from '../../libs/outbox/outbox.module.js';
import type { Id } from '../../libs/privacy/ids.js';
import { MINUTE } from '../../libs/time/clock.js';

/** How long someone counts as there after their page was last seen. */
const REMEMBERED = 10 * MINUTE;
/** Milliseconds that a page waits for a hint. */
const PATIENCE = 300;

/** Who seems to be there: a hint that expires and that nothing is decided by. Without Redis nobody knows. */
@Injectable()
export class Presence {
  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  /** The page of a ticket is open somewhere. */
  seen(ticket: Id): void {
    if (this.redis.status !== 'ready') return;
    this.redis.set(keyOf(ticket), 1, 'PX', REMEMBERED).catch(() => undefined);
  }

  /** How many of these seem to be there; undefined when nobody knows. */
  async count(tickets: readonly Id[]): Promise<number | undefined> {
    if (tickets.length === 0) return 0;
    if (this.redis.status !== 'ready') return undefined;
    const asked = this.redis.exists(...tickets.map(keyOf)).catch(() => undefined);
    return Promise.race([asked, tooLate()]);
  }
}

const keyOf = (ticket: Id): string => `queue:here:${ticket}`;

const tooLate = (): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(resolve, PATIENCE, undefined).unref();
  });

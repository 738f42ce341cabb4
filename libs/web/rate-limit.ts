import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import type { Clock } from '../time/clock.js';
import { MINUTE } from '../time/clock.js';
import { PageProblem } from './problem.js';
import { routeConfig } from './route-config.js';

export interface Limit {
  /** Requests that one network address may make in a window. Many people share one where addresses are scarce. */
  readonly each: number;
  /** Requests that everybody together may make in a window. */
  readonly all?: number;
  /** At most an hour, as nothing about anyone may stay longer. */
  readonly windowMinutes: number;
}

/** What is limited. Only what writes or sends mail is worth a limit, and links, whose tokens could be guessed at. */
export const LIMITS = {
  form: { each: 60, all: 3000, windowMinutes: 60 },
  'sign-up': { each: 60, all: 3000, windowMinutes: 60 },
  link: { each: 600, windowMinutes: 10 },
  // Pages that come anew by themselves, for many who wait behind one network address.
  waiting: { each: 6000, windowMinutes: 10 },
  'sign-in': { each: 30, windowMinutes: 15 },
  me: { each: 30, all: 1000, windowMinutes: 15 },
  // By invitation, not by network address.
  idea: { each: 10, windowMinutes: 60 },
  /** By whom it is asked for, not by who asks: nobody's mailbox may be filled up. */
  'me-mail': { each: 6, windowMinutes: 60 },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMITS;

declare module 'fastify' {
  interface FastifyContextConfig {
    limit?: LimitName;
  }
}

/** Limits how often a controller or method is asked, before its body is read. */
export const RateLimit = (limit: LimitName): ClassDecorator & MethodDecorator => routeConfig({ limit });

const REDIS_PATIENCE = 300;
const REMEMBERED = 50_000;

interface Window {
  count: number;
  readonly endsAt: number;
}

export interface RateLimiterOptions {
  /** `off` lifts every limit, for load tests. */
  readonly on: boolean;
  /** What stands for a network address: a keyed hash that changes daily, never the address. */
  readonly keyFor: (ip: string, now: Date) => string;
}

/** Counts requests in fixed windows, in Redis for all processes together; while Redis is away, in this process alone. */
export class RateLimiter {
  private readonly own = new Map<string, Window>();

  constructor(
    private readonly redis: Pick<Redis, 'status' | 'multi'>,
    private readonly clock: Clock,
    private readonly options: RateLimiterOptions,
  ) {}

  /** Seconds until this address may try again; 0 when it may now. */
  async wait(name: LimitName, ip: string): Promise<number> {
    if (!this.options.on) return 0;
    const limit: Limit = LIMITS[name];
    const now = this.clock.now();
    const mine = await this.take(`rate:${name}:${this.options.keyFor(ip, now)}`, limit.each, limit, now);
    // Whoever is beyond their own limit does not use up what is there for all.
    if (mine > 0 || limit.all === undefined) return mine;
    return this.take(`rate:${name}`, limit.all, limit, now);
  }

  private async take(key: string, most: number, { windowMinutes }: Limit, now: Date): Promise<number> {
    const length = windowMinutes * MINUTE;
    const { count, endsIn } = (await this.countInRedis(key, length)) ?? this.countHere(key, length, now);
    return count <= most ? 0 : Math.max(1, Math.ceil(endsIn / 1000));
  }

  private async countInRedis(key: string, length: number): Promise<{ count: number; endsIn: number } | undefined> {
    if (this.redis.status !== 'ready') return undefined;
    const asked = this.redis.multi().set(key, 0, 'PX', length, 'NX').incr(key).pttl(key).exec();
    const answer = await Promise.race([asked.catch(() => null), tooLate()]);
    const [count, endsIn] = [answer?.[1]?.[1], answer?.[2]?.[1]];
    return typeof count === 'number' && typeof endsIn === 'number' ? { count, endsIn } : undefined;
  }

  private countHere(key: string, length: number, now: Date): { count: number; endsIn: number } {
    const known = this.own.get(key);
    const window = known && known.endsAt > now.getTime() ? known : { count: 0, endsAt: now.getTime() + length };
    window.count += 1;
    if (window !== known) this.remember(key, window, now);
    return { count: window.count, endsIn: window.endsAt - now.getTime() };
  }

  private remember(key: string, window: Window, now: Date): void {
    if (this.own.size >= REMEMBERED) {
      for (const [other, { endsAt }] of this.own) if (endsAt <= now.getTime()) this.own.delete(other);
      if (this.own.size >= REMEMBERED) this.own.clear();
    }
    this.own.set(key, window);
  }
}

const tooLate = (): Promise<null> =>
  new Promise((resolve) => {
    setTimeout(resolve, REDIS_PATIENCE, null).unref();
  });

export function limitRates(fastify: FastifyInstance, limiter: RateLimiter): void {
  fastify.addHook('onRequest', async (request) => {
    const { limit } = request.routeOptions.config;
    if (limit === undefined) return;
    const seconds = await limiter.wait(limit, request.ip);
    if (seconds > 0) throw tooMany(seconds);
  });
}

/** Says how long to wait. */
export const tooMany = (seconds: number): PageProblem =>
  new PageProblem(429, {
    text: { key: 'web.problem.429.text', values: { minutes: Math.ceil(seconds / 60) } },
    headers: { 'retry-after': String(seconds) },
  });

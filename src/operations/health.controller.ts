import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Redis } from 'ioredis';
import { Database } from '../../libs/database/database.js';
import { REDIS } from '../../libs/outbox/outbox.module.js';

type Part = 'up' | 'down';

interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly database: Part;
  readonly redis: Part;
}

/** Milliseconds after which a part that does not answer counts as away. */
const PATIENCE = 2_000;

/** For whoever starts, watches and restarts processes. */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    @Inject(REDIS) private readonly redis: Redis,
  ) {}

  /** This process runs and answers. */
  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  /** Requests can be served: the database answers. Without Redis they can too, as it only makes things sooner. */
  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const [database, redis] = await Promise.all([answers(this.database.ping()), answers(this.redis.ping())]);
    if (database === 'down') reply.status(503);
    return { status: database === 'up' ? 'ready' : 'not-ready', database, redis };
  }
}

async function answers(asked: Promise<unknown>): Promise<Part> {
  const answered = asked.then(
    () => 'up' as const,
    () => 'down' as const,
  );
  return Promise.race([answered, pause(PATIENCE, 'down' as const, { ref: false })]);
}

import { Injectable } from '@nestjs/common';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { QueueService } from './queue.service.js';

/** The timers of a queue. Each acts on the present state and may run twice. */
@Injectable()
export class QueueHandlers {
  constructor(private readonly queues: QueueService) {}

  @Handles('queue.pass-over', 'queue.called')
  async passOver(queue: Id, entry: Entry): Promise<NextPage> {
    await this.queues.passOver(queue, Number(entry.data['order']));
    return undefined;
  }

  @Handles('queue.close', 'queue.closed')
  async close(queue: Id): Promise<NextPage> {
    await this.queues.close(queue);
    return undefined;
  }

  @Handles('queue.forget', 'queue.forgotten')
  async forget(queue: Id): Promise<NextPage> {
    await this.queues.forget(queue);
    return undefined;
  }
}

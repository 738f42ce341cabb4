import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../libs/time/clock.js';
import { Links } from '../links.js';
import { DropIns, type DropIn } from '../office-hours/hours/drop-ins.service.js';
import type { OfficeHours } from '../office-hours/hours/office-hours.js';
import { QueueService } from './queue.service.js';
import { isOpen } from './queue.js';
import { firstChoiceUntil, hasFirstChoice, likelyWait, waitingIn } from './standing.js';

/** What the pages of office hours tell of the queue. */
@Injectable()
export class QueueDropIn implements OnModuleInit {
  constructor(
    private readonly dropIns: DropIns,
    private readonly queues: QueueService,
    private readonly links: Links,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.dropIns.register({
      of: (hours) => this.of(hours),
      choosesFirst: (hours, token) => this.choosesFirst(hours, token),
    });
  }

  private async of(hours: OfficeHours): Promise<DropIn> {
    const now = this.clock.now();
    const { queue, engaged } = await this.queues.of(hours);
    const waiting = isOpen(queue, now) ? waitingIn(queue, now).length : undefined;
    return {
      waiting,
      minutes: waiting === undefined ? 0 : likelyWait(queue, waiting, now, engaged),
      firstUntil: firstChoiceUntil(queue, now),
    };
  }

  private async choosesFirst({ id }: OfficeHours, token: string): Promise<boolean> {
    const opened = await this.links.open('queue', token, async (ticket) => {
      const standing = await this.queues.ofTicket(ticket);
      return standing && { ...standing, generation: 0 };
    });
    if (!opened.ok) return false;
    const { hours, queue, ticket } = opened.value.found;
    return hours.id === id && hasFirstChoice(queue, ticket, this.clock.now());
  }
}

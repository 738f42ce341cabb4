import { Injectable } from '@nestjs/common';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { ParticipationService } from './participation.service.js';

/** What the end of a meeting causes. */
@Injectable()
export class ParticipationHandlers {
  constructor(private readonly participation: ParticipationService) {}

  @Handles('participation.close', 'meeting.ended')
  async close(meeting: Id, entry: Entry): Promise<NextPage> {
    const { moves, occurrence } = entry.data;
    const original = occurrence instanceof Date ? occurrence : undefined;
    const later = await this.participation.close(meeting, Number(moves), original);
    return later && { later };
  }
}

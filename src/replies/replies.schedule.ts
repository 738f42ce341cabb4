import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { kindOf } from '../../libs/outbox/relay.js';
import { RepliesService } from './replies.service.js';

/** Retention of what came in by mail; registered in the worker only, and harmless on several. */
@Injectable()
export class RepliesSchedule {
  private readonly log = new Logger(RepliesSchedule.name);

  constructor(private readonly replies: RepliesService) {}

  @Cron('37 * * * *')
  async forget(): Promise<void> {
    try {
      await this.replies.forgetOld();
    } catch (error) {
      this.log.warn(`old replies are forgotten an hour later (${kindOf(error)})`);
    }
  }
}

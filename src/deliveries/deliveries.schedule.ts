import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { kindOf } from '../../libs/outbox/relay.js';
import { Clock, DAY, plus } from '../../libs/time/clock.js';
import { DeliveriesService } from './deliveries.service.js';

/** Days after which ended mails about no meeting are forgotten; those of a meeting go with it. */
const KEPT_DAYS = 30;

/** Retention of mails by their age; registered in the worker only, and harmless on several. */
@Injectable()
export class DeliveriesSchedule {
  private readonly log = new Logger(DeliveriesSchedule.name);

  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
  ) {}

  @Cron('17 * * * *')
  async forget(): Promise<void> {
    try {
      await this.deliveries.forgetEndedBefore(plus(this.clock.now(), -KEPT_DAYS * DAY));
    } catch (error) {
      this.log.warn(`old deliveries are forgotten an hour later (${kindOf(error)})`);
    }
  }
}

import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Clock } from '../../libs/time/clock.js';
import { FeedbackReleases } from './releases.service.js';

/** Looks every hour whether the weekly run is due; registered in the worker only. */
@Injectable()
export class ReleasesSchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(ReleasesSchedule.name);

  constructor(
    private readonly releases: FeedbackReleases,
    private readonly clock: Clock,
  ) {}

  /** A worker that was not there on Monday morning catches up. */
  async onApplicationBootstrap(): Promise<void> {
    await this.check();
  }

  @Cron('1 * * * *')
  async check(): Promise<void> {
    try {
      await this.releases.runIfDue(this.clock.now());
    } catch (error) {
      // Its name only: the error may quote a document.
      this.logger.error(
        `the weekly release failed and is tried again: ${error instanceof Error ? error.name : 'error'}`,
      );
    }
  }
}

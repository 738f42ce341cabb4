import { Module } from '@nestjs/common';
import { FeedbackModule } from './feedback.module.js';
import { ReleasesSchedule } from './releases.schedule.js';
import { FeedbackReleases } from './releases.service.js';

/** The weekly release: for the worker only, whose ScheduleModule wakes it. */
@Module({ imports: [FeedbackModule], providers: [FeedbackReleases, ReleasesSchedule], exports: [FeedbackReleases] })
export class FeedbackReleaseModule {}

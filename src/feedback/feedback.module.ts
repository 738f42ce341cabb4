import { Module } from '@nestjs/common';
import { AnswersRepository } from './answers.repository.js';
import { FeedbackConnection } from './feedback.connection.js';
import { FeedbackService } from './feedback.service.js';
import { ReleasesRepository } from './releases.repository.js';
import { ReleasesSchedule } from './releases.schedule.js';
import { FeedbackReleases } from './releases.service.js';
import { SealedLists } from './sealed-lists.js';
import { WaitingFormsRepository } from './waiting-forms.repository.js';

/** Keeping and reading answers. */
@Module({
  providers: [
    FeedbackConnection,
    SealedLists,
    WaitingFormsRepository,
    AnswersRepository,
    ReleasesRepository,
    FeedbackService,
  ],
  exports: [FeedbackService, ReleasesRepository],
})
export class FeedbackModule {}

/** The weekly release: for the worker only, whose ScheduleModule wakes it. */
@Module({ imports: [FeedbackModule], providers: [FeedbackReleases, ReleasesSchedule], exports: [FeedbackReleases] })
export class FeedbackReleaseModule {}

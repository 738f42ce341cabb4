import { Module } from '@nestjs/common';
import { AnswersRepository } from './answers.repository.js';
import { FeedbackConnection } from './feedback.connection.js';
import { FeedbackService } from './feedback.service.js';
import { ReleasesRepository } from './releases.repository.js';
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

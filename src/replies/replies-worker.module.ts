import { Module } from '@nestjs/common';
import { InboundSources } from './inbound-sources.service.js';
import { RepliesModule } from './replies.module.js';
import { RepliesSchedule } from './replies.schedule.js';

/** Taking mails in: for the worker only. */
@Module({
  imports: [RepliesModule],
  providers: [InboundSources, RepliesSchedule],
})
export class RepliesWorkerModule {}

import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { HourlyCounts } from '../meetings/hourly-counts.service.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { PeopleModule } from '../people/people.module.js';
import { AnswersController } from './answers.controller.js';
import { OutboxController } from './outbox.controller.js';
import { OverviewController } from './overview.controller.js';

/** The pages of the console that belong to no other feature. */
@Module({
  imports: [PeopleModule, ContactsModule, DeliveriesModule, FeedbackModule, MeetingsModule],
  controllers: [OverviewController, AnswersController, OutboxController],
  providers: [HourlyCounts],
})
export class ConsoleModule {}

import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { InterestController } from './interest.controller.js';
import { InterestService } from './interest.service.js';

@Module({
  imports: [FeedbackModule, ContactsModule, DeliveriesModule],
  controllers: [InterestController],
  providers: [InterestService],
})
export class InterestModule {}

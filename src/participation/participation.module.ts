import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsModule } from '../contacts/contacts.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { JoinController } from './join.controller.js';
import { ParticipationApi } from './participation.api.js';
import { ParticipationHandlers } from './participation.handlers.js';
import { ParticipationRepository } from './participation.repository.js';
import { COUNTS, countsSchema, JOINS, joinsSchema } from './participation.schema.js';
import { ParticipationService } from './participation.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: JOINS, schema: joinsSchema },
      { name: COUNTS, schema: countsSchema },
    ]),
    ContactsModule,
    FeedbackModule,
    InvitationsModule,
    MeetingsModule,
    RegionsModule,
  ],
  controllers: [JoinController, ParticipationApi],
  providers: [ParticipationRepository, ParticipationService, ParticipationHandlers],
  exports: [ParticipationService],
})
export class ParticipationModule {}

import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { ParticipationModule } from '../participation/participation.module.js';
import { PeopleModule } from '../people/people.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { RepliesModule } from '../replies/replies.module.js';
import { ConsoleActsController } from './console/console-acts.controller.js';
import { ConsoleAnnouncingController } from './console/console-announcing.controller.js';
import { ConsoleMeetingsController } from './console/console-meetings.controller.js';
import { ConsoleMeetings } from './console/console-meetings.service.js';
import { HourlyCounts } from './hourly-counts.service.js';
import { MeetingsApi } from './pages/meetings.api.js';
import { MeetingsController } from './pages/meetings.controller.js';
import { MeetingsModule } from './meetings.module.js';
import { SignUpService } from './pages/sign-up.service.js';

/** Meetings as people see them: apart from the meetings themselves, on which participation and deliveries rest. */
@Module({
  imports: [
    MeetingsModule,
    InvitationsModule,
    ContactsModule,
    DeliveriesModule,
    ParticipationModule,
    PeopleModule,
    RegionsModule,
    RepliesModule,
  ],
  controllers: [
    MeetingsController,
    MeetingsApi,
    ConsoleMeetingsController,
    ConsoleAnnouncingController,
    ConsoleActsController,
  ],
  providers: [ConsoleMeetings, HourlyCounts, SignUpService],
})
export class MeetingsPagesModule {}

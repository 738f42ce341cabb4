import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { HostTimes } from './host-times.service.js';
import { MeetingSubjects } from './meeting-subjects.service.js';
import { MeetingsHandlers } from './meetings.handlers.js';
import { MeetingsRepository } from './meetings.repository.js';
import { MEETINGS, meetingsSchema } from './meetings.schema.js';
import { MeetingsService } from './meetings.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: MEETINGS, schema: meetingsSchema }]), InvitationsModule, RegionsModule],
  providers: [HostTimes, MeetingsRepository, MeetingsService, MeetingSubjects, MeetingsHandlers],
  exports: [HostTimes, MeetingsService, MeetingSubjects],
})
export class MeetingsModule {}

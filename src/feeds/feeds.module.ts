import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { FeedsApi } from './feeds.api.js';
import { FeedsService } from './feeds.service.js';
import { OwnFeedController } from './own-feed.controller.js';

@Module({
  imports: [MeetingsModule, InvitationsModule, ContactsModule, RegionsModule],
  controllers: [FeedsApi, OwnFeedController],
  providers: [FeedsService],
})
export class FeedsModule {}

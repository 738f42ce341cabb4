import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { PeopleModule } from '../people/people.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { CalendarReplies } from './calendar-replies.service.js';
import { IncomingMails } from './incoming-mails.service.js';
import { RepliesController } from './replies.controller.js';
import { RepliesHandlers } from './replies.handlers.js';
import { RepliesRepository } from './replies.repository.js';
import {
  CORRESPONDENTS,
  correspondentsSchema,
  HANDLED_MAILS,
  handledMailsSchema,
  MAIL_LEASES,
  mailLeasesSchema,
  TIME_WISHES,
  timeWishesSchema,
  WRITTEN_REPLIES,
  writtenRepliesSchema,
} from './replies.schema.js';
import { RepliesService } from './replies.service.js';

/** What comes back by mail: answers of calendars, bounces, and what people write. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: WRITTEN_REPLIES, schema: writtenRepliesSchema },
      { name: TIME_WISHES, schema: timeWishesSchema },
      { name: CORRESPONDENTS, schema: correspondentsSchema },
      { name: HANDLED_MAILS, schema: handledMailsSchema },
      { name: MAIL_LEASES, schema: mailLeasesSchema },
    ]),
    ContactsModule,
    DeliveriesModule,
    InvitationsModule,
    PeopleModule,
    RegionsModule,
  ],
  controllers: [RepliesController],
  providers: [RepliesRepository, RepliesService, CalendarReplies, IncomingMails, RepliesHandlers],
  exports: [RepliesRepository, RepliesService, IncomingMails],
})
export class RepliesModule {}

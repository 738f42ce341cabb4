import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsModule } from '../contacts/contacts.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { Allowance } from './allowance.service.js';
import { BookingMatters } from './booking-matters.service.js';
import { Correspondents } from './correspondents.js';
import { DeliveriesHandlers } from './deliveries.handlers.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DELIVERIES, deliveriesSchema, SUBJECT_TEXTS, subjectTextsSchema } from './deliveries.schema.js';
import { DeliveriesService } from './deliveries.service.js';
import { ErasuresHandlers } from './erasures.handlers.js';
import { MailWriter } from './mail-writer.service.js';
import { SubjectTexts } from './subject-texts.service.js';

/** What is to be sent, and how it will read. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: DELIVERIES, schema: deliveriesSchema },
      { name: SUBJECT_TEXTS, schema: subjectTextsSchema },
    ]),
    ContactsModule,
    InvitationsModule,
    MeetingsModule,
  ],
  providers: [
    DeliveriesRepository,
    DeliveriesService,
    DeliveriesHandlers,
    ErasuresHandlers,
    SubjectTexts,
    MailWriter,
    Correspondents,
    BookingMatters,
    Allowance,
  ],
  exports: [
    Allowance,
    BookingMatters,
    Correspondents,
    DeliveriesRepository,
    DeliveriesService,
    MailWriter,
    SubjectTexts,
  ],
})
export class DeliveriesModule {}

import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsModule } from '../contacts/contacts.module.js';
import { GuestCounts } from './guest-counts.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsHandlers } from './invitations.handlers.js';
import { InvitationsRepository } from './invitations.repository.js';
import { INVITATIONS, invitationsSchema } from './invitations.schema.js';
import { InvitationsService } from './invitations.service.js';
import { Seats } from './seats.service.js';
import { Subjects } from './subject.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: INVITATIONS, schema: invitationsSchema }]), ContactsModule],
  controllers: [InvitationsController],
  providers: [InvitationsRepository, InvitationsService, InvitationsHandlers, GuestCounts, Seats, Subjects],
  exports: [GuestCounts, InvitationsService, Subjects],
})
export class InvitationsModule {}

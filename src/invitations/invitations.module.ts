import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { InvitationsRepository } from './invitations.repository.js';
import { INVITATIONS, invitationsSchema } from './invitations.schema.js';
import { InvitationsService } from './invitations.service.js';
import { Subjects } from './subject.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: INVITATIONS, schema: invitationsSchema }])],
  providers: [InvitationsRepository, InvitationsService, Subjects],
  exports: [InvitationsService, Subjects],
})
export class InvitationsModule {}

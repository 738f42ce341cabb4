import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { DeliveriesModule } from './deliveries.module.js';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { DeliveriesSchedule } from './deliveries.schedule.js';
import { LookUps } from './look-ups.service.js';
import { Mailer } from './mailer.service.js';
import { NamedPlaces } from './named-places.service.js';

/** Sending: for the worker only. */
@Module({
  imports: [DeliveriesModule, ContactsModule, InvitationsModule],
  providers: [LookUps, Mailer, NamedPlaces, DeliveriesProcessor, DeliveriesSchedule],
})
export class DeliveriesWorkerModule {}

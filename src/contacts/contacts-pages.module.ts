import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { ConfirmController } from './confirm.controller.js';
import { ContactLinks } from './contact-links.service.js';
import { ContactsModule } from './contacts.module.js';
import { MeActsController } from './me-acts.controller.js';
import { MeController } from './me.controller.js';
import { UnsubscribeController } from './unsubscribe.controller.js';

/** The pages behind the links of our mails. They ask deliveries, which asks contacts: hence a module of their own. */
@Module({
  imports: [ContactsModule, InvitationsModule, DeliveriesModule],
  controllers: [ConfirmController, UnsubscribeController, MeController, MeActsController],
  providers: [ContactLinks],
})
export class ContactsPagesModule {}

import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { PeopleController } from './people.controller.js';
import { PeopleHandlers } from './people.handlers.js';
import { PeopleModule } from './people.module.js';
import { SignInController } from './sign-in.controller.js';

/** Signing in, the list of people, and what appointments cause. */
@Module({
  imports: [PeopleModule, ContactsModule, DeliveriesModule, RegionsModule],
  controllers: [SignInController, PeopleController],
  providers: [PeopleHandlers],
})
export class PeoplePagesModule {}

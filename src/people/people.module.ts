import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { ConsoleGuard } from './console.guard.js';
import { PeopleRepository } from './people.repository.js';
import { PEOPLE, peopleSchema, SESSIONS, sessionsSchema, SIGN_INS, signInsSchema } from './people.schema.js';
import { PeopleService } from './people.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { SignInService } from './sign-in.service.js';

/** Who has a role, and the guard of every page for them. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: PEOPLE, schema: peopleSchema },
      { name: SESSIONS, schema: sessionsSchema },
      { name: SIGN_INS, schema: signInsSchema },
    ]),
    ContactsModule,
    DeliveriesModule,
    RegionsModule,
  ],
  providers: [PeopleRepository, SessionsRepository, SignInService, PeopleService, ConsoleGuard],
  exports: [PeopleService, SignInService, ConsoleGuard],
})
export class PeopleModule {}

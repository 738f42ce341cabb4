import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsHandlers } from './contacts.handlers.js';
import { ContactsRepository } from './contacts.repository.js';
import { BLOCKED, blockedSchema, CONTACTS, contactsSchema } from './contacts.schema.js';
import { ContactsService } from './contacts.service.js';
import { StandIns } from './stand-ins.service.js';
import { Vault } from './vault.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: CONTACTS, schema: contactsSchema },
      { name: BLOCKED, schema: blockedSchema },
    ]),
  ],
  providers: [ContactsRepository, ContactsService, ContactsHandlers, Vault, StandIns],
  exports: [ContactsService, Vault, StandIns],
})
export class ContactsModule {}

import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsRepository } from './contacts.repository.js';
import { BLOCKED, blockedSchema, CONTACTS, contactsSchema } from './contacts.schema.js';
import { ContactsService } from './contacts.service.js';
import { Vault } from './vault.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: CONTACTS, schema: contactsSchema },
      { name: BLOCKED, schema: blockedSchema },
    ]),
  ],
  providers: [ContactsRepository, ContactsService, Vault],
  exports: [ContactsService, Vault],
})
export class ContactsModule {}

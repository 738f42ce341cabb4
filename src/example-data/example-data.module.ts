import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ContactsModule } from '../contacts/contacts.module.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { PeopleModule } from '../people/people.module.js';
import { EXAMPLE_DATA, exampleDataSchema } from './example-data.schema.js';
import { ExampleDataService } from './example-data.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: EXAMPLE_DATA, schema: exampleDataSchema }]),
    ContactsModule,
    MeetingsModule,
    PeopleModule,
  ],
  providers: [ExampleDataService],
  exports: [ExampleDataService],
})
export class ExampleDataModule {}

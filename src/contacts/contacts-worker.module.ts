import { Module } from '@nestjs/common';
import { ContactsModule } from './contacts.module.js';
import { ContactsSchedule } from './contacts.schedule.js';

/** What contacts do by the clock, in the worker alone. */
@Module({ imports: [ContactsModule], providers: [ContactsSchedule] })
export class ContactsWorkerModule {}

import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Outside } from '../../libs/outside/safe-fetch.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { PeopleModule } from '../people/people.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { BookingMail } from './booking-mail.service.js';
import { BookingsController } from './bookings.controller.js';
import { BookingsHandlers } from './bookings.handlers.js';
import { BookingsService } from './bookings.service.js';
import { CalendarReading } from './calendar-reading.service.js';
import { ConsoleBookingsController } from './console-bookings.controller.js';
import { ConsoleLettersController } from './console-letters.controller.js';
import { ConsoleOfficeHoursController } from './console-office-hours.controller.js';
import { ConsoleOfficeHours } from './console-office-hours.service.js';
import { ConsoleCalendarController } from './console-calendar.controller.js';
import { ConversationsRepository } from './conversations.repository.js';
import { Conversations } from './conversations.service.js';
import { DropIns } from './drop-ins.service.js';
import { HostCalendarsHandlers } from './host-calendars.handlers.js';
import { HostCalendarsRepository } from './host-calendars.repository.js';
import { HOST_CALENDARS, hostCalendarsSchema } from './host-calendars.schema.js';
import { HostCalendars } from './host-calendars.service.js';
import { NoShowsService } from './no-shows.service.js';
import { OfficeHoursController } from './office-hours.controller.js';
import { OfficeHoursRepository } from './office-hours.repository.js';
import {
  CONVERSATIONS,
  conversationsSchema,
  NO_SHOWS,
  noShowsSchema,
  OFFICE_HOURS,
  officeHoursSchema,
  SLOTS,
  slotsSchema,
} from './office-hours.schema.js';
import { OfficeHoursService } from './office-hours.service.js';
import { SlotOffersHandlers } from './slot-offers.handlers.js';
import { SlotOffers } from './slot-offers.service.js';
import { SlotClaims } from './slot-claims.service.js';
import { SlotPages } from './slot-pages.service.js';
import { SlotsRepository } from './slots.repository.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: OFFICE_HOURS, schema: officeHoursSchema },
      { name: SLOTS, schema: slotsSchema },
      { name: CONVERSATIONS, schema: conversationsSchema },
      { name: NO_SHOWS, schema: noShowsSchema },
      { name: HOST_CALENDARS, schema: hostCalendarsSchema },
    ]),
    ContactsModule,
    InvitationsModule,
    DeliveriesModule,
    MeetingsModule,
    PeopleModule,
    RegionsModule,
  ],
  controllers: [
    OfficeHoursController,
    BookingsController,
    ConsoleOfficeHoursController,
    ConsoleBookingsController,
    ConsoleLettersController,
    ConsoleCalendarController,
  ],
  providers: [
    OfficeHoursRepository,
    SlotsRepository,
    OfficeHoursService,
    SlotClaims,
    BookingsService,
    BookingsHandlers,
    SlotOffers,
    SlotOffersHandlers,
    ConversationsRepository,
    Conversations,
    BookingMail,
    NoShowsService,
    SlotPages,
    ConsoleOfficeHours,
    DropIns,
    Outside,
    HostCalendarsRepository,
    HostCalendars,
    CalendarReading,
    HostCalendarsHandlers,
  ],
  exports: [OfficeHoursService, BookingsService, ConsoleOfficeHours, DropIns],
})
export class OfficeHoursModule {}

import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Outside } from '../../libs/outside/safe-fetch.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { PeopleModule } from '../people/people.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { BookingsService } from './bookings/bookings.service.js';
import { NO_SHOWS, noShowsSchema } from './bookings/no-shows.schema.js';
import { NoShowsService } from './bookings/no-shows.service.js';
import { SlotClaims } from './bookings/slot-claims.service.js';
import { SlotOffers } from './bookings/slot-offers.service.js';
import { CalendarReading } from './calendars/calendar-reading.service.js';
import { HostCalendarsHandlers } from './calendars/host-calendars.handlers.js';
import { HostCalendarsRepository } from './calendars/host-calendars.repository.js';
import { HOST_CALENDARS, hostCalendarsSchema } from './calendars/host-calendars.schema.js';
import { HostCalendars } from './calendars/host-calendars.service.js';
import { ConsoleBookingsController } from './console/console-bookings.controller.js';
import { ConsoleCalendarController } from './console/console-calendar.controller.js';
import { ConsoleLettersController } from './console/console-letters.controller.js';
import { ConsoleOfficeHoursController } from './console/console-office-hours.controller.js';
import { ConsoleOfficeHours } from './console/console-office-hours.service.js';
import { BookingMail } from './effects/booking-mail.service.js';
import { BookingsHandlers } from './effects/bookings.handlers.js';
import { SlotOffersHandlers } from './effects/slot-offers.handlers.js';
import { DropIns } from './hours/drop-ins.service.js';
import { OfficeHoursRepository } from './hours/office-hours.repository.js';
import { OFFICE_HOURS, officeHoursSchema } from './hours/office-hours.schema.js';
import { ConversationsRepository } from './letters/conversations.repository.js';
import { CONVERSATIONS, conversationsSchema } from './letters/conversations.schema.js';
import { Conversations } from './letters/conversations.service.js';
import { BookingsController } from './pages/bookings.controller.js';
import { OfficeHoursController } from './pages/office-hours.controller.js';
import { SlotPages } from './pages/slot-pages.service.js';
import { OfficeHoursService } from './hours/office-hours.service.js';
import { FreeSlots } from './slots/free-slots.service.js';
import { SlotRooms } from './slots/slot-rooms.service.js';
import { SlotsRepository } from './slots/slots.repository.js';
import { SLOTS, slotsSchema } from './slots/slots.schema.js';

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
    FreeSlots,
    SlotRooms,
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
  exports: [OfficeHoursService, FreeSlots, SlotRooms, BookingsService, ConsoleOfficeHours, DropIns],
})
export class OfficeHoursModule {}

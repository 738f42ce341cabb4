import { Body, Controller, Get, Post, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { Clock } from '../../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { freshForm, parseForm, type FormState } from '../../../libs/web/forms.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../../people/console.guard.js';
import { rolesWith } from '../../people/person.js';
import { HostCalendars } from '../calendars/host-calendars.service.js';
import { ConsoleOfficeHours } from './console-office-hours.service.js';
import { CALENDAR_PATH, calendarPage } from './host-calendar.page.js';
import { calendarSchema } from './office-hours-form.js';

/** A host's own calendar, which nobody else sees. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/calendar')
export class ConsoleCalendarController {
  constructor(
    private readonly calendars: HostCalendars,
    private readonly console: ConsoleOfficeHours,
    private readonly contacts: ContactsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  async show(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Query('saved') saved: unknown,
  ): Promise<Answer> {
    return this.page(reader, by, freshForm(), saved === 'removed');
  }

  @Post()
  async save(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Body() body: unknown): Promise<Answer> {
    const form = parseForm(calendarSchema, body);
    if (!form.ok) return withStatus(422, await this.page(reader, by, form));
    await this.calendars.save(by.contact, form.value.calendarUrl, await this.timeZoneOf(by));
    return seeOther(reader.href(CALENDAR_PATH));
  }

  @Post('read')
  async readAgain(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<Answer> {
    await this.calendars.readAgain(by.contact);
    return seeOther(reader.href(CALENDAR_PATH));
  }

  @Post('remove')
  async remove(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<Answer> {
    await this.calendars.forget(by.contact);
    return seeOther(reader.href(`${CALENDAR_PATH}?saved=removed`));
  }

  /** That of the office hours which they share; without any, their own. */
  private async timeZoneOf(by: SignedIn): Promise<string> {
    const shared = (await this.console.list(by)).find(({ hosts }) => hosts.includes(by.contact));
    return shared?.timeZone ?? (await this.contacts.get(by.contact))?.timeZone ?? 'UTC';
  }

  private async page(reader: Reader, by: SignedIn, form: FormState, wasRemoved = false): Promise<VNode> {
    const own = await this.calendars.of(by.contact);
    return calendarPage(reader, by, { own, form, now: this.clock.now(), wasRemoved });
  }
}

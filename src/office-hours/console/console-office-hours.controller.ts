import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { isDay } from '../../../libs/time/zones.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { freshForm, parseForm, type FormState } from '../../../libs/web/forms.js';
import { PageProblem } from '../../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../../people/console.guard.js';
import { rolesWith } from '../../people/person.js';
import { RegionsService } from '../../regions/regions.service.js';
import { zoneChoices } from '../../regions/time-zones.js';
import { HostCalendars } from '../calendars/host-calendars.service.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { OfficeHoursService, type GivenOfficeHours } from '../hours/office-hours.service.js';
import { dayOf, weekFrom } from '../pages/slot-week.js';
import { consoleListPage } from './console-office-hours.page.js';
import { ConsoleOfficeHours } from './console-office-hours.service.js';
import { hostWeekPage } from './host-week.page.js';
import { detailsOf, freshValues, officeHoursSchema, valuesOf, type OfficeHoursForm } from './office-hours-form.js';
import { officeHoursFormPage } from './office-hours-form.page.js';

/** What the page after an act says was done. */
const SAID = ['moved', 'cancelled', 'taken-over', 'not-taken-over'] as const;

/** Office hours as those who lead them make them, change them and see their week. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/office-hours')
export class ConsoleOfficeHoursController {
  constructor(
    private readonly console: ConsoleOfficeHours,
    private readonly hours: OfficeHoursService,
    private readonly calendars: HostCalendars,
    private readonly contacts: ContactsService,
    private readonly regions: RegionsService,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  @Get()
  async list(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<Answer> {
    return consoleListPage(reader, by, await this.console.list(by));
  }

  @Get('new')
  async fresh(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<Answer> {
    const timeZone = (await this.contacts.get(by.contact))?.timeZone ?? 'UTC';
    const values = freshValues({
      timeZone,
      from: dayOf(this.clock.now().getTime(), timeZone),
      language: reader.language,
      hosts: by.contact,
      draft: this.ids.next(),
    });
    return this.formPage(reader, by, freshForm(values));
  }

  @Post('new')
  async create(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Body() body: unknown): Promise<Answer> {
    const form = parseForm(await this.schema(reader, by), body);
    if (!form.ok) return withStatus(422, await this.formPage(reader, by, form));
    const { draft: id = this.ids.next() } = form.value;
    // A form sent twice, or again from the back button, leads to what it made.
    await this.hours.open(id, detailsOf(form.value, by.contact));
    await this.keepCalendar(form.value, by);
    return seeOther(reader.href(`/console/office-hours/${id}`));
  }

  @Get(':id')
  async show(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query('week') asked: unknown,
    @Query('saved') saved: unknown,
  ): Promise<Answer> {
    const { hours } = await this.console.open(id, by);
    const { timeZone } = hours;
    const today = dayOf(this.clock.now().getTime(), timeZone);
    const week = weekFrom(typeof asked === 'string' && isDay(asked) && asked < '9998' ? asked : today, timeZone);
    const hosts = await this.console.hostsFor(reader, by);
    const said = SAID.find((known) => known === saved);
    return hostWeekPage(reader, by, {
      hours,
      week,
      bookings: await this.console.bookingsOf(reader, by, hours, week.window),
      hosts: hosts.filter(({ value }) => hours.hosts.includes(value)).map(({ label }) => label),
      room: this.hours.roomOf(hours),
      calendar: hours.hosts.includes(by.contact) ? await this.console.calendarOf(reader, by) : undefined,
      notice: said && reader.t(`console.office-hours.said.${said}`),
    });
  }

  @Get(':id/edit')
  async editForm(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Param('id') id: Id): Promise<Answer> {
    const { hours, version } = await this.console.open(id, by);
    const form = freshForm(valuesOf(hours, this.hours.roomOf(hours)));
    return this.formPage(reader, by, form, { id, version, changedMeanwhile: false });
  }

  @Post(':id/edit')
  async edit(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const { hours, version } = await this.console.open(id, by);
    const form = parseForm(await this.schema(reader, by, hours), body);
    const editing = { id, version, changedMeanwhile: false };
    if (!form.ok) return withStatus(422, await this.formPage(reader, by, form, editing));
    const edited = await this.hours.change(id, this.edited(form.value, by, hours), form.value.version);
    if (edited.ok) {
      await this.keepCalendar(form.value, by);
      return seeOther(reader.href(`/console/office-hours/${id}`));
    }
    if (edited.reason === 'unknown') throw new PageProblem(404);
    const typed = freshForm(form.values);
    return withStatus(409, await this.formPage(reader, by, typed, { ...editing, changedMeanwhile: true }));
  }

  private async keepCalendar({ calendarUrl, timeZone }: OfficeHoursForm, by: SignedIn): Promise<void> {
    if (calendarUrl !== '') await this.calendars.save(by.contact, calendarUrl, timeZone);
  }

  /** A host changes when, not with whom: those who share the office hours stay. */
  private edited(form: OfficeHoursForm, by: SignedIn, hours: OfficeHours): GivenOfficeHours {
    const details = detailsOf(form, by.contact);
    return by.role === 'host' || form.hosts.length === 0 ? { ...details, hosts: hours.hosts } : details;
  }

  private async schema(reader: Reader, by: SignedIn, hours?: OfficeHours) {
    const others = by.role === 'host' ? [] : (await this.console.hostsFor(reader, by)).map(({ value }) => value);
    return officeHoursSchema({
      languages: reader.languages,
      hosts: [...new Set([...others, by.contact, ...(hours?.hosts ?? [])])],
      regions: this.regions.all.map(({ id }) => id),
    });
  }

  private async formPage(
    reader: Reader,
    by: SignedIn,
    form: FormState,
    editing?: { readonly id: string; readonly version: number; readonly changedMeanwhile: boolean },
  ): Promise<VNode> {
    const typed = form.values['timeZone'];
    const offered = zoneChoices(reader.language);
    const isOffered = offered.some(({ options }) => options.some(({ value }) => value === typed));
    return officeHoursFormPage(reader, by, {
      form,
      ...(editing && { editing }),
      calendar: await this.console.calendarOf(reader, by),
      choices: {
        languages: reader.languages,
        timeZones: typeof typed === 'string' && !isOffered ? [{ value: typed, label: typed }, ...offered] : offered,
        hosts: await this.console.hostsFor(reader, by),
        regions: this.regions.all.map(({ id, name }) => ({ value: id, label: name })),
      },
    });
  }
}

import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import type { Id } from '../../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { freshForm, parseForm, refusedForm, type FormState } from '../../../libs/web/forms.js';
import { PageProblem } from '../../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../../people/console.guard.js';
import { rolesWith } from '../../people/person.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { SlotPages } from '../pages/slot-pages.service.js';
import { dayOf } from '../pages/slot-week.js';
import { FreeSlots } from '../slots/free-slots.service.js';
import type { Booked } from '../slots/slots.repository.js';
import { whoOf } from '../pages/who.js';
import { cancelPage, cancelPreviewPage, movePage, movePreviewPage } from './console-bookings.page.js';
import { ConsoleOfficeHours, type Opened } from './console-office-hours.service.js';
import { consoleCancelSchema, consoleMoveSchema } from './office-hours-form.js';

/** Minutes of notice that a host may leave a visitor: less than visitors have to give. */
const LEAD = 30;

type Found = Booked & Opened;

/** What a host does to one booking: each is looked at before it happens. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/office-hours/:id/bookings/:booking')
export class ConsoleBookingsController {
  constructor(
    private readonly console: ConsoleOfficeHours,
    private readonly bookings: BookingsService,
    private readonly freeSlots: FreeSlots,
    private readonly pages: SlotPages,
  ) {}

  @Get('move')
  async moveForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Query('week') week: unknown,
  ): Promise<Answer> {
    return this.movePage(reader, by, await this.console.booking(id, booking, by), freshForm(), week);
  }

  @Post('move')
  async move(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Body() body: unknown,
  ): Promise<Answer> {
    const found = await this.console.booking(id, booking, by);
    const form = parseForm(consoleMoveSchema, body);
    if (!form.ok) return withStatus(422, await this.movePage(reader, by, found, form));
    const { slot: start, confirmed } = form.value;
    if (confirmed !== 'yes') {
      if (!(await this.isFree(found, start))) return this.takenPage(reader, by, found, form.values, start);
      const to = { start, end: plus(start, found.hours.slotMinutes * MINUTE) };
      return movePreviewPage(reader, by, {
        ...found,
        form: freshForm(form.values),
        who: whoOf(reader, found.booking),
        to,
      });
    }
    const moved = await this.bookings.move(booking, start, { leadMinutes: LEAD });
    if (moved.ok || moved.reason === 'same-time') return said(reader, id, 'moved');
    if (moved.reason === 'taken' || moved.reason === 'too-many') {
      return this.takenPage(reader, by, found, form.values, start);
    }
    throw closed();
  }

  @Get('cancel')
  async cancelForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
  ): Promise<Answer> {
    const found = await this.console.booking(id, booking, by);
    return cancelPage(reader, by, { ...found, form: freshForm(), who: whoOf(reader, found.booking) });
  }

  @Post('cancel')
  async cancel(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Body() body: unknown,
  ): Promise<Answer> {
    const found = await this.console.booking(id, booking, by);
    const form = parseForm(consoleCancelSchema, body);
    const who = whoOf(reader, found.booking);
    if (!form.ok) return withStatus(422, cancelPage(reader, by, { ...found, form, who }));
    const { reason, confirmed } = form.value;
    if (confirmed !== 'yes')
      return cancelPreviewPage(reader, by, { ...found, form: freshForm(form.values), who, reason });
    const cancelled = await this.bookings.cancel(booking, reason);
    if (!cancelled.ok) throw closed();
    return said(reader, id, 'cancelled');
  }

  /** Whoever presses it has the conversation instead; visitors are told once. */
  @Post('take-over')
  async takeOver(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
  ): Promise<Answer> {
    const { slot, hours } = await this.console.booking(id, booking, by);
    if (!hours.hosts.includes(by.contact)) throw new PageProblem(403);
    const taken = await this.bookings.takeOver(slot.id, by.contact);
    return said(reader, id, taken.ok || taken.reason === 'same-host' ? 'taken-over' : 'not-taken-over');
  }

  private async isFree({ hours, slot }: Found, start: Date): Promise<boolean> {
    const at = start.getTime();
    const offer = { leadMinutes: LEAD, without: slot.id };
    return (
      at !== slot.start.getTime() &&
      (await this.freeSlots.within(hours, { from: at, to: at + 1 }, offer)).free.length > 0
    );
  }

  private async takenPage(
    reader: Reader,
    by: SignedIn,
    found: Found,
    values: FormState['values'],
    start: Date,
  ): Promise<Answer> {
    const form = refusedForm(values, { slot: { key: 'office-hours.error.taken' } });
    return withStatus(409, await this.movePage(reader, by, found, form, dayOf(start.getTime(), found.hours.timeZone)));
  }

  private async movePage(reader: Reader, by: SignedIn, found: Found, form: FormState, week?: unknown): Promise<VNode> {
    const { hours, slot, booking } = found;
    const slots = await this.pages.week(hours, {
      timeZone: hours.timeZone,
      week: week ?? dayOf(slot.start.getTime(), hours.timeZone),
      path: `/console/office-hours/${hours.id}/bookings/${booking.id}/move`,
      query: {},
      leadMinutes: LEAD,
    });
    return movePage(reader, by, { ...found, form, slots, who: whoOf(reader, booking) });
  }
}

const said = (reader: Reader, id: Id, what: string): Answer =>
  seeOther(reader.href(`/console/office-hours/${id}?saved=${what}`));

const closed = (): PageProblem =>
  new PageProblem(409, {
    title: { key: 'console.meetings.closed.title' },
    text: { key: 'console.office-hours.closed' },
  });

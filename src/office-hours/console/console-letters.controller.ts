import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { z } from 'zod';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { longText, optionalChoice, shortText } from '../../../libs/web/fields.js';
import { freshForm, parseForm, refusedForm, type FormState } from '../../../libs/web/forms.js';
import { notYourRole } from '../../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../../people/console.guard.js';
import { rolesWith } from '../../people/person.js';
import { moveSchema } from '../pages/booking-form.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { MOST_OF_A_LETTER } from '../letters/conversation.js';
import { Conversations } from '../letters/conversations.service.js';
import { monthOf } from '../bookings/no-shows.js';
import { NoShowsService } from '../bookings/no-shows.service.js';
import { SlotOffers } from '../bookings/slot-offers.service.js';
import { SlotPages } from '../pages/slot-pages.service.js';
import { dayOf } from '../pages/slot-week.js';
import type { Booked } from '../slots/slots.repository.js';
import { whoOf } from '../pages/who.js';
import { DONE, letterPreviewPage, offerPage, oneBookingPage } from './console-letters.page.js';
import { ConsoleOfficeHours, type Opened } from './console-office-hours.service.js';

/** Minutes of notice that a host may leave a visitor who is offered another slot. */
const LEAD = 30;

const letterSchema = z.object({
  text: longText(MOST_OF_A_LETTER, { required: true }),
  draft: shortText(64, { required: true }),
  confirmed: optionalChoice(['yes']),
});
const missedSchema = z.object({ missed: optionalChoice(['yes']) });

type Found = Booked & Opened;

/** One booking as its host sees it: what was written, another time to offer, and whether somebody came. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/office-hours/:id/bookings/:booking')
export class ConsoleLettersController {
  constructor(
    private readonly console: ConsoleOfficeHours,
    private readonly bookings: BookingsService,
    private readonly conversations: Conversations,
    private readonly offers: SlotOffers,
    private readonly noShows: NoShowsService,
    private readonly pages: SlotPages,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  @Get()
  async show(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Query('saved') saved: unknown,
  ): Promise<Answer> {
    const form = freshForm({ draft: this.ids.next() });
    return this.page(reader, by, await this.console.booking(id, booking, by), form, saved);
  }

  /** Looked at before it goes out. */
  @Post('write')
  async write(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Body() body: unknown,
  ): Promise<Answer> {
    const found = await this.own(id, booking, by);
    const form = parseForm(letterSchema, body);
    if (!form.ok) return withStatus(422, await this.page(reader, by, found, form));
    const { text, draft, confirmed } = form.value;
    if (confirmed !== 'yes') return letterPreviewPage(reader, by, { ...found, text, form: freshForm(form.values) });
    const written = await this.conversations.write(booking, 'host', text, draft);
    if (written.ok) return this.done(reader, found, 'sent');
    const refusal = refusedForm(form.values, {
      text: { key: written.reason === 'too-many' ? 'console.bookings.write.too-many' : 'console.office-hours.closed' },
    });
    return withStatus(409, await this.page(reader, by, found, refusal));
  }

  @Get('offer')
  async offerForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Query('week') week: unknown,
  ): Promise<Answer> {
    return this.offerPage(reader, by, await this.own(id, booking, by), freshForm(), week);
  }

  @Post('offer')
  async offer(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Body() body: unknown,
  ): Promise<Answer> {
    const found = await this.own(id, booking, by);
    const form = parseForm(moveSchema, body);
    if (!form.ok) return withStatus(422, await this.offerPage(reader, by, found, form));
    const offered = await this.offers.offerTo(found, found.hours, form.value.slot, LEAD);
    if (offered.ok) return this.done(reader, found, 'offered');
    const why = {
      offered: 'console.bookings.offer.standing',
      'not-confirmed': 'console.office-hours.closed',
      taken: 'office-hours.error.taken',
      'too-late': 'office-hours.error.taken',
    } as const;
    const refusal = refusedForm(form.values, { slot: { key: why[offered.reason] } });
    return withStatus(409, await this.offerPage(reader, by, found, refusal));
  }

  /** Said or taken back; it counts in the month's number alone. */
  @Post('missed')
  async missed(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param() { id, booking }: { id: Id; booking: Id },
    @Body() body: unknown,
  ): Promise<Answer> {
    const found = await this.own(id, booking, by);
    const form = parseForm(missedSchema, body);
    await this.noShows.say(found, found.hours, form.ok && form.value.missed === 'yes');
    return seeOther(reader.href(pathOf(found)));
  }

  private done(reader: Reader, found: Found, saved: (typeof DONE)[number]): Answer {
    return seeOther(reader.href(`${pathOf(found)}?saved=${saved}`));
  }

  /** Words between two people are nobody else's: only the host of the booking writes, offers and says who came. */
  private async own(id: Id, booking: Id, by: SignedIn): Promise<Found> {
    const found = await this.console.booking(id, booking, by);
    if (found.slot.host !== by.contact) throw notYourRole();
    return found;
  }

  private async page(reader: Reader, by: SignedIn, found: Found, form: FormState, saved?: unknown): Promise<VNode> {
    const { hours, slot, booking } = found;
    const isOwn = slot.host === by.contact;
    return oneBookingPage(reader, by, {
      ...found,
      form,
      isOwn,
      who: whoOf(reader, booking),
      note: this.bookings.noteOf(booking),
      letters: isOwn ? await this.conversations.of(booking.id) : [],
      missed: isOwn ? await this.noShows.of(found, hours) : undefined,
      missedInMonth: await this.noShows.count(hours, monthOf(slot.start, hours)),
      saved: DONE.find((known) => known === saved),
      now: this.clock.now(),
    });
  }

  private async offerPage(reader: Reader, by: SignedIn, found: Found, form: FormState, week?: unknown): Promise<VNode> {
    const { hours, slot, booking } = found;
    const slots = await this.pages.week(hours, {
      timeZone: hours.timeZone,
      week: week ?? dayOf(slot.start.getTime(), hours.timeZone),
      path: `${pathOf(found)}/offer`,
      query: {},
      leadMinutes: LEAD,
    });
    return offerPage(reader, by, { ...found, form, slots, who: whoOf(reader, booking) });
  }
}

const pathOf = ({ hours, booking }: Pick<Found, 'hours' | 'booking'>): string =>
  `/console/office-hours/${hours.id}/bookings/${booking.id}`;

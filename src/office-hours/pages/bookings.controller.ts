import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { Clock, MINUTE, plus } from '../../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { freshForm, parseForm, refusedForm, type FormState } from '../../../libs/web/forms.js';
import { brokenLink } from '../../../libs/web/problem.js';
import { RateLimit } from '../../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { TokenPage } from '../../../libs/web/secure.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { InvitationsService } from '../../invitations/invitations.service.js';
import { OPENS_BEFORE } from '../../invitations/subject.js';
import { Links } from '../../links.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { DropIns } from '../hours/drop-ins.service.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { OfficeHoursService } from '../hours/office-hours.service.js';
import { SlotOffers } from '../bookings/slot-offers.service.js';
import { SlotRooms } from '../slots/slot-rooms.service.js';
import { timesOf, type Booking, type Slot } from '../slots/slot.js';
import type { Booked } from '../slots/slots.repository.js';
import { moveSchema, wishSchema } from './booking-form.js';
import { moveBookingPage } from './booking-move.page.js';
import { bookingPage, deletedPage, SAVED, type Saved } from './booking.page.js';
import { hostedPage } from './hosted-booking.page.js';
import { SlotPages } from './slot-pages.service.js';
import { whoOf } from './who.js';

type Opened = Booked & { readonly hours: OfficeHours };

/** One booking, by the link that its visitor got by mail. Every button may be pressed again, and from an old page. */
@ApiExcludeController()
@TokenPage()
@RateLimit('link')
@Controller('bookings/:token')
export class BookingsController {
  constructor(
    private readonly bookings: BookingsService,
    private readonly hours: OfficeHoursService,
    private readonly rooms: SlotRooms,
    private readonly pages: SlotPages,
    private readonly offers: SlotOffers,
    private readonly dropIns: DropIns,
    private readonly invitations: InvitationsService,
    private readonly contacts: ContactsService,
    private readonly links: Links,
    private readonly clock: Clock,
  ) {}

  @Get()
  async show(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Query('saved') saved: unknown,
  ): Promise<Answer> {
    const opened = await this.find(token);
    if (!opened) return this.hosted(reader, token);
    const said = SAVED.find((known) => known === saved);
    return withStatus(statusOf(opened.booking), await this.page(reader, token, opened, said));
  }

  @Post()
  async confirm(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { booking } = await this.open(token);
    const confirmed = await this.bookings.confirm(booking.id);
    if (confirmed.ok) return this.saved(reader, token, 'confirmed');
    if (confirmed.reason === 'unknown') throw brokenLink();
    return this.refused(reader, token);
  }

  @Post('cancel')
  async cancel(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { booking } = await this.open(token);
    const cancelled = await this.bookings.cancel(booking.id);
    return cancelled.ok ? this.saved(reader, token, 'cancelled') : this.refused(reader, token);
  }

  @Get('move')
  async moveForm(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Query('week') week: unknown,
  ): Promise<Answer> {
    const opened = await this.open(token);
    if (opened.booking.status !== 'confirmed') return seeOther(reader.href(`/bookings/${token}`));
    return this.movePage(reader, token, opened, freshForm(), week);
  }

  @Post('move')
  async move(@CurrentReader() reader: Reader, @Param('token') token: string, @Body() body: unknown): Promise<Answer> {
    const opened = await this.open(token);
    const form = parseForm(moveSchema, body);
    if (!form.ok) return withStatus(422, await this.movePage(reader, token, opened, form));
    // Who waited in the queue in vain chooses first, before those who have a slot already.
    if (!(await this.dropIns.mayBook(opened.hours, ''))) {
      const early = refusedForm(form.values, { slot: { key: 'office-hours.error.first-choice' } });
      return withStatus(422, await this.movePage(reader, token, opened, early));
    }
    const moved = await this.bookings.move(opened.booking.id, form.value.slot);
    if (moved.ok) return this.saved(reader, token, 'moved');
    // Pressed twice: the booking is where it was to go.
    if (moved.reason === 'same-time') return this.saved(reader, token, 'moved');
    if (moved.reason !== 'taken' && moved.reason !== 'too-many') return this.refused(reader, token);
    const refusal = refusedForm(form.values, { slot: { key: 'office-hours.error.taken' } });
    return withStatus(409, await this.movePage(reader, token, await this.open(token), refusal));
  }

  /** "Tell me if something earlier opens", and off again. */
  @Post('earlier')
  async earlier(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    const { booking } = await this.open(token);
    const form = parseForm(wishSchema, body);
    const wished = await this.offers.wish(booking.id, form.ok && form.value.wish === 'yes');
    return wished.ok ? seeOther(reader.href(`/bookings/${token}`)) : this.refused(reader, token);
  }

  /** Moves to what is offered; the old slot is left after the new one is had. Too late, the page says so. */
  @Post('take')
  async take(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { booking } = await this.open(token);
    const taken = await this.offers.take(booking.id);
    return this.saved(reader, token, taken.ok ? 'moved' : 'offer-gone');
  }

  @Post('keep')
  async keep(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { booking } = await this.open(token);
    await this.offers.decline(booking.id);
    return this.saved(reader, token, 'kept');
  }

  @Post('delete')
  async remove(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { booking } = await this.open(token);
    const removed = await this.bookings.remove(booking.id);
    return removed.ok ? deletedPage(reader) : this.refused(reader, token);
  }

  private saved(reader: Reader, token: string, saved: Saved): Answer {
    return seeOther(reader.href(`/bookings/${token}?saved=${saved}`));
  }

  /** What stands in the way shows on the page itself. */
  private async refused(reader: Reader, token: string): Promise<Answer> {
    return withStatus(409, await this.page(reader, token, await this.open(token)));
  }

  private async open(token: string): Promise<Opened> {
    const opened = await this.find(token);
    if (!opened) throw brokenLink();
    return opened;
  }

  private async find(token: string): Promise<Opened | undefined> {
    const opened = await this.links.open('booking', token, async (id) => {
      const booked = await this.bookings.get(id);
      return booked && { ...booked, generation: 0 };
    });
    if (!opened.ok) return undefined;
    const { slot, booking } = opened.value.found;
    const hours = await this.hours.get(slot.officeHours);
    return hours && { slot, booking, hours };
  }

  /** The link of a host is that of their invitation. */
  private async hosted(reader: Reader, token: string): Promise<Answer> {
    const opened = await this.links.open('booking', token, (id) => this.invitations.get(id));
    if (!opened.ok) throw brokenLink();
    const invitation = opened.value.found;
    const booked = await this.bookings.get(invitation.subject);
    const hours = booked && (await this.hours.get(booked.slot.officeHours));
    // Who handed a booking on has no more to do with it.
    if (!hours || invitation.role !== 'host' || timesOf(booked.slot, booked.booking).host !== invitation.contact) {
      throw brokenLink();
    }
    return hostedPage(reader, {
      ...booked,
      hours,
      timeZone: await this.zoneOf(invitation.contact, hours),
      who: whoOf(reader, booked.booking),
      note: this.bookings.noteOf(booked.booking),
      room: this.roomNow(booked.slot, booked.booking),
      now: this.clock.now(),
      path: `/bookings/${token}`,
    });
  }

  private async page(reader: Reader, token: string, opened: Opened, saved?: Saved): Promise<VNode> {
    const { hours, booking, slot } = opened;
    return bookingPage(reader, {
      ...opened,
      saved,
      offered: await this.offers.to(booking.id),
      now: this.clock.now(),
      path: `/bookings/${token}`,
      timeZone: await this.zoneOf(booking.contact, hours),
      room: this.roomNow(slot, booking),
      note: this.bookings.noteOf(booking),
    });
  }

  private async movePage(
    reader: Reader,
    token: string,
    { hours, booking, slot }: Opened,
    form: FormState,
    week?: unknown,
  ): Promise<VNode> {
    const path = `/bookings/${token}`;
    const slots = await this.pages.week(hours, {
      timeZone: await this.zoneOf(booking.contact, hours),
      week,
      path: `${path}/move`,
      query: {},
    });
    return moveBookingPage(reader, { hours, slots, form, path, now: slot });
  }

  private async zoneOf(contact: string, hours: OfficeHours): Promise<string> {
    return (await this.contacts.get(contact))?.timeZone ?? hours.timeZone;
  }

  /** The room shows from a while before the start to the end. */
  private roomNow(slot: Slot, { status }: Booking): string | undefined {
    const now = this.clock.now();
    const isOpen = status === 'confirmed' && now >= plus(slot.start, -OPENS_BEFORE * MINUTE) && now < slot.end;
    return isOpen ? this.rooms.roomOf(slot) : undefined;
  }
}

/** What was not confirmed in time is gone. */
const statusOf = ({ status }: Booking): number => (status === 'expired' ? 410 : 200);

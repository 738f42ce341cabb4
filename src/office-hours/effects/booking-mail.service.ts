import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '../../../libs/privacy/ids.js';
import {
  BookingMatters,
  type BookingMatter,
  type BookingMatterSource,
  type HeardLetter,
} from '../../deliveries/booking-matters.service.js';
import type { Delivery } from '../../deliveries/delivery.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { Conversations } from '../letters/conversations.service.js';
import { OfficeHoursService } from '../hours/office-hours.service.js';
import { SlotOffers } from '../bookings/slot-offers.service.js';
import type { Booked } from '../slots/slots.repository.js';

/** What mails about a booking tell, and where the answers to them go. */
@Injectable()
export class BookingMail implements OnModuleInit, BookingMatterSource {
  constructor(
    private readonly bookings: BookingsService,
    private readonly offers: SlotOffers,
    private readonly conversations: Conversations,
    private readonly hours: OfficeHoursService,
    private readonly matters: BookingMatters,
  ) {}

  onModuleInit(): void {
    this.matters.register(this);
  }

  async find({ kind, about = '' }: Pick<Delivery, 'kind' | 'about'>): Promise<BookingMatter | undefined> {
    switch (kind) {
      case 'booking':
        return this.held(about);
      case 'offer':
        return this.offered(about);
      case 'host-note':
      case 'visitor-note':
        return this.written(about);
      default:
        return undefined;
    }
  }

  /** Only the address that the mail went to answers for its owner. */
  async hear({ answers, sender, text, key }: HeardLetter): Promise<boolean> {
    const found = await this.conversations.letter(answers.about ?? '');
    const booked = found && (await this.bookings.get(found.booking));
    if (!booked) return false;
    const from = answers.kind === 'host-note' ? 'visitor' : 'host';
    const writer = from === 'visitor' ? booked.booking.contact : booked.slot.host;
    if (sender !== writer) return false;
    const written = await this.conversations.write(booked.booking.id, from, text, key);
    return written.ok || written.reason === 'too-many';
  }

  private async held(id: Id): Promise<BookingMatter | undefined> {
    const booked = await this.bookings.get(id);
    return booked && this.about(booked, { until: booked.booking.heldUntil });
  }

  private async offered(id: Id): Promise<BookingMatter | undefined> {
    const slot = await this.offers.get(id);
    const booked = slot?.offer && (await this.bookings.get(slot.offer.booking));
    if (!booked) return undefined;
    const { until, by } = slot.offer;
    const { start, end } = booked.slot;
    return this.about({ slot, booking: booked.booking }, { until, by, booked: { start, end } });
  }

  private async written(id: Id): Promise<BookingMatter | undefined> {
    const found = await this.conversations.letter(id);
    const booked = found && (await this.bookings.get(found.booking));
    return booked && this.about(booked, { words: found.letter.text });
  }

  private async about(
    { slot, booking }: Booked,
    more: Pick<BookingMatter, 'until' | 'by' | 'booked' | 'words'>,
  ): Promise<BookingMatter | undefined> {
    const hours = await this.hours.get(slot.officeHours);
    if (!hours) return undefined;
    const { title, timeZone } = hours;
    const { start, end } = slot;
    const page = `console/office-hours/${hours.id}/bookings/${booking.id}`;
    return { booking: booking.id, page, title, timeZone, start, end, ...more };
  }
}

import { Injectable } from '@nestjs/common';
import type { Entry } from '../../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../../libs/outbox/handlers.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { DeliveriesService } from '../../deliveries/deliveries.service.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { Conversations } from '../letters/conversations.service.js';
import { SlotOffers } from '../bookings/slot-offers.service.js';

/** What a freed seat causes, and what hosts and visitors write. Each acts on the present state and may run twice. */
@Injectable()
export class SlotOffersHandlers {
  constructor(
    private readonly offers: SlotOffers,
    private readonly bookings: BookingsService,
    private readonly conversations: Conversations,
    private readonly deliveries: DeliveriesService,
    private readonly clock: Clock,
  ) {}

  @Handles('office-hours.offer', 'booking.freed')
  async offer(_slot: Id, { data }: Entry): Promise<NextPage> {
    const start = data['start'];
    if (!(start instanceof Date) || start <= this.clock.now()) return undefined;
    const later = await this.offers.offerFreed({
      officeHours: String(data['officeHours']),
      host: String(data['host']),
      start,
      booking: String(data['booking']),
    });
    return later && { later };
  }

  /** Not sent after its end, nor at night: by the time that it goes out, which is when the time to answer begins. */
  @Handles('office-hours.tell-offer', 'slot.offered')
  async tell(_slot: Id, { data }: Entry): Promise<NextPage> {
    const id = String(data['offer']);
    const offer = await this.offers.tell(id);
    const booked = offer && (await this.bookings.get(offer.booking));
    if (!booked) return undefined;
    await this.deliveries.tell(booked.booking.contact, 'offer', id, {
      about: id,
      subject: booked.booking.id,
      until: offer.until,
      canWait: true,
    });
    return undefined;
  }

  @Handles('office-hours.next-offer', 'slot.offer-over')
  async next(slot: Id, { data }: Entry): Promise<NextPage> {
    const later = await this.offers.goOn(slot, String(data['offer']));
    return later && { later };
  }

  /** What is offered to a booking that is given up goes to the next at once. */
  @Handles('office-hours.withdraw', 'booking.cancelled')
  async withdraw(_slot: Id, { data }: Entry): Promise<NextPage> {
    await this.offers.decline(String(data['booking']));
    return undefined;
  }

  @Handles('office-hours.send-letter', 'letter.written')
  async sendLetter(_booking: Id, { data }: Entry): Promise<NextPage> {
    const id = String(data['letter']);
    const found = await this.conversations.letter(id);
    const booked = found && (await this.bookings.get(found.booking));
    // Deleted, or its visitor erased, while the letter was written.
    if (found && (!booked || booked.booking.contact === '')) await this.conversations.forget(found.booking);
    if (booked?.booking.status !== 'confirmed') return undefined;
    const [contact, kind] =
      found?.letter.from === 'host'
        ? ([booked.booking.contact, 'host-note'] as const)
        : ([booked.slot.host, 'visitor-note'] as const);
    await this.deliveries.tell(contact, kind, id, { about: id, subject: booked.booking.id });
    return undefined;
  }
}

import { describe, expect, it } from '@jest/globals';
import type { Id } from '../../libs/privacy/ids.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import { DeliveriesRepository } from '../../src/deliveries/deliveries.repository.js';
import { InvitationsRepository } from '../../src/invitations/invitations.repository.js';
import { Subjects } from '../../src/invitations/subject.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import type { OfficeHours } from '../../src/office-hours/hours/office-hours.js';
import { after } from '../support/by-hand.js';
import { SlotOffers } from '../../src/office-hours/bookings/slot-offers.service.js';
import { SlotsRepository } from '../../src/office-hours/slots/slots.repository.js';
import { book, erase, hand, NOTHING, offer, TEN, tracesOf, visitor, withHand } from '../support/meanwhile.js';

/** What one process does between two looks of another at a booking. */

withHand();

describe('two hosts who offer something to one booking at once', () => {
  it('have offered it one time', async () => {
    const hours = await offer();
    const id = await book(hours, await visitor());
    const offers = hand.get(SlotOffers);
    const offerAt = async (hour: number) => {
      const booked = await hand.get(BookingsService).get(id);
      return booked && offers.offerTo(booked, hours, plus(TEN, hour * HOUR), 0);
    };
    after(hand.get(SlotsRepository), 'offeredTo', () => offerAt(4));
    await offerAt(5);
    expect(await hand.stored('slots').countDocuments({ 'state.offer.booking': id })).toBe(1);
  });
});

describe('of a booking that its visitor deletes', () => {
  const giveUpAndDelete = async (id: Id): Promise<void> => {
    await hand.get(BookingsService).cancel(id);
    expect(await hand.get(BookingsService).remove(id)).toMatchObject({ ok: true });
    await hand.handle('office-hours.forget');
  };
  const tracesOfBooking = async (id: Id): Promise<readonly number[]> =>
    Promise.all([
      hand.stored('deliveries').countDocuments({ subject: id }),
      hand.stored('subject_texts').countDocuments({ subject: id }),
      hand.stored('invitations').countDocuments({ 'state.subject': id }),
    ]);

  it('nothing stays that was being told of its end', async () => {
    const id = await book(await offer(), await visitor());
    await hand.drive();
    await hand.get(BookingsService).cancel(id);
    after(hand.get(InvitationsRepository), 'page', () => giveUpAndDelete(id));
    await hand.drive();
    expect(await tracesOfBooking(id)).toEqual([0, 0, 0]);
  });

  it('nothing stays of the invitations that were being made', async () => {
    const id = await book(await offer(), await visitor());
    after(hand.get(Subjects), 'load', () => giveUpAndDelete(id));
    await hand.handle('office-hours.invite');
    await hand.drive();
    expect(await tracesOfBooking(id)).toEqual([0, 0, 0]);
  });

  it('nothing stays of the mail that was being written', async () => {
    const id = await book(await offer(), await visitor());
    await hand.handle();
    after(hand.get(DeliveriesRepository), 'ofInvitation', () => giveUpAndDelete(id));
    await hand.drive();
    expect(await tracesOfBooking(id)).toEqual([0, 0, 0]);
  });
});

describe('a booking on its way to another slot', () => {
  const ELEVEN = plus(TEN, HOUR);
  const presentOf = async (id: Id) => (await hand.get(BookingsService).get(id))?.booking.status;
  const slotsWith = (id: Id): Promise<number> => hand.stored('slots').countDocuments({ 'state.bookings.id': id });

  /** One of two who share a time, so that it goes by itself. */
  async function shared(): Promise<{ readonly hours: OfficeHours; readonly id: Id; readonly contact: Id }> {
    const hours = await offer(2);
    const contact = await visitor();
    await book(hours, await visitor());
    const id = await book(hours, contact);
    await hand.drive();
    return { hours, id, contact };
  }

  it('is given up when its host or visitor does so at that moment', async () => {
    const { id } = await shared();
    after(hand.get(SlotsRepository), 'placesOf', () => hand.get(BookingsService).cancel(id, 'ill'));
    await hand.get(BookingsService).move(id, ELEVEN);
    await hand.drive();
    expect(await hand.get(BookingsService).get(id)).toMatchObject({
      booking: { status: 'cancelled', cancelReason: 'ill' },
    });
    expect(await slotsWith(id)).toBe(1);
  });

  it('is given up where it is by then', async () => {
    const { id } = await shared();
    after(hand.get(SlotsRepository), 'ofBooking', async () => {
      expect(await hand.get(BookingsService).move(id, ELEVEN)).toMatchObject({ ok: true });
    });
    expect(await hand.get(BookingsService).cancel(id)).toMatchObject({ ok: true });
    expect(await presentOf(id)).toBe('cancelled');
  });

  it('is given up when it was about to take an offer', async () => {
    const hours = await offer();
    const [first, id] = [await book(hours, await visitor()), await book(hours, await visitor(), ELEVEN)];
    await hand.get(SlotOffers).wish(id, true);
    await hand.get(BookingsService).cancel(first);
    await hand.handle('office-hours.next-offer');
    expect(await hand.get(SlotOffers).to(id)).toMatchObject({ offer: { booking: id } });
    after(hand.get(SlotsRepository), 'placesOf', () => hand.get(BookingsService).cancel(id));
    await hand.get(SlotOffers).take(id);
    await hand.drive();
    expect(await presentOf(id)).toBe('cancelled');
    expect(await slotsWith(id)).toBe(1);
  });

  it('is erased with its visitor', async () => {
    const { id, contact } = await shared();
    after(hand.get(SlotsRepository), 'placesOf', () => erase(contact));
    await hand.get(BookingsService).move(id, ELEVEN);
    await hand.drive();
    expect(await tracesOf(contact)).toEqual(NOTHING);
    expect(await presentOf(id)).toBe('cancelled');
  });
});

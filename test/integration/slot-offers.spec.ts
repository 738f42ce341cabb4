import { describe, expect, it } from '@jest/globals';
import type { NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { BookingsHandlers } from '../../src/office-hours/effects/bookings.handlers.js';
import { BookingsService } from '../../src/office-hours/bookings/bookings.service.js';
import { SlotOffers } from '../../src/office-hours/bookings/slot-offers.service.js';
import { isLive, type Slot } from '../../src/office-hours/slots/slot.js';
import { SlotsRepository } from '../../src/office-hours/slots/slots.repository.js';
import {
  at,
  book,
  clock,
  get,
  hosts,
  ids,
  isFree,
  now,
  offer,
  offeredTo,
  startOf,
  three,
  turn,
  visitor,
  withHosts,
} from '../support/booked-slots.js';

withHosts();

describe('a freed slot', () => {
  it('is held for who asked first, goes on at once when declined, then is taken; the slot that it frees goes on', async () => {
    const { hours, a, b, c } = await three(12);
    expect([await offeredTo(a), await offeredTo(b), await offeredTo(c)]).toEqual([undefined, undefined, '10:00']);
    expect(await isFree(hours, at(12, '10:00'))).toBe(false);
    const other = { ...{ start: at(12, '10:00'), contact: ids.next(), language: 'fr', topic: null } };
    expect(
      await get(BookingsService).hold(hours, { ...other, region: null, country: null, note: '', known: true }),
    ).toEqual({ ok: false, reason: 'taken' });
    const slot = (await get(SlotOffers).to(c))?.slot;
    await get(SlotOffers).decline(c);
    await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '');
    expect([await offeredTo(a), await offeredTo(b), await offeredTo(c)]).toEqual([undefined, '10:00', undefined]);
    expect(await startOf(c)).toBe('13:00');
    expect((await get(SlotOffers).take(b)).ok).toBe(true);
    expect(await get(SlotOffers).take(b)).toMatchObject({ ok: false });
    expect(await startOf(b)).toBe('10:00');
    // The chain: 12:00 is free now, and 13:00 waits for it.
    await turn(hours, at(12, '12:00'));
    expect([await offeredTo(a), await offeredTo(c)]).toEqual([undefined, '12:00']);
    expect((await get(SlotOffers).take(c)).ok).toBe(true);
    expect(await isFree(hours, at(12, '13:00'))).toBe(true);
    const slots = await get(SlotsRepository).of(hours.id, { from: now.getTime(), to: plus(now, 9 * DAY).getTime() });
    expect(slots.flatMap((each: Slot) => each.bookings.filter(isLive))).toHaveLength(3);
  });

  it.each([
    ['cancelled', '08:00', '09:00', (id: Id) => get(BookingsService).cancel(id)],
    ['moved', '10:00', '11:00', (id: Id) => get(BookingsService).move(id, at(24, '18:00'))],
    [
      'erased',
      '12:00',
      '13:00',
      async (id: Id) => {
        const booked = await get(BookingsService).get(id);
        await get(BookingsService).eraseContact(booked?.booking.contact ?? '');
      },
    ],
  ] as const)('is nobody else’s from the write on that frees it: %s', async (_, time, later, act) => {
    const hours = await offer({ from: '2027-01-24', until: '2027-01-24' });
    const first = await book(hours, at(24, time), await visitor());
    const waiting = await book(hours, at(24, later), await visitor());
    await get(SlotOffers).wish(waiting, true);
    await act(first);
    // No entry has run: neither the page nor a form that comes back can have it.
    expect(await isFree(hours, at(24, time))).toBe(false);
    const other = { start: at(24, time), contact: ids.next(), language: 'fr', topic: null, region: null };
    const tried = await get(BookingsService).hold(hours, { ...other, country: null, note: '', known: true });
    expect(tried).toEqual({ ok: false, reason: 'taken' });
    await turn(hours, at(24, time));
    expect(await offeredTo(waiting)).toBe(time);
    // Run twice, as after a kill, it changes nothing.
    await turn(hours, at(24, time));
    expect(await offeredTo(waiting)).toBe(time);
    await get(SlotOffers).decline(waiting);
    await turn(hours, at(24, time));
    expect(await isFree(hours, at(24, time))).toBe(true);
  });

  it('is taken along by a booking that moves where the day has no room for both, although somebody waits', async () => {
    const hours = await offer({ from: '2027-01-23', until: '2027-01-23', maxPerDay: 2 });
    const first = await book(hours, at(23, '10:00'), await visitor());
    const waiting = await book(hours, at(23, '12:00'), await visitor());
    await get(SlotOffers).wish(waiting, true);
    expect(await get(BookingsService).move(first, at(23, '11:00'))).toMatchObject({ ok: true });
    expect(await startOf(first)).toBe('11:00');
  });

  it('an entry that comes before the end of an offer, on a clock that is behind, comes again', async () => {
    const { c } = await three(11);
    const slot = (await get(SlotOffers).to(c))?.slot;
    expect(await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '')).toEqual(slot?.offer?.until);
  });

  it.each([
    ['nobody confirmed in time', 'booking.unconfirmed', false, 'expired'],
    ['is over', 'booking.over', true, 'confirmed'],
  ] as const)('a timer of a booking that %s comes again where the clock is behind', async (_, type, known, status) => {
    const hours = await offer({ from: '2027-01-11', until: '2027-01-11' });
    const held = await get(BookingsService).hold(hours, {
      ...{ start: at(11, known ? '16:00' : '17:00'), contact: await visitor(), language: 'fr', topic: null },
      ...{ region: null, country: null, note: '', known },
    });
    if (!held.ok) throw new Error(held.reason);
    const { slot, booking } = held.value;
    const due = known ? slot.end : booking.heldUntil;
    const handlers = get(BookingsHandlers);
    const act = (): Promise<NextPage> => {
      const entry = { ...{ id: ids.next(), type, handler: '', failures: 0 }, data: { booking: booking.id, moves: 0 } };
      return known ? handlers.release(slot.id, entry) : handlers.expire(slot.id, entry);
    };
    clock.set(plus(due, -1));
    expect(await act()).toEqual({ later: due });
    expect((await get(BookingsService).get(booking.id))?.slot.claims).toEqual(slot.claims);
    clock.set(due);
    expect(await act()).toBeUndefined();
    const after = await get(BookingsService).get(booking.id);
    expect([after?.booking.status, after?.slot.claims]).toEqual([status, undefined]);
    expect(await act()).toBeUndefined();
    clock.set(now);
  });

  it.each([
    ['is kept for the second who waits', '10:00', ['12:00', '13:00'], true],
    ['is free where nobody but the first waits', '15:00', ['17:00'], false],
  ] as const)('beside which a second seat of group hours is given up: that %s', async (_, time, later, isKept) => {
    const hours = await offer({ ...{ from: '2027-01-12', until: '2027-01-12', seats: 2 }, hosts: hosts.slice(1) });
    const leaving = [
      await book(hours, at(12, time), await visitor()),
      await book(hours, at(12, time), await visitor()),
    ];
    const waiting: Id[] = [];
    for (const each of later) {
      const id = await book(hours, at(12, each), await visitor());
      await get(SlotOffers).wish(id, true);
      clock.advance(MINUTE);
      waiting.push(id);
    }
    await get(BookingsService).cancel(leaving[0] ?? '');
    await turn(hours, at(12, time));
    expect(await offeredTo(waiting[0] ?? '')).toBe(time);
    await get(BookingsService).cancel(leaving[1] ?? '');
    expect(await isFree(hours, at(12, time))).toBe(!isKept);
    expect((await get(SlotOffers).take(waiting[0] ?? '')).ok).toBe(true);
    expect(await isFree(hours, at(12, time))).toBe(!isKept);
    await turn(hours, at(12, time));
    for (const id of waiting.slice(1)) {
      expect(await offeredTo(id)).toBe(time);
      expect((await get(SlotOffers).take(id)).ok).toBe(true);
    }
    expect(await startOf(waiting.at(-1) ?? '')).toBe(time);
    clock.set(now);
  });

  it('is free for all when everyone let it pass', async () => {
    const { hours, a, b, c } = await three(13);
    for (const id of [c, b, a]) {
      const slot = (await get(SlotOffers).to(id))?.slot;
      clock.advance(3 * HOUR);
      expect(await get(SlotOffers).take(id)).toEqual({ ok: false, reason: 'gone' });
      await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '');
    }
    expect(await isFree(hours, at(13, '10:00'))).toBe(true);
    clock.set(now);
  });

  it('is not offered at night in their zone', async () => {
    // 09:00 UTC is the middle of the night in Honolulu.
    const { a, b, c } = await three(14, ['UTC', 'Pacific/Honolulu', 'Pacific/Honolulu']);
    expect([await offeredTo(a), await offeredTo(b), await offeredTo(c)]).toEqual(['10:00', undefined, undefined]);
  });

  it('decided just before their night and sent in it, waits for their morning', async () => {
    const hours = await offer({ from: '2027-01-13', until: '2027-01-13', leadMinutes: 0 });
    clock.set(new Date('2027-01-12T21:59:59Z'));
    const first = await book(hours, at(13, '15:00'), await visitor());
    const waiting = await book(hours, at(13, '16:00'), await visitor());
    await get(SlotOffers).wish(waiting, true);
    await get(BookingsService).cancel(first);
    await turn(hours, at(13, '15:00'));
    const before = (await get(SlotOffers).to(waiting))?.offer.id ?? '';
    clock.set(new Date('2027-01-12T22:00:01Z'));
    expect(await get(SlotOffers).tell(before)).toBeUndefined();
    await turn(hours, at(13, '15:00'));
    expect([await offeredTo(waiting), await isFree(hours, at(13, '15:00'))]).toEqual([undefined, false]);
    clock.set(new Date('2027-01-13T07:00:00Z'));
    await turn(hours, at(13, '15:00'));
    const morning = (await get(SlotOffers).to(waiting))?.offer;
    clock.advance(10 * MINUTE);
    const told = await get(SlotOffers).tell(morning?.id ?? '');
    expect(told?.until).toEqual(plus(morning?.until ?? now, 10 * MINUTE));
    expect((await get(SlotOffers).tell(morning?.id ?? ''))?.until).toEqual(told?.until);
    clock.set(now);
  });

  it('goes on when the one it is offered to cancels', async () => {
    const { a, b, c } = await three(15);
    await get(BookingsService).cancel(c);
    const slot = (await get(SlotOffers).to(c))?.slot;
    await get(SlotOffers).decline(c);
    await get(SlotOffers).goOn(slot?.id ?? '', slot?.offer?.id ?? '');
    expect([await offeredTo(a), await offeredTo(b)]).toEqual([undefined, '10:00']);
  });

  it('many take at once: one has it', async () => {
    const { b, c } = await three(16);
    const taken = await Promise.all([c, c, b, c].map((id) => get(SlotOffers).take(id)));
    expect(taken.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(1);
    expect([await startOf(c), await startOf(b)]).toEqual(['10:00', '12:00']);
  });
});

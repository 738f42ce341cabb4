import { describe, expect, it } from '@jest/globals';
import type { Availability } from './availability.js';
import { nextOpen, openAt, openOn } from './open-hours.js';
import { slotStarts } from './slots.js';

const DAY = 86_400_000;
const at = (from: string, to: string) => ({ from: minutes(from), to: minutes(to) });
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Monday 11 January 2027 is the first day. */
const availability = (more: Partial<Availability> = {}): Availability => ({
  timeZone: 'Europe/Berlin',
  week: [[at('16:00', '18:00'), at('19:00', '20:00')], [], [], [], [], [], [at('01:30', '03:30')]],
  everyWeeks: 1,
  from: '2027-01-11',
  exceptions: new Map(),
  slotMinutes: 20,
  bufferMinutes: 0,
  ...more,
});

describe('open hours', () => {
  it.each([
    ['2027-01-11T14:59:59Z', undefined],
    ['2027-01-11T15:00:00Z', '17:00'],
    ['2027-01-11T16:59:59Z', '17:00'],
    ['2027-01-11T17:00:00Z', undefined],
    ['2027-01-11T18:30:00Z', '19:00'],
    ['2027-01-12T15:30:00Z', undefined],
    ['2027-01-18T15:30:00Z', '17:00'],
    ['2027-01-04T15:30:00Z', undefined],
  ])('at %s the range until %s is on', (now, until) => {
    const end = openAt(availability(), new Date(now))?.to;
    expect(end === undefined ? undefined : new Date(end).toISOString().slice(11, 16)).toBe(until);
  });

  it('know every second week, days that are different, and the last day', () => {
    const hours = availability({
      everyWeeks: 2,
      until: '2027-01-26',
      exceptions: new Map([
        ['2027-01-25', []],
        ['2027-01-26', [at('10:00', '11:00')]],
      ]),
    });
    expect(openAt(hours, new Date('2027-01-18T15:30:00Z'))).toBeUndefined();
    expect(openAt(hours, new Date('2027-01-25T15:30:00Z'))).toBeUndefined();
    expect(nextOpen(hours, new Date('2027-01-17T12:00:00Z'), 30)).toEqual({
      day: '2027-01-26',
      from: Date.parse('2027-01-26T09:00:00Z'),
      to: Date.parse('2027-01-26T10:00:00Z'),
    });
    expect(nextOpen(hours, new Date('2027-01-26T09:00:00Z'), 90)).toBeUndefined();
  });

  it('go on where one range begins as another ends', () => {
    const hours = availability({ week: [[at('16:00', '18:00'), at('18:00', '19:00'), at('19:30', '20:00')]] });
    const day = openOn(hours, Temporal.PlainDate.from('2027-01-11'));
    expect(day.map(({ from, to }) => (to - from) / 60_000)).toEqual([180, 30]);
  });

  it('are shorter by the hour that the clocks skip, and take what they show twice once', () => {
    const lengths = ['2027-03-28', '2027-10-31', '2027-01-17'].map((day) =>
      openOn(availability(), Temporal.PlainDate.from(day)).map(({ from, to }) => (to - from) / 60_000),
    );
    expect(lengths).toEqual([[60], [180], [120]]);
  });

  it('hold every slot that can be booked', () => {
    const hours = availability();
    const year = { from: Date.parse('2027-01-11T00:00:00Z'), to: Date.parse('2027-01-11T00:00:00Z') + 365 * DAY };
    const starts = slotStarts(hours, year);
    expect(starts.length).toBeGreaterThan(700);
    expect(starts.filter((start) => openAt(hours, new Date(start)) === undefined)).toEqual([]);
  });
});

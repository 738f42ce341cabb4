import { describe, expect, it } from '@jest/globals';
import { clocksDiffer, partOfDay } from './day-strip.js';

const [start, end] = [new Date('2027-07-01T16:00:00Z'), new Date('2027-07-01T17:30:00Z')];

describe('the place of a meeting in a day', () => {
  it.each([
    ['is counted from midnight there', 'Europe/Berlin', 18 * 60, 19.5 * 60],
    ['follows the clock of each place', 'Africa/Porto-Novo', 17 * 60, 18.5 * 60],
    ['knows quarters of an hour', 'Asia/Kathmandu', 21 * 60 + 45, 23 * 60 + 15],
    ['ends at midnight', 'Asia/Dhaka', 22 * 60, 23.5 * 60],
    ['is cut off after midnight', 'Asia/Yangon', 22.5 * 60, 24 * 60],
    ['may be of the next day', 'Pacific/Auckland', 4 * 60, 5.5 * 60],
  ])('%s', (_, zone, from, to) => {
    expect(partOfDay(start, end, zone)).toEqual({ from, to });
  });
});

describe('clocks', () => {
  it('of Berlin and Benin differ in summer and not in winter', () => {
    const zones = ['Europe/Berlin', 'Africa/Porto-Novo'];
    expect(clocksDiffer(start, zones)).toBe(true);
    expect(clocksDiffer(new Date('2027-01-07T16:00:00Z'), zones)).toBe(false);
    expect(clocksDiffer(start, ['Europe/Berlin'])).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { afterQuietHours, waitUntil } from './waiting-time.js';

const NIGHT = { from: 22, to: 7 };

describe('quiet hours', () => {
  it.each([
    ['by day nothing waits', '2027-01-11T12:00:00Z', 'Africa/Porto-Novo', '2027-01-11T12:00:00Z'],
    ['until seven in the evening’s zone', '2027-01-11T21:30:00Z', 'Africa/Porto-Novo', '2027-01-12T06:00:00Z'],
    ['after midnight until the same morning', '2027-01-12T03:00:00Z', 'Africa/Porto-Novo', '2027-01-12T06:00:00Z'],
    ['at seven it is day', '2027-01-12T06:00:00Z', 'Africa/Porto-Novo', '2027-01-12T06:00:00Z'],
    ['somewhere else it is day', '2027-01-11T21:30:00Z', 'America/Lima', '2027-01-11T21:30:00Z'],
    ['a night that is an hour short', '2027-03-27T22:30:00Z', 'Europe/Berlin', '2027-03-28T05:00:00Z'],
    ['a night that is an hour long', '2027-10-30T20:30:00Z', 'Europe/Berlin', '2027-10-31T06:00:00Z'],
  ])('%s', (_, at, timeZone, until) => {
    expect(afterQuietHours(new Date(at), NIGHT, timeZone).toISOString()).toBe(new Date(until).toISOString());
  });

  it('may lie by day, or be none', () => {
    const noon = new Date('2027-01-11T12:30:00Z');
    expect(afterQuietHours(noon, { from: 12, to: 14 }, 'UTC')).toEqual(new Date('2027-01-11T14:00:00Z'));
    expect(afterQuietHours(noon, { from: 0, to: 0 }, 'UTC')).toBe(noon);
  });

  it('always end, at an hour that is not quiet, within a day', () => {
    const hours = fc.integer({ min: 0, max: 23 });
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Africa/Porto-Novo', 'Asia/Kathmandu', 'America/New_York');
    const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, hours, hours, zones, (at, from, to, timeZone) => {
        const until = afterQuietHours(at, { from, to }, timeZone);
        const wait = until.getTime() - at.getTime();
        expect(wait >= 0 && wait <= 25 * 3_600_000).toBe(true);
        expect(afterQuietHours(until, { from, to }, timeZone)).toBe(until);
      }),
    );
  });
});

describe('a day’s allowance', () => {
  const now = new Date('2027-01-11T12:00:00Z');
  const limits = { quiet: NIGHT, mostPerDay: 3 };
  const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

  it.each([
    ['is not used up', [ago(1), ago(2)], now],
    ['is used up: the oldest of it must be a day old', [ago(1), ago(2), ago(20)], new Date('2027-01-11T16:00:00Z')],
    ['is free again', [ago(1), ago(2), ago(24)], now],
    ['ends in quiet hours: then in the morning', [ago(1), ago(2), ago(13)], new Date('2027-01-12T07:00:00Z')],
  ])('%s', (_, sent, until) => {
    expect(waitUntil(now, { timeZone: 'UTC', sent }, limits, new Date('2027-02-01'))).toEqual(until);
  });

  it('and quiet hours do not make an invitation come too late', () => {
    const evening = new Date('2027-01-11T22:30:00Z');
    const contact = { timeZone: 'UTC', sent: [] };
    expect(waitUntil(evening, contact, limits, new Date('2027-01-12T06:00:00Z'))).toBe(evening);
    expect(waitUntil(evening, contact, limits, new Date('2027-01-12T09:00:00Z'))).toEqual(
      new Date('2027-01-12T07:00:00Z'),
    );
  });
});

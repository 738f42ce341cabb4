import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cityOf } from './city-names.js';
import { isTimeZone, onTheClock, presentName, TIME_ZONES, wallClock, zoneDataAge } from './zones.js';

describe('zones', () => {
  it.each([
    'Europe/Berlin',
    'Africa/Porto-Novo',
    'UTC',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'America/Argentina/Buenos_Aires',
  ])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each([
    '',
    'europe/berlin',
    'Europe/BERLIN',
    '+01:00',
    'CET',
    'Foo/Bar',
    '__proto__',
    'constructor',
    ' UTC',
    'UTC\r\n',
  ])('%j is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it('are offered by their present names', () => {
    expect(TIME_ZONES).toContain('Europe/Kyiv');
    expect(TIME_ZONES).not.toContain('Europe/Kiev');
    expect(presentName('Asia/Saigon')).toBe('Asia/Ho_Chi_Minh');
    for (const name of TIME_ZONES) expect(() => Temporal.Now.zonedDateTimeISO(name)).not.toThrow();
  });

  it.each([
    ['Africa/Porto-Novo', 'fr', 'Porto-Novo'],
    ['Europe/Brussels', 'fr', 'Bruxelles'],
    ['Europe/Vienna', 'de', 'Wien'],
    ['Europe/Vienna', 'es-MX', 'Viena'],
    ['Europe/Vienna', 'en', 'Vienna'],
    ['America/New_York', 'fr', 'New York'],
    ['America/St_Johns', 'en', 'St. Johns'],
    ['America/Argentina/Buenos_Aires', 'es', 'Buenos Aires'],
    ['America/Indiana/Knox', 'en', 'Knox (Indiana)'],
    ['UTC', 'de', 'UTC'],
    ['Africa/Lome', 'fr', 'Lomé'],
    ['Europe/Berlin', 'es', 'Berlín'],
    ['America/Bogota', 'es', 'Bogotá'],
  ])('%s is called in %s: %s', (timeZone, language, city) => {
    expect(cityOf(timeZone, language)).toBe(city);
  });
});

describe('a time on the clocks of a zone', () => {
  it.each([
    ['an ordinary evening', '2027-01-12', '19:00', 'Europe/Berlin', '2027-01-12T18:00:00.000Z'],
    ['half an hour off', '2027-01-12', '19:00', 'Asia/Kolkata', '2027-01-12T13:30:00.000Z'],
    ['three quarters off', '2027-01-12', '19:00', 'Asia/Kathmandu', '2027-01-12T13:15:00.000Z'],
    ['beyond the day line', '2027-01-12', '19:00', 'Pacific/Kiritimati', '2027-01-12T05:00:00.000Z'],
    ['just after a gap', '2027-03-28', '03:00', 'Europe/Berlin', '2027-03-28T01:00:00.000Z'],
    ['just before a fold', '2027-10-31', '01:59', 'Europe/Berlin', '2027-10-30T23:59:00.000Z'],
    ['midnight', '2027-01-01', '00:00', 'UTC', '2027-01-01T00:00:00.000Z'],
  ])('%s', (_, date, time, timeZone, at) => {
    expect(wallClock(date, time, timeZone)).toEqual({ kind: 'exact', at: new Date(at) });
    expect(onTheClock(new Date(at), timeZone)).toEqual({ date, time });
  });

  it.each([
    ['2027-03-28', '02:30', 'Europe/Berlin'],
    ['2027-03-28', '02:00', 'Europe/Berlin'],
    ['2027-03-14', '02:15', 'America/New_York'],
    ['2027-10-03', '02:15', 'Australia/Lord_Howe'],
    ['2011-12-30', '12:00', 'Pacific/Apia'],
  ])('%s %s does not exist in %s', (date, time, timeZone) => {
    expect(wallClock(date, time, timeZone)).toEqual({ kind: 'gap' });
  });

  it.each([
    ['2027-10-31', '02:30', 'Europe/Berlin', '2027-10-31T00:30:00.000Z', '2027-10-31T01:30:00.000Z'],
    ['2027-04-04', '01:45', 'Australia/Lord_Howe', '2027-04-03T14:45:00.000Z', '2027-04-03T15:15:00.000Z'],
  ])('%s %s is twice in %s', (date, time, timeZone, earlier, later) => {
    expect(wallClock(date, time, timeZone)).toEqual({
      kind: 'fold',
      earlier: new Date(earlier),
      later: new Date(later),
    });
  });

  it.each([
    ['2027-02-29', '10:00', 'UTC'],
    ['2027-13-01', '10:00', 'UTC'],
    ['9999-01-01', '10:00', 'UTC'],
    ['1969-12-31', '10:00', 'UTC'],
    ['+010000-01-01', '10:00', 'UTC'],
    ['2027-01-01', '24:00', 'UTC'],
    ['2027-01-01', '10:60', 'UTC'],
    ['2027-01-01', '1e1:00', 'UTC'],
    ['2027-01-01', '10:00', '+01:00'],
    ['2027-01-01', '10:00', 'Mars/Olympus'],
  ])('%s %s %s is refused', (date, time, timeZone) => {
    expect(() => wallClock(date, time, timeZone)).toThrow(RangeError);
  });

  it('is read back as it was written, whatever the zone', () => {
    const instants = fc.date({ min: new Date('2000-01-02'), max: new Date('2199-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.constantFrom(...TIME_ZONES), (instant, timeZone) => {
        const at = new Date(Math.floor(instant.getTime() / 60_000) * 60_000);
        const { date, time } = onTheClock(at, timeZone);
        const read = wallClock(date, time, timeZone);
        if (read.kind === 'exact') expect(read.at).toEqual(at);
        else expect(Object.values(read)).toContainEqual(at);
      }),
    );
  });
});

describe('the age of zone data', () => {
  it.each([
    ['2026c', '2026-03-01T00:00:00Z', 0],
    ['2026c', '2026-11-25T12:00:00Z', 269],
    ['2025a', '2027-01-01T00:00:00Z', 730],
    ['2027a', '2026-12-31T00:00:00Z', 0],
  ])('%s is on %s at most %d days old', (version, now, days) => {
    expect(zoneDataAge(new Date(now), version)).toEqual({ version, days });
  });

  it('is very old where nothing is known of it', () => {
    expect(zoneDataAge(new Date('2027-01-01'), '').days).toBeGreaterThan(20_000);
  });

  it('reads the version of the runtime', () => {
    expect(zoneDataAge(new Date('2027-01-01')).version).toMatch(/^20\d\d[a-z]/);
  });
});

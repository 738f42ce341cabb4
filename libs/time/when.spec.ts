import { describe, expect, it } from '@jest/globals';
import { formatAgain, formatBefore, formatDay, formatForReader, formatSpan, formatTime, formatWhen } from './when.js';

const at = new Date('2027-01-12T18:00:00Z');
const end = new Date('2027-01-12T19:30:00Z');

describe('when something is', () => {
  it.each([
    ['en', 'Europe/Berlin', 'Tuesday 12 January 2027, 19:00, Berlin'],
    ['fr', 'Africa/Porto-Novo', 'mardi 12 janvier 2027, 19:00, Porto-Novo'],
    ['de', 'Europe/Vienna', 'Dienstag, 12. Januar 2027, 19:00, Wien'],
    ['es', 'America/Mexico_City', 'martes, 12 de enero de 2027, 12:00, Ciudad de México'],
    ['en', 'Pacific/Kiritimati', 'Wednesday 13 January 2027, 08:00, Kiritimati'],
  ])('in %s, %s: %s', (language, timeZone, text) => {
    expect(formatWhen(at, timeZone, language)).toBe(text);
  });

  it('is written on a clock of 24 hours that begins at 00', () => {
    expect(formatTime(new Date('2027-01-12T00:05:00Z'), 'UTC', 'en')).toBe('00:05');
    expect(formatDay(new Date('2027-01-12T00:05:00Z'), 'UTC', 'en')).toBe('Tuesday 12 January 2027');
  });

  it.each([
    ['2027-07-01', 'fr', 'jeudi 1er juillet 2027'],
    ['2027-07-11', 'fr', 'dimanche 11 juillet 2027'],
    ['2027-07-21', 'fr', 'mercredi 21 juillet 2027'],
    ['2027-07-01', 'es', 'jueves, 1 de julio de 2027'],
  ])('has the first of a month as the language says it: %s in %s', (day, language, text) => {
    expect(formatDay(new Date(`${day}T12:00:00Z`), 'UTC', language)).toBe(text);
  });

  it('has the day once, and twice where the end is on another', () => {
    expect(formatSpan(at, end, 'Europe/Berlin', 'en')).toBe('Tuesday 12 January 2027, 19:00–20:30, Berlin');
    expect(formatSpan(at, end, 'Asia/Kolkata', 'en')).toBe(
      'Tuesday 12 January 2027, 23:30 – Wednesday 13 January 2027, 01:00, Kolkata',
    );
  });

  it('has the day of what comes shortly before only where it is another', () => {
    const before = new Date('2027-01-12T17:45:00Z');
    expect(formatBefore(before, at, 'Europe/Berlin', 'en')).toBe('18:45, Berlin');
    const midnight = new Date('2027-01-11T23:05:00Z');
    const late = new Date('2027-01-11T22:50:00Z');
    expect(formatBefore(late, midnight, 'Europe/Berlin', 'en')).toBe('Monday 11 January 2027, 23:50, Berlin');
  });

  it('is the day alone when told again, unless the time or the day of its end is another', () => {
    const first = { start: at, end };
    const weeks = (days: number, minutes = 0) => ({
      start: new Date(at.getTime() + days * 86_400_000 + minutes * 60_000),
      end: new Date(end.getTime() + days * 86_400_000),
    });
    const again = (date: typeof first, zone = 'Europe/Berlin') => formatAgain(date, first, zone, 'en');
    expect(again(first)).toBe('Tuesday 12 January 2027');
    expect(again(weeks(7))).toBe('Tuesday 19 January 2027');
    expect(again(weeks(7, 30))).toBe('Tuesday 19 January 2027, 19:30–20:30, Berlin');
    // Berlin's clocks go forward on 28 March, and Porto-Novo's stay.
    expect(again(weeks(77))).toBe('Tuesday 30 March 2027, 20:00–21:30, Berlin');
    expect(again(weeks(77), 'Africa/Porto-Novo')).toBe('Tuesday 30 March 2027');
    expect(again(first, 'Asia/Kolkata')).toBe(
      'Tuesday 12 January 2027, 23:30 – Wednesday 13 January 2027, 01:00, Kolkata',
    );
  });

  it('stands on the reader’s clocks, and on the meeting’s where they show something else', () => {
    const meeting = { start: at, end, timeZone: 'Europe/Berlin' };
    expect(formatForReader(meeting, 'America/New_York', 'en')).toEqual({
      reader: 'Tuesday 12 January 2027, 13:00–14:30, New York',
      meeting: 'Tuesday 12 January 2027, 19:00–20:30, Berlin',
    });
    expect(formatForReader(meeting, 'Africa/Porto-Novo', 'en')).toEqual({
      reader: 'Tuesday 12 January 2027, 19:00–20:30, Porto-Novo',
    });
  });

  it('is refused for what is no zone', () => {
    expect(() => formatWhen(at, 'Mars/Olympus', 'en')).toThrow(RangeError);
  });
});

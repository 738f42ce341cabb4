import { describe, expect, it } from '@jest/globals';
import { cityOf, dayIn, momentIn, timeIn } from './when.js';

describe('a moment', () => {
  const winter = new Date('2027-01-12T18:00:00Z');

  it.each([
    ['en', 'Africa/Porto-Novo', 'Tuesday, 12 January 2027 at 19:00 (Porto-Novo)'],
    ['de', 'Europe/Berlin', 'Dienstag, 12. Januar 2027 um 19:00 (Berlin)'],
    ['fr', 'Africa/Porto-Novo', 'mardi 12 janvier 2027 à 19:00 (Porto-Novo)'],
    ['es', 'America/Bogota', 'martes, 12 de enero de 2027, 13:00 (Bogota)'],
  ])('in %s stands with its weekday and its city, on the 24-hour clock', (language, zone, text) => {
    expect(momentIn(language, winter, zone)).toBe(text);
  });

  it('after midnight is 00, not 24', () => {
    expect(timeIn('en', new Date('2027-01-12T23:05:00Z'), 'Europe/Berlin')).toBe('00:05 (Berlin)');
  });

  it('belongs to the day of its own zone', () => {
    expect(dayIn('en', new Date('2027-01-12T23:05:00Z'), 'Asia/Tokyo')).toBe('Wednesday, 13 January 2027');
  });

  it('names the city as people say it', () => {
    expect(cityOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
    expect(cityOf('UTC')).toBe('UTC');
  });
});

import { describe, expect, it } from '@jest/globals';
import { loadTexts } from '../texts/index.js';
import { aheadOf } from './ahead.js';

const start = new Date('2027-03-28T17:00:00Z');

describe('how far off something is', () => {
  it.each([
    ['2027-03-28T16:59:50Z', 'UTC', { unit: 'minutes', count: 1 }],
    ['2027-03-28T16:53:00Z', 'UTC', { unit: 'minutes', count: 7 }],
    ['2027-03-28T16:46:10Z', 'UTC', { unit: 'minutes', count: 15 }],
    ['2027-03-28T16:01:30Z', 'UTC', { unit: 'hours', count: 1 }],
    ['2027-03-28T15:30:00Z', 'UTC', { unit: 'minutes', count: 90 }],
    ['2027-03-28T14:31:00Z', 'UTC', { unit: 'hours', count: 2 }],
    ['2027-03-28T05:00:00Z', 'UTC', { unit: 'hours', count: 12 }],
    ['2027-03-28T04:00:00Z', 'UTC', { unit: 'today', count: 0 }],
    ['2027-03-27T17:00:00Z', 'UTC', { unit: 'tomorrow', count: 1 }],
    // The day is an hour short where the clocks go forward, and it is early in the morning there.
    ['2027-03-27T17:00:00Z', 'Europe/Berlin', { unit: 'tomorrow', count: 1 }],
    ['2027-03-28T04:00:00Z', 'Pacific/Auckland', { unit: 'tomorrow', count: 1 }],
    ['2027-03-26T16:00:00Z', 'UTC', { unit: 'days', count: 2 }],
  ])('at %s in %s', (now, timeZone, ahead) => {
    expect(aheadOf(start, new Date(now), timeZone)).toEqual(ahead);
  });

  it.each([
    [
      'en',
      'Reminder, in 1 hour: Ideas',
      'This meeting begins tomorrow.',
      'Your slot in office hours begins in 15 minutes.',
    ],
    [
      'fr',
      'Rappel, dans 1 heure : Ideas',
      'Cette rencontre commence demain.',
      'Votre créneau de permanence commence dans 15 minutes.',
    ],
    [
      'de',
      'Erinnerung, in 1 Stunde: Ideas',
      'Dieses Treffen beginnt morgen.',
      'Ihr Termin in der Sprechstunde beginnt in 15 Minuten.',
    ],
    [
      'es',
      'Recordatorio, en 1 hora: Ideas',
      'Este encuentro comienza mañana.',
      'Su turno de las horas de consulta comienza en 15 minutos.',
    ],
  ])('is said in %s', (language, subject, meeting, booking) => {
    const t = loadTexts().translator(language);
    expect(t('mail.reminder.subject', { unit: 'hours', count: 1, title: 'Ideas' })).toBe(subject);
    expect(t('mail.reminder.text', { unit: 'tomorrow', count: 1 })).toBe(meeting);
    expect(t('mail.booking.reminder.text', { unit: 'minutes', count: 15 })).toBe(booking);
  });
});

import { describe, expect, it } from '@jest/globals';
import { countedId } from '../../test/support/ids.js';
import type { Contact } from './contact.js';
import { heldOf } from './held.js';
import { pauseEnd, usualDay } from './pause-end.js';
import { inSameTime, restOfStep } from './same-time.js';

describe('the end of a pause', () => {
  const now = new Date('2027-01-11T23:30:00Z');

  it.each([
    ['begins with the day where the person lives', '2027-02-01', 'Africa/Porto-Novo', '2027-01-31T23:00:00.000Z'],
    ['begins later in the west', '2027-02-01', 'America/Bogota', '2027-02-01T05:00:00.000Z'],
    ['begins when a day begins that has no midnight', '2022-09-11', 'America/Santiago', '2022-09-11T04:00:00.000Z'],
    ['is 30 days away when none was chosen', undefined, 'Europe/Berlin', '2027-02-10T23:30:00.000Z'],
  ])('%s', (_, day, zone, instant) => {
    expect(pauseEnd(day, zone, now).toISOString()).toBe(instant);
  });

  it('is offered as the day on which it is there', () => {
    expect(usualDay('Europe/Berlin', now)).toBe('2027-02-11');
    expect(usualDay('America/Bogota', now)).toBe('2027-02-10');
  });
});

describe('what is held', () => {
  const contact: Contact = {
    id: countedId(1),
    status: 'confirmed',
    dataKey: Buffer.from('key'),
    address: Buffer.from('sealed'),
    index: 'index',
    language: 'fr',
    timeZone: 'Africa/Porto-Novo',
    region: null,
    country: 'BJ',
    place: Buffer.from('sealed'),
    wants: ['meetings'],
    wishes: [],
    unsubscribed: false,
    pausedUntil: new Date('2027-02-01T00:00:00Z'),
    suppressed: false,
    generation: 0,
    asked: 0,
    keepBlocked: false,
  };
  const place = {
    subject: {
      title: 'First meeting',
      start: new Date('2027-01-12T18:00:00Z'),
      end: new Date('2027-01-12T19:00:00Z'),
      timeZone: 'Europe/Berlin',
      status: 'announced' as const,
    },
    invitation: { left: false },
    answer: 'accepted' as const,
  };

  it('is told in words and times, without keys, hashes and seals', () => {
    expect(heldOf(contact, { address: 'ada@example.org', place: 'Djougou' }, [place])).toEqual({
      address: 'ada@example.org',
      language: 'fr',
      timeZone: 'Africa/Porto-Novo',
      region: null,
      country: 'BJ',
      place: 'Djougou',
      wants: ['meetings'],
      confirmed: true,
      pausedUntil: '2027-02-01T00:00:00.000Z',
      unsubscribed: false,
      suppressed: false,
      invitations: [
        {
          title: 'First meeting',
          start: '2027-01-12T18:00:00.000Z',
          end: '2027-01-12T19:00:00.000Z',
          timeZone: 'Europe/Berlin',
          answer: 'accepted',
          left: false,
        },
      ],
    });
  });

  it('says of what does not take place that it does not', () => {
    const off = { ...place, subject: { ...place.subject, status: 'cancelled' as const } };
    const { invitations } = heldOf(contact, { address: 'ada@example.org', place: null }, [off, place]);
    expect(invitations.map(({ cancelled }) => cancelled)).toEqual([true, undefined]);
  });
});

describe('answers in the same time', () => {
  it.each([
    [0, 0],
    [3, 97],
    [99.5, 0.5],
    [100, 0],
    [250, 50],
  ])('after %d ms wait for %d more', (elapsed, rest) => {
    expect(restOfStep(elapsed)).toBe(rest);
  });

  it.each([1, 2, 10, 30])('are the same for %d dates at once, whether each costs little or much', (dates) => {
    const whole = (each: number): number => each * dates + restOfStep(each * dates, dates);
    expect(whole(40)).toBe(whole(2));
  });

  it('hand on what came out of the work, and what went wrong with it', async () => {
    await expect(inSameTime(() => Promise.resolve('done'))).resolves.toBe('done');
    await expect(inSameTime(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });
});

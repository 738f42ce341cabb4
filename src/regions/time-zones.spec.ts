import { describe, expect, it } from '@jest/globals';
import { isTimeZone } from '../../libs/time/zones.js';
import { COUNTRIES } from './countries.js';
import { zoneChoices, zoneFor } from './time-zones.js';

describe('the zone of someone who chose none', () => {
  it.each([
    ['is their region’s', { region: 'copargo', language: 'de' }, 'Africa/Porto-Novo'],
    ['is their country’s', { country: 'TG', language: 'fr' }, 'Africa/Lome'],
    ['is their region’s before their country’s', { region: 'alfter', country: 'BJ', language: 'fr' }, 'Europe/Berlin'],
    ['is where most people of a wide country live', { country: 'US', language: 'es' }, 'America/New_York'],
    ['is the mainland’s', { country: 'PT', language: 'en' }, 'Europe/Lisbon'],
    ['is Berlin, not the exclave of Büsingen', { country: 'DE', language: 'fr' }, 'Europe/Berlin'],
    ['is that of the region which speaks their language', { language: 'fr' }, 'Africa/Porto-Novo'],
    ['is UTC where nothing is known', { language: 'es' }, 'UTC'],
    [
      'is that of what they look at where nothing else is known',
      { language: 'es', otherwise: 'Asia/Tokyo' },
      'Asia/Tokyo',
    ],
    ['is UTC-like for a country without people', { country: 'BV', language: 'es' }, 'UTC'],
  ] as const)('%s', (_, known, zone) => {
    expect(zoneFor(known)).toBe(zone);
  });

  it('is one of the closed list for every country', () => {
    for (const country of COUNTRIES) expect(isTimeZone(zoneFor({ country, language: 'en' }))).toBe(true);
  });
});

describe('the zones to choose from', () => {
  it.each(['en', 'fr', 'de', 'es'])('stand by continents named in %s, each once and known', (language) => {
    const groups = zoneChoices(language);
    expect(groups.every(({ label }) => /^\p{Lu}/u.test(label))).toBe(true);
    const zones = groups.flatMap(({ options }) => options.map(({ value }) => value));
    expect(new Set(zones).size).toBe(zones.length);
    for (const zone of zones) expect(isTimeZone(zone)).toBe(true);
  });

  it('cover every whole hour that more than a few people live in', () => {
    const zones = zoneChoices('en').flatMap(({ options }) => options.map(({ value }) => value));
    const winter = Temporal.Instant.from('2027-01-15T12:00:00Z');
    const hours = new Set(zones.map((zone) => winter.toZonedDateTimeISO(zone).offsetNanoseconds / 3.6e12));
    for (const hour of [-10, -8, -7, -6, -5, -4, -3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13])
      expect(hours).toContain(hour);
  });
});

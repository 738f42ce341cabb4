import { describe, expect, it } from '@jest/globals';
import { countryChoices, countryName, COUNTRIES, isCountry } from './countries.js';
import { audienceOf, countryOf, findRegion, isInAudience, REGIONS, TWIN_REGIONS, twinRegionWith } from './regions.js';

describe('the region that someone typed', () => {
  it.each([
    ['its name', 'Copargo', 'copargo'],
    ['in capitals', 'ALFTER', 'alfter'],
    ['with spaces around', '  copargo ', 'copargo'],
    ['with accents that slipped in', 'Copárgò', 'copargo'],
    ['in full-width letters', 'Ａlfter', 'alfter'],
  ])('%s', (_, typed, id) => {
    expect(findRegion(typed)?.id).toBe(id);
  });

  it.each(['', ' ', 'Djougou', 'Copargo, Bénin', 'copargo-alfter', '__proto__', 'everyone'])(
    'is none that we know: "%s"',
    (typed) => {
      expect(findRegion(typed)).toBeUndefined();
    },
  );
});

describe('the data files', () => {
  it('name time zones that exist, and each id once', () => {
    expect(REGIONS.length).toBeGreaterThanOrEqual(2);
    for (const region of REGIONS)
      expect(() => new Intl.DateTimeFormat('en', { timeZone: region.timeZone })).not.toThrow();
    const ids = [...REGIONS, ...TWIN_REGIONS].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a twin region', () => {
  it('is the sum of its two places, weighted by people where it is per person', () => {
    const [twin] = TWIN_REGIONS;
    expect(twin?.totals.population).toBe(70_938 + 23_904);
    expect(twin?.totals.areaHa).toBe(87_600 + 3_477);
    expect(twin?.totals.co2TonnesPerYear).toBeCloseTo(70_938 * 0.6 + 23_904 * 8, 6);
    expect(twin?.totals.co2TonnesPerPerson).toBeCloseTo(2.465, 3);
  });

  it('is found from either side', () => {
    expect(twinRegionWith('copargo')?.id).toBe('copargo-alfter');
    expect(twinRegionWith('alfter')?.id).toBe('copargo-alfter');
    expect(twinRegionWith('djougou')).toBeUndefined();
  });
});

describe('an audience', () => {
  it.each([
    ['everyone', 'everyone'],
    ['alfter', ['alfter']],
    ['copargo-alfter', ['copargo', 'alfter']],
    ['Alfter', undefined],
    ['nobody', undefined],
  ])('%s', (value, audience) => {
    expect(audienceOf(value)).toEqual(audience);
  });

  it('of everyone includes places we do not know, a region does not', () => {
    expect(isInAudience('everyone', undefined)).toBe(true);
    expect(isInAudience(['alfter'], undefined)).toBe(false);
    expect(isInAudience(['alfter'], 'alfter')).toBe(true);
    expect(isInAudience(['alfter'], 'copargo')).toBe(false);
  });
});

describe('countries', () => {
  it('are the 249 of ISO 3166-1', () => {
    expect(new Set(COUNTRIES).size).toBe(249);
    expect(isCountry('BJ')).toBe(true);
    expect(isCountry('bj')).toBe(false);
    expect(isCountry('XX')).toBe(false);
    expect(countryOf('copargo')).toBe('BJ');
    expect(countryOf('djougou')).toBeUndefined();
  });

  it.each(['en', 'fr', 'de', 'es'])('have a name each in %s, in order', (language) => {
    const choices = countryChoices(language);
    expect(choices).toHaveLength(249);
    expect(choices.filter(({ country, name }) => name === country)).toEqual([]);
    const names = choices.map(({ name }) => name);
    expect(names).toEqual([...names].sort(new Intl.Collator(language).compare));
  });

  it('are named in the language of the reader', () => {
    expect(countryName('BJ', 'fr')).toBe('Bénin');
    expect(countryName('DE', 'es')).toBe('Alemania');
  });
});

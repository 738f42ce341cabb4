import { describe, expect, it } from '@jest/globals';
import { TWIN_REGIONS } from '../regions/regions.js';
import { compared, numberIn, roughly, told } from './figures.js';

describe('figures', () => {
  it.each([
    ['en', 70_938, '70,938'],
    ['de', 70_938, '70.938'],
    ['fr', 70_938, '70\u202F938'],
    ['es', 70_938, '70.938'],
    ['de', 10.7, '10,7'],
    ['en', 8, '8'],
    ['en', 2.465, '2.5'],
    ['en', 12_345.6, '12,346'],
  ])('in %s: %d reads %s', (language, value, text) => {
    expect(numberIn(language, value)).toBe(text);
  });

  it.each([
    [233_794.8, 234_000],
    [13_244.1, 13_200],
    [999.4, 999],
    [0.4, 0],
  ])('that come of rounded ones are told in three digits: %d as %d', (value, rough) => {
    expect(roughly(value)).toBe(rough);
  });

  it('that were counted are told as they are, small ones too', () => {
    expect(told(94_842)).toBe(94_842);
    expect(told(2.465)).toBe(2.465);
    expect(told(233_794.8)).toBe(234_000);
  });

  it('stand side by side for every fact that a region has', () => {
    for (const twin of TWIN_REGIONS) {
      const facts = compared(twin);
      expect(facts.map(({ fact }) => fact).sort()).toEqual(Object.keys(twin.regions[0].facts).sort());
      for (const { fact, places } of facts)
        expect(places.map(({ value }) => value)).toEqual(twin.regions.map(({ facts: all }) => all[fact].value));
    }
  });
});

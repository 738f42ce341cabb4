import { describe, expect, it } from '@jest/globals';
import { placeOf, type Neighbours } from './reply-place.js';

const all: readonly Neighbours[] = [
  { region: 'copargo', country: 'BJ', count: 3 },
  { region: 'copargo', country: 'BJ', count: 2 },
  { region: 'alfter', country: 'DE', count: 4 },
  { region: null, country: 'DE', count: 1 },
  { region: null, country: 'EC', count: 4 },
];

describe('where a reply is said to come from', () => {
  it.each([
    ['a region of five', { region: 'copargo', country: 'BJ' }, { region: 'copargo' }],
    ['a country, where the region has four', { region: 'alfter', country: 'DE' }, { country: 'DE' }],
    ['a country, where no region is known', { region: null, country: 'DE' }, { country: 'DE' }],
    ['nowhere, in a country of four', { region: null, country: 'EC' }, undefined],
    ['nowhere, where nobody else is', { region: 'donga', country: 'GH' }, undefined],
    ['nowhere, without a place', { region: null, country: null }, undefined],
    ['nowhere, for someone who is no contact', undefined, undefined],
  ])('%s', (_, sender, place) => {
    expect(placeOf(sender, all)).toEqual(place);
  });
});

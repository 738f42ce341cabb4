import { describe, expect, it } from '@jest/globals';
import { parseForm } from '../../libs/web/forms.js';
import { addressOf, filterSchema, placeOf, placeValue, queryOf } from './answers-filter.js';

const schema = filterSchema({ languages: ['fr'], places: ['region:copargo', 'country:BJ'] });

describe('which answers to show', () => {
  it.each([
    ['all', {}, {}],
    ['all, when nothing was chosen', { topic: '', language: '', place: '', page: '' }, {}],
    ['of a topic', { topic: 'questions' }, { topic: 'questions' }],
    ['of a region', { place: 'region:copargo' }, { place: { region: 'copargo' } }],
    [
      'of a country, in a language',
      { place: 'country:BJ', language: 'fr' },
      { place: { country: 'BJ' }, language: 'fr' },
    ],
  ])('%s', (_, query, expected) => {
    const form = parseForm(schema, query);
    expect(form.ok && queryOf(form.value)).toEqual({
      topic: undefined,
      language: undefined,
      place: undefined,
      ...expected,
    });
  });

  it.each([
    ['a topic that is none', { topic: 'week' }, 'topic'],
    ['an operator', { topic: { $gt: '' } }, 'topic'],
    ['a language no answer has', { language: 'de' }, 'language'],
    ['a place no answer has', { place: 'region:alfter' }, 'place'],
    ['a page before the first', { page: '0' }, 'page'],
  ])('refuses %s', (_, query, field) => {
    const form = parseForm(schema, query);
    expect(form.ok ? [] : Object.keys(form.errors)).toEqual([field]);
  });

  it('writes places as it reads them', () => {
    for (const value of ['region:copargo', 'country:BJ']) expect(placeValue(placeOf(value))).toBe(value);
  });

  it('keeps the choice from page to page', () => {
    const values = { topic: 'questions', language: '', place: 'country:BJ', page: '7', other: 'x' };
    expect(addressOf('/a', values, 2)).toBe('/a?topic=questions&place=country%3ABJ&page=2');
    expect(addressOf('/a', values, 1)).toBe('/a?topic=questions&place=country%3ABJ');
    expect(addressOf('/a', {})).toBe('/a');
  });
});

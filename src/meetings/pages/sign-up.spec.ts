import { describe, expect, it } from '@jest/globals';
import { parseForm } from '../../../libs/web/forms.js';
import { signingUp, signUpSchema, type SigningUp } from './sign-up.js';

const schema = signUpSchema(['en', 'fr', 'de', 'es']);

function read(typed: Record<string, unknown>, language = 'en'): SigningUp {
  const form = parseForm(schema, { email: 'awa@copargo.example', ...typed });
  if (!form.ok) throw new Error(JSON.stringify(form.errors));
  return signingUp(form.value, { language, timeZone: 'Europe/Berlin' });
}

describe('signing up on the page of a meeting', () => {
  it.each([
    [
      'an address alone, on the clock of the meeting',
      {},
      { language: 'en', region: null, country: null, place: null, timeZone: 'Europe/Berlin' },
    ],
    [
      'a region that we know brings its country and zone',
      { region: ' copargo ' },
      { region: 'copargo', country: 'BJ', place: null, timeZone: 'Africa/Porto-Novo' },
    ],
    [
      'a place that we do not know is kept as typed',
      { region: 'Quito', country: 'EC' },
      { region: null, country: 'EC', place: 'Quito', timeZone: 'America/Guayaquil' },
    ],
    [
      'what is chosen wins',
      { region: 'Copargo', language: 'fr', timeZone: 'Europe/Paris' },
      { language: 'fr', timeZone: 'Europe/Paris', country: 'BJ' },
    ],
  ])('%s', (_, typed, expected) => {
    expect(read(typed)).toMatchObject(expected);
  });

  it('speaks the language of the page to those who chose none', () => {
    expect(read({}, 'de').language).toBe('de');
  });

  it.each([
    ['no address', { email: '' }, { email: 'error.required' }],
    ['no such address', { email: 'awa@' }, { email: 'error.email' }],
    ['two recipients', { email: 'a@x.example, b@x.example' }, { email: 'error.email' }],
    ['a header in an address', { email: 'a@x.example\r\nBcc: v@x.example' }, { email: 'error.one-line' }],
    ['a full-width @', { email: 'awa＠copargo.example' }, { email: 'error.email' }],
    ['an unknown zone', { timeZone: 'Mars/X' }, { timeZone: 'error.not-in-list' }],
    ['an unknown country', { country: 'XX' }, { country: 'error.not-in-list' }],
    ['an unknown language', { language: '../../' }, { language: 'error.not-in-list' }],
    ['a long place', { region: 'x'.repeat(81) }, { region: 'error.too-long' }],
  ])('refuses %s, beside its field', (_, typed, errors) => {
    const form = parseForm(schema, { email: 'awa@copargo.example', ...typed });
    const keys = form.ok ? {} : Object.fromEntries(Object.entries(form.errors).map(([name, { key }]) => [name, key]));
    expect(keys).toEqual(errors);
  });

  it('knows a robot by the field that nobody sees', () => {
    const form = parseForm(schema, { email: 'awa@copargo.example', website: 'https://buy.example' });
    expect(form.ok && form.value.website).toBe(true);
  });
});

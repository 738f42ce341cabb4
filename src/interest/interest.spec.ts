import { describe, expect, it } from '@jest/globals';
import { parseForm } from '../../libs/web/forms.js';
import { isEmpty } from '../feedback/feedback.js';
import { interestIn, LIMITS, split } from './interest.js';

const LANGUAGES = ['en', 'fr', 'de', 'es'];
const parsed = (body: object) => parseForm(interestIn(LANGUAGES), body);

function read(body: object, language = 'fr') {
  const form = parsed(body);
  if (!form.ok) throw new Error(`refused: ${JSON.stringify(form.errors)}`);
  return split(form.value, language);
}

const refusals = (body: object) => {
  const form = parsed(body);
  return form.ok ? {} : Object.fromEntries(Object.entries(form.errors).map(([name, { key }]) => [name, key]));
};

describe('the answers of a form', () => {
  it('are all optional: an empty form is one, with nothing in it', () => {
    const { answers, left, isRobot } = read({});
    expect(isEmpty(answers)).toBe(true);
    expect(left).toBeUndefined();
    expect(isRobot).toBe(false);
  });

  it('go together with place and language and nothing else', () => {
    const { answers } = read({
      region: 'Copargo',
      howToStart: ' With the school.\r\nThen the market. ',
      contributions: ['pilots', 'materials'],
      targetGroup: 'farms',
      email: 'ada@example.org',
      timeZone: 'Africa/Lome',
    });
    expect(answers).toEqual({
      pool: 'interest',
      region: 'copargo',
      country: 'BJ',
      language: 'fr',
      fields: {
        contributions: ['pilots', 'materials'],
        targetGroup: 'farms',
        howToStart: 'With the school.\nThen the market.',
        entryPoint: '',
        questions: '',
        suggestions: '',
      },
    });
    expect(JSON.stringify(answers)).not.toMatch(/ada|example|Lome/);
  });

  it.each([
    ['a name we know', { region: 'ALFTER', country: 'BJ' }, { region: 'alfter', country: 'DE' }],
    ['its id, with accents that slipped in', { region: ' copárgo ' }, { region: 'copargo', country: 'BJ' }],
    ['another place', { region: 'Djougou', country: 'BJ' }, { region: undefined, country: 'BJ' }],
    ['no place', {}, { region: undefined, country: undefined }],
  ])('count for %s', (_, body, place) => {
    expect(read({ ...body, questions: 'Why?' }).answers).toMatchObject(place);
  });

  it('speak the language that was chosen, else that of the page', () => {
    expect(read({ language: 'de' }).answers.language).toBe('de');
    expect(read({}, 'es').answers.language).toBe('es');
  });
});

describe('the address of a form', () => {
  it('stands with where and how to write to it, and with no answer', () => {
    const { left } = read({ email: 'Ada@Example.ORG', region: 'copargo', questions: 'Why?', wants: 'office-hours' });
    expect(left).toEqual({
      address: 'Ada@example.org',
      canonical: 'ada@example.org',
      language: 'fr',
      timeZone: 'Africa/Porto-Novo',
      region: 'copargo',
      country: 'BJ',
      place: null,
      wants: ['office-hours'],
    });
  });

  it('keeps a place that we do not know as it was typed', () => {
    expect(read({ email: 'a@b.org', region: 'Djougou', country: 'BJ' }).left).toMatchObject({
      region: null,
      country: 'BJ',
      place: 'Djougou',
      timeZone: 'Africa/Porto-Novo',
    });
  });

  it.each([
    ['meetings when nothing was ticked', {}, ['meetings']],
    ['what was ticked, each once', { wants: ['office-hours', 'meetings', 'meetings'] }, ['office-hours', 'meetings']],
  ])('wishes for %s', (_, body, wants) => {
    expect(read({ ...body, email: 'a@b.org' }).left?.wants).toEqual(wants);
  });

  it.each([
    ['as chosen', { timeZone: 'Asia/Kolkata', country: 'BJ' }, 'Asia/Kolkata'],
    ['by country', { country: 'TG' }, 'Africa/Lome'],
    ['by language', {}, 'Africa/Porto-Novo'],
  ])('has a time zone %s', (_, body, zone) => {
    expect(read({ ...body, email: 'a@b.org' }).left?.timeZone).toBe(zone);
  });
});

describe('bad input', () => {
  it.each([
    ['a country that is none', { country: 'XX' }, { country: 'error.not-in-list' }],
    ['a language without texts', { language: 'pt' }, { language: 'error.not-in-list' }],
    ['a language that climbs', { language: '../../' }, { language: 'error.not-in-list' }],
    ['a zone on Mars', { timeZone: 'Mars/X' }, { timeZone: 'error.not-in-list' }],
    ['an offset for a zone', { timeZone: '+01:00' }, { timeZone: 'error.not-in-list' }],
    ['a contribution that is none', { contributions: ['pilots', 'money'] }, { contributions: 'error.not-in-list' }],
    ['a wish that is none', { wants: 'everything' }, { wants: 'error.not-in-list' }],
    ['two addresses', { email: ['a@b.org', 'c@d.org'] }, { email: 'error.once' }],
    ['an operator for an address', { email: { $gt: '' } }, { email: 'error.invalid' }],
    ['a full-width @', { email: 'ada＠example.org' }, { email: 'error.email' }],
    ['a second header line', { email: 'a@b.org\r\nBcc: v@x.org' }, { email: 'error.one-line' }],
    ['a bidi override', { region: 'Co\u202Epargo' }, { region: 'error.characters' }],
    ['NUL', { questions: 'why\0' }, { questions: 'error.characters' }],
    ['a lone surrogate', { suggestions: '\uD800' }, { suggestions: 'error.characters' }],
    ['too much', { howToStart: 'x'.repeat(LIMITS.answer + 1) }, { howToStart: 'error.too-long' }],
    ['a megabyte', { targetGroup: 'x'.repeat(1_000_000) }, { targetGroup: 'error.too-long' }],
  ])('is refused beside its field: %s', (_, body, errors) => {
    expect(refusals(body)).toEqual(errors);
  });

  it('keeps what was typed', () => {
    const form = parsed({ country: 'XX', questions: '=HYPERLINK("x")', region: '<b>{{7*7}}</b>' });
    expect(form.values).toEqual({ country: 'XX', questions: '=HYPERLINK("x")', region: '<b>{{7*7}}</b>' });
  });

  it('sees robots by the field that people do not see', () => {
    expect(read({ website: 'http://spam.example' }).isRobot).toBe(true);
  });

  it('leaves out fields that the form does not have', () => {
    expect(read({ isAdmin: 'yes', __proto__: { isAdmin: 'yes' }, questions: 'Why?' }).answers).not.toHaveProperty(
      'isAdmin',
    );
  });
});

describe('the limits', () => {
  it('let the longest form of any script through in one request of 64 KB', () => {
    const longest = encodeURIComponent('あ'.repeat(LIMITS.answer * 4 + LIMITS.targetGroup + LIMITS.region));
    expect(longest.length).toBeLessThan(64 * 1024 - 2_000);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import {
  choice,
  dateField,
  emailField,
  honeypot,
  longText,
  manyOf,
  optionalChoice,
  optionalDate,
  optionalEmail,
  optionalWholeNumber,
  shortText,
  tick,
  timeField,
  wholeNumber,
} from './fields.js';
import { parseForm } from './forms.js';

const read = (field: z.ZodType, input?: unknown): unknown => {
  const form = parseForm(z.object({ it: field }), input === undefined ? {} : { it: input });
  return form.ok ? { is: (form.value as { it?: unknown }).it } : form.errors['it']?.key;
};
const is = (value: unknown) => ({ is: value });
const address = (text: string): string | undefined => (/^[^@\s]+@[^@\s]+$/.test(text) ? text.toLowerCase() : undefined);
const topics = ['pilots', 'other'] as const;

describe('a line of text', () => {
  it.each([
    [undefined, is('')],
    ['  Copargo ', is('Copargo')],
    ['e\u0301', is('é')],
    ['x'.repeat(10), is('x'.repeat(10))],
    ['x'.repeat(11), 'error.too-long'],
    ['a\r\nBcc: b', 'error.one-line'],
    ['a\tb', 'error.one-line'],
    ['a\0b', 'error.characters'],
    ['a\u202Eb', 'error.characters'],
    ['a\u200Bb', 'error.characters'],
    ['a\uD800b', 'error.characters'],
    ['a\uFFFDb', 'error.characters'],
    ['a\u3164b', 'error.characters'],
    ['a\u{E0041}b', 'error.characters'],
    ['\u{1F3F4}a\u{E0041}', 'error.characters'],
    ['\u2800', is('')],
    ['\u200D\uFE0F', is('')],
    ['👩‍🌾', is('👩‍🌾')],
    ['می\u200Cخواهم', is('می\u200Cخواهم')],
    [['a', 'b'], 'error.once'],
    [{ $gt: '' }, 'error.invalid'],
    [5, 'error.invalid'],
    [null, 'error.invalid'],
  ])('%j', (input, expected) => {
    expect(read(shortText(10), input)).toEqual(expected);
  });

  it('may be asked for', () => {
    expect(read(shortText(10, { required: true }), '   ')).toBe('error.required');
    expect(read(shortText(10, { required: true }), '\u2800 \u2800')).toBe('error.required');
  });

  it('is read by one rule, with letters of Latin scripts alone and beside others', () => {
    const each = (input: string): unknown[] => [read(shortText(9), input), read(longText(9), input)];
    for (let code = 0; code < 0x2100; code++) {
      const text = `a${String.fromCharCode(code)}b`;
      const beside = each(`${text}あ`).map((result) =>
        typeof result === 'string' ? result : is((result as { is: string }).is.slice(0, -1)),
      );
      expect([code, ...each(text)]).toEqual([code, ...beside]);
    }
  });

  it('may hold the flag of a part of a country', () => {
    const scotland = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}';
    expect(read(shortText(20), scotland)).toEqual(is(scotland));
  });
});

describe('the other fields', () => {
  it.each([
    ['lines end in LF', longText(20), 'a\r\nb\rc\u2028d', is('a\nb\nc\nd')],
    ['lines hold no escape codes', longText(20), 'a\u001b[31m', 'error.characters'],
    ['a choice', choice(topics), 'pilots', is('pilots')],
    ['no choice', choice(topics), undefined, 'error.choose'],
    ['another choice', choice(topics), '__proto__', 'error.not-in-list'],
    ['two choices', choice(topics), ['pilots', 'other'], 'error.once'],
    ['a choice left out', optionalChoice(topics), '', is(undefined)],
    ['many: none', manyOf(topics), undefined, is([])],
    ['many: one', manyOf(topics), 'other', is(['other'])],
    ['many: twice the same', manyOf(topics), ['other', 'pilots', 'other'], is(['other', 'pilots'])],
    ['many: a wrong one', manyOf(topics), ['other', 'x'], 'error.not-in-list'],
    ['many: an object', manyOf(topics), { 0: 'other' }, 'error.invalid'],
    ['a tick', tick(), 'yes', is(true)],
    ['no tick', tick(), undefined, is(false)],
    ['a number', wholeNumber(0, 99), ' 7 ', is(7)],
    ['a number too high', wholeNumber(0, 99), '100', 'error.number'],
    ['no number', wholeNumber(0, 99), '', 'error.required'],
    ['a number left out', optionalWholeNumber(1, 99), '', is(undefined)],
    ...['1e3', '0x10', '1e999', '+5', '-1', '5.0', '٣', 'NaN', '1 2'].map(
      (text) => [`${text} is no number`, wholeNumber(0, 99), text, 'error.number'] as const,
    ),
    ['a day', dateField(), '2028-02-29', is('2028-02-29')],
    ...[
      '2027-02-29',
      '2027-02-30',
      '2027-13-01',
      '2027-00-10',
      '9999-01-01',
      '10000-01-01',
      '1999-12-31',
      '27-1-1',
      '2027-01-01T00:00',
    ].map((text) => [`${text} is no day`, dateField(), text, 'error.date'] as const),
    ['a day left out', optionalDate(), '', is(undefined)],
    ['a time', timeField(), '18:30', is('18:30')],
    ['a time with seconds', timeField(), '18:30:00', is('18:30')],
    ...['24:00', '18:60', '18:30:60', '6:30', '18.30'].map(
      (text) => [`${text} is no time`, timeField(), text, 'error.time'] as const,
    ),
    ['an address', emailField(address), ' A@b.example ', is('a@b.example')],
    ['no address', emailField(address), '', 'error.required'],
    ['an address left out', optionalEmail(address), '', is(undefined)],
    ['a wrong address', optionalEmail(address), 'nobody', 'error.email'],
    ['an address with a second line', optionalEmail(address), 'b@y\r\nBcc: v@x', 'error.one-line'],
    ['a robot', honeypot(), 'https://spam.example', is(true)],
    ['no robot', honeypot(), '', is(false)],
  ] as readonly (readonly [string, z.ZodType, unknown, unknown])[])('%s', (_, field, input, expected) => {
    expect(read(field, input)).toEqual(expected);
  });
});

describe('a form', () => {
  const schema = z.object({ place: shortText(5), wants: manyOf(topics) });

  it('leaves out what it does not know', () => {
    const form = parseForm(schema, { place: 'x', isAdmin: 'yes' });
    expect(form.ok && form.value).toEqual({ place: 'x', wants: [] });
  });

  it('keeps what was typed, and says what is wrong with each field', () => {
    const form = parseForm(schema, { place: 'too long', wants: ['nothing'] });
    expect(form).toEqual({
      ok: false,
      values: { place: 'too long', wants: ['nothing'] },
      errors: { place: { key: 'error.too-long', values: { max: 5 } }, wants: { key: 'error.not-in-list' } },
    });
  });

  it('shows the first of several refusals, and a plain one for what has no words', () => {
    const form = parseForm(z.object({ n: z.string(), end: shortText(5).refine((end) => end !== 'x', 'error.date') }), {
      n: [],
      end: 'x',
    });
    expect(form.ok).toBe(false);
    expect(!form.ok && form.errors).toEqual({ n: { key: 'error.invalid' }, end: { key: 'error.date' } });
  });

  it('never throws, whatever is posted', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.anything(), (body, place) => {
        expect(typeof parseForm(schema, body).ok).toBe('boolean');
        expect(typeof parseForm(schema, { place, wants: place }).ok).toBe('boolean');
      }),
    );
  });

  it('accepts only text without unseen characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (place) => {
        const form = parseForm(z.object({ place: longText(1000) }), { place });
        expect(form.ok && /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(form.value.place.replace(/[\n\t]/g, ''))).toBe(
          false,
        );
      }),
    );
  });
});

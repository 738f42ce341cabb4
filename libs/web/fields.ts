import { z } from 'zod';
import type { TextKey, TextValues } from './i18n.js';
import { isStrings } from './forms.js';

/** The fields a form may have. Each takes whatever was posted and answers a clean value or a sentence that says what to do. */

type Refuse = (key: TextKey, values?: TextValues) => never;

const field = <Value>(read: (input: unknown, refuse: Refuse) => Value) =>
  z
    .unknown()
    .optional()
    .transform((input, context): Value => {
      const refuse = (key: TextKey, values?: TextValues): never => {
        context.addIssue({ code: 'custom', message: key, ...(values && { params: values }) });
        return z.NEVER;
      };
      try {
        return read(input, (key, values) => {
          throw new FieldRefusal(key, values);
        });
      } catch (error) {
        if (error instanceof FieldRefusal) return refuse(error.key, error.values);
        throw error;
      }
    });

class FieldRefusal extends Error {
  constructor(
    readonly key: TextKey,
    readonly values: TextValues | undefined,
  ) {
    super(key);
  }
}

function single(input: unknown, refuse: Refuse): string {
  if (input === undefined) return '';
  if (typeof input === 'string') return input;
  return refuse(Array.isArray(input) ? 'error.once' : 'error.invalid');
}

/**
 * Control characters, those that reorder or hide text (bidi overrides and isolates, zero-width ones, fillers, tags but for
 * those of flags such as Scotland’s), and U+FFFD, which stands where bytes were no text.
 */
const UNSEEN =
  /(?![\n\t])[\p{Cc}\p{Noncharacter_Code_Point}\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFD]|(?<!\u{1F3F4}[\u{E0020}-\u{E007E}]{0,6})[\u{E0000}-\u{E007F}]/u;

/** Only what shows nothing, such as a joiner with nothing to join, or a blank of Braille: as if nothing was written. */
const NOTHING_TO_SEE = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Letters of Latin scripts and what stands between them: seen by everyone, and in NFC as they are. Most text is no more. */
const PLAIN = /^[\n\t\x20-\x7E\u00A1-\u00AC\u00AE-\u024F‘’“”…–]*$/;

function clean(input: unknown, max: number, lines: 'one' | 'many', refuse: Refuse): string {
  const raw = single(input, refuse);
  const isPlain = PLAIN.test(raw);
  if (!isPlain && !raw.isWellFormed()) return refuse('error.characters');
  const text = (isPlain ? raw : raw.replace(/\r\n?|[\u2028\u2029]/g, '\n').normalize('NFC')).trim();
  if (text.length > max) return refuse('error.too-long', { max });
  if (!isPlain && UNSEEN.test(text)) return refuse('error.characters');
  if (lines === 'one' && /[\n\t]/.test(text)) return refuse('error.one-line');
  return !isPlain && NOTHING_TO_SEE.test(text) ? '' : text;
}

interface TextOptions {
  readonly required?: boolean;
}

const text = (max: number, lines: 'one' | 'many', { required = false }: TextOptions) =>
  field((input, refuse) => {
    const value = clean(input, max, lines, refuse);
    return required && value === '' ? refuse('error.required') : value;
  });

/** One line of at most `max` UTF-16 units, as `maxlength` counts them; trimmed, NFC; empty when left out. */
export const shortText = (max: number, options: TextOptions = {}) => text(max, 'one', options);

/** Many lines, ending in LF alone. */
export const longText = (max: number, options: TextOptions = {}) => text(max, 'many', options);

const isOneOf = <Option extends string>(options: readonly Option[]) => {
  const known = new Set<string>(options);
  return (value: string): value is Option => known.has(value);
};

/** One of a closed list; asking for it. */
export const choice = <const Option extends string>(options: readonly Option[]) => {
  const isOption = isOneOf(options);
  return field((input, refuse): Option => {
    const value = single(input, refuse);
    if (value === '') return refuse('error.choose');
    return isOption(value) ? value : refuse('error.not-in-list');
  });
};

/** One of a closed list, or undefined when nothing was chosen. */
export const optionalChoice = <const Option extends string>(options: readonly Option[]) => {
  const isOption = isOneOf(options);
  return field((input, refuse): Option | undefined => {
    const value = single(input, refuse);
    if (value === '') return undefined;
    return isOption(value) ? value : refuse('error.not-in-list');
  });
};

/** Any number of a closed list, each once: what a group of checkboxes posts (nothing, one string, or several). */
export const manyOf = <const Option extends string>(options: readonly Option[]) => {
  const isOption = isOneOf(options);
  return field((input, refuse): Option[] => {
    const values = input === undefined || input === '' ? [] : isStrings(input) ? input : [single(input, refuse)];
    return [...new Set(values)].map((value) => (isOption(value) ? value : refuse('error.not-in-list')));
  });
};

/** A checkbox by itself: ticked or not. */
export const tick = () => field((input, refuse): boolean => single(input, refuse) !== '');

/** A whole number in plain decimal digits: `1e3`, `0x10`, `+5` and `5.0` are none. */
export const wholeNumber = (min: number, max: number) =>
  field((input, refuse): number => digits(single(input, refuse).trim(), min, max, refuse) ?? refuse('error.required'));

/** A whole number, or undefined when left empty. */
export const optionalWholeNumber = (min: number, max: number) =>
  field((input, refuse): number | undefined => digits(single(input, refuse).trim(), min, max, refuse));

function digits(value: string, min: number, max: number, refuse: Refuse): number | undefined {
  if (value === '') return undefined;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return number >= min && number <= max ? number : refuse('error.number', { min, max });
}

/** A day of the calendar as `YYYY-MM-DD`, from 2000 to 2199. */
export const dateField = () =>
  field((input, refuse): string => day(single(input, refuse).trim(), refuse) ?? refuse('error.required'));

/** A day, or undefined when left empty. */
export const optionalDate = () =>
  field((input, refuse): string | undefined => day(single(input, refuse).trim(), refuse));

function day(value: string, refuse: Refuse): string | undefined {
  if (value === '') return undefined;
  if (!/^2[01]\d{2}-\d{2}-\d{2}$/.test(value)) return refuse('error.date');
  const [year = 0, month = 0, date = 0] = value.split('-').map(Number);
  const exists =
    month >= 1 && month <= 12 && date >= 1 && date <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
  return exists ? value : refuse('error.date');
}

/** A time of day as `HH:MM`; browsers that add `:00` seconds are understood. */
export const timeField = () =>
  field((input, refuse): string => {
    const value = single(input, refuse).trim();
    if (value === '') return refuse('error.required');
    return /^([01]\d|2[0-3]):[0-5]\d(:00)?$/.test(value) ? value.slice(0, 5) : refuse('error.time');
  });

/** An address, read by the rules that are passed in; undefined when left empty. */
export const optionalEmail = <Address>(read: (text: string) => Address | undefined) =>
  field((input, refuse): Address | undefined => {
    const value = clean(input, 254, 'one', refuse);
    return value === '' ? undefined : (read(value) ?? refuse('error.email'));
  });

/** An address that must be there. */
export const emailField = <Address>(read: (text: string) => Address | undefined) =>
  field((input, refuse): Address => {
    const value = clean(input, 254, 'one', refuse);
    return value === '' ? refuse('error.required') : (read(value) ?? refuse('error.email'));
  });

/** A field that people do not see and robots fill in. True: it was a robot; answer as ever and keep nothing. */
export const honeypot = () => field((input): boolean => input !== undefined && input !== '');

import type { Language } from './i18n.js';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are dear to make and cheap to keep: one per language, zone and shape. */
function format(language: Language, timeZone: string, shape: 'moment' | 'time' | 'day'): Intl.DateTimeFormat {
  const key = `${language}|${timeZone}|${shape}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    timeZone,
    ...(shape !== 'time' && { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    ...(shape !== 'day' && { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  });
  formats.set(key, made);
  return made;
}

/** `Africa/Porto-Novo` by the name of its city, as people say it. */
export const cityOf = (timeZone: string): string => (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');

/** Weekday, day and time on the 24-hour clock, with the city whose time it is. */
export const momentIn = (language: Language, instant: Date, timeZone: string): string =>
  `${format(language, timeZone, 'moment').format(instant)} (${cityOf(timeZone)})`;

/** The time alone, with its city: for a second zone beside a moment. */
export const timeIn = (language: Language, instant: Date, timeZone: string): string =>
  `${format(language, timeZone, 'time').format(instant)} (${cityOf(timeZone)})`;

export const dayIn = (language: Language, instant: Date, timeZone: string): string =>
  format(language, timeZone, 'day').format(instant);

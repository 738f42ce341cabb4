import { asSpoken } from '../time/when.js';
import type { Language } from './i18n.js';

const formats = new Map<Language, Intl.DateTimeFormat>();

/** "19 Jan 2027": the day in UTC of an instant, for tables. */
export function shortDay(language: Language, at: Date): string {
  const known = formats.get(language);
  const locale = language === 'en' ? 'en-GB' : language;
  const format = known ?? new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  if (!known) formats.set(language, format);
  return asSpoken(format.format(at), language);
}

import { cityOf } from './city-names.js';

/** English as it is written where the pages are: the day before the month. */
const LOCALES: Readonly<Record<string, string>> = { en: 'en-GB' };

interface Formats {
  readonly day: Intl.DateTimeFormat;
  readonly time: Intl.DateTimeFormat;
}

const formats = new Map<string, Formats>();

/** Throws a RangeError for an unknown zone or language. */
function formatsOf(timeZone: string, language: string): Formats {
  const key = `${language} ${timeZone}`;
  const made = formats.get(key);
  if (made) return made;
  const locale = LOCALES[language] ?? language;
  const fresh = {
    day: new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full' }),
    time: new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  };
  formats.set(key, fresh);
  return fresh;
}

/** "Tuesday 12 January 2027" in the zone and the language. */
export function formatDay(at: Date, timeZone: string, language: string): string {
  const day = formatsOf(timeZone, language).day.format(at);
  // British dates go without the comma that the runtime's data has put there.
  return language === 'en' ? day.replace(/^(\w+),/, '$1') : asSpoken(day, language);
}

/** A date as the runtime writes it, with the first of a month as French has it: "1er juillet 2027". */
export const asSpoken = (day: string, language: string): string =>
  language === 'fr' ? day.replace(/(?<!\d)1(?= \p{L})/u, '1er') : day;

/** "19:00" */
export const formatTime = (at: Date, timeZone: string, language: string): string =>
  formatsOf(timeZone, language).time.format(at);

/** "19:00, Berlin" */
export const formatClock = (at: Date, timeZone: string, language: string): string =>
  `${formatTime(at, timeZone, language)}, ${cityOf(timeZone, language)}`;

/** "Tuesday 12 January 2027, 19:00, Berlin": an instant on the clocks of a zone, with its weekday and city. */
export const formatWhen = (at: Date, timeZone: string, language: string): string =>
  `${formatDay(at, timeZone, language)}, ${formatClock(at, timeZone, language)}`;

/** An instant shortly before another that is told beside it: the time alone where the day is the same. */
export const formatBefore = (at: Date, other: Date, timeZone: string, language: string): string =>
  formatDay(at, timeZone, language) === formatDay(other, timeZone, language)
    ? formatClock(at, timeZone, language)
    : formatWhen(at, timeZone, language);

/** "Tuesday 12 January 2027, 19:00–20:30, Berlin"; the day stands twice where the end is on another. */
export function formatSpan(start: Date, end: Date, timeZone: string, language: string): string {
  const [first, last] = [formatDay(start, timeZone, language), formatDay(end, timeZone, language)];
  const [from, to] = [formatTime(start, timeZone, language), formatTime(end, timeZone, language)];
  const span = first === last ? `${first}, ${from}–${to}` : `${first}, ${from} – ${last}, ${to}`;
  return `${span}, ${cityOf(timeZone, language)}`;
}

/** One of several dates, where the first was told in full: the day alone, unless the clocks show another time than then. */
export function formatAgain(
  { start, end }: { readonly start: Date; readonly end: Date },
  first: { readonly start: Date; readonly end: Date },
  timeZone: string,
  language: string,
): string {
  const day = formatDay(start, timeZone, language);
  const isSame =
    day === formatDay(end, timeZone, language) &&
    formatTime(start, timeZone, language) === formatTime(first.start, timeZone, language) &&
    formatTime(end, timeZone, language) === formatTime(first.end, timeZone, language);
  return isSame ? day : formatSpan(start, end, timeZone, language);
}

export interface WhenForReader {
  readonly reader: string;
  /** The same in the meeting's zone; absent where both clocks show the same. */
  readonly meeting?: string;
}

/** Start and end on the reader's clocks, and on those of the meeting where they show something else. */
export function formatForReader(
  { start, end, timeZone }: { readonly start: Date; readonly end: Date; readonly timeZone: string },
  readerZone: string,
  language: string,
): WhenForReader {
  const reader = formatSpan(start, end, readerZone, language);
  const same = [start, end].every(
    (at) =>
      formatDay(at, timeZone, language) === formatDay(at, readerZone, language) &&
      formatTime(at, timeZone, language) === formatTime(at, readerZone, language),
  );
  return same ? { reader } : { reader, meeting: formatSpan(start, end, timeZone, language) };
}

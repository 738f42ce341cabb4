/** Names that the zone database gave up and the runtime's Unicode data keeps; people see and calendars get the new one. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

const supported = Intl.supportedValuesOf('timeZone');

/** Every zone that can be chosen, by its present IANA name, UTC among them. */
export const TIME_ZONES: readonly string[] = [
  ...new Set([...supported.map((name) => RENAMED[name] ?? name), 'UTC']),
].sort();

/** What is understood: browsers may still send an old name. */
export const KNOWN_TIME_ZONES: readonly string[] = [...new Set([...TIME_ZONES, ...supported])];
const known: ReadonlySet<string> = new Set(KNOWN_TIME_ZONES);

/** Whether `text` is the name of a zone, spelt as the IANA database spells it. An offset such as `+01:00` is none. */
export const isTimeZone = (text: string): boolean => known.has(text);

/** The present name of a zone that isTimeZone: `Asia/Kolkata` for `Asia/Calcutta`. */
export const presentName = (timeZone: string): string => RENAMED[timeZone] ?? timeZone;

/** What a time on the clocks of a zone is: an instant, none (the clocks skip it), or two (the clocks show it twice). */
export type WallClock =
  | { readonly kind: 'exact'; readonly at: Date }
  | { readonly kind: 'gap' }
  | { readonly kind: 'fold'; readonly earlier: Date; readonly later: Date };

/**
 * Reads a time on the clocks of a zone. A gap is for the caller to refuse, a fold to ask about (RFC 5545 3.3.5).
 * Throws a RangeError for what is no day of the calendar between 1970 and 9998, no time of day or no zone.
 * @param date `YYYY-MM-DD`
 * @param time `HH:MM`
 */
export function wallClock(date: string, time: string, timeZone: string): WallClock {
  if (!isDay(date) || !TIME.test(time)) throw new RangeError('not a day and a time of day');
  if (!isTimeZone(timeZone)) throw new RangeError('not a time zone');
  const local = Temporal.PlainDateTime.from(`${date}T${time}`);
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' });
  if (!earlier.toPlainDateTime().equals(local)) return { kind: 'gap' };
  if (earlier.equals(later)) return { kind: 'exact', at: new Date(earlier.epochMilliseconds) };
  return { kind: 'fold', earlier: new Date(earlier.epochMilliseconds), later: new Date(later.epochMilliseconds) };
}

/** Whether `text` is a day of the calendar between 1970 and 9998, as `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '1970' || text > '9999') return false;
  const midnight = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** What the clocks of a zone show at an instant, as forms have it. */
export function onTheClock(at: Date, timeZone: string): { readonly date: string; readonly time: string } {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return { date: local.toPlainDate().toString(), time: local.toPlainTime().toString({ smallestUnit: 'minute' }) };
}

/** Releases of the zone database are named by year and letter, a new one every few months: `2026c`. */
const RELEASE = /^(\d{4})([a-z])/;

/**
 * How old the runtime's zone data is at most, in days: its release is taken for one of the first day of as many months
 * into its year as its letter counts. More than a year means that clock changes decided since are likely missing.
 */
export function zoneDataAge(
  now: Date,
  version = process.versions['tz'] ?? '',
): { readonly version: string; readonly days: number } {
  const [, year = '1970', letter = 'a'] = RELEASE.exec(version) ?? [];
  const released = Date.UTC(Number(year), letter.charCodeAt(0) - 'a'.charCodeAt(0), 1);
  return { version, days: Math.max(0, Math.floor((now.getTime() - released) / 86_400_000)) };
}

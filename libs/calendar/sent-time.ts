import { DAY, HOUR, MINUTE } from '../time/clock.js';
import { parameter, type SentProperty } from './reader.js';

/** A time as a calendar sends it. */
export interface ReadTime {
  /** Milliseconds as if the clocks showed UTC; of a day its midnight */
  readonly local: number;
  /** `day`: without a time; `floating`: on whatever clocks; `zoned`: on those of a TZID. */
  readonly kind: 'day' | 'utc' | 'floating' | 'zoned';
  /** As it was sent */
  readonly zone?: string;
}

/** The parts of a duration: days are counted on calendars, the rest on a watch. */
export interface ReadDuration {
  readonly days: number;
  readonly milliseconds: number;
}

const TIME = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/i;
const DURATION = /^([+-])?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$/i;

/** The times of a property, of which DTSTART has one and EXDATE any number; those that are none are left out. */
export function readTimes(sent: SentProperty | undefined): readonly ReadTime[] {
  if (!sent) return [];
  const zone = parameter(sent, 'TZID')?.trim();
  return sent.value.split(',').flatMap((text) => readTime(text, zone) ?? []);
}

/** A time, or undefined for what is none: 30 February, an hour 24. A leap second is the one before it. */
export function readTime(text: string, zone?: string): ReadTime | undefined {
  const [, year, month, day, hour, minute = '', second = '', utc = ''] = TIME.exec(text.trim()) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const written = `${year}-${month}-${day}T${hour ?? '00'}:${minute || '00'}:${second === '60' ? '59' : second || '00'}`;
  const local = Date.parse(`${written}Z`);
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== written) return undefined;
  if (hour === undefined) return { local, kind: 'day' };
  if (utc !== '') return { local, kind: 'utc' };
  return zone === undefined || zone === '' ? { local, kind: 'floating' } : { local, kind: 'zoned', zone };
}

/** Undefined for what is no duration, or goes back. */
export function readDuration(text: string | undefined): ReadDuration | undefined {
  const found = DURATION.exec(text?.trim() ?? '');
  if (!found || found[1] === '-') return undefined;
  const [weeks, days, hours, minutes, seconds] = found.slice(2).map((part) => Number(part || 0));
  return {
    days: (weeks ?? 0) * 7 + (days ?? 0),
    milliseconds: ((hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * 1_000) % (100_000 * DAY),
  };
}

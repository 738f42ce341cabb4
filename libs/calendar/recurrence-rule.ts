import { done, refuse, type Result } from '../rules/decision.js';
import { DAY, HOUR, MINUTE } from '../time/clock.js';
import type { Interval } from '../time/slots.js';

/** A rule of RRULE as calendars send it (RFC 5545 3.3.10), by days: what repeats within a day is not read. */
export interface RecurrenceRule {
  readonly frequency: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY';
  readonly interval: number;
  readonly count?: number;
  /** The last start that counts: an instant, or a time on the clocks of the start. */
  readonly until?: { readonly local: number; readonly isInstant: boolean };
  readonly months: readonly number[];
  readonly weeks: readonly number[];
  readonly yearDays: readonly number[];
  readonly monthDays: readonly number[];
  /** 0 for Sunday; `nth` 0: every one */
  readonly weekdays: readonly { readonly weekday: number; readonly nth: number }[];
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
  readonly positions: readonly number[];
  readonly weekStart: number;
}

/** How many days and starts may still be looked at: what an outsider wrote must not keep a process busy. */
export interface Effort {
  left: number;
}

/** Times on one day: more are meant to do something else than to say when someone is busy. */
const MOST_TIMES = 48;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const UNTIL = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/i;

/** `too-often`: within a day. `not-a-rule`: what RFC 5545 does not have. */
export function readRule(value: string): Result<RecurrenceRule, 'not-a-rule' | 'too-often'> {
  const parts = new Map<string, string>();
  for (const part of value.trim().replace(/;$/, '').toUpperCase().split(';')) {
    const at = part.indexOf('=');
    if (at < 1) return refuse('not-a-rule');
    parts.set(part.slice(0, at), part.slice(at + 1));
  }
  const frequency = parts.get('FREQ') ?? '';
  if (['SECONDLY', 'MINUTELY', 'HOURLY'].includes(frequency)) return refuse('too-often');
  if (!isFrequency(frequency)) return refuse('not-a-rule');
  const rule = {
    frequency,
    interval: oneOf(parts.get('INTERVAL') ?? '1', 1, 100_000),
    count: parts.has('COUNT') ? oneOf(parts.get('COUNT') ?? '', 1, Number.MAX_SAFE_INTEGER) : undefined,
    until: parts.has('UNTIL') ? untilOf(parts.get('UNTIL') ?? '') : undefined,
    months: numbers(parts.get('BYMONTH'), 1, 12, false),
    weeks: numbers(parts.get('BYWEEKNO'), 1, 53),
    yearDays: numbers(parts.get('BYYEARDAY'), 1, 366),
    monthDays: numbers(parts.get('BYMONTHDAY'), 1, 31),
    weekdays: weekdaysOf(parts.get('BYDAY')),
    hours: numbers(parts.get('BYHOUR'), 0, 23, false),
    minutes: numbers(parts.get('BYMINUTE'), 0, 59, false),
    seconds: numbers(parts.get('BYSECOND'), 0, 60, false),
    positions: numbers(parts.get('BYSETPOS'), 1, 366),
    weekStart: WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO'),
  };
  const { count, until, ...rest } = rule;
  const isWhole = Object.values(rest).every((part) => part !== undefined) && rule.weekStart >= 0;
  if (!isWhole || (parts.has('COUNT') && !count) || (parts.has('UNTIL') && !until)) return refuse('not-a-rule');
  const { hours, minutes, seconds } = rule;
  if ([hours, minutes, seconds].reduce((product, list) => product * Math.max(1, list?.length ?? 0), 1) > MOST_TIMES)
    return refuse('too-often');
  return done({ ...rest, ...(count && { count }), ...(until && { until }) } as RecurrenceRule);
}

const isFrequency = (text: string): text is RecurrenceRule['frequency'] =>
  ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'].includes(text);

function oneOf(text: string, least: number, most: number): number | undefined {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

/** A list of numbers, also counted from the end where `fromEnd`; undefined where one of them is none. */
function numbers(list: string | undefined, least: number, most: number, fromEnd = true): number[] | undefined {
  const read = each(list).map((text) => ({ text, size: text.replace(/^[+-]/, '') }));
  if (read.some(({ size }) => oneOf(size, least, most) === undefined)) return undefined;
  if (!fromEnd && read.some(({ text }) => text.startsWith('-'))) return undefined;
  return read.map(({ text }) => Number(text));
}

/** The members of a list, each once: what was sent may hold the same a thousand times. */
const each = (list: string | undefined): string[] => (list === undefined ? [] : [...new Set(list.split(','))]);

function weekdaysOf(list: string | undefined): RecurrenceRule['weekdays'] | undefined {
  const read = each(list).map((text) => {
    const [, nth = '', name = ''] = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(text) ?? [];
    return { nth: Number(nth), weekday: WEEKDAYS.indexOf(name) };
  });
  return read.every(({ weekday, nth }) => weekday >= 0 && Math.abs(nth) <= 53) ? read : undefined;
}

function untilOf(text: string): RecurrenceRule['until'] | undefined {
  const [, year, month, day, hour, minute = '', second = '', utc = ''] = UNTIL.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // A day counts to its end, whatever the time of the start.
  if (hour === undefined) return { local: midnight + DAY - 1, isInstant: false };
  const local = midnight + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * 1_000;
  return { local, isInstant: utc !== '' };
}

/** Further apart than any two clocks, twice over. */
const MARGIN = 2 * DAY;

/**
 * The starts that a rule gives in a window, ascending; all are times on the clocks of the first start, in milliseconds as
 * if these showed UTC. Those a day around `until` may be too many where it is an instant: the caller knows the clocks. The first
 * start itself is among them only where the rule says so. Undefined where finding out takes more effort than is left.
 */
export function startsOf(
  rule: RecurrenceRule,
  first: number,
  { from, to }: Interval,
  effort: Effort,
): readonly number[] | undefined {
  const meant = withDefaults(rule, first);
  const last = Math.min(to, (rule.until?.local ?? Infinity) + (rule.until?.isInstant === true ? MARGIN : 0) + 1);
  const firstDay = floorTo(first, DAY);
  let counted = 0;
  const starts: number[] = [];
  // Where they are counted, they are so from the beginning.
  for (let index = rule.count === undefined ? periodBefore(meant, firstDay, from) : 0; ; index += 1) {
    const period = periodOf(meant, firstDay, index);
    if (period.from >= last) return starts;
    effort.left -= (period.to - period.from) / DAY;
    if (effort.left < 0) return undefined;
    for (const start of startsWithin(meant, period)) {
      if (start < first) continue;
      if (start >= last || counted === rule.count) return starts;
      counted += 1;
      effort.left -= 1;
      if (start >= from) starts.push(start);
    }
    if (counted === rule.count) return starts;
  }
}

/** What a rule leaves open it takes from the first start. */
function withDefaults(rule: RecurrenceRule, first: number): RecurrenceRule {
  const at = new Date(first);
  const { frequency, months, weeks, yearDays, monthDays, weekdays } = rule;
  const noDay = yearDays.length + monthDays.length + weekdays.length === 0;
  const sameWeekday = [{ weekday: at.getUTCDay(), nth: 0 }];
  const byDay = (): Partial<RecurrenceRule> => {
    if (!noDay || frequency === 'DAILY') return {};
    if (frequency === 'WEEKLY' || weeks.length > 0) return { weekdays: sameWeekday };
    const monthDay = { monthDays: [at.getUTCDate()] };
    return frequency === 'MONTHLY' || months.length > 0 ? monthDay : { ...monthDay, months: [at.getUTCMonth() + 1] };
  };
  return {
    ...rule,
    ...byDay(),
    hours: rule.hours.length > 0 ? rule.hours : [at.getUTCHours()],
    minutes: rule.minutes.length > 0 ? rule.minutes : [at.getUTCMinutes()],
    seconds: rule.seconds.length > 0 ? rule.seconds : [at.getUTCSeconds()],
  };
}

/** The n-th year, month, week or day of a rule, as whole days. */
function periodOf({ frequency, interval, weekStart }: RecurrenceRule, firstDay: number, index: number): Interval {
  const step = index * interval;
  const at = new Date(firstDay);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  switch (frequency) {
    case 'YEARLY':
      return { from: utc(year + step, 0), to: utc(year + step + 1, 0) };
    case 'MONTHLY':
      return { from: utc(year, month + step), to: utc(year, month + step + 1) };
    case 'WEEKLY': {
      const from = firstDay - ((weekdayOf(firstDay) - weekStart + 7) % 7) * DAY + step * 7 * DAY;
      return { from, to: from + 7 * DAY };
    }
    case 'DAILY':
      return { from: firstDay + step * DAY, to: firstDay + (step + 1) * DAY };
  }
}

/** The index of a period that begins before an instant, at most a few before the last one. */
function periodBefore(rule: RecurrenceRule, firstDay: number, instant: number): number {
  const length = { YEARLY: 366, MONTHLY: 31, WEEKLY: 7, DAILY: 1 }[rule.frequency] * rule.interval * DAY;
  return Math.max(0, Math.floor((instant - firstDay) / length) - 1);
}

/** Date.UTC, but for years before 100 too. */
const utc = (year: number, month: number): number => new Date(0).setUTCFullYear(year, month, 1);

function* startsWithin(rule: RecurrenceRule, period: Interval): Generator<number> {
  const { positions } = rule;
  if (positions.length === 0) {
    for (const day of daysWithin(rule, period)) yield* timesOf(rule, day);
    return;
  }
  const all = [...daysWithin(rule, period)].flatMap((day) => timesOf(rule, day));
  const chosen = positions.flatMap((position) => all.at(position > 0 ? position - 1 : position) ?? []);
  yield* [...new Set(chosen)].sort((a, b) => a - b);
}

function* daysWithin(rule: RecurrenceRule, { from, to }: Interval): Generator<number> {
  for (let day = from; day < to; day += DAY) if (isMeant(rule, day)) yield day;
}

const timesOf = ({ hours, minutes, seconds }: RecurrenceRule, day: number): number[] =>
  hours
    .flatMap((hour) =>
      minutes.flatMap((minute) => seconds.map((second) => day + hour * HOUR + minute * MINUTE + second * 1_000)),
    )
    .sort((a, b) => a - b);

/** What costs least is asked first: most days are meant by their weekday alone. */
function isMeant(rule: RecurrenceRule, day: number): boolean {
  const { months, weeks, yearDays, monthDays, weekdays } = rule;
  const weekday = weekdayOf(day);
  const named = weekdays.filter((each) => each.weekday === weekday);
  if (weekdays.length > 0 && named.length === 0) return false;
  if (months.length > 0 && !months.includes(new Date(day).getUTCMonth() + 1)) return false;
  if (monthDays.length > 0 && !isAmong(monthDays, day, monthOf(day))) return false;
  if (yearDays.length > 0 && !isAmong(yearDays, day, yearOf(day))) return false;
  if (weeks.length > 0 && !isInWeeks(rule, day)) return false;
  const isCounted = (rule.frequency === 'MONTHLY' || rule.frequency === 'YEARLY') && weeks.length === 0;
  if (!isCounted || named.length === 0 || named.some(({ nth }) => nth === 0)) return true;
  const counts = rule.frequency === 'MONTHLY' || months.length > 0 ? monthOf(day) : yearOf(day);
  return named.some(({ nth }) => isNth(nth, day, counts));
}

/** 0 for Sunday; 1 January 1970 was a Thursday. */
const weekdayOf = (day: number): number => (((day / DAY + 4) % 7) + 7) % 7;

function monthOf(day: number): Interval {
  const at = new Date(day);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return { from: utc(year, month), to: utc(year, month + 1) };
}

function yearOf(day: number): Interval {
  const year = new Date(day).getUTCFullYear();
  return { from: utc(year, 0), to: utc(year + 1, 0) };
}

/** Whether a day is one of those counted from the beginning or the end of a span. */
const isAmong = (counted: readonly number[], day: number, { from, to }: Interval): boolean =>
  counted.includes((day - from) / DAY + 1) || counted.includes((day - to) / DAY);

const isNth = (nth: number, day: number, { from, to }: Interval): boolean =>
  nth === (nth > 0 ? Math.floor((day - from) / (7 * DAY)) + 1 : -Math.floor((to - DAY - day) / (7 * DAY)) - 1);

/** The first week is the one that has four days or more of its year. */
function isInWeeks({ weeks, weekStart }: RecurrenceRule, day: number): boolean {
  const begin = day - ((weekdayOf(day) - weekStart + 7) % 7) * DAY;
  const year = new Date(begin + 3 * DAY).getUTCFullYear();
  const firstOf = (each: number): number => {
    const fourth = utc(each, 0) + 3 * DAY;
    return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7) * DAY;
  };
  const number = (begin - firstOf(year)) / (7 * DAY) + 1;
  const inYear = (firstOf(year + 1) - firstOf(year)) / (7 * DAY);
  return weeks.includes(number) || weeks.includes(number - inYear - 1);
}

const floorTo = (value: number, unit: number): number => Math.floor(value / unit) * unit;

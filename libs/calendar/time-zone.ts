import { indexAt, offsetsOf, type Offsets } from '../time/offsets.js';
import type { ExpectedComponent } from './proof.js';

/** A part of a VTIMEZONE: an offset and since when it holds, once or every year anew (RFC 5545 3.6.5). */
interface Observance {
  readonly name: 'STANDARD' | 'DAYLIGHT';
  /** Local time by the offset before, milliseconds as if the clocks showed UTC */
  readonly start: number;
  /** Milliseconds east of UTC, before and after */
  readonly before: number;
  readonly after: number;
  readonly yearly?: { readonly month: number; readonly nth: number; readonly weekday: string };
}

interface Change {
  readonly local: number;
  readonly before: number;
  readonly after: number;
  readonly name: 'STANDARD' | 'DAYLIGHT';
}

const DAY = 86_400_000;
const LONGEST_SUMMER = 300 * DAY;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
/** The beginning of an offset that has held for ever, as far as calendars care. */
const ALWAYS = Date.UTC(1970, 0, 1);

/**
 * VTIMEZONE of a zone, equal to the runtime's own zone data from `from` to `until`, as content lines and as what they
 * read back as. A change that comes every year on the nth weekday of a month until the end is one yearly rule with one
 * numbered BYDAY, which is all that Outlook understands; every other change stands by itself, without RDATE and UNTIL.
 */
export function timeZoneComponent(
  timeZone: string,
  from: Date,
  until: Date,
): { readonly lines: readonly string[]; readonly reads: ExpectedComponent } {
  const parts = observances(offsetsOf(timeZone), from.getTime(), until.getTime());
  return {
    lines: ['BEGIN:VTIMEZONE', `TZID:${timeZone}`, ...parts.flatMap(linesOf), 'END:VTIMEZONE'],
    reads: { name: 'vtimezone', properties: [['tzid', {}, timeZone]], components: parts.map(readsOf) },
  };
}

function observances(offsets: Offsets, from: number, until: number): Observance[] {
  // A year more on both sides shows which changes are yearly.
  const first = Math.max(indexAt(offsets, Math.max(ALWAYS, from - 366 * DAY)), 0);
  const last = indexAt(offsets, until + 366 * DAY);
  const changes = Array.from({ length: last - first + 1 }, (_, index) => changeAt(offsets, first + index));
  const found: Observance[] = [];
  const taken = new Set<Change>();
  for (const [index, change] of changes.entries()) {
    if (taken.has(change)) continue;
    const run = yearlyRun(changes.slice(index), until);
    for (const each of run?.changes ?? [change]) taken.add(each);
    const { local: start, before, after, name } = change;
    if (run) found.push({ name, start, before, after, yearly: run.yearly });
    // When and from what the clocks came to what they show at the beginning is history.
    else if (index === 0) found.push({ name: 'STANDARD', start: ALWAYS, before: after, after });
    else found.push({ name, start, before, after });
  }
  return found.some(({ name }) => name === 'STANDARD') ? found : [standardBefore(found), ...found];
}

/** The change at an index of the table; of the first, where nothing came before, a beginning without a change. */
function changeAt({ from, offset }: Offsets, index: number): Change {
  const [at = -Infinity, next = Infinity] = [from[index], from[index + 1]];
  const after = offset[index] ?? 0;
  const before = offset[index - 1] ?? after;
  const back = offset[index + 1] ?? after;
  const summer = after > before && after > back && next - at < LONGEST_SUMMER;
  return { local: at === -Infinity ? ALWAYS : at + before, before, after, name: summer ? 'DAYLIGHT' : 'STANDARD' };
}

/** The first of `changes` and those that follow it every year by one rule, if there are any and they go on to the end. */
function yearlyRun(
  changes: readonly Change[],
  until: number,
): { readonly changes: readonly Change[]; readonly yearly: NonNullable<Observance['yearly']> } | undefined {
  const [first] = changes;
  if (!first || first.local === ALWAYS) return undefined;
  const begin = new Date(first.local);
  const month = begin.getUTCMonth();
  const same = changes.filter(
    ({ local, before, after }) =>
      before === first.before &&
      after === first.after &&
      local % DAY === first.local % DAY &&
      new Date(local).getUTCMonth() === month &&
      new Date(local).getUTCDay() === begin.getUTCDay(),
  );
  const years = same.map(({ local }) => new Date(local).getUTCFullYear());
  const endYear = new Date(until).getUTCFullYear();
  const everyYear = years.every((year, index) => year === begin.getUTCFullYear() + index);
  if (same.length < 2 || !everyYear || (years.at(-1) ?? 0) < endYear) return undefined;
  const nth = [-1, 1, 2, 3, 4].find((each) => same.every(({ local }) => isNth(local, each)));
  if (nth === undefined) return undefined;
  return { changes: same, yearly: { month: month + 1, nth, weekday: WEEKDAYS[begin.getUTCDay()] ?? 'SU' } };
}

function isNth(local: number, nth: number): boolean {
  const date = new Date(local);
  const inMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return nth === -1 ? date.getUTCDate() + 7 > inMonth : Math.ceil(date.getUTCDate() / 7) === nth;
}

/** There must be a STANDARD (MS-STANXICAL): where only a summer is in sight, the time before it. */
const standardBefore = ([first]: readonly Observance[]): Observance => ({
  name: 'STANDARD',
  start: ALWAYS,
  before: first?.before ?? 0,
  after: first?.before ?? 0,
});

const linesOf = ({ name, start, before, after, yearly }: Observance): string[] => [
  `BEGIN:${name}`,
  `DTSTART:${localStamp(start)}`,
  `TZOFFSETFROM:${offsetText(before, '')}`,
  `TZOFFSETTO:${offsetText(after, '')}`,
  ...(yearly ? [`RRULE:FREQ=YEARLY;BYMONTH=${String(yearly.month)};BYDAY=${byDay(yearly)}`] : []),
  `END:${name}`,
];

const readsOf = ({ name, start, before, after, yearly }: Observance): ExpectedComponent => ({
  name: name.toLowerCase(),
  properties: [
    ['dtstart', {}, jcalLocal(start)],
    ['tzoffsetfrom', {}, offsetText(before, ':')],
    ['tzoffsetto', {}, offsetText(after, ':')],
    ...(yearly
      ? [['rrule', {}, JSON.stringify({ freq: 'YEARLY', bymonth: yearly.month, byday: byDay(yearly) })] as const]
      : []),
  ],
});

const byDay = ({ nth, weekday }: NonNullable<Observance['yearly']>): string => `${String(nth)}${weekday}`;

/** `20270328T020000` of a local time. */
export const localStamp = (local: number): string => jcalLocal(local).replace(/[-:]/g, '');

/** `2027-03-28T02:00:00`, as jCal has it. */
export const jcalLocal = (local: number): string => new Date(local).toISOString().slice(0, 19);

/** `+0100`, `-004430` */
function offsetText(milliseconds: number, separator: string): string {
  const seconds = Math.abs(milliseconds) / 1_000;
  const parts = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts;
  return (milliseconds < 0 ? '-' : '+') + shown.map((part) => String(part).padStart(2, '0')).join(separator);
}

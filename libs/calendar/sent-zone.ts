import { DAY, HOUR, MINUTE } from '../time/clock.js';
import { offsetsOf, type Offsets } from '../time/offsets.js';
import type { Interval } from '../time/slots.js';
import { windowsZone } from '../time/windows-zones.js';
import { property, type SentComponent } from './reader.js';
import { readRule, startsOf, type Effort, type RecurrenceRule } from './recurrence-rule.js';
import { readTimes } from './sent-time.js';

/** The years that clocks are known of. */
const FIRST = Date.UTC(1970, 0, 3);
const LAST = Date.UTC(2199, 0, 1);

/** Whether anything is known of a clock at this time, in milliseconds since 1970. */
export const isOnTheClocks = (local: number): boolean => local > FIRST && local < LAST;

/** The zones that calendars describe themselves, by their TZID. */
export const describedZones = (calendars: readonly SentComponent[]): ReadonlyMap<string, SentComponent> =>
  new Map(
    calendars
      .flatMap(({ components }) => components.filter(({ name }) => name === 'VTIMEZONE'))
      .map((zone) => [property(zone, 'TZID')?.value.trim() ?? '', zone]),
  );

/**
 * The clocks that a TZID means: by our own zone data where it names a zone, also behind a prefix (`/example.org/Europe/Berlin`),
 * else as the calendar itself describes them, else by a name that Windows has for a zone. Undefined where none of these
 * is there, or the description cannot be followed.
 */
export function offsetsFor(
  name: string,
  described: SentComponent | undefined,
  window: Interval,
  effort: Effort,
): Offsets | undefined {
  const parts = name.split('/');
  for (const count of [3, 2, 1]) {
    const known = knownZone(parts.slice(-count).join('/'));
    if (known !== undefined) return offsetsOf(known);
  }
  if (described) return describedOffsets(name, described, window, effort);
  const known = windowsZone(name);
  return known === undefined ? undefined : offsetsOf(known);
}

/** A zone by the spelling that the runtime gives it, so that no table is made twice; older names count too. */
function knownZone(name: string): string | undefined {
  if (!/^[A-Za-z][\w+-]{0,30}(?:\/[\w+-]{1,30}){0,2}$/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

interface Onset {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** A rule of clocks comes round within a year; the last time before the window is what holds at its beginning. */
const ROUND = 400 * DAY;

function describedOffsets(
  timeZone: string,
  { components }: SentComponent,
  window: Interval,
  effort: Effort,
): Offsets | undefined {
  const onsets: Onset[] = [];
  for (const part of components) {
    if (part.name !== 'STANDARD' && part.name !== 'DAYLIGHT') continue;
    const [start] = readTimes(property(part, 'DTSTART'));
    const before = offsetOf(property(part, 'TZOFFSETFROM')?.value);
    const after = offsetOf(property(part, 'TZOFFSETTO')?.value);
    if (!start || before === undefined || after === undefined) return undefined;
    const locals = localOnsets(part, start.local, window, effort);
    if (!locals) return undefined;
    onsets.push(...locals.map((local) => ({ at: local - before, before, after })));
  }
  onsets.sort((a, b) => a.at - b.at);
  const [first] = onsets;
  if (!first) return undefined;
  return {
    timeZone,
    from: [-Infinity, ...onsets.map(({ at }) => at)],
    offset: [first.before, ...onsets.map(({ after }) => after)],
  };
}

function localOnsets(
  part: SentComponent,
  first: number,
  window: Interval,
  effort: Effort,
): readonly number[] | undefined {
  const locals = [first];
  for (const sent of part.properties) {
    if (sent.name === 'RDATE') locals.push(...readTimes(sent).map(({ local }) => local));
    if (sent.name !== 'RRULE') continue;
    const rule = readRule(sent.value);
    const starts = rule.ok ? startsOf(rule.value, first, around(rule.value, window), effort) : undefined;
    if (!starts) return undefined;
    locals.push(...starts);
  }
  return locals;
}

/** Where to look for onsets: before the window too, and before the end of a rule that has ended. */
function around({ until }: RecurrenceRule, { from, to }: Interval): Interval {
  return { from: Math.min(from, until?.local ?? Infinity) - ROUND, to: to + DAY };
}

/** `+0100`, `-004430` */
function offsetOf(text: string | undefined): number | undefined {
  const [, sign, hours = '', minutes = '', seconds = '0'] =
    /^([+-])(\d\d)(\d\d)(\d\d)?$/.exec(text?.trim() ?? '') ?? [];
  if (sign === undefined) return undefined;
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1_000;
  return sign === '-' ? -size : size;
}

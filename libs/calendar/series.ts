import { MINUTE, plus } from '../time/clock.js';
import { occurrenceInstants, type Recurrence } from '../time/recurrence.js';
import { presentName } from '../time/zones.js';
import { jcalUtc, utc } from './content-lines.js';
import { eventParts, type EventParts, type EventText, type GuestMethod, type Method, type Rule } from './event.js';
import { buildTemplate, type CalendarText, type InviteTemplate, type TemplateEvent } from './invite.js';
import { timeZoneComponent } from './time-zone.js';

/** An occurrence that is not as the series' rule has it: moved, renamed, elsewhere. */
export interface ChangedOccurrence
  extends
    Pick<EventText, 'start' | 'end' | 'summary' | 'description' | 'location' | 'url' | 'conference'>,
    Partial<Pick<EventText, 'status'>> {
  /** The start that the rule gives it: its RECURRENCE-ID, whatever becomes of it. */
  readonly original: Date;
}

/** A series and what became of single occurrences, as everyone who takes part in all of it sees it. */
export interface SeriesText extends Omit<EventText, 'start' | 'end'> {
  readonly method: GuestMethod;
  readonly recurrence: Recurrence;
  readonly durationMinutes: number;
  /** Original starts of occurrences that are cancelled, or that the guests of this template are not at. */
  readonly without: readonly Date[];
  readonly changed: readonly ChangedOccurrence[];
}

/**
 * Builds the invitation to a series once: RRULE with EXDATE for what is not, and a VEVENT with RECURRENCE-ID for each
 * changed occurrence, all on the clocks of the series' zone, whose VTIMEZONE comes with it (RFC 5545 3.8.5, RFC 5546
 * 3.2.2). Throws a RangeError for what cannot be written safely, among it an original start that is none of the rule's.
 */
export function seriesTemplate(series: SeriesText, slots: readonly string[]): InviteTemplate {
  const { method } = series;
  const { parts, changed, zone, from, until } = seriesEvents(method, series, slots);
  return buildTemplate(method, [{ parts }, ...changed], slots, timeZoneComponent(zone, from, until));
}

/**
 * One occurrence alone: the invitation of someone who comes to no other, or its cancellation for those who come to all
 * (RFC 5546 3.2.5). `text` says when it is now, `original` when the rule has it.
 */
export function occurrenceTemplate(
  text: CalendarText,
  recurrence: Recurrence,
  original: Date,
  slots: readonly string[],
): InviteTemplate {
  mustBeOf(occurrenceInstants(recurrence), [original]);
  const zone = presentName(recurrence.timeZone);
  const parts = eventParts(text.method, text, { zone, original }, slots);
  const [from, until] = span([original, text.start], [text.end]);
  const occurrence = original.toISOString();
  return buildTemplate(text.method, [{ parts, occurrence }], slots, timeZoneComponent(zone, from, until));
}

interface SeriesEvents {
  readonly parts: EventParts;
  readonly changed: readonly Required<TemplateEvent>[];
  readonly zone: string;
  readonly from: Date;
  readonly until: Date;
}

/** The events of a series, its zone, and the period in which that is used: for invitations and feeds alike. */
export function seriesEvents(
  method: Method,
  { recurrence, durationMinutes, without, changed, ...text }: Omit<SeriesText, 'method'>,
  slots: readonly string[],
): SeriesEvents {
  const starts = occurrenceInstants(recurrence);
  const [first, final] = [starts[0], starts.at(-1)];
  if (first === undefined || final === undefined) throw new RangeError('a series has occurrences');
  const [start, last] = [new Date(first), new Date(final)];
  mustBeOf(starts, [...without, ...changed.map(({ original }) => original)]);
  if (new Set(without.map(Number)).size === starts.length) throw new RangeError('nothing is left of the series');
  const zone = presentName(recurrence.timeZone);
  const end = plus(start, durationMinutes * MINUTE);
  // A CANCEL without RECURRENCE-ID is of the whole series, whatever became of single occurrences.
  const shown = method === 'CANCEL' ? [] : changed;
  const time = { zone, rule: ruleOf(recurrence, last), without: method === 'CANCEL' ? [] : without };
  const [from, until] = span(
    [start, ...shown.flatMap((each) => [each.original, each.start])],
    [plus(last, durationMinutes * MINUTE), ...shown.map((each) => each.end)],
  );
  return {
    parts: eventParts(method, { ...text, start, end }, time, slots),
    changed: shown.map(({ original, ...own }) => ({
      parts: eventParts(method, { ...text, ...own }, { zone, original }, slots),
      occurrence: original.toISOString(),
    })),
    ...{ zone, from, until },
  };
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;

/** RRULE with COUNT or else UNTIL, which is the last start in UTC (RFC 5545 3.3.10). */
function ruleOf({ date, repeats, ends }: Recurrence, last: Date): Rule {
  const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? 'SU';
  const monthly = repeats.frequency === 'monthly';
  const interval = repeats.frequency === 'fortnightly' ? { interval: 2 } : {};
  const byday = monthly ? `${String(repeats.nth)}${weekday}` : weekday;
  const freq = monthly ? 'MONTHLY' : 'WEEKLY';
  const count = 'count' in ends ? { count: ends.count } : {};
  const written = [
    `FREQ=${freq}`,
    ...Object.entries({ ...interval, ...count }).map(([name, value]) => `${name.toUpperCase()}=${String(value)}`),
    ...('count' in ends ? [] : [`UNTIL=${utc(last)}`]),
    `BYDAY=${byday}`,
  ];
  const until = 'count' in ends ? {} : { until: jcalUtc(last) };
  return {
    line: `RRULE:${written.join(';')}`,
    reads: JSON.stringify({ freq, ...interval, ...count, ...until, byday }),
  };
}

function mustBeOf(starts: readonly number[], originals: readonly Date[]): void {
  const known = new Set(starts);
  if (!originals.every((original) => known.has(original.getTime()))) {
    throw new RangeError('not a start of the series');
  }
}

const span = (starts: readonly Date[], ends: readonly Date[]): readonly [Date, Date] => [
  new Date(Math.min(...starts.map(Number))),
  new Date(Math.max(...ends.map(Number), ...starts.map(Number))),
];

import type { BusyRefusal } from '../../../libs/calendar/busy-times.js';
import type { FetchRefusal } from '../../../libs/outside/safe-fetch.js';
import { accept, type Accepted } from '../../../libs/rules/decision.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { DAY, HOUR, MINUTE, plus } from '../../../libs/time/clock.js';
import type { Interval } from '../../../libs/time/slots.js';
import type { HostCalendarEvent } from './host-calendars.events.js';

/** Why a calendar could not be read. */
export type Trouble = FetchRefusal | BusyRefusal;

/**
 * A host's own calendar, elsewhere: where it is and when they are busy, both sealed. What else is in it is never kept.
 * Once it was read, its times hold until a later reading; a calendar that cannot be read keeps what was last known.
 */
export interface HostCalendar {
  readonly id: Id;
  readonly contact: Id;
  /** The address, and what its server said of the last answer, sealed. */
  readonly source: Uint8Array;
  /** On whose clocks times without a zone are read: that of the office hours with which it was saved. */
  readonly timeZone: string;
  readonly savedAt: Date;
  /** Busy times, sealed; null before the first reading. */
  readonly busy: Uint8Array | null;
  /** When what is known was last found to hold … */
  readonly readAt: Date | null;
  /** … and when it was last read as a whole. */
  readonly readWholeAt: Date | null;
  /** What the last reading failed by, since when it has failed, and whether its host was told; null when all is well. */
  readonly trouble: {
    readonly kind: Trouble;
    readonly since: Date;
    readonly times: number;
    readonly told?: boolean;
  } | null;
  /** Counts what was asked for: a timer with another number does nothing, so that there is one at a time. */
  readonly reading: number;
}

/** Minutes between two readings of a calendar that can be read. */
const EVERY_MINUTES = 15;
/** Minutes by which readings are spread, so that those of many hosts do not come at once. */
const SPREAD_MINUTES = 4;
/** Hours between two tries at one that has failed for long; each wait is twice the one before. */
const MOST_HOURS = 4;
/** Days after which a calendar is read as a whole although its server says that it is the same: time goes on. */
const WHOLE_EVERY_DAYS = 7;
/** Days ahead for which busy times are kept: the longest horizon of office hours, and until it is read as a whole. */
const READ_DAYS = 190;
/** Hours without a reading after which its host is told. */
const STALE_HOURS = 24;

type Outcome = Accepted<HostCalendar, HostCalendarEvent>;

/** A calendar whose address was just given. */
export const add = (given: Pick<HostCalendar, 'id' | 'contact' | 'source' | 'timeZone'>, now: Date): Outcome =>
  readNow({ ...given, savedAt: now, busy: null, readAt: null, readWholeAt: null, trouble: null, reading: 0 });

/** Another address: what was known of the former one holds until it is read. */
export const replace = (
  calendar: HostCalendar,
  { source, timeZone }: Pick<HostCalendar, 'source' | 'timeZone'>,
  now: Date,
): Outcome => readNow({ ...calendar, source, timeZone, savedAt: now, readAt: null, readWholeAt: null, trouble: null });

/** Its host does not want to wait. */
export const readAgain = (calendar: HostCalendar): Outcome => readNow(calendar);

const readNow = (calendar: HostCalendar): Outcome => {
  const reading = calendar.reading + 1;
  return accept<HostCalendar, HostCalendarEvent>(
    { ...calendar, reading },
    { type: 'host-calendar.read-due', data: { reading } },
  );
};

/** What a reading brought. */
export type Reading =
  | { readonly kind: 'read'; readonly busy: Uint8Array; readonly source: Uint8Array }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

/** Takes what a reading brought, and says when the next one is due. One that was not asked for any more does nothing. */
export function take(calendar: HostCalendar, reading: number, brought: Reading, now: Date): Outcome {
  if (calendar.reading !== reading) return accept<HostCalendar, HostCalendarEvent>(calendar);
  const next = { ...afterReading(calendar, brought, now), reading: reading + 1 };
  const { trouble } = next;
  const isDue: HostCalendarEvent = {
    type: 'host-calendar.read-due',
    data: { reading: next.reading },
    dueAt: plus(now, waitBefore(next)),
  };
  if (!trouble || trouble.told === true || plus(trouble.since, STALE_HOURS * HOUR) > now) return accept(next, isDue);
  return accept<HostCalendar, HostCalendarEvent>({ ...next, trouble: { ...trouble, told: true } }, isDue, {
    type: 'host-calendar.fails',
    data: { since: trouble.since },
  });
}

function afterReading(calendar: HostCalendar, brought: Reading, now: Date): HostCalendar {
  const { trouble } = calendar;
  switch (brought.kind) {
    case 'read':
      return {
        ...calendar,
        busy: brought.busy,
        source: brought.source,
        readAt: now,
        readWholeAt: now,
        trouble: null,
      };
    case 'unchanged':
      return { ...calendar, readAt: now, trouble: null };
    case 'failed':
      return {
        ...calendar,
        trouble: { since: now, ...trouble, kind: brought.trouble, times: (trouble?.times ?? 0) + 1 },
      };
  }
}

function waitBefore({ id, reading, trouble }: HostCalendar): number {
  const minutes = Math.min(EVERY_MINUTES * 2 ** ((trouble?.times ?? 1) - 1), MOST_HOURS * 60);
  // The same on every process and another for each calendar and time; it needs no secret.
  const number = Buffer.from(`${id}${String(reading)}`).reduce((sum, byte) => (sum * 31 + byte) % 9_973, 7);
  return minutes * MINUTE + Math.round((number / 9_973 - 0.5) * SPREAD_MINUTES * MINUTE);
}

/** Whether the server may say that nothing changed. */
export const mayBeUnchanged = ({ busy, readWholeAt }: HostCalendar, now: Date): boolean =>
  busy !== null && readWholeAt !== null && plus(readWholeAt, WHOLE_EVERY_DAYS * DAY) > now;

/** What of a calendar is looked at: from yesterday on, as days begin elsewhere, to the furthest horizon. */
export const windowOf = (now: Date): Interval => ({
  from: plus(now, -DAY).getTime(),
  to: plus(now, READ_DAYS * DAY).getTime(),
});

/** Whether nothing is known that is newer than a day. */
export const isStale = ({ readAt, savedAt }: HostCalendar, now: Date): boolean =>
  plus(readAt ?? savedAt, STALE_HOURS * HOUR) < now;

export type Standing =
  /** The first reading of this address is under way. */
  | 'waiting'
  | 'read'
  /** The last readings failed; what was known still holds. */
  | 'failing'
  /** They failed, and nothing was ever known. */
  | 'unknown';

export function standingOf({ readAt, trouble, busy }: HostCalendar): Standing {
  if (!trouble) return readAt ? 'read' : 'waiting';
  return busy ? 'failing' : 'unknown';
}

/** Minutes since 1970, two numbers of four bytes for each interval; filled up, so that the length tells little. */
const STEP = 512;

export function writeBusy(intervals: readonly Interval[]): Buffer {
  const bytes = Buffer.alloc((Math.floor((intervals.length * 8) / STEP) + 1) * STEP);
  for (const [index, { from, to }] of intervals.entries()) {
    bytes.writeUInt32BE(from / MINUTE, index * 8);
    bytes.writeUInt32BE(to / MINUTE, index * 8 + 4);
  }
  return bytes;
}

export function readBusy(bytes: Buffer): readonly Interval[] {
  const intervals: Interval[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const to = bytes.readUInt32BE(at + 4) * MINUTE;
    if (to === 0) break;
    intervals.push({ from: bytes.readUInt32BE(at) * MINUTE, to });
  }
  return intervals;
}

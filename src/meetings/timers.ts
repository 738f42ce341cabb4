import { DAY, latest, MINUTE, plus } from '../../libs/time/clock.js';
import { takingPlace, type Occurrence, type Series } from '../invitations/series.js';
import type { MeetingEvent } from './meetings.events.js';

/** What the timers of a meeting come from. */
export interface Timed {
  readonly moves: number;
  readonly start: Date;
  readonly end: Date;
  readonly reminders: readonly number[];
  readonly series?: Series;
  /** How many occurrences of a series have got their timers. */
  readonly timed?: number;
}

/** Invitations and deliveries are forgotten this long after the end. */
export const FORGET_DAYS = 30;

/**
 * Occurrences ahead that have their timers: each that ends brings those of the next, so that no document holds the
 * reminders of years. Five weeks hold the earliest reminder there can be.
 */
const WINDOW = 5;

/** The end of a meeting, or of the last occurrence of a series that takes place. */
export function lastEnd({ series, end }: Pick<Timed, 'series' | 'end'>): Date {
  const [first, ...others] = series ? takingPlace(series).map((each) => each.end) : [];
  return first ? latest(first, ...others) : end;
}

/** All timers of a meeting. A moved one gets new timers; the old ones see other `moves` and do nothing. */
export const timers = (meeting: Timed, now: Date): MeetingEvent[] => [
  ...spansOf(meeting).flatMap((span) => [...remindersOf(span, now, meeting.reminders), ended(span)]),
  forgotten(meeting),
];

/** Those of one occurrence that was moved, if its turn has come; its end may be the last now. */
export const timersOfOccurrence = (meeting: Timed, original: Date, now: Date): MeetingEvent[] => [
  ...spansOf(meeting)
    .filter(({ occurrence }) => occurrence?.getTime() === original.getTime())
    .flatMap((span) => [...remindersOf(span, now, meeting.reminders), ended(span)]),
  forgotten(meeting),
];

/** Reminders at offsets that were added. */
export const addedReminders = (meeting: Timed, now: Date, offsets: readonly number[]): MeetingEvent[] =>
  spansOf(meeting).flatMap((span) => remindersOf(span, now, offsets));

/** How far timers reach at this moment, and those that are to be made for it. */
export function timersToCome(meeting: Timed, now: Date): { readonly timed: number; readonly events: MeetingEvent[] } {
  const { series, timed = 0 } = meeting;
  if (!series) return { timed, events: [] };
  const ahead = takingPlace(series).filter(({ end }) => end > now);
  const next = Math.max(timed, (ahead.slice(0, WINDOW).at(-1)?.index ?? -1) + 1);
  const fresh = ahead.filter(({ index }) => index >= timed && index < next).map(spanOf);
  return { timed: next, events: fresh.flatMap((span) => [...remindersOf(span, now, meeting.reminders), ended(span)]) };
}

interface Span {
  readonly start: Date;
  readonly end: Date;
  readonly moves: number;
  readonly occurrence?: Date;
}

const spanOf = ({ start, end, at, original }: Occurrence): Span => ({
  start,
  end,
  moves: at.moves,
  occurrence: original,
});

const spansOf = ({ series, timed = 0, start, end, moves }: Timed): readonly Span[] =>
  series
    ? takingPlace(series)
        .filter(({ index }) => index < timed)
        .map(spanOf)
    : [{ start, end, moves }];

const ended = ({ end, moves, occurrence }: Span): MeetingEvent => ({
  type: 'meeting.ended',
  data: { moves, ...(occurrence && { occurrence }) },
  dueAt: end,
});

/** Of several that a changing series has brought, the one of the present `moves` counts. */
export const forgotten = (meeting: Timed): MeetingEvent => ({
  type: 'meeting.forgotten',
  data: { moves: meeting.moves },
  dueAt: plus(lastEnd(meeting), FORGET_DAYS * DAY),
});

/** Offsets that are past already are not made. */
const remindersOf = ({ start, moves, occurrence }: Span, now: Date, offsets: readonly number[]): MeetingEvent[] =>
  offsets
    .map((minutes) => ({ minutes, dueAt: plus(start, -minutes * MINUTE) }))
    .filter(({ dueAt }) => dueAt > now)
    .map(({ minutes, dueAt }) => ({
      type: 'meeting.reminder-due',
      data: { minutes, moves, ...(occurrence && { occurrence }) },
      dueAt,
    }));

import { accept, refuse, type Decision } from '../../libs/rules/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { latest, MINUTE, plus } from '../../libs/time/clock.js';
import { recurrenceProblem, type Recurrence } from '../../libs/time/recurrence.js';
import { occurrencesOf, presentOccurrence, type Series } from '../invitations/series.js';
import type { MeetingEvent } from './meetings.events.js';
import { addedReminders, lastEnd, timers, timersToCome } from './timers.js';

/** When a meeting is: instants, and the zone in which people agreed on it. */
export interface MeetingTime {
  readonly start: Date;
  readonly end: Date;
  readonly timeZone: string;
}

/** What a coordinator may change without moving the meeting. */
export interface MeetingDetails {
  readonly title: string;
  readonly description: string;
  /** Spoken in the meeting; they do not narrow who is invited. */
  readonly languages: readonly string[];
  /** The room's address, sealed: only the join page opens it, at its time. */
  readonly room: Uint8Array;
  readonly dialIn: string;
  /** How many acceptances there may be; null: as many as wish. */
  readonly capacity: number | null;
  /** Minutes before the start at which guests are reminded. */
  readonly reminders: readonly number[];
}

export interface Meeting extends MeetingDetails, MeetingTime {
  readonly id: Id;
  readonly status: 'draft' | 'announced' | 'cancelled';
  /** everyone, or the id of a region or of a pair. */
  readonly audience: string;
  /** The contact of whoever hosts it. */
  readonly host: Id;
  /** Whether someone has seen who gets what, as the draft stands now; only then it is announced. */
  readonly dryRun: boolean;
  /** +1 at every saved change. */
  readonly revision: number;
  /** iCalendar SEQUENCE without the guests' own shift (RFC 5546 2.1.4). */
  readonly sequence: number;
  /** +1 when the time changes: an answer belongs to the moves it was given to. */
  readonly moves: number;
  /**
   * When anything that may be seen of it last changed. It rises by a full second at least, as calendars compare no
   * finer (RFC 5546 2.1.5).
   */
  readonly changedAt: Date;
  readonly cancelReason: string;
  /** From this secret come the markers that count someone once; destroyed when the meeting is closed. */
  readonly secret: Uint8Array | null;
  /** Of a meeting that repeats; `start` and `end` are then those of the occurrence that runs or comes next. */
  readonly series?: Series;
  /** How many occurrences of a series have got their timers. */
  readonly timed?: number;
}

export type NewMeeting = MeetingDetails &
  MeetingTime &
  Pick<Meeting, 'id' | 'audience' | 'host' | 'secret'> & { readonly recurrence?: Recurrence };

export type MeetingDecision<Refusal extends string> = Decision<Meeting, MeetingEvent, Refusal>;

/** `not-a-series`: it cannot repeat as was wished. */
export function draft(
  { recurrence, ...given }: NewMeeting,
  now: Date,
): MeetingDecision<'in-the-past' | 'ends-before-it-starts' | 'not-a-series'> {
  if (given.end <= given.start) return refuse('ends-before-it-starts');
  if (given.start < now) return refuse('in-the-past');
  if (recurrence && recurrenceProblem(recurrence) !== undefined) return refuse('not-a-series');
  const minutes = (given.end.getTime() - given.start.getTime()) / MINUTE;
  return accept<Meeting, MeetingEvent>({
    ...given,
    ...(recurrence && { series: beginning(newSeries(recurrence, minutes), given), timed: 0 }),
    status: 'draft',
    dryRun: false,
    revision: 0,
    sequence: 0,
    moves: 0,
    changedAt: now,
    cancelReason: '',
  });
}

/** Where clocks show the first start twice and the later one is meant, that occurrence alone is later than the rule has it. */
function beginning(series: Series, { start, end }: MeetingTime): Series {
  const [first] = occurrencesOf(series);
  if (!first || first.original.getTime() === start.getTime()) return series;
  return { ...series, changes: [{ original: first.original, at: series.at, cancelled: null, start, end }] };
}

export const newSeries = (recurrence: Recurrence, minutes: number): Series => ({
  recurrence,
  minutes,
  changes: [],
  at: { revision: 0, sequence: 0, moves: 0 },
  endsBefore: null,
  endReason: '',
});

/** Notes that a dry run was looked at. Any change of the draft asks for another. */
export function tryOut(meeting: Meeting, now: Date): MeetingDecision<'not-a-draft' | 'in-the-past'> {
  if (meeting.status !== 'draft') return refuse('not-a-draft');
  if (meeting.start < now) return refuse('in-the-past');
  return accept<Meeting, MeetingEvent>(meeting.dryRun ? meeting : { ...meeting, dryRun: true });
}

/** Announces a draft after its dry run: from now on every change reaches the guests. */
export function announce(meeting: Meeting, now: Date): MeetingDecision<'not-a-draft' | 'in-the-past' | 'no-dry-run'> {
  if (meeting.status !== 'draft') return refuse('not-a-draft');
  if (meeting.start < now) return refuse('in-the-past');
  if (!meeting.dryRun) return refuse('no-dry-run');
  const announced: Meeting = {
    ...meeting,
    status: 'announced',
    revision: meeting.revision + 1,
    changedAt: changeTime(meeting, now),
  };
  return accept<Meeting, MeetingEvent>(
    withTimers(announced, now),
    { type: 'meeting.announced', data: { revision: announced.revision } },
    ...timers(withTimers(announced, now), now),
  );
}

/**
 * Changes text, room, capacity or reminders. A new room or number to call raises SEQUENCE, as Thunderbird takes a
 * changed place for a changed meeting; other texts do not.
 * @param editWindow milliseconds in which several edits go out as one update
 */
export function edit(
  meeting: Meeting,
  changes: MeetingDetails,
  now: Date,
  editWindow: number,
): MeetingDecision<'cancelled' | 'over'> {
  const closed = closedBecause(meeting, now);
  if (closed) return refuse(closed);
  const shown = !sameText(meeting, changes);
  const moved = !samePlace(meeting, changes);
  if (!shown && !moved && meeting.capacity === changes.capacity && sameList(meeting.reminders, changes.reminders)) {
    return accept<Meeting, MeetingEvent>(meeting);
  }
  if (meeting.status === 'draft') {
    return accept<Meeting, MeetingEvent>({ ...meeting, ...changes, dryRun: false, changedAt: now });
  }
  const edited: Meeting = {
    ...meeting,
    ...changes,
    revision: meeting.revision + 1,
    sequence: meeting.sequence + (moved ? 1 : 0),
    changedAt: changeTime(meeting, now),
  };
  const added = edited.reminders.filter((minutes) => !meeting.reminders.includes(minutes));
  return accept<Meeting, MeetingEvent>(
    shown || moved ? marked(edited) : edited,
    // Capacity and reminders are not part of the invitation: nobody is told.
    ...(shown || moved ? [changed(edited, now, editWindow)] : []),
    ...addedReminders(edited, now, added),
  );
}

/** Moves a meeting; its length and zone stay. Everyone who answered is asked again. */
export function move(
  meeting: Meeting,
  start: Date,
  now: Date,
  editWindow: number,
): MeetingDecision<'cancelled' | 'over' | 'in-the-past' | 'same-time'> {
  const closed = closedBecause(meeting, now);
  if (closed) return refuse(closed);
  if (start < now) return refuse('in-the-past');
  if (start.getTime() === meeting.start.getTime()) return refuse('same-time');
  const end = plus(start, meeting.end.getTime() - meeting.start.getTime());
  if (meeting.status === 'draft')
    return accept<Meeting, MeetingEvent>({ ...meeting, start, end, dryRun: false, changedAt: now });
  const moved: Meeting = {
    ...meeting,
    start,
    end,
    revision: meeting.revision + 1,
    sequence: meeting.sequence + 1,
    moves: meeting.moves + 1,
    changedAt: changeTime(meeting, now),
  };
  return accept<Meeting, MeetingEvent>(moved, changed(moved, now, editWindow), ...timers(moved, now));
}

/** Cancels an announced meeting. A move that still waits is swallowed: guests get one CANCEL (RFC 5546 3.2.5). */
export function cancel(meeting: Meeting, reason: string, now: Date): MeetingDecision<'not-announced' | 'over'> {
  if (meeting.status !== 'announced') return refuse('not-announced');
  if (lastEnd(meeting) <= now) return refuse('over');
  const cancelled: Meeting = {
    ...meeting,
    status: 'cancelled',
    cancelReason: reason,
    revision: meeting.revision + 1,
    sequence: meeting.sequence + 1,
    changedAt: changeTime(meeting, now),
  };
  return accept<Meeting, MeetingEvent>(marked(cancelled), {
    type: 'meeting.cancelled',
    data: { revision: cancelled.revision },
  });
}

/** Throws a draft away; nobody has heard of it. */
export function discard(meeting: Meeting): Decision<Meeting | undefined, MeetingEvent, 'not-a-draft'> {
  return meeting.status === 'draft' ? accept<Meeting | undefined, MeetingEvent>(undefined) : refuse('not-a-draft');
}

/** The meeting as it stands at a moment: a series with the times of the occurrence that runs or comes next. */
export function presentMeeting(meeting: Meeting, now: Date): Meeting {
  const occurrence = meeting.series && presentOccurrence(meeting.series, now);
  return occurrence ? { ...meeting, start: occurrence.start, end: occurrence.end } : meeting;
}

/** After an occurrence the next ones get their timers. */
export function windOn(meeting: Meeting, now: Date): Decision<Meeting, MeetingEvent, never> {
  if (!meeting.series || meeting.status !== 'announced') return accept<Meeting, MeetingEvent>(meeting);
  const { timed, events } = timersToCome(meeting, now);
  const { start, end } = presentMeeting(meeting, now);
  const same = timed === meeting.timed && start.getTime() === meeting.start.getTime();
  return same
    ? accept<Meeting, MeetingEvent>(meeting)
    : accept<Meeting, MeetingEvent>({ ...meeting, start, end, timed }, ...events);
}

/** After the count is published the secret goes, and with it every way from a marker to a guest. */
export const closeCount = (meeting: Meeting): Decision<Meeting, MeetingEvent, never> =>
  accept<Meeting, MeetingEvent>(meeting.secret === null ? meeting : { ...meeting, secret: null });

/** Retention: what only mattered to those who were invited goes; what the meeting was about stays. */
export const forget = (meeting: Meeting): Decision<Meeting, MeetingEvent, never> =>
  accept<Meeting, MeetingEvent>(
    meeting.room.length === 0 ? meeting : { ...meeting, room: new Uint8Array(), dialIn: '', secret: null },
  );

/** Now, or later than the change before where two come at once or a clock was set back. */
export const changeTime = ({ changedAt }: Meeting, now: Date): Date => latest(now, plus(changedAt, 1_000));

/** A draft is never over: it may be given a new time, or be thrown away. */
export function closedBecause(meeting: Meeting, now: Date): 'cancelled' | 'over' | undefined {
  if (meeting.status === 'cancelled') return 'cancelled';
  return meeting.status === 'announced' && lastEnd(meeting) <= now ? 'over' : undefined;
}

export const changed = (meeting: Meeting, now: Date, editWindow: number): MeetingEvent => ({
  type: 'meeting.changed',
  data: { revision: meeting.revision },
  dueAt: plus(now, editWindow),
});

/** Notes how far the timers of a series reach. */
const withTimers = (meeting: Meeting, now: Date): Meeting =>
  meeting.series ? { ...meeting, timed: timersToCome(meeting, now).timed } : meeting;

/** Of a series: all of it has changed now. */
const marked = (meeting: Meeting): Meeting => {
  const { series, revision, sequence } = meeting;
  return series ? { ...meeting, series: { ...series, at: { ...series.at, revision, sequence } } } : meeting;
};

const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

const sameText = (a: MeetingDetails, b: MeetingDetails): boolean =>
  a.title === b.title && a.description === b.description && sameList(a.languages, b.languages);

const samePlace = (a: MeetingDetails, b: MeetingDetails): boolean =>
  a.dialIn === b.dialIn && Buffer.compare(Buffer.from(a.room), Buffer.from(b.room)) === 0;

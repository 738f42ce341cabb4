import { accept, refuse, type Decision } from '../../libs/outbox/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, latest, MINUTE, plus } from '../../libs/time/clock.js';
import { OPENS_BEFORE, type Subject } from '../invitations/subject.js';
import type { MeetingEvent } from './meetings.events.js';

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
}

export type NewMeeting = MeetingDetails & MeetingTime & Pick<Meeting, 'id' | 'audience' | 'host' | 'secret'>;

/** How long after the end its page still takes ideas. */
export const IDEAS_DAYS = 7;
/** Invitations and deliveries are forgotten this long after the end. */
export const FORGET_DAYS = 30;

type MeetingDecision<Refusal extends string> = Decision<Meeting, MeetingEvent, Refusal>;

export function draft(given: NewMeeting, now: Date): MeetingDecision<'in-the-past' | 'ends-before-it-starts'> {
  if (given.end <= given.start) return refuse('ends-before-it-starts');
  if (given.start < now) return refuse('in-the-past');
  return accept<Meeting, MeetingEvent>({
    ...given,
    status: 'draft',
    dryRun: false,
    revision: 0,
    sequence: 0,
    moves: 0,
    changedAt: now,
    cancelReason: '',
  });
}

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
    announced,
    { type: 'meeting.announced', data: { revision: announced.revision } },
    ...timers(announced, now),
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
    edited,
    // Capacity and reminders are not part of the invitation: nobody is told.
    ...(shown || moved ? [changed(edited, now, editWindow)] : []),
    ...reminders(edited, now, added),
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
  if (meeting.end <= now) return refuse('over');
  const cancelled: Meeting = {
    ...meeting,
    status: 'cancelled',
    cancelReason: reason,
    revision: meeting.revision + 1,
    sequence: meeting.sequence + 1,
    changedAt: changeTime(meeting, now),
  };
  return accept<Meeting, MeetingEvent>(cancelled, {
    type: 'meeting.cancelled',
    data: { revision: cancelled.revision },
  });
}

/** Throws a draft away; nobody has heard of it. */
export function discard(meeting: Meeting): Decision<Meeting | undefined, MeetingEvent, 'not-a-draft'> {
  return meeting.status === 'draft' ? accept<Meeting | undefined, MeetingEvent>(undefined) : refuse('not-a-draft');
}

/** After the count is published the secret goes, and with it every way from a marker to a guest. */
export const closeCount = (meeting: Meeting): Decision<Meeting, MeetingEvent, never> =>
  accept<Meeting, MeetingEvent>(meeting.secret === null ? meeting : { ...meeting, secret: null });

/** What guests and mails see of it; a draft reads as it will once it is announced. Its room is not part of it. */
export const subjectOf = (meeting: Meeting): Subject => ({
  id: meeting.id,
  status: meeting.status === 'cancelled' ? 'cancelled' : 'announced',
  revision: meeting.revision,
  sequence: meeting.sequence,
  moves: meeting.moves,
  changedAt: meeting.changedAt,
  start: meeting.start,
  end: meeting.end,
  timeZone: meeting.timeZone,
  title: meeting.title,
  description: meeting.description,
  languages: meeting.languages,
  dialIn: meeting.dialIn,
  capacity: meeting.capacity,
  cancelReason: meeting.cancelReason,
  audience: meeting.audience,
  host: meeting.host,
});

/** Retention: what only mattered to those who were invited goes; what the meeting was about stays. */
export const forget = (meeting: Meeting): Decision<Meeting, MeetingEvent, never> =>
  accept<Meeting, MeetingEvent>(
    meeting.room.length === 0 ? meeting : { ...meeting, room: new Uint8Array(), dialIn: '', secret: null },
  );

export type JoinPhase = 'before' | 'open' | 'ideas' | 'closed' | 'cancelled';

/** What the join page is for at this moment. */
export function joinPhase(meeting: Pick<Meeting, 'status' | 'start' | 'end'>, now: Date): JoinPhase {
  if (meeting.status === 'cancelled') return 'cancelled';
  if (now < plus(meeting.start, -OPENS_BEFORE * MINUTE)) return 'before';
  if (now < meeting.end) return 'open';
  return now < plus(meeting.end, IDEAS_DAYS * DAY) ? 'ideas' : 'closed';
}

/** Now, or later than the change before where two come at once or a clock was set back. */
const changeTime = ({ changedAt }: Meeting, now: Date): Date => latest(now, plus(changedAt, 1_000));

/** A draft is never over: it may be given a new time, or be thrown away. */
function closedBecause(meeting: Meeting, now: Date): 'cancelled' | 'over' | undefined {
  if (meeting.status === 'cancelled') return 'cancelled';
  return meeting.status === 'announced' && meeting.end <= now ? 'over' : undefined;
}

const changed = (meeting: Meeting, now: Date, editWindow: number): MeetingEvent => ({
  type: 'meeting.changed',
  data: { revision: meeting.revision },
  dueAt: plus(now, editWindow),
});

/** A moved meeting gets new timers; the old ones see other `moves` and do nothing. */
const timers = (meeting: Meeting, now: Date): MeetingEvent[] => [
  ...reminders(meeting, now, meeting.reminders),
  { type: 'meeting.ended', data: { moves: meeting.moves }, dueAt: meeting.end },
  { type: 'meeting.forgotten', data: { moves: meeting.moves }, dueAt: plus(meeting.end, FORGET_DAYS * DAY) },
];

/** Offsets that are past already are not made. */
const reminders = (meeting: Meeting, now: Date, offsets: readonly number[]): MeetingEvent[] =>
  offsets
    .map((minutes) => ({ minutes, dueAt: plus(meeting.start, -minutes * MINUTE) }))
    .filter(({ dueAt }) => dueAt > now)
    .map(({ minutes, dueAt }) => ({
      type: 'meeting.reminder-due',
      data: { minutes, moves: meeting.moves },
      dueAt,
    }));

const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

const sameText = (a: MeetingDetails, b: MeetingDetails): boolean =>
  a.title === b.title && a.description === b.description && sameList(a.languages, b.languages);

const samePlace = (a: MeetingDetails, b: MeetingDetails): boolean =>
  a.dialIn === b.dialIn && Buffer.compare(Buffer.from(a.room), Buffer.from(b.room)) === 0;

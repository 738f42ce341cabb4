import type { Id } from '../../libs/privacy/ids.js';

/**
 * What happens to a meeting. `dueAt` in the future makes a timer, which lives in the meeting's own document. `occurrence` is
 * the original start of the one occurrence of a series that it is about; absent: all of it.
 */
export type MeetingEvent =
  | { type: 'meeting.announced'; data: { revision: number } }
  | { type: 'meeting.changed'; data: { revision: number; occurrence?: Date }; dueAt: Date }
  | { type: 'meeting.cancelled'; data: { revision: number; occurrence?: Date } }
  | { type: 'meeting.reminder-due'; data: { minutes: number; moves: number; occurrence?: Date }; dueAt: Date }
  | { type: 'meeting.ended'; data: { moves: number; occurrence?: Date }; dueAt: Date }
  | { type: 'meeting.forgotten'; data: { moves: number }; dueAt: Date }
  /** The occurrences from `from` on move: another meeting, `into`, goes on with them, the first of `count` at `start`. */
  | { type: 'meeting.split'; data: { into: Id; from: Date; start: Date; count: number } }
  /** This meeting goes on with what another one, `of`, has left. */
  | { type: 'meeting.continued'; data: { of: Id; from: Date } };

export const MEETING_EVENTS: readonly MeetingEvent['type'][] = [
  'meeting.announced',
  'meeting.changed',
  'meeting.cancelled',
  'meeting.reminder-due',
  'meeting.ended',
  'meeting.forgotten',
  'meeting.split',
  'meeting.continued',
];

/** What happens to a meeting. `dueAt` in the future makes a timer, which lives in the meeting's own document. */
export type MeetingEvent =
  | { type: 'meeting.announced'; data: { revision: number } }
  | { type: 'meeting.changed'; data: { revision: number }; dueAt: Date }
  | { type: 'meeting.cancelled'; data: { revision: number } }
  | { type: 'meeting.reminder-due'; data: { minutes: number; moves: number }; dueAt: Date }
  | { type: 'meeting.ended'; data: { moves: number }; dueAt: Date }
  | { type: 'meeting.forgotten'; data: { moves: number }; dueAt: Date };

export const MEETING_EVENTS: readonly MeetingEvent['type'][] = [
  'meeting.announced',
  'meeting.changed',
  'meeting.cancelled',
  'meeting.reminder-due',
  'meeting.ended',
  'meeting.forgotten',
];

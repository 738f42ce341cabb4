import type { Subject } from '../invitations/subject.js';
import type { Meeting } from './meeting.js';
import { lastEnd } from './timers.js';

/** What guests and mails see of it; a draft reads as it will once it is announced. Its room is not part of it. */
export const subjectOf = (meeting: Meeting): Subject => ({
  id: meeting.id,
  status: meeting.status === 'cancelled' ? 'cancelled' : 'announced',
  revision: meeting.revision,
  sequence: meeting.sequence,
  moves: meeting.series?.at.moves ?? meeting.moves,
  changedAt: meeting.changedAt,
  start: meeting.start,
  end: lastEnd(meeting),
  timeZone: meeting.timeZone,
  title: meeting.title,
  description: meeting.description,
  languages: meeting.languages,
  dialIn: meeting.dialIn,
  capacity: meeting.capacity,
  cancelReason: meeting.cancelReason,
  audience: meeting.audience,
  host: meeting.host,
  ...(meeting.series && {
    series: meeting.series,
    answersTo: meeting.moves,
    answersFrom: meeting.series.at.sequence,
  }),
});

import { DAY, MINUTE, plus } from '../../libs/time/clock.js';
import { OPENS_BEFORE } from '../invitations/subject.js';
import type { Meeting } from './meeting.js';

/** How long after the end its page still takes ideas. */
const IDEAS_DAYS = 7;

export type JoinPhase = 'before' | 'open' | 'ideas' | 'closed' | 'cancelled';

/** What the join page is for at this moment. */
export function joinPhase(meeting: Pick<Meeting, 'status' | 'start' | 'end'>, now: Date): JoinPhase {
  if (meeting.status === 'cancelled') return 'cancelled';
  if (now < plus(meeting.start, -OPENS_BEFORE * MINUTE)) return 'before';
  if (now < meeting.end) return 'open';
  return now < plus(meeting.end, IDEAS_DAYS * DAY) ? 'ideas' : 'closed';
}

import type { Id } from '../../libs/privacy/ids.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import type { Contact } from '../contacts/contact.js';
import type { Meeting } from '../meetings/meeting.js';
import type { GivenMeeting } from '../meetings/meetings.service.js';
import { twinRegionOf } from '../regions/regions.js';

const STARTS_IN_MINUTES = 20;
const REMINDS_MINUTES_BEFORE = 15;
const LASTS_MINUTES = 60;
/** The first pair of regions. */
const AUDIENCE = 'copargo-alfter';

/** Which meeting is the example at present: agreed on by every process before any of them makes it. */
export interface ExampleData {
  readonly _id: 'meeting';
  /** +1 when a past example is followed by a fresh one. */
  readonly round: number;
  readonly meeting: Id;
}

export type NextStep = 'nothing' | 'make' | 'announce' | 'begin' | 'replace';

/**
 * What a start has to do. Whoever has meetings of their own and never had an example gets none; one that was cancelled is
 * left alone until its time is over.
 */
export function nextStep(
  example: ExampleData | undefined,
  meeting: Pick<Meeting, 'status' | 'end'> | undefined,
  hasMeetings: boolean,
  now: Date,
): NextStep {
  if (!example) return hasMeetings ? 'nothing' : 'begin';
  if (!meeting) return 'make';
  if (meeting.end <= now) return 'replace';
  return meeting.status === 'draft' ? 'announce' : 'nothing';
}

/** A meeting that whoever tries the software can see coming: invitation, reminder and room within half an hour. */
export function exampleMeeting(
  id: Id,
  host: Pick<Contact, 'id' | 'language' | 'timeZone'>,
  texts: { readonly title: string; readonly description: string },
  now: Date,
): GivenMeeting {
  // Calendars show whole minutes.
  const start = new Date(Math.ceil(plus(now, STARTS_IN_MINUTES * MINUTE).getTime() / MINUTE) * MINUTE);
  return {
    ...texts,
    id,
    start,
    end: plus(start, LASTS_MINUTES * MINUTE),
    timeZone: twinRegionOf(AUDIENCE)?.regions[0]?.timeZone ?? host.timeZone,
    languages: [host.language],
    room: '',
    dialIn: '',
    capacity: null,
    reminders: [REMINDS_MINUTES_BEFORE],
    audience: AUDIENCE,
    host: host.id,
  };
}

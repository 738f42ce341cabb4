import { Injectable } from '@nestjs/common';
import {
  type ConsoleCount,
  consoleCount,
  consoleTable,
  PLACES,
  type PlaceLevel,
  type Progress,
  progressSteps,
  type Table,
} from '../../../libs/privacy/bands.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { notYourRole, PageProblem } from '../../../libs/web/problem.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { DeliveriesService } from '../../deliveries/deliveries.service.js';
import { GuestCounts } from '../../invitations/guest-counts.service.js';
import type { Answer } from '../../invitations/invitation.js';
import { occurrenceAt } from '../../invitations/series.js';
import type { SignedIn } from '../../people/console.guard.js';
import { may } from '../../people/person.js';
import { RegionsService } from '../../regions/regions.service.js';
import { RepliesService } from '../../replies/replies.service.js';
import { HourlyCounts } from '../hourly-counts.service.js';
import { subjectOf } from '../meeting-subject.js';
import type { Meeting } from '../meeting.js';
import type { Part } from '../meeting-series.js';
import { MeetingSubjects } from '../meeting-subjects.service.js';
import { MeetingsService } from '../meetings.service.js';

/** A meeting as a form of the console changes it. */
export interface Opened {
  readonly meeting: Meeting;
  readonly version: number;
}

/** How far telling people has come; `waiting`: a change goes out when nobody has changed it again for a while. */
export type Telling = Progress | { readonly kind: 'waiting' };

export type AnswerTable = Table<'answer', ConsoleCount>;

/** Whom an announcement would reach. */
export interface Reach {
  readonly places: Table<PlaceLevel, ConsoleCount>;
  readonly languages: Table<'language', ConsoleCount>;
}

/** What the console's pages show of a meeting: never more than the bands of the counts table. */
@Injectable()
export class ConsoleMeetings {
  constructor(
    private readonly meetings: MeetingsService,
    private readonly subjects: MeetingSubjects,
    private readonly guests: GuestCounts,
    private readonly deliveries: DeliveriesService,
    private readonly contacts: ContactsService,
    private readonly regions: RegionsService,
    private readonly replies: RepliesService,
    private readonly counts: HourlyCounts,
  ) {}

  /** Ends with a page where there is no such meeting, or it is somebody else's and not this person's to lead. */
  async open(id: Id, by: SignedIn): Promise<Opened> {
    const stored = await this.meetings.withVersion(id);
    if (!stored) throw new PageProblem(404);
    if (!mayLead(by, stored.state)) throw notYourRole();
    return { meeting: stored.state, version: stored.version };
  }

  /** Those this person may lead, latest first. */
  async list(by: SignedIn, limit: number): Promise<readonly Meeting[]> {
    return (await this.meetings.all(limit)).filter((meeting) => mayLead(by, meeting));
  }

  async telling(id: Id): Promise<Telling> {
    // In this order: what is made meanwhile is then counted, or still under way.
    const { going, waiting } = await this.meetings.tells(id);
    if (going) return { kind: 'sending' };
    const { open, ...ended } = await this.deliveries.countStates({ subject: id });
    const done = Object.values(ended).reduce((sum, count) => sum + count, 0);
    return waiting && open === 0 ? { kind: 'waiting' } : progressSteps(done, done + open);
  }

  async answers(meeting: Meeting): Promise<AnswerTable> {
    const { id } = meeting;
    const { moves } = subjectOf(meeting);
    const answers = await this.settled(`answers|${id}|${String(meeting.revision)}`, id, () =>
      this.guests.answers({ id, moves }),
    );
    const rows = (Object.keys(answers) as Answer[]).map((answer) => ({ answer, n: answers[answer] }));
    return consoleTable(rows, ['answer']);
  }

  /** How many get a mail when this meeting moves, or is cancelled. */
  async told(meeting: Meeting, change: 'move' | 'cancel', part?: Part): Promise<ConsoleCount> {
    const { id, revision } = meeting;
    const { moves } = subjectOf(meeting);
    const which = part ? `|${part.scope === 'this' ? part.occurrence.toISOString() : 'series'}` : '';
    const told = await this.settled(`${change}|${id}|${String(revision)}${which}`, id, async () => {
      const occurrence = part && meeting.series && occurrenceAt(meeting.series, part.occurrence);
      if (occurrence && part.scope === 'this') {
        return this.guests.toldOf(subjectOf(meeting), occurrence, change === 'move');
      }
      if (part) return this.guests.inSeries(subjectOf(meeting));
      if (change === 'move') return this.guests.toldOfMove({ id, moves });
      const { declined: _declined, ...others } = await this.guests.answers({ id, moves });
      return Object.values(others).reduce((sum, count) => sum + count, 0);
    });
    return consoleCount(told);
  }

  /** How many calendars asked for another time than the present one. */
  async wishes({ id, moves }: Pick<Meeting, 'id' | 'moves'>): Promise<ConsoleCount> {
    const key = `wishes|${id}|${String(moves)}`;
    return consoleCount(await this.counts.get(key, () => this.replies.countWishes(id, moves)));
  }

  /** Counted by audience, not by meeting: a fresh draft must not be a fresh count. */
  async reach({ audience }: Pick<Meeting, 'audience'>): Promise<Reach> {
    const rows = await this.counts.get(`reach|${audience}`, () =>
      this.contacts.countAudience(this.subjects.audienceOf({ audience })),
    );
    return {
      places: consoleTable(
        rows.map(({ region, country, count }) => ({
          n: count,
          region: region ?? undefined,
          country: country ?? undefined,
          twin: region === null ? undefined : this.regions.twinWith(region)?.id,
        })),
        PLACES,
      ),
      languages: consoleTable(
        rows.map(({ language, count }) => ({ n: count, language })),
        ['language'],
      ),
    };
  }

  /** While people are still being told, a count of them would be wrong for the rest of the hour. */
  private async settled<Value>(key: string, id: Id, count: () => Promise<Value>): Promise<Value> {
    return (await this.meetings.tells(id)).going ? count() : this.counts.get(key, count);
  }
}

/** A host leads their own meetings, coordination and administration all of them. */
const mayLead = ({ role, contact }: SignedIn, meeting: Meeting): boolean =>
  may(role, 'lead-all-meetings') || (may(role, 'lead-own-meetings') && meeting.host === contact);

/** What is no longer possible, on a page that says so. */
export const closed = (
  reason:
    | 'no-such-occurrence'
    | 'unknown'
    | 'not-a-draft'
    | 'in-the-past'
    | 'not-announced'
    | 'cancelled'
    | 'over'
    | 'changed-meanwhile',
): PageProblem => {
  if (reason === 'unknown' || reason === 'no-such-occurrence') return new PageProblem(404);
  if (reason === 'changed-meanwhile') return new PageProblem(409);
  return new PageProblem(409, {
    title: { key: 'console.meetings.closed.title' },
    text: { key: `console.meetings.closed.${reason}` },
  });
};

import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { occurrenceSubject } from '../invitations/occurrence.js';
import { occurrenceAt, readOccurrenceId } from '../invitations/series.js';
import { Subjects, type Subject } from '../invitations/subject.js';
import { RegionsService } from '../regions/regions.service.js';
import { subjectOf } from './meeting-subject.js';
import { presentMeeting, type Meeting } from './meeting.js';
import { MeetingsRepository } from './meetings.repository.js';

/** Longer than anyone reads; a page of all there will be is not needed before there are many. */
const MOST_OFFERED = 100;

/** Meetings as those see them who are invited, and whom they are for. */
@Injectable()
export class MeetingSubjects implements OnModuleInit {
  constructor(
    private readonly meetings: MeetingsRepository,
    private readonly subjects: Subjects,
    private readonly regions: RegionsService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.subjects.register({
      subject: (id) => this.subject(id),
      upcoming: async (now, limit) => (await this.notBegun(now)).slice(0, limit),
    });
  }

  /** Whom a meeting is for, as contacts are asked for them. */
  audienceOf({ audience }: Pick<Subject, 'audience'>): { readonly regions?: readonly string[] } {
    const known = this.regions.audience(audience);
    if (known === 'everyone') return {};
    // An audience that is no longer known is nobody rather than everyone.
    return { regions: known ?? [] };
  }

  /** The zones of the regions that a meeting is for: all that ship with the product where it is for everyone. */
  timeZonesOf(meeting: Pick<Meeting, 'audience'>): readonly string[] {
    const { regions } = this.audienceOf(meeting);
    return this.regions.all.filter(({ id }) => regions?.includes(id) ?? true).map(({ timeZone }) => timeZone);
  }

  /** Meetings announced and not begun that someone of this region is meant by; null: a place that is no known region. */
  async upcomingFor(region: string | null, limit: number): Promise<readonly Subject[]> {
    const all = await this.notBegun(this.clock.now());
    return all.filter((subject) => this.isMeant(subject, region)).slice(0, limit);
  }

  private async subject(id: Id): Promise<Subject | undefined> {
    const one = readOccurrenceId(id);
    const stored = await this.meetings.get(one?.meeting ?? id);
    if (!stored || stored.status === 'draft') return undefined;
    const meeting = presentMeeting(stored, this.clock.now());
    if (!one) return subjectOf(meeting);
    const occurrence = meeting.series && occurrenceAt(meeting.series, one.original);
    return occurrence && occurrenceSubject(subjectOf(meeting), occurrence);
  }

  private async notBegun(now: Date): Promise<readonly Subject[]> {
    const upcoming = await this.meetings.upcoming(now, MOST_OFFERED);
    return upcoming.filter(({ start }) => start > now).map(subjectOf);
  }

  private isMeant(subject: Subject, region: string | null): boolean {
    const { regions } = this.audienceOf(subject);
    return regions === undefined || (region !== null && regions.includes(region));
  }
}

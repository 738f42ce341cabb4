import { Injectable } from '@nestjs/common';
import { Database } from '../../libs/database/database.js';
import { done, refuse, type Result } from '../../libs/outbox/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { marker } from '../../libs/privacy/marker.js';
import { Clock } from '../../libs/time/clock.js';
import { ContactsService } from '../contacts/contacts.service.js';
import type { Answer } from '../feedback/feedback.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import type { Invitation } from '../invitations/invitation.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { Links } from '../links.js';
import { joinPhase, type JoinPhase, type Meeting } from '../meetings/meeting.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { RegionsService } from '../regions/regions.service.js';
import {
  closesAt,
  isCounted,
  joinId,
  placeId,
  publicCounts,
  takesEveryone,
  type Count,
  type PublicCounts,
} from './participation.js';
import { ParticipationRepository } from './participation.repository.js';

/** Where someone stands who wants to join: at which meeting, when, and as whom. */
export interface Entrance {
  readonly meeting: Meeting;
  readonly phase: JoinPhase;
  /** Undefined for those without sign-up. */
  readonly invitation: Invitation | undefined;
  /** Where they say they are: a contact's own region, or what is typed without one. */
  readonly region: string | null;
  readonly country: string | null;
  readonly timeZone: string;
  /** The language that a contact chose; undefined without one. */
  readonly language: string | undefined;
}

/** What the page of a meeting shows of it: counts once it is over, ideas as they are released. */
export interface ParticipationView {
  readonly counts: PublicCounts | undefined;
  readonly ideas: readonly Answer[];
}

/** The public face of participation: joining, and the anonymous counts that remain. */
@Injectable()
export class ParticipationService {
  constructor(
    private readonly counts: ParticipationRepository,
    private readonly meetings: MeetingsService,
    private readonly invitations: InvitationsService,
    private readonly contacts: ContactsService,
    private readonly feedback: FeedbackService,
    private readonly regions: RegionsService,
    private readonly links: Links,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Where the link of an invitation leads. */
  async byLink(token: string): Promise<Result<Entrance, 'broken'>> {
    const opened = await this.links.open('join', token, (id) => this.invitations.get(id));
    if (!opened.ok) return refuse('broken');
    const invitation: Invitation = opened.value.found;
    const [meeting, contact] = await Promise.all([
      this.meetings.get(invitation.subject),
      this.contacts.get(invitation.contact),
    ]);
    if (!meeting || !contact) return refuse('broken');
    const { region, country, timeZone, language } = contact;
    return done({ meeting, phase: this.phaseOf(meeting), invitation, region, country, timeZone, language });
  }

  /**
   * Where those without an address come in; refused where there is no such meeting, or where seats are limited.
   * @param typed the region as someone typed it: a place that we do not know is not kept
   */
  async withoutSignUp(id: Id, typed = ''): Promise<Result<Entrance, 'unknown'>> {
    const meeting = await this.meetings.get(id);
    if (!meeting || !takesEveryone(meeting)) return refuse('unknown');
    const region = this.regions.find(typed);
    return done({
      meeting,
      phase: this.phaseOf(meeting),
      invitation: undefined,
      region: region?.id ?? null,
      country: region?.country ?? null,
      timeZone: meeting.timeZone,
      language: undefined,
    });
  }

  /** Counts who comes in, with those beside them, and gives the room's address. The host is let in and not counted. */
  async join({ meeting, invitation, region, country }: Entrance, withYou: number): Promise<string> {
    const came = { meeting: meeting.id, region, country, people: withYou + 1 };
    if (!invitation) {
      await this.counts.add({ ...came, _id: placeId(meeting.id, region), withoutSignUp: true });
    } else if (invitation.role !== 'host' && meeting.secret) {
      const _id = joinId(meeting.id, marker(meeting.secret, invitation.id));
      await this.counts.replace({ ...came, _id, withoutSignUp: false });
    }
    return this.meetings.roomOf(meeting);
  }

  /** Keeps an idea under the rules of the feedback: nothing says whose it was. */
  async keepIdea({ meeting, region, country, language }: Entrance, idea: string, pageLanguage: string): Promise<void> {
    await this.feedback.keep({
      pool: `meeting:${meeting.id}`,
      region: region ?? undefined,
      country: country ?? undefined,
      language: language ?? pageLanguage,
      fields: { idea },
    });
  }

  async forMeeting(meeting: Meeting): Promise<ParticipationView> {
    const [count, ideas] = await Promise.all([this.countOf(meeting), this.feedback.ideasOf(meeting.id)]);
    return { counts: count && publicCounts(count), ideas };
  }

  /** The counts of several meetings; those that are not over yet have none. */
  async ofMeetings(meetings: readonly Meeting[]): Promise<ReadonlyMap<Id, PublicCounts>> {
    const published = await this.counts.published(meetings.map(({ id }) => id));
    const counted = meetings.filter((meeting) => isCounted(meeting, this.clock.now()));
    const all = counted.map(async (meeting) => {
      const count = published.get(meeting.id) ?? (await this.counts.sum(meeting.id));
      return [meeting.id, publicCounts(count)] as const;
    });
    return new Map(await Promise.all(all));
  }

  /**
   * Closes a meeting's count: publishes what came together, then destroys markers and secret, so that nothing leads from
   * the count to a guest any more. Run again after a kill, it goes on where it stopped.
   * @returns when to come again, if it is too early
   */
  async close(id: Id, moves: number): Promise<Date | undefined> {
    const meeting = await this.meetings.get(id);
    // A meeting that was moved has another timer.
    if (meeting?.moves !== moves) return undefined;
    const at = closesAt(meeting);
    if (at > this.clock.now()) return at;
    if (meeting.status === 'announced') await this.counts.publish(id, await this.counts.sum(id));
    await this.counts.destroyMarkers(id);
    await this.meetings.closeCount(id);
    await this.database.forgetDeleted();
    return undefined;
  }

  private async countOf(meeting: Meeting): Promise<Count | undefined> {
    if (!isCounted(meeting, this.clock.now())) return undefined;
    const published = await this.counts.published([meeting.id]);
    return published.get(meeting.id) ?? this.counts.sum(meeting.id);
  }

  private phaseOf(meeting: Meeting): JoinPhase {
    return joinPhase(meeting, this.clock.now());
  }
}

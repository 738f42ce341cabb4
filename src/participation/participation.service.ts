import { Injectable } from '@nestjs/common';
import { Database } from '../../libs/database/database.js';
import { done, refuse, type Result } from '../../libs/rules/decision.js';
import type { Id } from '../../libs/privacy/ids.js';
import { marker } from '../../libs/privacy/marker.js';
import { Clock } from '../../libs/time/clock.js';
import { ContactsService } from '../contacts/contacts.service.js';
import type { Answer } from '../feedback/feedback.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import type { Invitation } from '../invitations/invitation.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import {
  occurrenceAt,
  occurrenceId,
  presentOccurrence,
  readOccurrenceId,
  takingPlace,
  type Occurrence,
} from '../invitations/series.js';
import { Links } from '../links.js';
import { joinPhase, type JoinPhase } from '../meetings/join-phase.js';
import type { Meeting } from '../meetings/meeting.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { lastEnd } from '../meetings/timers.js';
import { RegionsService } from '../regions/regions.service.js';
import {
  closesAt,
  isCounted,
  joinId,
  placeId,
  publicCounts,
  takesEveryone,
  type PublicCounts,
} from './participation.js';
import { ParticipationRepository } from './participation.repository.js';

/** Where someone stands who wants to join: at which meeting, when, and as whom. */
export interface Entrance {
  readonly meeting: Meeting;
  readonly phase: JoinPhase;
  /** What is counted: the meeting, or the one occurrence of it. */
  readonly counted: string;
  /** Whether ideas are taken; in a series also between two occurrences. */
  readonly takesIdeas: boolean;
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
  /** Of a series: each occurrence that was held, the latest first. */
  readonly dates?: readonly { readonly start: Date; readonly end: Date; readonly counts: PublicCounts }[];
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
    const [held, contact] = await Promise.all([this.held(invitation.subject), this.contacts.get(invitation.contact)]);
    if (!held || !contact) return refuse('broken');
    const { region, country, timeZone, language } = contact;
    return done({ ...held, invitation, region, country, timeZone, language });
  }

  /**
   * Where those without an address come in; refused where there is no such meeting, or where seats are limited.
   * @param typed the region as someone typed it: a place that we do not know is not kept
   */
  async withoutSignUp(id: Id, typed = ''): Promise<Result<Entrance, 'unknown'>> {
    const held = await this.held(id);
    if (!held || !takesEveryone(held.meeting)) return refuse('unknown');
    const region = this.regions.find(typed);
    return done({
      ...held,
      invitation: undefined,
      region: region?.id ?? null,
      country: region?.country ?? null,
      timeZone: held.meeting.timeZone,
      language: undefined,
    });
  }

  /** Counts who comes in, with those beside them, and gives the room's address. The host is let in and not counted. */
  async join({ meeting, counted, invitation, region, country }: Entrance, withYou: number): Promise<string> {
    const came = { meeting: counted, region, country, people: withYou + 1 };
    if (!invitation) {
      const _id = placeId(counted, region);
      await this.counts.add({ ...came, _id, withoutSignUp: true });
      await this.forgetLate(meeting, counted, _id);
    } else if (invitation.role !== 'host' && meeting.secret) {
      // Of a series each occurrence has markers of its own, so that nothing shows who came twice.
      const who = counted === meeting.id ? invitation.id : `${invitation.id}|${counted}`;
      const _id = joinId(counted, marker(meeting.secret, who));
      await this.counts.replace({ ...came, _id, withoutSignUp: false });
      await this.forgetLate(meeting, counted, _id);
    }
    return this.meetings.roomOf(meeting);
  }

  /**
   * Whoever was held up on their way in until the count had closed is counted nowhere any more: nothing of it may stay. One
   * that is yet to close, however late, takes it along.
   */
  private async forgetLate({ end }: Meeting, counted: string, join: string): Promise<void> {
    if (this.clock.now() < end) return;
    const [published, held] = await Promise.all([this.counts.published([counted]), this.held(counted)]);
    if (published.has(counted) || held?.meeting.status !== 'announced') await this.counts.forget(join);
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
    const [counts, ideas] = await Promise.all([this.ofMeetings([meeting]), this.feedback.ideasOf(meeting.id)]);
    if (!meeting.series) return { counts: counts.get(meeting.id), ideas };
    const dates = this.heldOf(meeting).flatMap(({ counted, start, end }) => {
      const count = counts.get(counted);
      return count ? [{ start, end, counts: count }] : [];
    });
    return { counts: undefined, dates: dates.reverse(), ideas };
  }

  /** The counts of several meetings, of a series by occurrence; those that are not over yet have none. */
  async ofMeetings(meetings: readonly Meeting[]): Promise<ReadonlyMap<string, PublicCounts>> {
    const held = meetings.flatMap((meeting) => this.heldOf(meeting));
    const published = await this.counts.published(held.map(({ counted }) => counted));
    const all = held.map(async ({ counted }) => {
      const count = published.get(counted) ?? (await this.counts.sum(counted));
      return [counted, publicCounts(count)] as const;
    });
    return new Map(await Promise.all(all));
  }

  /**
   * Closes a meeting's count: publishes what came together, then destroys markers and secret, so that nothing leads from
   * the count to a guest any more. Run again after a kill, it goes on where it stopped.
   * @param original of the one occurrence of a series that has ended; the secret goes after the last
   * @returns when to come again, if it is too early
   */
  async close(id: Id, moves: number, original?: Date): Promise<Date | undefined> {
    const whole = await this.meetings.get(id);
    const occurrence = original && whole?.series && occurrenceAt(whole.series, original);
    const meeting = whole && occurrence ? occurrenceMeeting(whole, occurrence) : whole;
    // A meeting that was moved has another timer.
    if (!whole || !meeting || (occurrence ? occurrence.at.moves : meeting.moves) !== moves) return undefined;
    const at = closesAt(meeting);
    const now = this.clock.now();
    if (at > now) return at;
    const counted = occurrence ? occurrenceId(id, occurrence.original) : id;
    if (meeting.status === 'announced') await this.counts.publish(counted, await this.counts.sum(counted));
    await this.counts.destroyMarkers(counted);
    if (closesAt({ end: lastEnd(whole) }) <= now) await this.meetings.closeCount(id);
    await this.database.forgetDeleted();
    return undefined;
  }

  /** What someone joins by the id of a meeting, in a series the occurrence that runs or comes next, or of one occurrence. */
  private async held(id: string): Promise<Pick<Entrance, 'meeting' | 'phase' | 'counted' | 'takesIdeas'> | undefined> {
    const one = readOccurrenceId(id);
    const whole = await this.meetings.get(one?.meeting ?? id);
    if (!whole) return undefined;
    const now = this.clock.now();
    const { series } = whole;
    const occurrence = series && (one ? occurrenceAt(series, one.original) : presentOccurrence(series, now));
    const meeting = occurrence ? occurrenceMeeting(whole, occurrence) : whole;
    const phase = joinPhase(meeting, now);
    const takesIdeas =
      phase === 'open' ||
      phase === 'ideas' ||
      (phase === 'before' &&
        !one &&
        this.heldOf(whole).some((each) => joinPhase({ ...whole, ...each }, now) === 'ideas'));
    return { meeting, phase, takesIdeas, counted: occurrence ? occurrenceId(whole.id, occurrence.original) : whole.id };
  }

  /** What of a meeting is over and was not cancelled, in its order. */
  private heldOf(meeting: Meeting): readonly { readonly counted: string; readonly start: Date; readonly end: Date }[] {
    const now = this.clock.now();
    const all = meeting.series
      ? takingPlace(meeting.series).map(({ original, start, end }) => ({
          counted: occurrenceId(meeting.id, original),
          ...{ start, end },
        }))
      : [{ counted: meeting.id, start: meeting.start, end: meeting.end }];
    return all.filter(({ end }) => isCounted({ status: meeting.status, end }, now));
  }
}

/** One occurrence of a series as a meeting to be joined. */
const occurrenceMeeting = (meeting: Meeting, { start, end, title, cancelled }: Occurrence): Meeting => ({
  ...meeting,
  ...{ start, end },
  title: title ?? meeting.title,
  status: cancelled === null ? meeting.status : 'cancelled',
});

import { Inject, Injectable } from '@nestjs/common';
import { accept, done, refuse, type Decision, type Result } from '../../libs/rules/decision.js';
import { openWithRing, sealWithRing, type SealedPlace } from '../../libs/privacy/envelope.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { newMarkerSecret } from '../../libs/privacy/marker.js';
import { Clock } from '../../libs/time/clock.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import { SETTINGS, type Settings } from '../config.js';
import * as rules from './meeting.js';
import { presentMeeting, type Meeting, type MeetingDetails, type MeetingTime } from './meeting.js';
import * as seriesRules from './meeting-series.js';
import type { Part } from './meeting-series.js';
import { goOn } from './meeting-split.js';
import type { MeetingEvent } from './meetings.events.js';
import { MeetingsRepository } from './meetings.repository.js';
import { MEETINGS } from './meetings.schema.js';
import { freshRoom } from './room.js';

/** What may be changed without moving a meeting; the room's address as people type it, empty for a fresh room. */
export interface GivenDetails extends Omit<MeetingDetails, 'room'> {
  readonly room: string;
}

export type GivenMeeting = GivenDetails &
  MeetingTime &
  Pick<Meeting, 'id' | 'audience' | 'host'> & { readonly recurrence?: Recurrence };

type CancelRefusal = 'not-announced' | 'cancelled' | 'over' | 'no-such-occurrence';
type MoveRefusal = Exclude<CancelRefusal, 'not-announced'> | 'in-the-past' | 'same-time' | 'not-a-series';

/** `changed-meanwhile`: the form showed an older version. */
type Outcome<Refusal extends string> = Promise<Result<Meeting, Refusal | 'unknown' | 'changed-meanwhile'>>;

/** The public face of meetings. An act takes the version that its form showed; without one it acts on the present state. */
@Injectable()
export class MeetingsService {
  constructor(
    private readonly meetings: MeetingsRepository,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** As it stands now: a series with the times of the occurrence that runs or comes next. */
  async get(id: Id): Promise<Meeting | undefined> {
    const meeting = await this.meetings.get(id);
    return meeting && presentMeeting(meeting, this.clock.now());
  }

  async withVersion(id: Id): Promise<{ readonly version: number; readonly state: Meeting } | undefined> {
    const stored = await this.meetings.store.load(id);
    return stored && { ...stored, state: presentMeeting(stored.state, this.clock.now()) };
  }

  /** Announced and not over, soonest first. */
  upcoming(limit: number): Promise<Meeting[]> {
    return this.meetings.upcoming(this.clock.now(), limit);
  }

  /** Announced and over, latest first. */
  past(limit: number): Promise<Meeting[]> {
    return this.meetings.past(this.clock.now(), limit);
  }

  /** What everyone may know of: announced or cancelled, ended after `since` or to come, soonest first. */
  published(since: Date, limit: number): Promise<Meeting[]> {
    return this.meetings.published(since, this.clock.now(), limit);
  }

  /** Drafts and cancelled ones too, latest start first. */
  all(limit: number): Promise<Meeting[]> {
    return this.meetings.all(this.clock.now(), limit);
  }

  countHeld(): Promise<number> {
    return this.meetings.countHeld(this.clock.now());
  }

  /** The room's address; empty once it is forgotten. Only the page that lets people in shows it. */
  roomOf(meeting: Pick<Meeting, 'id' | 'room'>): string {
    return meeting.room.length === 0
      ? ''
      : openWithRing(this.ring, 'room', meeting.room, roomPlace(meeting.id)).toString('utf8');
  }

  async remindsAt(id: Id, minutes: number): Promise<boolean> {
    return (await this.meetings.get(id))?.reminders.includes(minutes) ?? false;
  }

  /** True while guests of an announcement or change are still being gone through; a change waits for its edit window. */
  tells(id: Id): Promise<{ readonly going: boolean; readonly waiting: boolean }> {
    return this.meetings.tells(id, this.clock.now());
  }

  async draft(
    given: GivenMeeting,
  ): Promise<Result<Meeting, 'in-the-past' | 'ends-before-it-starts' | 'not-a-series' | 'exists'>> {
    const { room, ...rest } = given;
    const sealed = this.sealRoom(given.id, room);
    const decided = rules.draft({ ...rest, room: sealed, secret: newMarkerSecret() }, this.clock.now());
    return decided.ok ? this.meetings.store.create(given.id, decided.state, decided.events) : decided;
  }

  tryOut(id: Id, version?: number): Outcome<'not-a-draft' | 'in-the-past'> {
    return this.change(id, (meeting) => rules.tryOut(meeting, this.clock.now()), version);
  }

  announce(id: Id, version?: number): Outcome<'not-a-draft' | 'in-the-past' | 'no-dry-run'> {
    return this.change(id, (meeting) => rules.announce(meeting, this.clock.now()), version);
  }

  edit(id: Id, given: GivenDetails, version?: number): Outcome<'cancelled' | 'over'> {
    // Named, as what is given may hold more than details, and these are laid over the meeting.
    const { room, title, description, languages, dialIn, capacity, reminders } = given;
    const details = { title, description, languages, dialIn, capacity, reminders };
    // Sealed once: a repeat after a conflict is not another fresh room.
    const sealed = this.sealRoom(id, room);
    return this.change(
      id,
      (meeting) => {
        // What is sealed again reads as another room.
        const kept = room !== '' && this.roomOf(meeting) === room;
        return rules.edit(
          meeting,
          { ...details, room: kept ? meeting.room : sealed },
          this.clock.now(),
          this.editWindow,
        );
      },
      version,
    );
  }

  /** What moving would do, without doing it. */
  tryMove(meeting: Meeting, start: Date): Result<Meeting, 'cancelled' | 'over' | 'in-the-past' | 'same-time'> {
    const decided = rules.move(meeting, start, this.clock.now(), this.editWindow);
    return decided.ok ? done(decided.state) : decided;
  }

  move(id: Id, start: Date, version?: number): Outcome<'cancelled' | 'over' | 'in-the-past' | 'same-time'> {
    return this.change(id, (meeting) => rules.move(meeting, start, this.clock.now(), this.editWindow), version);
  }

  tryCancel(meeting: Meeting): Result<Meeting, 'not-announced' | 'over'> {
    const decided = rules.cancel(meeting, '', this.clock.now());
    return decided.ok ? done(decided.state) : decided;
  }

  cancel(id: Id, reason: string, version?: number): Outcome<'not-announced' | 'over'> {
    return this.change(id, (meeting) => rules.cancel(meeting, reason, this.clock.now()), version);
  }

  /** What moving occurrences would do, without doing it. */
  tryMoveOccurrences(meeting: Meeting, part: Part, start: Date): Result<Meeting, MoveRefusal> {
    const options = { editWindow: this.editWindow, into: meeting.id };
    const decided = seriesRules.moveOccurrences(meeting, part, start, this.clock.now(), options);
    return decided.ok ? done(decided.state) : decided;
  }

  moveOccurrences(id: Id, part: Part, start: Date, version?: number): Outcome<MoveRefusal> {
    const options = { editWindow: this.editWindow, into: this.ids.next() };
    return this.change(
      id,
      (meeting) => seriesRules.moveOccurrences(meeting, part, start, this.clock.now(), options),
      version,
    );
  }

  tryCancelOccurrences(meeting: Meeting, part: Part): Result<Meeting, CancelRefusal> {
    const decided = seriesRules.cancelOccurrences(meeting, part, '', this.clock.now());
    return decided.ok ? done(decided.state) : decided;
  }

  cancelOccurrences(id: Id, part: Part, reason: string, version?: number): Outcome<CancelRefusal> {
    return this.change(
      id,
      (meeting) => seriesRules.cancelOccurrences(meeting, part, reason, this.clock.now()),
      version,
    );
  }

  renameOccurrence(
    id: Id,
    original: Date,
    title: string,
    version?: number,
  ): Outcome<'cancelled' | 'over' | 'no-such-occurrence'> {
    return this.change(
      id,
      (meeting) => seriesRules.renameOccurrence(meeting, original, title, this.clock.now(), this.editWindow),
      version,
    );
  }

  /** Makes the meeting that goes on with what was split off; one that is there already stays as it is. */
  async goOn(
    of: Id,
    into: Id,
    split: { readonly from: Date; readonly start: Date; readonly count: number },
  ): Promise<void> {
    const old = await this.meetings.get(of);
    if (!old) return;
    const room = this.sealRoom(into, this.roomOf(old));
    const given = { ...split, id: into, room, secret: newMarkerSecret() };
    const decided = goOn(old, given, this.clock.now());
    if (decided.ok) await this.meetings.store.create(into, decided.state, decided.events);
  }

  /** After an occurrence the next ones get their timers. */
  windOn(id: Id): Outcome<never> {
    return this.change(id, (meeting) => rules.windOn(meeting, this.clock.now()));
  }

  discard(id: Id, version?: number): Outcome<'not-a-draft'> {
    return this.change(id, rules.discard, version);
  }

  /** Destroys the secret behind the markers; participation has published its count. */
  closeCount(id: Id): Outcome<never> {
    return this.change(id, rules.closeCount);
  }

  /** @param moves those of the timer: one of an earlier time changes nothing */
  forget(id: Id, moves: number): Outcome<never> {
    return this.change(id, (meeting) => (meeting.moves === moves ? rules.forget(meeting) : accept(meeting)));
  }

  private async change<Refusal extends string>(
    id: Id,
    decide: (meeting: Meeting) => Decision<Meeting | undefined, MeetingEvent, Refusal>,
    version?: number,
  ): Outcome<Refusal> {
    const changed = await this.meetings.store.change(id, decide, version);
    if (changed.ok || changed.reason !== 'taken') return changed as Awaited<Outcome<Refusal>>;
    return refuse('unknown');
  }

  private sealRoom(id: Id, room: string): Uint8Array {
    const address = room === '' ? freshRoom(this.settings.ROOM_BASE_URL, this.ids.next()) : room;
    return sealWithRing(this.ring, 'room', address, roomPlace(id));
  }

  private get editWindow(): number {
    return this.settings.EDIT_WINDOW_SECONDS * 1000;
  }
}

const roomPlace = (id: Id): SealedPlace => ({ collection: MEETINGS, id, field: 'room' });

import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents, Where } from '../../libs/database/documents.js';
import { Aggregates, type AggregateStore } from '../../libs/outbox/aggregates.js';
import type { Stored } from '../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, plus } from '../../libs/time/clock.js';
import { occurrencesOf } from '../invitations/series.js';
import { presentMeeting, type Meeting } from './meeting.js';
import type { MeetingEvent } from './meetings.events.js';
import { MEETINGS } from './meetings.schema.js';

/** More meetings than ever run at one time: they lie between those to come and those held. */
const AT_ONCE = 50;

/** What goes through all guests once; timers are not among it. */
const TELLING: readonly string[] = [
  'meeting.announced',
  'meeting.changed',
  'meeting.cancelled',
] satisfies MeetingEvent['type'][];

/** The door to the meetings' collection. */
@Injectable()
export class MeetingsRepository {
  readonly store: AggregateStore<Meeting, MeetingEvent>;

  constructor(
    @InjectModel(MEETINGS) private readonly meetings: Documents<Stored<Meeting>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Meeting, MeetingEvent>(meetings);
  }

  async get(id: Id): Promise<Meeting | undefined> {
    return (await this.store.load(id))?.state;
  }

  /** Announced meetings that have not ended, soonest first. None lasts longer than a day. */
  async upcoming(now: Date, limit: number): Promise<Meeting[]> {
    const filter: Where<Stored<Meeting>> = {
      'state.status': 'announced',
      'state.start': trusted({ $gt: plus(now, -DAY) }),
    };
    const meetings = await this.list(filter, 1, limit + AT_ONCE, now);
    return meetings.filter(({ end }) => end > now).slice(0, limit);
  }

  /** Meetings that were held, latest first. */
  async past(now: Date, limit: number): Promise<Meeting[]> {
    const filter: Where<Stored<Meeting>> = { 'state.status': 'announced', 'state.start': trusted({ $lte: now }) };
    const meetings = await this.list(filter, -1, limit + AT_ONCE, now);
    return meetings.filter(({ end }) => end <= now).slice(0, limit);
  }

  /** What was announced, cancelled or not, and ended after `since`, soonest first. */
  async published(since: Date, now: Date, limit: number): Promise<Meeting[]> {
    const filter: Where<Stored<Meeting>> = {
      'state.status': trusted({ $in: ['announced', 'cancelled'] }),
      'state.start': trusted({ $gt: plus(since, -DAY) }),
    };
    const meetings = await this.list(filter, 1, limit + AT_ONCE, now);
    return meetings.filter(({ end }) => end > since).slice(0, limit);
  }

  /** Every meeting for the console, latest first. */
  all(now: Date, limit: number): Promise<Meeting[]> {
    return this.list({ 'state.start': trusted({ $exists: true }) }, -1, limit, now);
  }

  /** Each occurrence of a series is a meeting of its own. */
  async countHeld(now: Date): Promise<number> {
    const announced: Where<Stored<Meeting>> = { 'state.status': 'announced' };
    const [single, series] = await Promise.all([
      this.meetings.countDocuments({
        ...announced,
        'state.start': trusted({ $lte: now }),
        'state.end': trusted({ $lte: now }),
        'state.series': trusted({ $exists: false }),
      }),
      this.meetings
        .find({ ...announced, 'state.series': trusted({ $exists: true }) }, { 'state.series': 1 })
        .lean<Stored<Pick<Meeting, 'series'>>[]>(),
    ]);
    const held = series.map(({ state }) => (state?.series ? occurrencesOf(state.series) : []));
    return single + held.flat().filter(({ cancelled, end }) => cancelled === null && end <= now).length;
  }

  /** What is pending of telling guests: under way, or waiting for its time. */
  async tells(id: Id, now: Date): Promise<{ readonly going: boolean; readonly waiting: boolean }> {
    const stored = await this.meetings.findById(id, { pending: 1 }).lean<Pick<Stored<Meeting>, 'pending'>>();
    const due = (stored?.pending ?? []).flatMap(({ type, dueAt }) => (dueAt && TELLING.includes(type) ? [dueAt] : []));
    return { going: due.some((dueAt) => dueAt <= now), waiting: due.some((dueAt) => dueAt > now) };
  }

  private async list(filter: Where<Stored<Meeting>>, order: 1 | -1, limit: number, now: Date): Promise<Meeting[]> {
    const found = await this.meetings
      .find(filter, { state: 1 })
      .sort({ 'state.start': order, _id: 1 })
      .limit(limit)
      .lean();
    return found.flatMap(({ state }) => (state ? [presentMeeting(state, now)] : []));
  }
}

import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, type Model } from 'mongoose';
import { Aggregates, type AggregateStore } from '../../libs/outbox/aggregates.js';
import type { Stored } from '../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Meeting } from './meeting.js';
import type { MeetingEvent } from './meetings.events.js';
import { MEETINGS } from './meetings.schema.js';

/** The door to the meetings' collection. */
@Injectable()
export class MeetingsRepository {
  readonly store: AggregateStore<Meeting, MeetingEvent>;

  constructor(
    @InjectModel(MEETINGS) private readonly meetings: Model<Stored<Meeting>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Meeting, MeetingEvent>(meetings);
  }

  async get(id: Id): Promise<Meeting | undefined> {
    return (await this.store.load(id))?.state;
  }

  /** Announced meetings that have not ended, soonest first. */
  upcoming(now: Date, limit: number): Promise<Meeting[]> {
    return this.list({ 'state.status': 'announced', 'state.start': trusted({ $gt: new Date(now.getTime() - 86_400_000) }) }, 1, limit + 50).then(
      (meetings) => meetings.filter(({ end }) => end > now).slice(0, limit),
    );
  }

  /** Meetings that were held, latest first. */
  past(now: Date, limit: number): Promise<Meeting[]> {
    return this.list({ 'state.status': 'announced', 'state.start': trusted({ $lte: now }) }, -1, limit + 50).then((meetings) =>
      meetings.filter(({ end }) => end <= now).slice(0, limit),
    );
  }

  /** Every meeting for the console, latest first. */
  all(limit: number): Promise<Meeting[]> {
    return this.list({ 'state.start': trusted({ $exists: true }) }, -1, limit);
  }

  async countHeld(now: Date): Promise<number> {
    return this.meetings.countDocuments({ 'state.status': 'announced', 'state.start': trusted({ $lte: now }) } as never);
  }

  private async list(filter: object, order: 1 | -1, limit: number): Promise<Meeting[]> {
    const found = await this.meetings
      .find(filter as never, { state: 1 } as never)
      .sort({ 'state.start': order, _id: 1 })
      .limit(limit)
      .lean<Stored<Meeting>[]>();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }
}

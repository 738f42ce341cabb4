import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Documents } from '../../../libs/database/documents.js';
import { Database } from '../../../libs/database/database.js';
import { Aggregates, type AggregateStore } from '../../../libs/outbox/aggregates.js';
import type { Stored } from '../../../libs/outbox/aggregate.schema.js';
import { Handles, type NextPage } from '../../../libs/outbox/handlers.js';
import { consoleCount, type ConsoleCount } from '../../../libs/privacy/bands.js';
import { newMarkerSecret } from '../../../libs/privacy/marker.js';
import { Clock } from '../../../libs/time/clock.js';
import type { BookingEvent } from '../slots/bookings.events.js';
import type { OfficeHours } from '../hours/office-hours.js';
import type { Booked } from '../slots/slots.repository.js';
import { begin, canBeSaid, close, isMissed, monthOf, noShowsId, say, type NoShows } from './no-shows.js';
import { NO_SHOWS } from './no-shows.schema.js';

/** How often nobody came: a number for each month, and nothing about anybody. */
@Injectable()
export class NoShowsService {
  private readonly store: AggregateStore<NoShows, BookingEvent>;

  constructor(
    @InjectModel(NO_SHOWS) noShows: Documents<Stored<NoShows>>,
    aggregates: Aggregates,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.store = aggregates.of<NoShows, BookingEvent>(noShows);
  }

  /** @returns false where it is too early or too late to say so */
  async say({ slot, booking }: Booked, hours: OfficeHours, missed: boolean): Promise<boolean> {
    if (booking.status !== 'confirmed' || !canBeSaid(slot, this.clock.now())) return false;
    const month = monthOf(slot.start, hours);
    const id = noShowsId(hours.id, month);
    if (!(await this.store.load(id))) {
      const begun = begin(hours.id, month, newMarkerSecret());
      await this.store.create(id, begun.state, begun.events);
    }
    return (await this.store.change(id, (state) => say(state, booking.id, missed))).ok;
  }

  /** Whether it was said of a booking; undefined where nothing may be said of it now. */
  async of({ slot, booking }: Booked, hours: OfficeHours): Promise<boolean | undefined> {
    if (booking.status !== 'confirmed' || !canBeSaid(slot, this.clock.now())) return undefined;
    const stored = await this.store.load(noShowsId(hours.id, monthOf(slot.start, hours)));
    return stored ? isMissed(stored.state, booking.id) : false;
  }

  /** In a month, in bands. @param month `YYYY-MM` */
  async count({ id }: OfficeHours, month: string): Promise<ConsoleCount> {
    return consoleCount((await this.store.load(noShowsId(id, month)))?.state.count ?? 0);
  }

  /** Secret and markers are left in the journal neither. */
  @Handles('office-hours.close-no-shows', 'no-shows.closing')
  async close(id: string): Promise<NextPage> {
    await this.store.change(id, close);
    await this.database.forgetDeleted();
    return undefined;
  }
}

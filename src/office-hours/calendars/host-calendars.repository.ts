import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents } from '../../../libs/database/documents.js';
import { Aggregates, type AggregateStore } from '../../../libs/outbox/aggregates.js';
import type { Stored } from '../../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../../libs/privacy/ids.js';
import type { HostCalendar } from './host-calendar.js';
import type { HostCalendarEvent } from './host-calendars.events.js';
import { HOST_CALENDARS } from './host-calendars.schema.js';

/** The door to the hosts' own calendars. */
@Injectable()
export class HostCalendarsRepository {
  readonly store: AggregateStore<HostCalendar, HostCalendarEvent>;

  constructor(
    @InjectModel(HOST_CALENDARS) private readonly calendars: Documents<Stored<HostCalendar>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<HostCalendar, HostCalendarEvent>(calendars);
  }

  async get(id: Id): Promise<HostCalendar | undefined> {
    return (await this.store.load(id))?.state;
  }

  async ofContacts(contacts: readonly Id[]): Promise<HostCalendar[]> {
    if (contacts.length === 0) return [];
    const found = await this.calendars.find({ 'state.contact': trusted({ $in: [...contacts] }) }, { state: 1 }).lean();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }

  /** At once and whole: its timers go with it, and a reading under way finds nothing to change. */
  async forgetContact(contact: Id): Promise<boolean> {
    const { deletedCount } = await this.calendars.deleteMany({ 'state.contact': contact });
    return deletedCount > 0;
  }
}

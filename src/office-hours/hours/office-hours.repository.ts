import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents } from '../../../libs/database/documents.js';
import { Aggregates, type AggregateStore } from '../../../libs/outbox/aggregates.js';
import type { Stored } from '../../../libs/outbox/aggregate.schema.js';
import type { DomainEvent } from '../../../libs/outbox/entry.js';
import type { Id } from '../../../libs/privacy/ids.js';
import type { OfficeHours } from './office-hours.js';
import { OFFICE_HOURS } from './office-hours.schema.js';

/** The door to the collection of office hours. Nothing is caused by offering them. */
@Injectable()
export class OfficeHoursRepository {
  readonly store: AggregateStore<OfficeHours, DomainEvent>;

  constructor(
    @InjectModel(OFFICE_HOURS) private readonly hours: Documents<Stored<OfficeHours>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<OfficeHours, DomainEvent>(hours);
  }

  async get(id: Id): Promise<OfficeHours | undefined> {
    return (await this.store.load(id))?.state;
  }

  async all(limit: number): Promise<OfficeHours[]> {
    const found = await this.hours
      .find({ 'state.hosts': trusted({ $exists: true }) }, { state: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }
}

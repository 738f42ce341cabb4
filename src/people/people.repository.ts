import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents, Where } from '../../libs/database/documents.js';
import type { Stored } from '../../libs/outbox/aggregate.schema.js';
import { Aggregates, type AggregateStore } from '../../libs/outbox/aggregates.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { PersonEvent } from './people.events.js';
import { PEOPLE } from './people.schema.js';
import type { Person, Role } from './person.js';

/** More appointments than a movement makes in a lifetime; beyond, the list would need pages. */
const MOST = 2_000;

/** The door to the appointments' collection. */
@Injectable()
export class PeopleRepository {
  readonly store: AggregateStore<Person, PersonEvent>;

  constructor(
    @InjectModel(PEOPLE) private readonly people: Documents<Stored<Person>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Person, PersonEvent>(people);
  }

  async get(id: Id): Promise<Person | undefined> {
    return (await this.store.load(id))?.state;
  }

  all(): Promise<Person[]> {
    return this.list({ 'state.role': trusted({ $exists: true }) });
  }

  ofContact(contact: Id): Promise<Person[]> {
    return this.list({ 'state.contact': contact });
  }

  withRole(role: Role): Promise<Person[]> {
    return this.list({ 'state.role': role });
  }

  private async list(filter: Where<Stored<Person>>): Promise<Person[]> {
    const found = await this.people.find(filter, { state: 1 }).sort({ _id: 1 }).limit(MOST).lean();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }
}

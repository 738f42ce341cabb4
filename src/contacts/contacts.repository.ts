import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents, Where } from '../../libs/database/documents.js';
import { isDuplicateKey } from '../../libs/database/duplicate-key.js';
import { Aggregates, type AggregateStore } from '../../libs/outbox/aggregates.js';
import type { Stored } from '../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Contact } from './contact.js';
import type { ContactEvent } from './contacts.events.js';
import { BLOCKED, CONTACTS, type BlockedAddress } from './contacts.schema.js';

/** Whom an announcement is for: everyone, or those of some regions. */
export type Audience = { readonly regions?: readonly string[] };

export interface AudienceCount {
  readonly region: string | null;
  readonly country: string | null;
  readonly language: string;
  readonly count: number;
}

/** The door to the contacts' collection. */
@Injectable()
export class ContactsRepository {
  readonly store: AggregateStore<Contact, ContactEvent>;

  constructor(
    @InjectModel(CONTACTS) private readonly contacts: Documents<Stored<Contact>>,
    @InjectModel(BLOCKED) private readonly blocked: Documents<BlockedAddress>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Contact, ContactEvent>(contacts);
  }

  async get(id: Id): Promise<Contact | undefined> {
    return (await this.store.load(id))?.state;
  }

  /** @param indexes the blind index under each key that may have written */
  async findByIndex(indexes: readonly string[]): Promise<Contact | undefined> {
    const found = await this.contacts.findOne({ 'state.index': trusted({ $in: [...indexes] }) }, { state: 1 }).lean();
    return found?.state;
  }

  /** By the driver itself: Mongoose has nothing to add to what is read as it is. */
  async many(ids: readonly Id[]): Promise<Map<Id, Contact>> {
    const { collection } = this.contacts;
    const found = await collection.find({ _id: { $in: [...ids] } }, { projection: { state: 1 } }).toArray();
    return new Map(found.flatMap(({ _id, state }) => (state ? [[_id, state] as const] : [])));
  }

  /** Confirmed contacts of an audience in the order of their (random) ids. */
  async pageOfAudience(audience: Audience, after: Id | undefined, limit: number): Promise<Contact[]> {
    const found = await this.contacts
      .find({ ...filterOf(audience), ...(after === undefined ? {} : { _id: trusted({ $gt: after }) }) }, { state: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }

  /** All contacts in the order of their ids, whatever their state. */
  async page(after: Id | undefined, limit: number): Promise<Contact[]> {
    const found = await this.contacts
      .find(
        {
          state: trusted({ $exists: true }),
          ...(after === undefined ? {} : { _id: trusted({ $gt: after }) }),
        },
        { state: 1 },
      )
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }

  /** How many confirmed contacts who want meetings an audience has, by region, country and language. */
  async countAudience(audience: Audience, now: Date): Promise<AudienceCount[]> {
    const rows = await this.contacts.aggregate<{ _id: Omit<AudienceCount, 'count'>; count: number }>([
      {
        $match: {
          ...rawFilterOf(audience),
          'state.wants': 'meetings',
          'state.unsubscribed': false,
          'state.suppressed': false,
          $or: [{ 'state.pausedUntil': null }, { 'state.pausedUntil': { $lte: now } }],
        },
      },
      {
        $group: {
          _id: { region: '$state.region', country: '$state.country', language: '$state.language' },
          count: { $sum: 1 },
        },
      },
    ]);
    return rows.map(({ _id, count }) => ({ region: _id.region, country: _id.country, language: _id.language, count }));
  }

  async block(index: string): Promise<void> {
    try {
      await this.blocked.insertMany([{ _id: index }]);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  async isBlocked(indexes: readonly string[]): Promise<boolean> {
    return (await this.blocked.exists({ _id: trusted({ $in: [...indexes] }) })) !== null;
  }

  /** Destroys the contact: its key and its index go with the state, its timers with them. */
  async destroy(id: Id, now: Date): Promise<void> {
    await this.contacts.updateOne(
      { _id: id },
      {
        $unset: { state: 1 },
        $set: { ended: now },
        $inc: { version: 1 },
        $pull: { pending: { type: { $in: TIMERS } } },
      },
    );
  }

  /**
   * Takes the empty document away when the entry that asked for it is the last. What else the erasure caused must still
   * be done: then the sweep takes it. The entry is named, as one that another process has closed leaves another as the last.
   */
  async removeDestroyed(id: Id, entry: Id): Promise<void> {
    await this.contacts.deleteOne({
      _id: id,
      ended: trusted({ $exists: true }),
      pending: trusted({ $size: 1 }),
      'pending.id': entry,
    });
  }
}

const TIMERS: readonly ContactEvent['type'][] = ['contact.unconfirmed', 'contact.year-passed', 'contact.silent'];

const filterOf = (audience: Audience): Where<Stored<Contact>> => ({
  'state.status': 'confirmed',
  ...(audience.regions ? { 'state.region': trusted({ $in: [...audience.regions] }) } : {}),
});

const rawFilterOf = (audience: Audience) => ({
  'state.status': 'confirmed',
  ...(audience.regions ? { 'state.region': { $in: [...audience.regions] } } : {}),
});

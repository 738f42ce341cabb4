import { Schema } from 'mongoose';
import { aggregateSchema } from '../../libs/outbox/aggregate.schema.js';
import type { Contact } from './contact.js';

export const CONTACTS = 'contacts';

export const contactsSchema = aggregateSchema<Contact>(CONTACTS, [
  [{ 'state.index': 1 }, { unique: true, partialFilterExpression: { 'state.index': { $exists: true } } }],
  // The fan-out of an announcement pages through the confirmed contacts of its audience.
  [{ 'state.status': 1, 'state.region': 1, _id: 1 }],
  [{ 'state.status': 1, _id: 1 }],
]);

/** Keyed hashes of addresses whose owners asked that nobody signs them up again. */
export interface BlockedAddress {
  readonly _id: string;
}

export const BLOCKED = 'blocked_addresses';

export const blockedSchema = new Schema<BlockedAddress>(
  { _id: { type: String, required: true } },
  { collection: BLOCKED, versionKey: false, strict: 'throw' },
);

import { aggregateSchema } from '../../../libs/outbox/aggregate.schema.js';
import type { Slot } from './slot.js';

export const SLOTS = 'slots';

export const slotsSchema = aggregateSchema<Slot>(SLOTS, [
  // No five minutes of a host are taken twice, whatever grids and buffers meet.
  [{ 'state.claims': 1 }, { unique: true, partialFilterExpression: { 'state.claims': { $exists: true } } }],
  // No contact has more bookings to come than there are numbers.
  [{ 'state.places': 1 }, { unique: true, partialFilterExpression: { 'state.places': { $exists: true } } }],
  [{ 'state.host': 1, 'state.start': 1 }],
  [{ 'state.officeHours': 1, 'state.start': 1 }],
  [{ 'state.bookings.id': 1 }],
  [{ 'state.bookings.contact': 1 }],
  [{ 'state.offer.booking': 1 }, { partialFilterExpression: { 'state.offer.booking': { $exists: true } } }],
  [{ 'state.offer.id': 1 }, { partialFilterExpression: { 'state.offer.id': { $exists: true } } }],
]);

import { aggregateSchema } from '../../libs/outbox/aggregate.schema.js';
import type { Slot } from './booking.js';
import type { OfficeHours } from './office-hours.js';

export const OFFICE_HOURS = 'office_hours';
export const SLOTS = 'slots';

export const officeHoursSchema = aggregateSchema<OfficeHours>(OFFICE_HOURS, [[{ 'state.hosts': 1, _id: 1 }]]);

export const slotsSchema = aggregateSchema<Slot>(SLOTS, [
  // No five minutes of a host are taken twice, whatever grids and buffers meet.
  [{ 'state.claims': 1 }, { unique: true, partialFilterExpression: { 'state.claims': { $exists: true } } }],
  // No contact has more bookings to come than there are numbers.
  [{ 'state.places': 1 }, { unique: true, partialFilterExpression: { 'state.places': { $exists: true } } }],
  [{ 'state.host': 1, 'state.start': 1 }],
  [{ 'state.officeHours': 1, 'state.start': 1 }],
  [{ 'state.bookings.id': 1 }],
  [{ 'state.bookings.contact': 1 }],
]);

import { aggregateSchema } from '../../libs/outbox/aggregate.schema.js';
import type { Invitation } from './invitation.js';

export const INVITATIONS = 'invitations';

export const invitationsSchema = aggregateSchema<Invitation>(INVITATIONS, [
  [
    { 'state.subject': 1, 'state.contact': 1 },
    { unique: true, partialFilterExpression: { 'state.subject': { $exists: true } } },
  ],
  // A seat is held once: two acceptances of the last seat cannot both be saved.
  [
    { 'state.subject': 1, 'state.seat': 1 },
    { unique: true, partialFilterExpression: { 'state.seat': { $exists: true } } },
  ],
  // The same in each occurrence of a series, whether it is held with all of it or alone.
  [{ 'state.seats': 1 }, { unique: true, partialFilterExpression: { 'state.seats': { $exists: true } } }],
  // The fan-out pages through the guests of a subject.
  [{ 'state.subject': 1, _id: 1 }],
  [{ 'state.contact': 1, _id: 1 }],
]);

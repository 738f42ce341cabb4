import { aggregateSchema } from '../../libs/outbox/aggregate.schema.js';
import type { Meeting } from './meeting.js';

export const MEETINGS = 'meetings';

export const meetingsSchema = aggregateSchema<Meeting>(MEETINGS, [
  [{ 'state.status': 1, 'state.start': 1, _id: 1 }],
  [{ 'state.start': 1, _id: 1 }],
]);

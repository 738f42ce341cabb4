import { aggregateSchema } from '../../../libs/outbox/aggregate.schema.js';
import type { HostCalendar } from './host-calendar.js';

export const HOST_CALENDARS = 'host_calendars';

export const hostCalendarsSchema = aggregateSchema<HostCalendar>(HOST_CALENDARS, [
  [{ 'state.contact': 1 }, { unique: true, partialFilterExpression: { 'state.contact': { $exists: true } } }],
]);

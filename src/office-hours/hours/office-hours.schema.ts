import { aggregateSchema } from '../../../libs/outbox/aggregate.schema.js';
import type { OfficeHours } from './office-hours.js';

export const OFFICE_HOURS = 'office_hours';

export const officeHoursSchema = aggregateSchema<OfficeHours>(OFFICE_HOURS, [[{ 'state.hosts': 1, _id: 1 }]]);

import { aggregateSchema } from '../../../libs/outbox/aggregate.schema.js';
import type { NoShows } from './no-shows.js';

export const NO_SHOWS = 'no_shows';

export const noShowsSchema = aggregateSchema<NoShows>(NO_SHOWS);

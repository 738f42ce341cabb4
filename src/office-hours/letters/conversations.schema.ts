import { aggregateSchema } from '../../../libs/outbox/aggregate.schema.js';
import type { Conversation } from './conversation.js';

export const CONVERSATIONS = 'conversations';

export const conversationsSchema = aggregateSchema<Conversation>(CONVERSATIONS, [[{ 'state.letters.id': 1 }]]);

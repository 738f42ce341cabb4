import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Documents } from '../../../libs/database/documents.js';
import { Aggregates, type AggregateStore } from '../../../libs/outbox/aggregates.js';
import type { Stored } from '../../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../../libs/privacy/ids.js';
import type { BookingEvent } from '../slots/bookings.events.js';
import type { Conversation } from './conversation.js';
import { CONVERSATIONS } from './conversations.schema.js';

/** The door to what hosts and visitors wrote to each other. */
@Injectable()
export class ConversationsRepository {
  readonly store: AggregateStore<Conversation, BookingEvent>;

  constructor(
    @InjectModel(CONVERSATIONS) private readonly conversations: Documents<Stored<Conversation>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Conversation, BookingEvent>(conversations);
  }

  async ofLetter(letter: Id): Promise<Conversation | undefined> {
    const found = await this.conversations.findOne({ 'state.letters.id': letter }, { state: 1 }).lean();
    return found?.state;
  }
}

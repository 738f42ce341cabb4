import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { Id } from '../../libs/privacy/ids.js';
import { type AnswerDocument, ANSWERS } from './answers.schema.js';
import { FeedbackConnection } from './feedback.connection.js';
import type { Answer, Place, Topic } from './feedback.js';

/** Which released answers to show. There is no choice by week: that would bring back an order. */
export interface AnswersQuery {
  readonly topic?: Topic | undefined;
  readonly language?: string | undefined;
  readonly place?: Place | undefined;
  readonly meeting?: Id | undefined;
}

/** What answers can be told apart by. */
export type Tallied = 'topic' | 'choice' | 'language' | 'place.region' | 'place.country';

/** The released answers, always in the order of their random ids. */
@Injectable()
export class AnswersRepository implements OnModuleInit {
  constructor(private readonly connection: FeedbackConnection) {}

  async onModuleInit(): Promise<void> {
    await this.connection.connected();
    await this.answers.createIndex({ topic: 1, _id: 1 }, {}, {});
    await this.answers.createIndex({ meeting: 1, _id: 1 }, {}, {});
  }

  async some(query: AnswersQuery, skip: number, limit: number): Promise<readonly Answer[]> {
    const found = await this.answers.find(filterOf(query), { sort: { _id: 1 }, skip, limit }).toArray();
    return found.map(answerOf);
  }

  async *all(query: AnswersQuery): AsyncGenerator<Answer> {
    for await (const document of this.answers.find(filterOf(query), { sort: { _id: 1 } })) yield answerOf(document);
  }

  count(): Promise<number> {
    return this.answers.countDocuments();
  }

  /** How many answers there are for each value of a field. */
  async tally(by: Tallied): Promise<ReadonlyMap<string, number>> {
    const rows = await this.answers
      .aggregate<{ _id: string; n: number }>([
        { $match: { [by]: { $exists: true } } },
        { $group: { _id: `$${by}`, n: { $sum: 1 } } },
      ])
      .toArray();
    return new Map(rows.map(({ _id, n }) => [_id, n]));
  }

  private get answers() {
    return this.connection.collection<AnswerDocument>(ANSWERS);
  }
}

const answerOf = ({ _id, ...answer }: AnswerDocument): Answer => ({ id: _id, ...answer });

/** Values go behind $eq, where they are data whatever they hold. */
function filterOf({ topic, language, place, meeting }: AnswersQuery): mongo.Filter<AnswerDocument> {
  return {
    ...(topic !== undefined && { topic: { $eq: topic } }),
    ...(language !== undefined && { language: { $eq: language } }),
    ...(meeting !== undefined && { meeting: { $eq: meeting } }),
    ...(place && 'region' in place && { 'place.region': { $eq: place.region } }),
    ...(place && 'country' in place && { 'place.country': { $eq: place.country } }),
  };
}

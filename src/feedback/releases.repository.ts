import { Injectable } from '@nestjs/common';
import { insertNew, isDuplicateKey } from '../../libs/database/duplicate-key.js';
import { type Id, Ids } from '../../libs/privacy/ids.js';
import { type AnswerDocument, ANSWERS } from './answers.schema.js';
import { FeedbackConnection } from './feedback.connection.js';
import type { Answer, Form, Outcome } from './feedback.js';
import { inDocuments } from './padding.js';
import type { Week } from './release-week.js';
import { type Draft, DRAFTS, type Run, RUNS } from './releases.schema.js';
import { SealedLists } from './sealed-lists.js';
import { WAITING, type WaitingForms } from './waiting-forms.schema.js';

export interface ClosedForms {
  readonly documents: readonly Id[];
  readonly forms: readonly Form[];
}

/** The steps of a weekly run, each of which can be repeated, also by several processes at once. */
@Injectable()
export class ReleasesRepository {
  constructor(
    private readonly connection: FeedbackConnection,
    private readonly lists: SealedLists,
    private readonly ids: Ids,
  ) {}

  /** True when this week, or one after it, has begun. */
  async hasBegun(week: Week): Promise<boolean> {
    return (await this.runs.findOne({ _id: { $gte: week } }, { projection: { _id: 1 } })) !== null;
  }

  /** The weeks of which something is left to do or to clear away, the oldest first. */
  async unfinished(): Promise<readonly Week[]> {
    const [runs, forms, drafts] = await Promise.all([
      this.runs.find({ done: false }, { projection: { _id: 1 } }).toArray(),
      this.waiting.find({ state: { $in: ['closed', 'kept'] } }, { projection: { week: 1 } }).toArray(),
      this.drafts.find({}, { projection: { week: 1 } }).toArray(),
    ]);
    const weeks = [...runs.map(({ _id }) => _id), ...[...forms, ...drafts].flatMap(({ week }) => week ?? [])];
    return [...new Set(weeks)].sort();
  }

  async run(week: Week): Promise<Run | undefined> {
    return (await this.runs.findOne({ _id: week })) ?? undefined;
  }

  /** Closes every document that takes forms: new ones begin another. */
  async close(week: Week): Promise<void> {
    await this.waiting.updateMany({ state: 'waiting' }, { $set: { state: 'closed', week } });
  }

  async closed(week: Week): Promise<ClosedForms> {
    const documents: Id[] = [];
    const forms: Form[] = [];
    for await (const { _id, sealed } of this.waiting.find({ state: 'closed', week })) {
      documents.push(_id);
      forms.push(...(this.lists.open(WAITING, _id, sealed) as readonly Form[]));
    }
    return { documents, forms };
  }

  /** Writes down what an attempt would release and what it would keep, without effect until it counts. */
  async prepare(week: Week, attempt: Id, { answers, remaining }: Outcome): Promise<void> {
    for (const part of inDocuments(answers)) {
      const _id = this.ids.next();
      await this.drafts.insertOne({ _id, week, attempt, sealed: this.lists.seal(DRAFTS, _id, part) });
    }
    for (const part of inDocuments(remaining)) {
      const _id = this.ids.next();
      const sealed = this.lists.seal(WAITING, _id, part);
      const version = this.ids.next();
      await this.waiting.insertOne({ _id, version, state: 'kept', full: false, sealed, week, attempt });
    }
  }

  /** The one moment that decides: the first attempt counts, every later one leaves things as they are. */
  async commit(week: Week, attempt: Id, consumed: readonly Id[]): Promise<void> {
    try {
      await this.runs.insertOne({ _id: week, done: false, attempt, consumed });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  async publish(attempt: Id): Promise<void> {
    for await (const { _id, sealed } of this.drafts.find({ attempt })) {
      const answers = this.lists.open(DRAFTS, _id, sealed) as readonly Answer[];
      await insertNew(
        this.connection.collection<AnswerDocument>(ANSWERS),
        answers.map(({ id, ...answer }) => ({ _id: id, ...answer })),
      );
    }
  }

  /** What the attempt kept waits again. */
  async keepWaiting(attempt: Id): Promise<void> {
    await this.waiting.updateMany(
      { state: 'kept', attempt },
      { $set: { state: 'waiting' }, $unset: { week: '', attempt: '' } },
    );
  }

  /** Deletes the forms that were released or kept anew. By id, as another process may have closed more since. */
  async deleteConsumed(consumed: readonly Id[]): Promise<void> {
    await this.waiting.deleteMany({ _id: { $in: consumed } });
  }

  /** Deletes what attempts left: of the one that counted all is in place, and the others never count. */
  async deletePrepared(week: Week): Promise<void> {
    await this.drafts.deleteMany({ week });
    await this.waiting.deleteMany({ state: 'kept', week });
  }

  async finish(week: Week): Promise<void> {
    await this.runs.updateOne({ _id: week }, { $set: { done: true }, $unset: { attempt: '', consumed: '' } });
  }

  /** What was closed for a week too late to be in its run waits again. Only for a week that is done. */
  async reopen(week: Week): Promise<void> {
    await this.waiting.updateMany({ state: 'closed', week }, { $set: { state: 'waiting' }, $unset: { week: '' } });
  }

  forgetDeleted(): Promise<void> {
    return this.connection.forgetDeleted();
  }

  private get waiting() {
    return this.connection.collection<WaitingForms>(WAITING);
  }

  private get runs() {
    return this.connection.collection<Run>(RUNS);
  }

  private get drafts() {
    return this.connection.collection<Draft>(DRAFTS);
  }
}

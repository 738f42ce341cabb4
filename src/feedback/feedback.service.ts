import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import { csvHead, csvLine } from './answers-csv.js';
import { AnswersRepository, type AnswersQuery, type Tallied } from './answers.repository.js';
import { type Answer, type Form, isEmpty, type NewForm } from './feedback.js';
import { MOST_BYTES, sizeOf } from './padding.js';
import { WaitingFormsRepository } from './waiting-forms.repository.js';

export interface AnswersPage {
  readonly answers: readonly Answer[];
  /** 1 is the first. */
  readonly page: number;
  readonly more: boolean;
}

interface Waiting {
  readonly form: Form;
  readonly kept: () => void;
  readonly failed: (reason: unknown) => void;
}

const PAGE = 50;
/** Ideas on one page of a meeting. */
const MOST_IDEAS = 500;
/** Saves in a row that other processes may win before a form is refused. */
const TRIES = 100;

/** The anonymous answers: keeping forms until they can be released, and reading what was. */
@Injectable()
export class FeedbackService {
  private queue: Waiting[] = [];
  private saving = false;

  constructor(
    private readonly waiting: WaitingFormsRepository,
    private readonly released: AnswersRepository,
  ) {}

  /**
   * Keeps a form until it can be released; resolves when it is safe in the database. A form without an answer is not
   * kept. Forms that wait together are saved together. Throws RangeError for a form of 256 KB, or what the database says.
   */
  keep(form: NewForm): Promise<void> {
    if (isEmpty(form)) return Promise.resolve();
    if (sizeOf(form) > MOST_BYTES - 64) return Promise.reject(new RangeError('the form is too large to be kept'));
    return new Promise((kept, failed) => {
      this.queue.push({ form: { ...form, runs: 0 }, kept, failed });
      if (!this.saving) void this.save();
    });
  }

  /** Released answers, 50 a page, in an order that means nothing. */
  async answers({ page = 1, ...query }: AnswersQuery & { readonly page?: number } = {}): Promise<AnswersPage> {
    const found = await this.released.some(query, (page - 1) * PAGE, PAGE + 1);
    return { answers: found.slice(0, PAGE), page, more: found.length > PAGE };
  }

  /** All released answers that fit, as the chunks of a CSV file with formulas disarmed. */
  async *answersCsv(query: AnswersQuery = {}): AsyncGenerator<string> {
    yield csvHead;
    for await (const answer of this.released.all(query)) yield csvLine(answer);
  }

  /** The released ideas of one meeting. */
  ideasOf(meeting: Id): Promise<readonly Answer[]> {
    return this.released.some({ meeting, topic: 'idea' }, 0, MOST_IDEAS);
  }

  /** How many answers are released: not personal, and always shown. How many wait is nobody's to know. */
  answersReleased(): Promise<number> {
    return this.released.count();
  }

  /** How many released answers there are for each topic, choice, language or place: shown in bands. */
  tally(by: Tallied): Promise<ReadonlyMap<string, number>> {
    return this.released.tally(by);
  }

  /** One save at a time in this process: what comes meanwhile goes together into the next. */
  private async save(): Promise<void> {
    this.saving = true;
    while (this.queue.length > 0) {
      const together = this.queue;
      this.queue = [];
      try {
        await this.saveAll(together);
      } catch (error) {
        // To those already kept this says nothing: their promise is settled.
        for (const { failed } of together) failed(error);
      }
    }
    this.saving = false;
  }

  private async saveAll(together: readonly Waiting[]): Promise<void> {
    let rest = together;
    for (let tries = 0; rest.length > 0; tries++) {
      if (tries === TRIES) throw new Error('the form could not be kept: too many at once');
      const count = await this.waiting.add(rest.map(({ form }) => form));
      for (const { kept } of rest.slice(0, count)) kept();
      rest = rest.slice(count);
      // Others write too: whoever lost waits a moment of its own, so that not all come again at once.
      if (count === 0) await wait(Math.random() * Math.min(5 + tries * 5, 100));
      else tries = -1;
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Change, Documents } from '../database/documents.js';
import { DatabaseClock } from '../database/database-clock.js';
import { plus } from '../time/clock.js';
import type { Stored } from './aggregate.schema.js';
import { Aggregates } from './aggregates.js';
import type { EntryJob } from './dispatcher.js';
import { momentUntil, QUARANTINE_AT, retryDelay, type Entry } from './entry.js';
import { happened } from './happenings.js';
import { Handlers } from './handlers.js';

/**
 * Does what an entry asks for and closes it. Only the handler that did the work closes its entry; one that throws is
 * tried again with growing delays and set aside at the eighth failure. None of this touches the aggregate's version.
 */
@Injectable()
export class Relay {
  private readonly log = new Logger(Relay.name);
  private stopping = false;

  constructor(
    private readonly aggregates: Aggregates,
    private readonly handlers: Handlers,
    private readonly clock: DatabaseClock,
  ) {}

  /** A fan-out under way stops after its page; the next process goes on from the cursor. */
  stop(): void {
    this.stopping = true;
  }

  async handle(job: EntryJob): Promise<void> {
    const model = this.aggregates.named(job.collection);
    const entry = model && (await this.find(model, job));
    const wait = entry?.dueAt && momentUntil(entry.dueAt, this.clock.now());
    if (!model || !entry || wait === undefined) return;
    if (wait > 0) await pause(wait);
    let page: Entry = entry;
    try {
      const handler = this.handlers.get(entry.handler);
      if (!handler) throw new Error(`nobody is ${entry.handler}`);
      for (;;) {
        const next = await handler(job.aggregate, page);
        if (!next) break;
        if ('later' in next) {
          await this.update(model, job, { $set: { 'pending.$.dueAt': next.later } });
          return;
        }
        await this.update(model, job, { $set: { 'pending.$.cursor': next.cursor, 'pending.$.failures': 0 } });
        if (this.stopping) return;
        page = { ...page, cursor: next.cursor, failures: 0 };
      }
    } catch (error) {
      await this.failed(model, job, page, error);
      return;
    }
    await model.updateOne({ _id: job.aggregate }, { $pull: { pending: { id: job.entry } } });
    happened('entry', 'handled');
  }

  /** Sets an entry aside: it is shown in the console and waits for a person. */
  async quarantine(job: EntryJob): Promise<void> {
    const model = this.aggregates.named(job.collection);
    if (!model) return;
    await this.update(model, job, {
      $set: { 'pending.$.quarantined': this.clock.now() },
      $unset: { 'pending.$.dueAt': 1 },
    });
    happened('entry', 'quarantined');
    this.log.error(`entry ${job.entry} of ${job.collection} is quarantined`);
  }

  /** Puts a quarantined entry back to work. */
  async retry(job: EntryJob): Promise<void> {
    const model = this.aggregates.named(job.collection);
    if (!model) return;
    await this.update(model, job, {
      $set: { 'pending.$.dueAt': this.clock.now(), 'pending.$.failures': 0 },
      $unset: { 'pending.$.quarantined': 1 },
    });
  }

  private async failed(model: Documents<Stored<unknown>>, job: EntryJob, entry: Entry, error: unknown): Promise<void> {
    const failures = entry.failures + 1;
    happened('entry', 'failed');
    // The message may quote what it choked on; the place where it broke cannot.
    this.log.error({ handler: entry.handler, failures, kind: kindOf(error), at: placeOf(error) }, 'a handler failed');
    if (failures >= QUARANTINE_AT) {
      await this.quarantine(job);
      return;
    }
    await this.update(model, job, {
      $set: { 'pending.$.failures': failures, 'pending.$.dueAt': plus(this.clock.now(), retryDelay(failures)) },
    });
  }

  private async find(model: Documents<Stored<unknown>>, job: EntryJob): Promise<Entry | undefined> {
    const stored = await model.findById(job.aggregate, { pending: 1 }).lean<Pick<Stored<unknown>, 'pending'>>();
    return stored?.pending.find(({ id }) => id === job.entry);
  }

  private async update(
    model: Documents<Stored<unknown>>,
    job: EntryJob,
    change: Change<Stored<unknown>>,
  ): Promise<void> {
    await model.updateOne({ _id: job.aggregate, 'pending.id': job.entry }, change);
  }
}

export const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** The first lines of the stack without its message. */
export const placeOf = (error: unknown): string =>
  error instanceof Error
    ? (error.stack ?? '')
        .split('\n')
        .filter((line) => line.trimStart().startsWith('at '))
        .slice(0, 4)
        .map((line) => line.trim())
        .join(' ')
    : '';

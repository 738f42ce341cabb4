import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Change, Documents } from '../database/documents.js';
import { DatabaseClock } from '../database/database-clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { Ids, type Id } from '../privacy/ids.js';
import { MINUTE } from '../time/clock.js';
import type { Stored } from './aggregate.schema.js';
import { done, refuse, type Decision, type Result } from '../rules/decision.js';
import { Dispatcher } from './dispatcher.js';
import type { DomainEvent, Entry } from './entry.js';
import { Handlers } from './handlers.js';

const TRIES = 10;
/** Timers due within this are given to Redis, so that they come to the second; more would only fill its memory. */
const SOON = 5 * MINUTE;

/** Saves aggregates and what their changes cause in one atomic write; makes an {@link AggregateStore} per collection. */
@Injectable()
export class Aggregates {
  private readonly models = new Map<string, Documents<Stored<unknown>>>();

  constructor(
    private readonly handlers: Handlers,
    private readonly dispatcher: Dispatcher,
    private readonly clock: DatabaseClock,
    private readonly ids: Ids,
  ) {}

  of<State, Event extends DomainEvent>(model: Documents<Stored<State>>): AggregateStore<State, Event> {
    // The paths that the outbox names are those of every aggregate, whatever its state is.
    const documents = model as unknown as Documents<Stored<unknown>>;
    this.models.set(documents.collection.name, documents);
    return new AggregateStore<State, Event>(documents, this);
  }

  /** The database's time, by which entries are due: a process whose own clock is fast must not delay its work. */
  now(): Date {
    return this.clock.now();
  }

  /** Every collection with pending entries, for the sweep and the relay. */
  all(): readonly Documents<Stored<unknown>>[] {
    return [...this.models.values()];
  }

  named(collection: string): Documents<Stored<unknown>> | undefined {
    return this.models.get(collection);
  }

  /** One entry per event and handler. */
  entriesFor(events: readonly DomainEvent[]): Entry[] {
    const now = this.clock.now();
    return events.flatMap((event) =>
      this.handlers.namesFor(event.type).map((handler) => ({
        id: this.ids.next(),
        type: event.type,
        handler,
        data: event.data ?? {},
        dueAt: event.dueAt ?? now,
        failures: 0,
      })),
    );
  }

  /**
   * Tells the queue what can be done at once or soon. Never awaited: the sweep finds whatever Redis did not take, and each
   * timer that is further away.
   */
  dispatch(collection: string, aggregate: Id, entries: readonly Entry[]): void {
    const now = this.clock.now().getTime();
    this.dispatcher.addEntries(
      entries.flatMap(({ id: entry, dueAt }) => {
        const delay = dueAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, dueAt.getTime() - now);
        return delay > SOON ? [] : [{ job: { collection, aggregate, entry }, delay }];
      }),
    );
  }
}

/** The only way to an aggregate: load it, decide, save state and events as one document. */
export class AggregateStore<State, Event extends DomainEvent> {
  constructor(
    private readonly model: Documents<Stored<unknown>>,
    private readonly aggregates: Aggregates,
  ) {}

  async load(id: Id): Promise<{ version: number; state: State } | undefined> {
    const stored = await this.model.findById(id, { version: 1, state: 1 }).lean<Stored<State>>();
    return stored?.state === undefined ? undefined : { version: stored.version, state: stored.state };
  }

  /** Creates the aggregate; refuses when the id or a unique key is taken. */
  async create(id: Id, state: State, events: readonly Event[] = []): Promise<Result<State, 'exists'>> {
    const pending = this.aggregates.entriesFor(events);
    try {
      await this.model.insertMany([{ _id: id, version: 0, state, pending }]);
    } catch (error) {
      if (isDuplicateKey(error)) return refuse('exists');
      throw error;
    }
    this.aggregates.dispatch(this.model.collection.name, id, pending);
    return done(state);
  }

  /**
   * Loads, decides and saves; on a conflict decides again on the newer state. A decision without a change of state and
   * without events writes nothing.
   * @param expected the version that a form showed: when it is older, the answer is `changed-meanwhile`
   */
  async change<Refusal extends string>(
    id: Id,
    decide: (
      state: State,
    ) => Decision<State | undefined, Event, Refusal> | Promise<Decision<State | undefined, Event, Refusal>>,
    expected?: number,
  ): Promise<Result<State, Refusal | 'unknown' | 'changed-meanwhile' | 'taken'>> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const current = await this.load(id);
      if (!current) return refuse('unknown');
      if (expected !== undefined && current.version !== expected) return refuse('changed-meanwhile');
      const decision = await decide(current.state);
      if (!decision.ok) return decision;
      if (decision.state === current.state && decision.events.length === 0) return done(current.state);
      try {
        if (await this.save(id, current.version, decision.state, decision.events))
          return done(decision.state ?? current.state);
      } catch (error) {
        if (isDuplicateKey(error)) return refuse('taken');
        throw error;
      }
      await pause(Math.random() * 10 * attempt);
    }
    throw new Error(`${this.model.collection.name}: still in conflict after ${String(TRIES)} tries`);
  }

  /** State whole, version + 1, entries pushed: one updateOne. An undefined state ends the aggregate. */
  private async save(id: Id, version: number, state: State | undefined, events: readonly Event[]): Promise<boolean> {
    const pending = this.aggregates.entriesFor(events);
    const push = pending.length > 0 ? { $push: { pending: { $each: pending } } } : {};
    const set: Change<Stored<unknown>> =
      state === undefined
        ? { $set: { ended: this.aggregates.now() }, $unset: { state: 1 }, $inc: { version: 1 } }
        : { $set: { state }, $inc: { version: 1 } };
    const { modifiedCount } = await this.model.updateOne({ _id: id, version }, { ...set, ...push });
    if (modifiedCount === 0) return false;
    this.aggregates.dispatch(this.model.collection.name, id, pending);
    return true;
  }
}

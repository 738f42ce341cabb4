import { Injectable } from '@nestjs/common';
import { trusted } from 'mongoose';
import { Aggregates } from './aggregates.js';
import type { EntryJob } from './dispatcher.js';
import type { Entry } from './entry.js';

/** An entry that a person has to look at; ids and closed words only. */
export interface QuarantinedEntry extends EntryJob {
  readonly type: string;
  readonly handler: string;
  readonly since: Date;
}

/** What waits and what was set aside, over all aggregates. */
@Injectable()
export class Quarantine {
  constructor(private readonly aggregates: Aggregates) {}

  async entries(limit: number): Promise<QuarantinedEntry[]> {
    const found: QuarantinedEntry[] = [];
    for (const model of this.aggregates.all()) {
      const documents = await model
        .find({ 'pending.quarantined': trusted({ $exists: true }) }, { pending: 1 })
        .limit(limit - found.length)
        .lean<{ _id: string; pending: Entry[] }[]>();
      for (const { _id, pending } of documents) {
        for (const { id, type, handler, quarantined } of pending) {
          if (quarantined)
            found.push({
              collection: model.collection.name,
              aggregate: _id,
              entry: id,
              type,
              handler,
              since: quarantined,
            });
        }
      }
      if (found.length >= limit) break;
    }
    return found;
  }

  /** How many aggregates have entries that are due. */
  async due(now: Date): Promise<number> {
    let count = 0;
    for (const model of this.aggregates.all()) {
      count += await model.countDocuments({ 'pending.dueAt': trusted({ $lte: now }) });
    }
    return count;
  }
}

import { Schema, type IndexDefinition, type IndexOptions } from 'mongoose';
import type { Id } from '../privacy/ids.js';
import type { Entry } from './entry.js';

/** An aggregate as it is stored: one document, changed by one atomic write. */
export interface Stored<State> {
  readonly _id: Id;
  readonly version: number;
  /** Absent once it has ended. */
  readonly state?: State;
  readonly ended?: Date;
  readonly pending: readonly Entry[];
}

/**
 * The schema of an aggregate's collection. The state's shape is the pure rules' business (a TypeScript type), the
 * database sees it whole; `indexes` name paths like `state.contact`.
 */
export function aggregateSchema<State>(
  collection: string,
  indexes: readonly (readonly [IndexDefinition, IndexOptions?])[] = [],
): Schema<Stored<State>> {
  const schema = new Schema<Stored<State>>(
    {
      _id: { type: String, required: true },
      version: { type: Number, required: true },
      state: Schema.Types.Mixed,
      ended: Date,
      pending: { type: [Schema.Types.Mixed], default: [] },
    },
    { collection, versionKey: false, minimize: false, strict: 'throw' },
  );
  // The sweep pages through what is due; acknowledging finds an entry by the document's id.
  schema.index({ 'pending.dueAt': 1, _id: 1 }, { partialFilterExpression: { 'pending.dueAt': { $exists: true } } });
  schema.index({ 'pending.quarantined': 1 }, { partialFilterExpression: { 'pending.quarantined': { $exists: true } } });
  schema.index({ ended: 1 }, { partialFilterExpression: { ended: { $exists: true } } });
  for (const [fields, options] of indexes) schema.index(fields, options ?? {});
  return schema;
}

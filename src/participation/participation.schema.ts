import { Schema } from 'mongoose';
import type { Id } from '../../libs/privacy/ids.js';
import type { Count, Join } from './participation.js';

export const JOINS = 'joins';
export const COUNTS = 'participation';

/** Lives from the opening of a meeting to the closing of its count. */
export const joinsSchema = new Schema<Join>(
  {
    _id: { type: String, required: true },
    meeting: String,
    region: String,
    country: String,
    people: Number,
    withoutSignUp: Boolean,
  },
  { collection: JOINS, versionKey: false, strict: 'throw' },
);
joinsSchema.index({ meeting: 1 });

/** A closed count: what remains of a meeting. */
export interface ClosedCount extends Count {
  readonly _id: Id;
}

export const countsSchema = new Schema<ClosedCount>(
  {
    _id: { type: String, required: true },
    signedUp: [Schema.Types.Mixed],
    withoutSignUp: [Schema.Types.Mixed],
  },
  { collection: COUNTS, versionKey: false, strict: 'throw' },
);

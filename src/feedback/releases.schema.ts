import type { mongo } from 'mongoose';
import type { Id } from '../../libs/privacy/ids.js';
import type { Week } from './release-week.js';

export const RUNS = 'feedback_runs';
export const DRAFTS = 'feedback_drafts';

/**
 * The weekly run: there is one per week, and inserting it decides whose attempt counts. When all is done nothing is left
 * but the week, so that no answer can be traced to the documents that it came from.
 */
export type Run =
  | {
      readonly _id: Week;
      readonly done: false;
      readonly attempt: Id;
      /** The waiting documents whose forms this run released or kept. */
      readonly consumed: readonly Id[];
    }
  | { readonly _id: Week; readonly done: true };

/** Answers that an attempt would release, sealed until it counts. */
export interface Draft {
  readonly _id: Id;
  readonly week: Week;
  readonly attempt: Id;
  readonly sealed: mongo.Binary | Buffer;
}

import type { mongo } from 'mongoose';
import type { Id } from '../../libs/privacy/ids.js';
import type { Week } from './release-week.js';

export const WAITING = 'feedback_waiting';

/**
 * Forms that wait, sealed together. `version` is a new random id at every write: a number would tell how often forms came.
 * waiting: takes more forms; closed: being released in `week`; kept: written by an attempt at the release of `week`, and
 * waiting again once that attempt is the one that counts.
 */
export interface WaitingForms {
  readonly _id: Id;
  readonly version: Id;
  readonly state: 'waiting' | 'closed' | 'kept';
  readonly full: boolean;
  readonly sealed: mongo.Binary | Buffer;
  readonly week?: Week;
  readonly attempt?: Id;
}

import type { Id } from '../../libs/privacy/ids.js';
import type { Answer } from './feedback.js';

export const ANSWERS = 'feedback_answers';

/** A released answer. Its id is 16 random bytes: an ObjectId would carry the time, and an order. */
export type AnswerDocument = Omit<Answer, 'id'> & { readonly _id: Id };

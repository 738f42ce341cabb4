import { Schema } from 'mongoose';
import { aggregateSchema } from '../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Person } from './person.js';

export const PEOPLE = 'people';
export const SESSIONS = 'sessions';
export const SIGN_INS = 'sign_ins';

export const peopleSchema = aggregateSchema<Person>(PEOPLE, [[{ 'state.contact': 1 }], [{ 'state.role': 1 }]]);

/** Somebody who is signed in. The cookie holds the session's id, the database only its hash. */
export interface Session {
  readonly _id: string;
  readonly person: Id;
  readonly generation: number;
  readonly expires: Date;
}

export const sessionsSchema = new Schema<Session>(
  { _id: { type: String, required: true }, person: String, generation: Number, expires: Date },
  { collection: SESSIONS, versionKey: false, strict: 'throw' },
);
sessionsSchema.index({ person: 1 });
sessionsSchema.index({ expires: 1 });

/** A link to sign in that somebody asked for. The link itself is computed and stored nowhere. */
export interface SignIn {
  readonly _id: Id;
  readonly person: Id;
  readonly expires: Date;
  readonly used: boolean;
}

export const signInsSchema = new Schema<SignIn>(
  { _id: { type: String, required: true }, person: String, expires: Date, used: Boolean },
  { collection: SIGN_INS, versionKey: false, strict: 'throw' },
);
signInsSchema.index({ person: 1, expires: 1 });
signInsSchema.index({ expires: 1 });

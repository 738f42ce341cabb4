import { Schema } from 'mongoose';
import type { Id } from '../../libs/privacy/ids.js';
import type { StandIn } from '../contacts/stand-ins.service.js';

export const WRITTEN_REPLIES = 'written_replies';
export const TIME_WISHES = 'time_wishes';
export const CORRESPONDENTS = 'correspondents';
export const HANDLED_MAILS = 'handled_mails';
export const MAIL_LEASES = 'mail_leases';

/** What someone wrote to the team, or noted beside an answer in their calendar. */
export interface WrittenReply {
  readonly _id: Id;
  /** Keyed hash of the mail that it came in: the same mail by another way is the same reply. */
  readonly key: string;
  readonly kind: 'mail' | 'comment';
  /** Who is answered: a contact, or a correspondent. */
  readonly sender: Id;
  /** Sealed. */
  readonly text: Uint8Array;
  /** What the text itself shows; null where that cannot be told. */
  readonly language: string | null;
  /** The day in UTC, without its time. */
  readonly day: Date;
  readonly answeredOn?: Date;
  /** Sealed. */
  readonly answer?: Uint8Array;
}

const STRICT = { versionKey: false, strict: 'throw' } as const;

export const writtenRepliesSchema = new Schema<WrittenReply>(
  {
    _id: { type: String, required: true },
    key: String,
    kind: String,
    sender: String,
    text: Buffer,
    language: String,
    day: Date,
    answeredOn: Date,
    answer: Buffer,
  },
  { collection: WRITTEN_REPLIES, ...STRICT },
);
writtenRepliesSchema.index({ key: 1 }, { unique: true });
writtenRepliesSchema.index({ sender: 1, day: 1 });
writtenRepliesSchema.index({ day: 1, _id: 1 });

/** Someone's calendar asked for another time; of which time it asked, nobody needs to know. */
export interface TimeWish {
  /** The invitation's. */
  readonly _id: Id;
  readonly subject: Id;
  readonly contact: Id;
  /** Of the subject when it was wished: a move answers the wish. */
  readonly moves: number;
}

export const timeWishesSchema = new Schema<TimeWish>(
  { _id: { type: String, required: true }, subject: String, contact: String, moves: Number },
  { collection: TIME_WISHES, ...STRICT },
);
timeWishesSchema.index({ subject: 1, moves: 1 });
timeWishesSchema.index({ contact: 1 });

/** Someone who wrote and is no contact. */
export interface Correspondent extends Omit<StandIn, 'id'> {
  readonly _id: Id;
  /** When they are forgotten. */
  readonly until: Date;
}

export const correspondentsSchema = new Schema<Correspondent>(
  {
    _id: { type: String, required: true },
    dataKey: Buffer,
    address: Buffer,
    index: String,
    language: String,
    until: Date,
  },
  { collection: CORRESPONDENTS, ...STRICT },
);
correspondentsSchema.index({ index: 1 }, { unique: true });
correspondentsSchema.index({ until: 1 });

/** A mail that was handled, by its keyed hash. */
export interface HandledMail {
  readonly _id: string;
  readonly at: Date;
}

export const handledMailsSchema = new Schema<HandledMail>(
  { _id: { type: String, required: true }, at: Date },
  { collection: HANDLED_MAILS, ...STRICT },
);
handledMailsSchema.index({ at: 1 });

/** Which process reads a mailbox, and until when it may without asking again. */
export interface MailLease {
  readonly _id: string;
  readonly holder: Id;
  readonly until: Date;
}

export const mailLeasesSchema = new Schema<MailLease>(
  { _id: { type: String, required: true }, holder: String, until: Date },
  { collection: MAIL_LEASES, ...STRICT },
);

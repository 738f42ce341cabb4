import { Schema } from 'mongoose';
import type { Subject } from '../invitations/subject.js';
import type { Delivery } from './delivery.js';

export const DELIVERIES = 'deliveries';
export const SUBJECT_TEXTS = 'subject_texts';

export const deliveriesSchema = new Schema<Delivery>(
  {
    _id: { type: String, required: true },
    key: String,
    kind: String,
    contact: String,
    invitation: String,
    subject: String,
    occurrence: Date,
    about: String,
    revision: Number,
    changes: Number,
    minutes: Number,
    moves: Number,
    canWait: Boolean,
    state: String,
    dueAt: Date,
    notAfter: Date,
    attempts: Number,
    failures: Number,
    fixed: Schema.Types.Mixed,
    sentAt: Date,
    endedAt: Date,
    code: Number,
    enhanced: String,
  },
  { collection: DELIVERIES, versionKey: false, strict: 'throw' },
);
deliveriesSchema.index({ key: 1 }, { unique: true });
deliveriesSchema.index({ dueAt: 1, _id: 1 }, { partialFilterExpression: { dueAt: { $exists: true } } });
deliveriesSchema.index({ invitation: 1 }, { partialFilterExpression: { invitation: { $exists: true } } });
deliveriesSchema.index(
  { 'fixed.told': 1 },
  { unique: true, partialFilterExpression: { 'fixed.told': { $exists: true } } },
);
deliveriesSchema.index({ contact: 1, sentAt: 1 });
deliveriesSchema.index({ subject: 1, state: 1 });
deliveriesSchema.index({ state: 1, _id: 1 });
// Mails about no meeting are forgotten by their age.
deliveriesSchema.index({ endedAt: 1 }, { partialFilterExpression: { endedAt: { $exists: true } } });

/** The texts of one revision, unchanging while a delivery names it: a repeat of a mail says what its first attempt said. */
export interface SubjectText {
  readonly _id: string;
  readonly subject: string;
  readonly text: Subject;
}

export const subjectTextsSchema = new Schema<SubjectText>(
  { _id: { type: String, required: true }, subject: String, text: Schema.Types.Mixed },
  { collection: SUBJECT_TEXTS, versionKey: false, strict: 'throw' },
);
subjectTextsSchema.index({ subject: 1 });

import { Schema } from 'mongoose';
import type { ExampleData } from './example-meeting.js';

export const EXAMPLE_DATA = 'example_data';

export const exampleDataSchema = new Schema<ExampleData>(
  { _id: { type: String, required: true }, round: Number, meeting: String },
  { collection: EXAMPLE_DATA, versionKey: false, strict: 'throw' },
);

import mongoose, { type Connection } from 'mongoose';
import { eventually } from './waiting.js';

const WITH_ENTRIES = ['contacts', 'meetings', 'invitations', 'people'];

/** Looks into the product's database, to know when all is done, and what it holds. */
export class TestDatabase {
  private constructor(
    private readonly connection: Connection,
    private readonly now: () => Date,
  ) {}

  static async open(uri: string, now = (): Date => new Date()): Promise<TestDatabase> {
    const connection = await mongoose.createConnection(uri, { autoIndex: false, autoCreate: false }).asPromise();
    return new TestDatabase(connection, now);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  collection(name: string) {
    return this.connection.collection<{ _id: string; [field: string]: unknown }>(name);
  }

  /** How many entries and mails are due but not yet done. */
  async due(): Promise<number> {
    const now = this.now();
    const entries = await Promise.all(
      WITH_ENTRIES.map((name) => this.collection(name).countDocuments({ 'pending.dueAt': { $lte: now } })),
    );
    const mails = await this.collection('deliveries').countDocuments({ dueAt: { $lte: now } });
    return entries.reduce((sum, count) => sum + count, mails);
  }

  /** Until everything that is due was done: what was not sent by now is not sent at all. */
  async settled(patience = 30_000): Promise<void> {
    await eventually('all that is due to be done', async () => (await this.due()) === 0, patience);
  }
}

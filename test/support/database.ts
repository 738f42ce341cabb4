import mongoose, { type Connection } from 'mongoose';
import type { Entry } from '../../libs/outbox/entry.js';
import { eventually } from './waiting.js';

/**
 * Processes judge by the database's clock as each has read it, which may differ by some milliseconds: what another has just
 * made is due by its own reading and counts as due here.
 */
const CLOCKS_DIFFER = 1_000;

/**
 * Where entries are, in the order in which they cause each other: what passes on from one to the next while they are looked at is
 * then seen at one of them. A place and a slot cause something in each other, but no more than once each way.
 */
const WITH_ENTRIES = [
  ...['contacts', 'people', 'host_calendars', 'meetings', 'queues', 'conversations'],
  ...['invitations', 'slots', 'invitations'],
];

/** Looks into the product's database, to know when all is done, and what it holds. */
export class TestDatabase {
  private constructor(
    private readonly connection: Connection,
    private readonly now: () => Date,
  ) {}

  static async open(uri: string, now = (): Date => new Date(Date.now() + CLOCKS_DIFFER)): Promise<TestDatabase> {
    const connection = await mongoose.createConnection(uri, { autoIndex: false, autoCreate: false }).asPromise();
    return new TestDatabase(connection, now);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  collection(name: string) {
    return this.connection.collection<{ _id: string; [field: string]: unknown }>(name);
  }

  /**
   * Until everything that is due, or failed and is to be tried again, was done: what was not sent by now never is.
   * @param before done before each look
   */
  async settled(patience = 60_000, before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    let undone: readonly string[] = [];
    const look = async (): Promise<boolean> => {
      await before();
      undone = await this.undone();
      return undone.length === 0;
    };
    await eventually('all that is due to be done', look, patience).catch((error: unknown) => {
      throw new Error(`still to be done: ${undone.join(', ')}`, { cause: error });
    });
  }

  private async undone(): Promise<string[]> {
    const now = this.now();
    const entries: string[] = [];
    for (const name of WITH_ENTRIES) {
      const filter = { $or: [{ 'pending.dueAt': { $lte: now } }, { 'pending.failures': { $gt: 0 } }] };
      const found = await this.collection(name).find(filter).limit(20).toArray();
      entries.push(...found.flatMap(({ pending }) => (pending as readonly Entry[]).filter(isOpen).flatMap(told(now))));
    }
    const mails = { $or: [{ dueAt: { $lte: now } }, { state: 'open', failures: { $gt: 0 } }] };
    const open = await this.collection('deliveries').find(mails).limit(20).toArray();
    return [...entries, ...open.map(({ kind, failures }) => `${String(kind)} after ${String(failures)} failures`)];
  }
}

const isOpen = ({ dueAt }: Entry): boolean => dueAt !== undefined;

const told =
  (now: Date) =>
  ({ handler, failures, dueAt }: Entry): string[] =>
    failures > 0 || (dueAt && dueAt <= now) ? [`${handler} after ${String(failures)} failures`] : [];

import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { forgetDeleted } from './forget-deleted.js';

/** What the product asks of the database as a whole. */
@Injectable()
export class Database {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** Throws when the database does not answer. */
  async ping(): Promise<void> {
    await this.admin({ ping: 1 });
  }

  /** The server's own clock, which judges what is due on every process alike. */
  async localTime(): Promise<Date> {
    const hello = await this.admin({ hello: 1 });
    return hello['localTime'] instanceof Date ? hello['localTime'] : new Date();
  }

  /** Makes what was deleted unreadable in the journal too (embedded store: truncating checkpoint). */
  async forgetDeleted(): Promise<void> {
    await forgetDeleted(this.db());
  }

  /** Creates collections' indexes before the first request, so that uniqueness holds from the first write. */
  async createIndexes(): Promise<void> {
    for (const model of Object.values(this.connection.models)) await model.createIndexes();
  }

  private async admin(command: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.db().admin().command(command);
  }

  private db(): mongo.Db {
    if (!this.connection.db) throw new Error('the database is not connected');
    return this.connection.db;
  }
}

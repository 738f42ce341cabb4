import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import mongoose, { type Connection, type mongo } from 'mongoose';
import { forgetDeleted } from '../../libs/database/forget-deleted.js';
import { SETTINGS, type Settings } from '../config.js';

/**
 * A connection of the feedback's own, without retryable writes: those carry the number of a session, by which a form and
 * the contact saved after it could be joined in the database's journal.
 */
@Injectable()
export class FeedbackConnection implements OnModuleInit, OnApplicationShutdown {
  private readonly connection: Connection;
  private readonly ready: Promise<unknown>;

  constructor(@Inject(SETTINGS) { MONGODB_URI }: Pick<Settings, 'MONGODB_URI'>) {
    this.connection = mongoose.createConnection(MONGODB_URI, {
      retryWrites: false,
      serverSelectionTimeoutMS: 8_000,
      socketTimeoutMS: 60_000,
      maxPoolSize: 4,
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    });
    this.ready = this.connection.asPromise();
    // Awaited when the module starts; until then a refusal is not an unhandled one.
    this.ready.catch(() => undefined);
  }

  onModuleInit(): Promise<void> {
    return this.connected();
  }

  /** Throws when the database cannot be reached. */
  async connected(): Promise<void> {
    await this.ready;
  }

  /** After the last request was answered: what was acknowledged is saved. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }

  collection<Document extends { _id: string }>(name: string): mongo.Collection<Document> {
    return this.database().collection<Document>(name);
  }

  forgetDeleted(): Promise<void> {
    return forgetDeleted(this.database());
  }

  private database(): mongo.Db {
    const { db } = this.connection;
    if (!db) throw new Error('the database is not connected');
    return db;
  }
}

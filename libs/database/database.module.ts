import { type DynamicModule, Global, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import mongoose from 'mongoose';
import { Database } from './database.js';
import { DatabaseClock } from './database-clock.js';

// A filter built from outside input is data, never an operator: operators of our own are marked with `trusted`.
mongoose.set('sanitizeFilter', true);
mongoose.set('strictQuery', 'throw');

/** The connection that everything but the feedback uses. */
@Global()
@Module({})
export class DatabaseModule implements OnModuleInit, OnModuleDestroy {
  static connect(uri: string): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        MongooseModule.forRoot(uri, {
          // A request waits this long for a database that restarts, then fails clearly.
          serverSelectionTimeoutMS: 8_000,
          socketTimeoutMS: 60_000,
          maxPoolSize: 20,
          autoIndex: false,
          autoCreate: false,
          bufferCommands: false,
          promoteBuffers: true,
        }),
      ],
      providers: [Database, DatabaseClock],
      exports: [Database, DatabaseClock],
    };
  }

  private readonly adjusting = setInterval(() => {
    // A database that is away keeps its last known time; the next look comes by itself.
    this.clock.adjust().catch(() => undefined);
  }, 60_000).unref();

  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {}

  /** Unique indexes must be there before the first write of any feature. */
  async onModuleInit(): Promise<void> {
    await this.clock.adjust();
    await this.database.createIndexes();
  }

  onModuleDestroy(): void {
    clearInterval(this.adjusting);
  }
}

import { type DynamicModule, Global, Module } from '@nestjs/common';
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
export class DatabaseModule {
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
}

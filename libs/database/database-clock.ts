import { Injectable } from '@nestjs/common';
import { Clock, plus } from '../time/clock.js';
import { Database } from './database.js';

/**
 * The database's time as this process knows it. Machines disagree about the time; what is due is judged by one clock,
 * so that a worker running an hour fast sends no reminder early.
 */
@Injectable()
export class DatabaseClock {
  private offset = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  now(): Date {
    return plus(this.clock.now(), this.offset);
  }

  /** Reads the database's clock: at the start, once per sweep, and now and then where no sweep runs. */
  async adjust(): Promise<void> {
    const before = this.clock.now();
    const there = await this.database.localTime();
    const after = this.clock.now();
    this.offset = there.getTime() - (before.getTime() + after.getTime()) / 2;
  }
}

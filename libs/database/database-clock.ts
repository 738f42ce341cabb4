import { Injectable } from '@nestjs/common';
import { Clock, plus } from '../time/clock.js';
import { Database } from './database.js';

/** The answer that took the least time tells the most: a busy machine, as at a start, delays one way more than the other. */
const SAMPLES = 4;

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
    let quickest = Number.POSITIVE_INFINITY;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const before = this.clock.now().getTime();
      const there = await this.database.localTime();
      const after = this.clock.now().getTime();
      if (after - before >= quickest) continue;
      quickest = after - before;
      this.offset = there.getTime() - (before + after) / 2;
    }
  }
}

import { describe, expect, it } from '@jest/globals';
import { Clock, plus } from '../time/clock.js';
import { DatabaseClock } from './database-clock.js';

/** A database ten minutes ahead whose answers take so many milliseconds there and back. */
class Far extends Clock {
  time = new Date('2027-01-11T09:00:00Z').getTime();

  constructor(private readonly ways: (readonly [there: number, back: number])[]) {
    super();
  }

  override now(): Date {
    return new Date(this.time);
  }

  localTime(): Promise<Date> {
    const [there, back] = this.ways.shift() ?? [1, 1];
    const answered = new Date(this.time + there + 600_000);
    this.time += there + back;
    return Promise.resolve(answered);
  }
}

describe('the database’s clock', () => {
  it.each([
    ['a quiet machine', [[1, 1]]],
    [
      'one that is busy at its start',
      [
        [900, 20],
        [300, 4],
        [2, 2],
        [0, 40],
      ],
    ],
    [
      'one that is busy at the end',
      [
        [2, 2],
        [0, 800],
      ],
    ],
  ] as const)('is read on %s', async (_, ways) => {
    const far = new Far(ways.map(([there, back]) => [there, back]));
    const clock = new DatabaseClock(far as never, far);
    await clock.adjust();
    expect(clock.now()).toEqual(plus(far.now(), 600_000));
  });
});

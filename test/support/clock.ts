import { Clock, plus } from '../../libs/time/clock.js';

/** A clock that stands still until the test moves it. */
export class TestClock extends Clock {
  constructor(private instant = new Date('2027-01-11T09:00:00Z')) {
    super();
  }

  override now(): Date {
    return new Date(this.instant);
  }

  set(instant: Date | string): void {
    this.instant = new Date(instant);
  }

  /** Moves it on by `milliseconds`. */
  advance(milliseconds: number): void {
    this.instant = plus(this.instant, milliseconds);
  }
}

import { Injectable } from '@nestjs/common';

/** The one place that reads the wall clock. Decisions take `now` as an argument; tests provide a clock they move. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `date` shifted by `milliseconds`, which may be negative. */
export const plus = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds);

export const latest = (first: Date, ...others: readonly Date[]): Date =>
  others.reduce((a, b) => (b > a ? b : a), first);

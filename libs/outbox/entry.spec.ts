import { describe, expect, it } from '@jest/globals';
import { momentUntil, QUARANTINE_AT, retryDelay } from './entry.js';

describe('the moment until something is due', () => {
  const now = new Date('2027-01-11T09:00:00.000Z');
  it.each([
    ['2027-01-11T08:00:00.000Z', 0],
    ['2027-01-11T09:00:00.000Z', 0],
    // Another process read the database's clock with another error.
    ['2027-01-11T09:00:00.180Z', 180],
    ['2027-01-11T09:00:02.000Z', 2_000],
    ['2027-01-11T09:00:02.001Z', undefined],
    ['2027-01-12T09:00:00.000Z', undefined],
  ])('%s: %s', (dueAt, expected) => {
    expect(momentUntil(new Date(dueAt), now)).toBe(expected);
  });
});

describe('a handler that fails', () => {
  it('is tried again after ever longer, an hour at most, for an hour and a half before its entry is set aside', () => {
    const delays = Array.from({ length: QUARANTINE_AT - 1 }, (_, before) => retryDelay(before + 1) / 1_000);
    expect(delays).toEqual([5, 15, 45, 135, 405, 1_215, 3_600]);
  });
});

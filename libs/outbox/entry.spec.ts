import { describe, expect, it } from '@jest/globals';
import { momentUntil } from './entry.js';

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

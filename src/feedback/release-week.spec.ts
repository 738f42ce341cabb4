import { describe, expect, it } from '@jest/globals';
import { releaseWeek } from './release-week.js';

describe('the week of a release', () => {
  it.each([
    ['2027-01-11T02:59:59.999Z', '2027-W01'],
    ['2027-01-11T03:00:00Z', '2027-W02'],
    ['2027-01-17T23:59:59Z', '2027-W02'],
    ['2027-01-01T12:00:00Z', '2026-W53'],
    ['2024-12-30T03:00:00Z', '2025-W01'],
  ])('%s is in %s', (now, week) => {
    expect(releaseWeek(new Date(now))).toBe(week);
  });
});

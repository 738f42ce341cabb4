import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import { feedHorizon, feedWindow, isInFeed } from './feed-window.js';

const now = new Date('2027-03-11T09:30:00Z');
const meeting = (ended: number, changed: number) => ({ end: plus(now, ended), changedAt: plus(now, changed) });
const coming = meeting(DAY, -2 * HOUR);
const lately = meeting(-29 * DAY, -40 * DAY);
const gone = meeting(-30 * DAY - HOUR, -50 * DAY);

describe('what a feed shows', () => {
  it('is to come, or was over within 30 days', () => {
    expect(feedWindow([gone, lately, coming], now).shown).toEqual([lately, coming]);
    expect(isInFeed({ end: plus(now, -30 * DAY + 1) }, now)).toBe(true);
    expect(isInFeed({ end: plus(now, -30 * DAY) }, now)).toBe(false);
  });
});

describe('when a feed last changed', () => {
  it.each([
    ['with a meeting of it', [lately, coming], coming.changedAt],
    ['when one left it', [gone, lately], plus(now, -HOUR)],
    ['before all that counts, when nothing is known of it', [], new Date('2027-02-10T00:00:00Z')],
    ['not when something changed that nobody sees any more', [meeting(-31 * DAY, -1)], plus(now, -DAY)],
  ])('is %s', (_, all, modified) => {
    expect(feedWindow(all, now).modified).toEqual(modified);
  });

  it('is later than anything a reader may have had that is not there any more', () => {
    // Fetched while it was there, then not for months.
    const fetched = plus(gone.end, 30 * DAY - 1);
    for (const days of [0, 1, 29, 31, 300]) {
      const later = plus(now, days * DAY);
      const known = [gone].filter(({ end }) => end > feedHorizon(later));
      expect(feedWindow(known, later).modified > fetched).toBe(true);
    }
  });
});

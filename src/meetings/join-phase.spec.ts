import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { joinPhase } from './join-phase.js';

const start = new Date('2027-01-21T18:00:00Z');
const times = { start, end: plus(start, HOUR) };

describe('the join page', () => {
  it.each([
    [-15 * MINUTE - 1, 'before'],
    [-15 * MINUTE, 'open'],
    [HOUR - 1, 'open'],
    [HOUR, 'ideas'],
    [HOUR + 7 * DAY - 1, 'ideas'],
    [HOUR + 7 * DAY, 'closed'],
  ] as const)('%d ms from the start is for: %s', (offset, phase) => {
    expect(joinPhase({ ...times, status: 'announced' }, plus(start, offset))).toBe(phase);
    expect(joinPhase({ ...times, status: 'cancelled' }, plus(start, offset))).toBe('cancelled');
  });
});

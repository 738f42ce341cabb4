import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE } from '../../libs/time/clock.js';
import { TestClock } from '../../test/support/clock.js';
import { HourlyCounts } from './hourly-counts.service.js';

function counting() {
  const clock = new TestClock(new Date('2027-01-11T09:00:00Z'));
  let people = 0;
  const count = (): Promise<number> => Promise.resolve((people += 1));
  return { clock, counts: new HourlyCounts(clock), count };
}

describe('counts of people', () => {
  it('stay as they were for the rest of the hour', async () => {
    const { clock, counts, count } = counting();
    expect(await counts.get('a', count)).toBe(1);
    clock.advance(HOUR - MINUTE);
    expect(await counts.get('a', count)).toBe(1);
    expect(await counts.get('b', count)).toBe(2);
    clock.advance(MINUTE);
    expect(await counts.get('a', count)).toBe(3);
  });

  it('are counted once for all who ask together', async () => {
    const { counts, count } = counting();
    expect(await Promise.all([counts.get('a', count), counts.get('a', count)])).toEqual([1, 1]);
  });

  it('are counted again after a failure', async () => {
    const { counts, count } = counting();
    await expect(counts.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await counts.get('a', count)).toBe(1);
  });

  it('do not pile up', async () => {
    const { clock, counts, count } = counting();
    for (let i = 0; i < 1000; i++) await counts.get(`old ${String(i)}`, count);
    clock.advance(HOUR);
    await counts.get('new', count);
    expect(await counts.get('new', count)).toBe(1001);
  });
});

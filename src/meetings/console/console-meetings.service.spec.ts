import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../../../libs/time/clock.js';
import { TestClock } from '../../../test/support/clock.js';
import { HourlyCounts } from '../hourly-counts.service.js';
import { ConsoleMeetings } from './console-meetings.service.js';

describe('whom an announcement would reach', () => {
  it('is counted once an hour for an audience, however many drafts are made to look at it', async () => {
    const clock = new TestClock();
    let people = 4;
    const countAudience = () => Promise.resolve([{ region: null, country: null, language: 'en', count: people }]);
    const unused = {} as never;
    const console = new ConsoleMeetings(
      unused,
      { audienceOf: () => ({}) } as never,
      ...([unused, unused] as const),
      { countAudience } as never,
      ...([unused, unused] as const),
      new HourlyCounts(clock),
    );
    const draft = (id: string) => console.reach({ id, audience: 'everyone' } as never);
    const before = await draft('one');
    people = 5;
    expect(await draft('another')).toEqual(before);
    clock.advance(HOUR);
    expect(await draft('a third')).not.toEqual(before);
  });
});

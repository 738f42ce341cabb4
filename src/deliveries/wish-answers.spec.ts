import { describe, expect, it } from '@jest/globals';
import { countedId } from '../../test/support/ids.js';
import { DAY, HOUR, plus } from '../../libs/time/clock.js';
import { counterKey } from './delivery.js';
import { answersWish } from './wish-answers.js';

const now = new Date('2027-01-11T09:00:00Z');
const [place, other] = [countedId(1), countedId(2)];
const date = new Date('2027-01-19T18:00:00Z');
const key = counterKey(place, 0);
const sent = (of: string, hoursAgo: number) => ({ key: of, sentAt: plus(now, -hoursAgo * HOUR) });

describe('a wish for another time is answered', () => {
  it.each<[string, string, Parameters<typeof answersWish>[1], boolean]>([
    ['the first time', key, [], true],
    ['not again, however long after', key, [sent(key, 24 * 30)], false],
    ['not while the answer is on its way', key, [{ key, dueAt: now }], false],
    ['anew once the meeting has moved', counterKey(place, 1), [sent(key, 1)], true],
    ['for each date of a series by itself', counterKey(place, 0, date), [sent(key, 1)], true],
    ['not again for the same date', counterKey(place, 0, date), [sent(counterKey(place, 0, date), 1)], false],
    ['three times a day', key, [sent(counterKey(other, 0), 1), sent(counterKey(other, 1), 23)], true],
    ['and no more, whatever it is about', key, [0, 1, 2].map((moves) => sent(counterKey(other, moves), 23)), false],
    ['again a day later', key, [0, 1, 2].map((moves) => sent(counterKey(other, moves), 24)), true],
    [
      'counting what waits or could not be sent',
      key,
      [
        { key: counterKey(other, 0), dueAt: plus(now, HOUR) },
        { key: counterKey(other, 1), endedAt: plus(now, -HOUR) },
        { key: counterKey(other, 2), sentAt: plus(now, -2 * DAY), endedAt: plus(now, -HOUR) },
      ],
      true,
    ],
  ])('%s', (_, of, earlier, answered) => {
    expect(answersWish(of, earlier, now)).toBe(answered);
  });
});

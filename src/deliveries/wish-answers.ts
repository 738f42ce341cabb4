import { DAY, plus } from '../../libs/time/clock.js';
import type { Delivery } from './delivery.js';

/** Mails that answer one guest's wishes for another time within 24 hours. */
const MOST_A_DAY = 3;

/**
 * Whether a wish for another time is answered by a mail: once for each date and the time that it had, and no more than a
 * few times a day, so that no calendar that asks again and again, nor anyone in its name, fills a guest's mailbox. The wish
 * itself counts in any case.
 * @param key of the answer, by the guest's place, the date and the time that it had
 * @param earlier the answers that this guest got, or is about to get
 */
export function answersWish(
  key: string,
  earlier: readonly Pick<Delivery, 'key' | 'dueAt' | 'sentAt' | 'endedAt'>[],
  now: Date,
): boolean {
  if (earlier.some((answer) => answer.key === key)) return false;
  const since = plus(now, -DAY);
  const ofToday = earlier.filter(({ sentAt, endedAt, dueAt }) => (sentAt ?? endedAt ?? dueAt ?? now) > since);
  return ofToday.length < MOST_A_DAY;
}

import { DAY, latest, plus } from '../../libs/time/clock.js';

/** How long a feed keeps what is over. */
export const FEED_DAYS = 30;

/** Since when something must have ended to count for a feed: what left it lately changed it, too. */
export const feedHorizon = (now: Date): Date => plus(now, -2 * FEED_DAYS * DAY);

export const isInFeed = ({ end }: { readonly end: Date }, now: Date): boolean => end > plus(now, -FEED_DAYS * DAY);

/** What a feed shows, and when it last changed. */
interface FeedWindow<Shown> {
  readonly shown: readonly Shown[];
  readonly modified: Date;
}

/** @param all what ended after the horizon, or is to come */
export function feedWindow<Shown extends { readonly end: Date; readonly changedAt: Date }>(
  all: readonly Shown[],
  now: Date,
): FeedWindow<Shown> {
  const changes = all.map((each) => (isInFeed(each, now) ? each.changedAt : plus(each.end, FEED_DAYS * DAY)));
  return {
    shown: all.filter((each) => isInFeed(each, now)),
    // What left before the horizon is forgotten, so nobody has to be told that nothing changed since then.
    modified: latest(dayAfter(plus(now, -FEED_DAYS * DAY)), ...changes),
  };
}

const dayAfter = (instant: Date): Date => new Date(Math.ceil(instant.getTime() / DAY) * DAY);

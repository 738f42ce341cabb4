import { Injectable } from '@nestjs/common';
import { Ids } from '../../libs/privacy/ids.js';
import { release } from './feedback.js';
import { releaseWeek, type Week } from './release-week.js';
import { ReleasesRepository } from './releases.repository.js';
import { shuffle } from './shuffle.js';

/**
 * Releases answers once a week. Any number of workers may run this at once and be killed between any two steps: an
 * attempt prepares its outcome unseen, the insert of the week's run decides whose counts, and all after it can be repeated.
 */
@Injectable()
export class FeedbackReleases {
  constructor(
    private readonly releases: ReleasesRepository,
    private readonly ids: Ids,
  ) {}

  /** Finishes what an earlier run left, then runs the week of `now` unless that was done. */
  async runIfDue(now: Date): Promise<void> {
    const week = releaseWeek(now);
    for (const unfinished of await this.releases.unfinished()) {
      // A week to come is the business of the worker whose clock is ahead.
      if (unfinished <= week) await this.run(unfinished);
    }
    if (!(await this.releases.hasBegun(week))) await this.run(week);
  }

  private async run(week: Week): Promise<void> {
    if (!(await this.releases.run(week))) await this.attempt(week);
    const run = await this.releases.run(week);
    if (!run) throw new Error('the run of this week is not there');
    if (!run.done) {
      await this.releases.publish(run.attempt);
      await this.releases.keepWaiting(run.attempt);
      await this.releases.deleteConsumed(run.consumed);
    }
    await this.releases.deletePrepared(week);
    await this.releases.finish(week);
    await this.releases.reopen(week);
    await this.releases.forgetDeleted();
  }

  private async attempt(week: Week): Promise<void> {
    await this.releases.close(week);
    const { documents, forms } = await this.releases.closed(week);
    const attempt = this.ids.next();
    const outcome = release(forms, { week, shuffle, nextId: () => this.ids.next() });
    await this.releases.prepare(week, attempt, outcome);
    await this.releases.commit(week, attempt, documents);
  }
}

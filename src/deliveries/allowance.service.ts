import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, plus } from '../../libs/time/clock.js';
import { parseHours } from '../config-values.js';
import { SETTINGS, type Settings } from '../config.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { waitUntil, type QuietHours } from './waiting-time.js';

const NEVER = new Date(8_640_000_000_000_000);

/** When a mail that can wait may reach someone: outside their night, and within what one gets on a day. */
@Injectable()
export class Allowance {
  private readonly quiet: QuietHours;

  constructor(
    private readonly rows: DeliveriesRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.quiet = parseHours(settings.QUIET_HOURS) ?? { from: 0, to: 0 };
  }

  /** @param last after which the mail helps nobody: then its reader's night does not make it come too late */
  async from(contact: { readonly id: Id; readonly timeZone: string }, now: Date, last = NEVER): Promise<Date> {
    if (!this.settings.RATE_LIMITS) return now;
    const sent = await this.rows.sentSince(contact.id, plus(now, -DAY));
    const limits = { quiet: this.quiet, mostPerDay: this.settings.MAX_MAILS_PER_DAY };
    return waitUntil(now, { timeZone: contact.timeZone, sent }, limits, last);
  }
}

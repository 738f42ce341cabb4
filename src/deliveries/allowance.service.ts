import { Inject, Injectable } from '@nestjs/common';
import { idBytes, type Id } from '../../libs/privacy/ids.js';
import { DAY, MINUTE, plus } from '../../libs/time/clock.js';
import { parseHours } from '../config-values.js';
import { SETTINGS, type Settings } from '../config.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { Delivery } from './delivery.js';
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

  /**
   * Looks again once a mail that can wait is fixed: of others to the same person, in hand elsewhere, neither had seen the
   * other. One too many is taken back and comes later; of two that gave way to each other not at the same moment.
   * @returns whether it was taken back
   */
  async givesWay({ _id, contact, canWait }: Delivery, now: Date): Promise<boolean> {
    if (!canWait || !this.settings.RATE_LIMITS) return false;
    const others = await this.rows.sentSince(contact, plus(now, -DAY), _id);
    if (others.length < this.settings.MAX_MAILS_PER_DAY) return false;
    await this.rows.release(_id);
    await this.rows.delay(_id, plus(now, MINUTE + (idBytes(_id)[0] ?? 0) * 1_000));
    return true;
  }
}

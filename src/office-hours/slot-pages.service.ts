import { Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import type { OfficeHours } from './office-hours.js';
import { OfficeHoursService } from './office-hours.service.js';
import type { Offer } from './free-times.js';
import type { Slots } from './slots.page.js';
import { dayOf, firstDayOf, weekFrom } from './slot-week.js';

export interface Showing extends Omit<Offer, 'hosts'> {
  readonly timeZone: string;
  /** As the address names it: the first day of the week; without one the week of the first free slot. */
  readonly week: unknown;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** One host's alone. */
  readonly only?: Id;
}

/** What pages show of free slots: a week at a time. */
@Injectable()
export class SlotPages {
  constructor(
    private readonly hours: OfficeHoursService,
    private readonly clock: Clock,
  ) {}

  async week(hours: OfficeHours, { timeZone, week: asked, path, query, ...offer }: Showing): Promise<Slots> {
    const now = this.clock.now();
    const today = dayOf(now.getTime(), timeZone);
    const first = typeof asked === 'string' && asked !== '' ? firstDayOf(asked, now, timeZone) : undefined;
    const soonest = first === undefined ? await this.hours.nextFree(hours, now.getTime()) : undefined;
    const week = weekFrom(first ?? (soonest ? dayOf(soonest.start, timeZone) : today), timeZone);
    const { free } = await this.hours.free(hours, week.window, offer);
    const last = week.days.at(-1) ?? '';
    const isLastEmpty = !free.some(({ start }) => dayOf(start, timeZone) === last);
    return {
      week,
      free,
      next: isLastEmpty ? await this.hours.nextFree(hours, week.window.to) : undefined,
      timeZone,
      hostZone: hours.timeZone,
      path,
      query,
      hasBefore: (week.days[0] ?? '') > today,
    };
  }
}

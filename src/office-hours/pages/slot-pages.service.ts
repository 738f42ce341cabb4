import { Injectable } from '@nestjs/common';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { FreeSlots } from '../slots/free-slots.service.js';
import type { Offer } from '../slots/free-times.js';
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
    private readonly freeSlots: FreeSlots,
    private readonly clock: Clock,
  ) {}

  async week(hours: OfficeHours, { timeZone, week: asked, path, query, ...offer }: Showing): Promise<Slots> {
    const now = this.clock.now();
    const today = dayOf(now.getTime(), timeZone);
    const first = typeof asked === 'string' && asked !== '' ? firstDayOf(asked, now, timeZone) : undefined;
    const ahead = first === undefined ? await this.freeSlots.lookAhead(hours, now.getTime(), offer) : undefined;
    const soonest = ahead?.free[0];
    const week = weekFrom(first ?? (soonest ? dayOf(soonest.start, timeZone) : today), timeZone);
    const { from, to } = week.window;
    const free =
      ahead && ahead.to >= to
        ? ahead.free.filter(({ start }) => start < to)
        : (await this.freeSlots.within(hours, { from, to }, offer)).free;
    const last = week.days.at(-1) ?? '';
    const isLastEmpty = !free.some(({ start }) => dayOf(start, timeZone) === last);
    const after = ahead?.free.find(({ start }) => start >= to);
    return {
      week,
      free,
      next: isLastEmpty ? (after ?? (await this.freeSlots.next(hours, to, offer))) : undefined,
      timeZone,
      hostZone: hours.timeZone,
      path,
      query,
      hasBefore: (week.days[0] ?? '') > today,
    };
  }
}

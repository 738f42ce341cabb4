import { DAY } from '../time/clock.js';
import { property, type SentComponent } from './reader.js';
import type { Clocks } from './sent-clocks.js';
import { readDuration, readTime, readTimes, type ReadTime } from './sent-time.js';

/** Times at which something that repeats does not take place, or otherwise. */
export class Exceptions {
  private readonly instants = new Set<number>();
  private readonly days = new Set<number>();

  constructor(
    private readonly start: ReadTime,
    private readonly clocks: Clocks,
    private readonly clocksOf: (time: ReadTime) => Clocks,
  ) {}

  /** A day leaves out whatever begins on it, as many programs write it, though it should be the time. */
  add(time: ReadTime): void {
    if (time.kind === 'day') this.days.add(time.local);
    else if (this.start.kind === 'day') this.days.add(dayOf(time.local));
    else this.instants.add(this.clocksOf(time)(time.local));
  }

  has(local: number): boolean {
    return this.days.has(dayOf(local)) || this.instants.has(this.clocks(local));
  }
}

const dayOf = (local: number): number => Math.floor(local / DAY) * DAY;

/** Without asking any clock. */
export function roughLength(event: SentComponent, start: ReadTime): number {
  const [end] = readTimes(property(event, 'DTEND'));
  const { days, milliseconds } = readDuration(property(event, 'DURATION')?.value) ?? { days: 1, milliseconds: 0 };
  return end ? Math.max(DAY, end.local - start.local) : days * DAY + milliseconds;
}

/** Whether nothing of what repeats begins after a time, give or take what clocks differ. */
export const isOver = ({ properties }: SentComponent, time: number): boolean =>
  properties.every((sent) => {
    if (sent.name === 'RDATE') return readTimes(sent).length > 0 && readTimes(sent).every(({ local }) => local < time);
    if (sent.name !== 'RRULE') return true;
    const until = readTime(/(?:^|;)UNTIL=([^;]*)/i.exec(sent.value)?.[1] ?? '');
    return until !== undefined && until.local < time - DAY;
  });

export function isFree(event: SentComponent): boolean {
  const says = (name: string, value: string): boolean =>
    (property(event, name)?.value ?? '').trim().toUpperCase() === value;
  return says('TRANSP', 'TRANSPARENT') || says('STATUS', 'CANCELLED') || says('X-MICROSOFT-CDO-BUSYSTATUS', 'FREE');
}

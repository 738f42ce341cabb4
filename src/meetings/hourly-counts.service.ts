import { Injectable } from '@nestjs/common';
import { Clock, HOUR } from '../../libs/time/clock.js';

const MOST_KEPT = 1000;

interface Kept {
  readonly hour: number;
  readonly value: Promise<unknown>;
}

/**
 * Counts people at most once an hour, as whoever looks often would otherwise see a band change with one person and know
 * when that person came. Kept by each web process for itself.
 */
@Injectable()
export class HourlyCounts {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** @param key what is counted */
  get<Value>(key: string, count: () => Promise<Value>): Promise<Value> {
    const hour = Math.floor(this.clock.now().getTime() / HOUR);
    const known = this.kept.get(key);
    if (known?.hour === hour) return known.value as Promise<Value>;
    const value = count();
    this.keep(key, { hour, value });
    // A failed count is not kept.
    value.catch(() => this.kept.delete(key));
    return value;
  }

  private keep(key: string, fresh: Kept): void {
    if (this.kept.size >= MOST_KEPT) {
      for (const [other, { hour }] of this.kept) if (hour !== fresh.hour) this.kept.delete(other);
      if (this.kept.size >= MOST_KEPT) this.kept.clear();
    }
    this.kept.set(key, fresh);
  }
}

import { LocalReader, offsetsOf, type Offsets } from '../time/offsets.js';
import type { Interval } from '../time/slots.js';
import type { SentComponent } from './reader.js';
import type { Effort } from './recurrence-rule.js';
import type { ReadTime } from './sent-time.js';
import { describedZones, isOnTheClocks, offsetsFor } from './sent-zone.js';

/** Its table is made once; nobody has a hundred of them. */
const EFFORT_OF_A_ZONE = 5_000;

/** Thrown where an entry cannot be followed; whoever reads a calendar makes a refusal of it. */
export class NotFollowed extends Error {
  constructor(readonly reason: 'unknown-rule' | 'unknown-zone' | 'too-many') {
    super(reason);
  }
}

/** What reading one calendar may cost, however it was written. */
export class Budget implements Effort {
  constructor(public left: number) {}

  /** @throws NotFollowed when nothing is left */
  spend(effort: number): void {
    this.left -= effort;
    if (this.left < 0) throw new NotFollowed('too-many');
  }
}

/** Instants of a clock's times; of UTC the same. Both in milliseconds since 1970. */
export type Clocks = (local: number) => number;

/** The clocks on which a calendar's times are meant: zones that we know, or as it describes them itself. */
export class SentClocks {
  private readonly described: ReadonlyMap<string, SentComponent>;
  private readonly known = new Map<string, Offsets>();

  constructor(
    calendars: readonly SentComponent[],
    /** `timeZone`: for times that name none */
    private readonly reading: { readonly window: Interval; readonly timeZone: string },
    private readonly budget: Budget,
  ) {
    this.described = describedZones(calendars);
  }

  /** @throws NotFollowed for a zone that neither we nor the calendar know */
  of({ kind, zone = '' }: ReadTime): Clocks {
    if (kind === 'utc') return (local) => local;
    const name = kind === 'zoned' ? zone : '';
    const offsets = this.known.get(name) ?? this.offsetsOf(name);
    if (!offsets) throw new NotFollowed('unknown-zone');
    this.known.set(name, offsets);
    const reader = new LocalReader(offsets);
    // What is outside of the years that clocks are known of is never in a window.
    return (local) => (isOnTheClocks(local) ? reader.instant(local) : local);
  }

  private offsetsOf(name: string): Offsets | undefined {
    const { timeZone, window } = this.reading;
    if (name === '') return offsetsOf(timeZone);
    this.budget.spend(EFFORT_OF_A_ZONE);
    return offsetsFor(name, this.described.get(name), window, this.budget);
  }
}

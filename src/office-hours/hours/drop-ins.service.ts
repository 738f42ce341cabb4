import { Injectable } from '@nestjs/common';
import type { OfficeHours } from './office-hours.js';

/** The queue of office hours, as their page tells of it. */
export interface DropIn {
  /** How many wait, while the queue is open; undefined while it is not. */
  readonly waiting: number | undefined;
  /** Minutes that whoever comes now is likely to wait. */
  readonly minutes: number;
  /** Until then those who waited at closing time choose among the slots, before everyone else. */
  readonly firstUntil: Date | undefined;
}

export interface DropInSource {
  of(hours: OfficeHours): Promise<DropIn>;
  /** Whether this is the token of someone who waited in vain and may choose first. */
  choosesFirst(hours: OfficeHours, token: string): Promise<boolean>;
}

/** The port through which the queue tells the pages of office hours what it knows. */
@Injectable()
export class DropIns {
  private source: DropInSource | undefined;

  register(source: DropInSource): void {
    this.source = source;
  }

  async of(hours: OfficeHours): Promise<DropIn> {
    return (await this.source?.of(hours)) ?? { waiting: undefined, minutes: 0, firstUntil: undefined };
  }

  /** Whether someone may book now. @param token of a ticket; empty without one */
  async mayBook(hours: OfficeHours, token: string): Promise<boolean> {
    const { firstUntil } = await this.of(hours);
    return firstUntil === undefined || (token !== '' && (await this.source?.choosesFirst(hours, token)) === true);
  }
}

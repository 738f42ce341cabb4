import type { Id } from '../privacy/ids.js';

/** What may stand in an event: ids, times, numbers and closed words. Never an address, name, answer or text. */
export type EventData = Readonly<Record<string, string | number | boolean | Date | null>>;

/** A past-tense fact that a rule reports. `dueAt` in the future makes it a timer. */
export interface DomainEvent {
  readonly type: string;
  readonly data?: EventData;
  readonly dueAt?: Date;
}

/** One thing still to be done: an event for one of its handlers. It lives in the document whose change caused it. */
export interface Entry {
  readonly id: Id;
  readonly type: string;
  readonly handler: string;
  readonly data: EventData;
  /** Absent when quarantined, so that no sweep finds it. */
  readonly dueAt?: Date;
  readonly failures: number;
  /** How far a fan-out has come. */
  readonly cursor?: string;
  readonly quarantined?: Date;
}

/** Tries after which an entry or delivery is set aside for a person to look at. */
export const QUARANTINE_AT = 8;

/** Seconds until the next try after `failures` failures: 5, 15, 45 … at most an hour. */
export const retryDelay = (failures: number): number => Math.min(5_000 * 3 ** (failures - 1), 3_600_000);

/** How far apart, in milliseconds, two processes may read the database's clock on a busy machine. */
const MOMENT = 2_000;

/**
 * Milliseconds until something is due; undefined when that is more than a moment away. Whoever added the job held it for due:
 * turning it away would leave it to the next sweep, and doing it before its time is wrong, so the moment is waited out.
 */
export function momentUntil(dueAt: Date, now: Date): number | undefined {
  const left = dueAt.getTime() - now.getTime();
  return left > MOMENT ? undefined : Math.max(0, left);
}

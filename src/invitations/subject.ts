import { Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import type { Recurrence } from '../../libs/time/recurrence.js';
import type { Series } from './series.js';

/** How long its room is open before the start, in minutes. */
export const OPENS_BEFORE = 15;

/** What an invitation is for, as invitations and mails see it: the same for meetings and, later, for bookings. */
export interface Subject {
  /** A booking of office hours; absent for a meeting. */
  readonly kind?: 'booking';
  readonly id: Id;
  readonly status: 'announced' | 'cancelled';
  readonly revision: number;
  readonly sequence: number;
  readonly moves: number;
  /** When anything that may be seen of it last changed. */
  readonly changedAt: Date;
  readonly start: Date;
  readonly end: Date;
  readonly timeZone: string;
  readonly title: string;
  readonly description: string;
  readonly languages: readonly string[];
  readonly dialIn: string;
  readonly capacity: number | null;
  readonly cancelReason: string;
  readonly audience: string;
  readonly host: Id;
  /** What an answer given now is noted to have been given to, where that is more than `moves`. */
  readonly answersTo?: number;
  /** The SEQUENCE, without the guest's shift, from which on an answer counts, where that is less than `sequence`. */
  readonly answersFrom?: number;
  /** Of a meeting that repeats: then `start` and `end` are those of the next occurrence and of the last. */
  readonly series?: Series;
  /** Of one occurrence alone. */
  readonly occurrence?: { readonly of: Id; readonly original: Date; readonly rule: Recurrence };
}

/** Loads subjects; undefined for what does not exist or nobody was told of yet. */
export interface SubjectSource {
  subject(id: Id): Promise<Subject | undefined>;
  /** Announced, not begun: soonest first. */
  upcoming(now: Date, limit: number): Promise<readonly Subject[]>;
}

/** The port through which features offer what people can be invited to. */
@Injectable()
export class Subjects {
  private readonly sources: SubjectSource[] = [];

  register(source: SubjectSource): void {
    this.sources.push(source);
  }

  async load(id: Id): Promise<Subject | undefined> {
    for (const source of this.sources) {
      const subject = await source.subject(id);
      if (subject) return subject;
    }
    return undefined;
  }

  async upcoming(now: Date, limit: number): Promise<readonly Subject[]> {
    const all = await Promise.all(this.sources.map((source) => source.upcoming(now, limit)));
    return all
      .flat()
      .sort((a, b) => a.start.getTime() - b.start.getTime())
      .slice(0, limit);
  }
}

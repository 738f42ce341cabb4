import { Injectable } from '@nestjs/common';
import { openSeats } from './invitation.js';
import { InvitationsRepository } from './invitations.repository.js';
import type { Subject } from './subject.js';

/** How many seats from its end of a series someone may get, so that seats free in all of it stay together. */
const SEATS_NEAR = 8;

/** Which seats of a meeting, a series or one of its occurrences nobody has; the unique index has the last word. */
@Injectable()
export class Seats {
  constructor(private readonly invitations: InvitationsRepository) {}

  async areTaken(subject: Subject): Promise<boolean> {
    return subject.capacity !== null && (await this.open(subject, subject.capacity)).length === 0;
  }

  /** Undefined where there is no limit, and where all are taken: a rule tells one from the other. */
  async freeIn(subject: Subject): Promise<number | undefined> {
    if (subject.capacity === null) return undefined;
    const free = await this.open(subject, subject.capacity);
    // A seat in a whole series is free in all of it: those who come to one occurrence take theirs from the other end.
    const near = subject.occurrence ? free.slice(-SEATS_NEAR) : subject.series ? free.slice(0, SEATS_NEAR) : free;
    // Any free one, so that many who accept at once do not all reach for the same.
    return near[Math.floor(Math.random() * near.length)];
  }

  /** In this order: whoever gives up a place without a seat and takes one meanwhile is then counted twice, never not at all. */
  private async open(subject: Subject, capacity: number): Promise<readonly number[]> {
    const { id, moves, series, occurrence } = subject;
    const unseated =
      (await this.invitations.countUnseated(id, moves)) +
      (occurrence ? await this.invitations.countUnseated(occurrence.of, 0) : 0);
    const taken = series
      ? await this.invitations.takenIn(`${id}.`)
      : occurrence
        ? await this.invitations.takenIn(`${id}#`)
        : await this.invitations.takenSeats(id);
    return openSeats(capacity, taken, unseated);
  }
}

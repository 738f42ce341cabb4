import { Injectable } from '@nestjs/common';
import { accept, done, refuse, type Decision, type Result } from '../../libs/rules/decision.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import {
  invite,
  leave,
  offer,
  presentAnswer,
  reply,
  sendAgain,
  signUpAgain,
  takesPart,
  type Answer,
  type Invitation,
  type Reply,
} from './invitation.js';
import type { InvitationEvent } from './invitations.events.js';
import { InvitationsRepository } from './invitations.repository.js';
import { actAt, occurrenceSubject, takesPartAt, withSeats } from './occurrence.js';
import { Seats } from './seats.service.js';
import { meetingOf, occurrenceAt, occurrenceId, readOccurrenceId, sameIn, type Occurrence } from './series.js';
import { Subjects, type Subject } from './subject.js';

/** An invitation together with what it is for. */
export interface Place {
  readonly invitation: Invitation;
  readonly subject: Subject;
}

export type AnswerRefusal = 'unknown' | 'cancelled' | 'over' | 'full' | 'stale';
export type SignUpOutcome = 'signed-up' | 'in-already' | 'cancelled' | 'over' | 'unknown';

const SEAT_TRIES = 20;

/** The public face of invitations: places in meetings and, later, bookings alike. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly subjects: Subjects,
    private readonly seats: Seats,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  get(id: Id): Promise<Invitation | undefined> {
    return this.invitations.get(id);
  }

  find(subject: Id, contact: Id): Promise<Invitation | undefined> {
    return this.invitations.find(subject, contact);
  }

  async place(id: Id): Promise<Place | undefined> {
    const invitation = await this.invitations.get(id);
    const subject = invitation && (await this.subjects.load(invitation.subject));
    return invitation && subject ? { invitation, subject } : undefined;
  }

  /** Many places at once, by the ids of their invitations; what many are invited to is loaded once. */
  async places(ids: readonly Id[]): Promise<ReadonlyMap<Id, Place>> {
    const invitations = await this.invitations.many(ids);
    const distinct = [...new Set(invitations.map(({ subject }) => subject))];
    const subjects = new Map(
      await Promise.all(distinct.map(async (id) => [id, await this.subjects.load(id)] as const)),
    );
    const places = invitations.map((invitation) => ({ invitation, subject: subjects.get(invitation.subject) }));
    return new Map(
      places.flatMap(({ invitation, subject }) => (subject ? [[invitation.id, { invitation, subject }] as const] : [])),
    );
  }

  /** False for a meeting or booking that is forgotten. */
  async isKnown(subject: Id): Promise<boolean> {
    return (await this.subjects.load(subject)) !== undefined;
  }

  /** Makes places for contacts that have none; those who have one keep it. */
  inviteAll(
    subject: Subject,
    contacts: readonly { readonly id: Id; readonly role: 'guest' | 'host' }[],
  ): Promise<Invitation[]> {
    return this.invitations.ensure(
      subject.id,
      contacts.map(({ id, role }) => invite({ id: this.ids.next(), subject: subject.id, contact: id, role }, subject)),
    );
  }

  /** Offers places by link: whoever has one already keeps it as it is. */
  async offerAll(subjects: readonly Subject[], contact: Id): Promise<Place[]> {
    const places: Place[] = [];
    for (const subject of subjects) {
      const [invitation] = await this.invitations.ensure(subject.id, [
        offer({ id: this.ids.next(), subject: subject.id, contact }, subject),
      ]);
      if (invitation) places.push({ invitation, subject });
    }
    return places;
  }

  /** One contact signs up; a place that was left or declined is taken up again. */
  async signUp(subjectId: Id, contact: Id): Promise<SignUpOutcome> {
    const subject = await this.subjects.load(subjectId);
    if (!subject) return 'unknown';
    // Whoever confirms late may have wished for a date that has moved to another meeting since.
    if (subject.status === 'cancelled') return (await this.goOnWith(subject, contact)) ?? 'cancelled';
    if (subject.end <= this.clock.now()) return 'over';
    const within = await this.signUpWithin(subject, contact);
    if (within) return within;
    const fresh = invite({ id: this.ids.next(), subject: subject.id, contact, role: 'guest' }, subject);
    const made = await this.invitations.store.create(fresh.id, fresh, [
      { type: 'invitation.made', data: { changes: 0 } },
    ]);
    if (made.ok) {
      await this.giveUpSingles(subject, made.value);
      await this.goOnWith(subject, contact);
      return 'signed-up';
    }
    const present = await this.invitations.find(subjectId, contact);
    if (!present) return 'unknown';
    const again = await this.invitations.store.change(present.id, (state) =>
      signUpAgain(state, subject, this.clock.now()),
    );
    if (again.ok) {
      await this.giveUpSingles(subject, again.value);
      await this.goOnWith(subject, contact);
      return 'signed-up';
    }
    return again.reason === 'changed-meanwhile' || again.reason === 'taken' ? 'in-already' : again.reason;
  }

  /** Whoever is in a whole series comes back to an occurrence by their place in all of it. Undefined for all others. */
  private async signUpWithin(subject: Subject, contact: Id): Promise<SignUpOutcome | undefined> {
    if (!subject.occurrence) return undefined;
    const { of, original } = subject.occurrence;
    const [whole, series] = await Promise.all([this.invitations.find(of, contact), this.subjects.load(of)]);
    const occurrence = series?.series && occurrenceAt(series.series, original);
    if (!whole || !series || !occurrence || !takesPart(whole, series)) return undefined;
    if (takesPartAt(whole, occurrence)) return 'in-already';
    const again = await this.act(whole.id, series, occurrence, (at, one) => signUpAgain(at, one, this.clock.now()));
    return again.ok
      ? 'signed-up'
      : again.reason === 'over' || again.reason === 'cancelled'
        ? again.reason
        : 'in-already';
  }

  /**
   * A series that was split after it was looked at goes on in another meeting, whose guests may have been invited before this
   * one was written. Where that meeting is not there yet, this one will be found by whoever invites them.
   */
  private async goOnWith(
    { id, series: seen, occurrence: one }: Subject,
    contact: Id,
  ): Promise<SignUpOutcome | undefined> {
    const series = seen || one ? (await this.subjects.load(meetingOf(id)))?.series : undefined;
    const next = series?.goesOn && (await this.subjects.load(series.goesOn.in));
    if (!series?.goesOn || !next?.series || seen?.goesOn) return undefined;
    const same = one && sameIn(next.series, series, series.goesOn.from, one.original);
    return one && !same ? undefined : this.signUp(same ? occurrenceId(next.id, same.original) : next.id, contact);
  }

  /**
   * Whoever signs up to a whole series has its occurrences by that: single ones would stand in the calendar twice. Looked for
   * after the write from both sides, so that of two sign-ups at once one sees the other.
   */
  private async giveUpSingles(subject: Subject, { id: fresh, contact }: Invitation): Promise<void> {
    if (await this.signUpWithin(subject, contact)) await this.leave(fresh);
    const { id, series } = subject;
    if (!series) return;
    for (const place of await this.invitations.ofContact(contact)) {
      if (readOccurrenceId(place.subject)?.meeting === id) await this.leave(place.id);
    }
  }

  /** Takes an offered or left place up again, by its link. */
  async signUpById(id: Id): Promise<Result<Place, AnswerRefusal | 'in-already'>> {
    const place = await this.place(id);
    if (!place) return refuse('unknown');
    const changed = await this.invitations.store.change(id, (state) =>
      signUpAgain(state, place.subject, this.clock.now()),
    );
    if (changed.ok) return done({ ...place, invitation: changed.value });
    return refuse(changed.reason === 'changed-meanwhile' || changed.reason === 'taken' ? 'unknown' : changed.reason);
  }

  /**
   * Records an answer. Where seats are limited an acceptance takes a free one; the unique index decides who has it when
   * two reach for the last.
   * @param original the start, as its rule gives it, of the one occurrence of a series that is answered; left out: all
   */
  async answer(id: Id, given: Reply, original?: Date): Promise<Result<Place, AnswerRefusal>> {
    for (let attempt = 0; attempt < SEAT_TRIES; attempt++) {
      const place = await this.placeFor(id, original);
      if (!place) return refuse('unknown');
      const { subject, occurrence } = place;
      const of = occurrence ? occurrenceSubject(subject, occurrence) : subject;
      const seat = given.answer === 'accepted' ? await this.seats.freeIn(of) : undefined;
      const changed = await this.act(id, subject, occurrence, (state, at) =>
        reply(state, at, given, this.clock.now(), seat),
      );
      if (changed.ok) return done({ invitation: changed.value, subject });
      if (changed.reason !== 'taken')
        return refuse(changed.reason === 'changed-meanwhile' ? 'unknown' : changed.reason);
    }
    throw new Error(`no seat could be taken in ${String(SEAT_TRIES)} tries, though some were free`);
  }

  /** Sends the invitation once more to a guest whose calendar has lost it. */
  async sendAgain(id: Id): Promise<void> {
    const place = await this.place(id);
    if (place) await this.invitations.store.change(id, (state) => sendAgain(state, place.subject, this.clock.now()));
  }

  /** Gives up every place to come. */
  async leaveAll(contact: Id): Promise<void> {
    for (const { id } of await this.invitations.ofContact(contact)) await this.leave(id);
  }

  /** @param original of the one occurrence of a series that is left; left out: all of it */
  async leave(id: Id, original?: Date): Promise<Result<Place, AnswerRefusal>> {
    const place = await this.placeFor(id, original);
    if (!place) return refuse('unknown');
    const { subject, occurrence } = place;
    const changed = await this.act(id, subject, occurrence, (state, at) => leave(state, at, this.clock.now()));
    if (changed.ok) return done({ invitation: changed.value, subject });
    return refuse(changed.reason === 'cancelled' || changed.reason === 'over' ? changed.reason : 'unknown');
  }

  /**
   * The place of a guest of one meeting in the one that goes on with what a split has left, in all of it or in the same
   * occurrence. Those who left, or for whom it is not, have none.
   */
  async goOn(guest: Invitation, old: Subject, subject: Subject, from: Date): Promise<Place | undefined> {
    if (guest.left || (guest.answer === 'declined' && guest.why === 'not-for-me') || !old.series || !subject.series) {
      return undefined;
    }
    const one = readOccurrenceId(guest.subject);
    const occurrence = one && sameIn(subject.series, old.series, from, one.original);
    if (one && !occurrence) return undefined;
    const of = occurrence ? occurrenceSubject(subject, occurrence) : subject;
    const place = { id: this.ids.next(), subject: of.id, contact: guest.contact, role: guest.role };
    const [invitation] = await this.invitations.ensure(of.id, [invite(place, of)]);
    return invitation && { invitation, subject: of };
  }

  /** The guests of a subject, a page at a time, in the order of their random ids; of a series those of single occurrences too. */
  page(subject: Id, after: Id | undefined, limit: number, withOccurrences = false): Promise<Invitation[]> {
    return this.invitations.page(subject, withOccurrences, after, limit);
  }

  ofContact(contact: Id): Promise<Invitation[]> {
    return this.invitations.ofContact(contact);
  }

  /**
   * True while a contact who is leaving everything still holds a place to come, or a mail of it is not yet made out.
   * @param places as they were before: one that was given up since is then found by its pending entry, and never at neither
   */
  async isLeaving(contact: Id, places: readonly Place[]): Promise<boolean> {
    const now = this.clock.now();
    const holds = places.some(
      ({ invitation, subject }) => !invitation.left && subject.status === 'announced' && subject.end > now,
    );
    return holds || this.invitations.hasPending(contact);
  }

  /** What a contact has been invited to, with the answers that count now; soonest first. */
  async placesOf(contact: Id): Promise<(Place & { readonly answer: Answer })[]> {
    const places: (Place & { readonly answer: Answer })[] = [];
    for (const invitation of await this.invitations.ofContact(contact)) {
      const subject = await this.subjects.load(invitation.subject);
      if (subject) places.push({ invitation, subject, answer: presentAnswer(invitation, subject) });
    }
    return places.sort((a, b) => a.subject.start.getTime() - b.subject.start.getTime());
  }

  isFull(subject: Subject): Promise<boolean> {
    return this.seats.areTaken(subject);
  }

  /** Retention: nothing of who was invited stays. */
  forgetSubject(subject: Id): Promise<void> {
    return this.invitations.forgetSubject(subject);
  }

  forgetContact(contact: Id): Promise<void> {
    return this.invitations.forgetContact(contact);
  }

  private async placeFor(id: Id, original?: Date): Promise<(Place & { readonly occurrence?: Occurrence }) | undefined> {
    const place = await this.place(id);
    if (!place || original === undefined) return place;
    const { invitation, subject } = place;
    // Whoever comes to one occurrence alone answers for that.
    if (subject.occurrence?.original.getTime() === original.getTime()) return place;
    const occurrence = subject.series && occurrenceAt(subject.series, original);
    return occurrence && !invitation.left ? { ...place, occurrence } : undefined;
  }

  /** Changes a place by a rule, for all of the subject or for one occurrence of it. */
  private act<Refusal extends string>(
    id: Id,
    subject: Subject,
    occurrence: Occurrence | undefined,
    rule: (at: Invitation, of: Subject) => Decision<Invitation, InvitationEvent, Refusal>,
  ): Promise<Result<Invitation, Refusal | 'unknown' | 'changed-meanwhile' | 'taken'>> {
    return this.invitations.store.change(id, (state) => {
      const decided = occurrence ? actAt(state, subject, occurrence, rule) : rule(state, subject);
      if (!decided.ok || (!subject.series && !subject.occurrence) || decided.state === state) return decided;
      return accept<Invitation, InvitationEvent>(withSeats(decided.state, subject), ...decided.events);
    });
  }
}

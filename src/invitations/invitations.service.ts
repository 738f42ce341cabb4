import { Injectable } from '@nestjs/common';
import { done, refuse, type Result } from '../../libs/outbox/decision.js';
import { Ids, type Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import {
  invite,
  leave,
  offer,
  openSeats,
  presentAnswer,
  reply,
  sendAgain,
  signUpAgain,
  type Answer,
  type Invitation,
  type Reply,
} from './invitation.js';
import { InvitationsRepository } from './invitations.repository.js';
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
    if (subject.status === 'cancelled') return 'cancelled';
    if (subject.end <= this.clock.now()) return 'over';
    const fresh = invite({ id: this.ids.next(), subject: subject.id, contact, role: 'guest' }, subject);
    const made = await this.invitations.store.create(fresh.id, fresh, [
      { type: 'invitation.made', data: { changes: 0 } },
    ]);
    if (made.ok) return 'signed-up';
    const present = await this.invitations.find(subjectId, contact);
    if (!present) return 'unknown';
    const again = await this.invitations.store.change(present.id, (state) =>
      signUpAgain(state, subject, this.clock.now()),
    );
    if (again.ok) return 'signed-up';
    return again.reason === 'changed-meanwhile' || again.reason === 'taken' ? 'in-already' : again.reason;
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
   */
  async answer(id: Id, given: Reply): Promise<Result<Place, AnswerRefusal>> {
    for (let attempt = 0; attempt < SEAT_TRIES; attempt++) {
      const place = await this.place(id);
      if (!place) return refuse('unknown');
      const { subject } = place;
      const seat = given.answer === 'accepted' ? await this.freeSeat(subject) : undefined;
      const changed = await this.invitations.store.change(id, (state) =>
        reply(state, subject, given, this.clock.now(), seat),
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

  async leave(id: Id): Promise<Result<Place, AnswerRefusal>> {
    const place = await this.place(id);
    if (!place) return refuse('unknown');
    const changed = await this.invitations.store.change(id, (state) => leave(state, place.subject, this.clock.now()));
    if (changed.ok) return done({ ...place, invitation: changed.value });
    return refuse(changed.reason === 'cancelled' || changed.reason === 'over' ? changed.reason : 'unknown');
  }

  /** The guests of a subject, a page at a time, in the order of their random ids. */
  page(subject: Id, after: Id | undefined, limit: number): Promise<Invitation[]> {
    return this.invitations.page(subject, after, limit);
  }

  ofContact(contact: Id): Promise<Invitation[]> {
    return this.invitations.ofContact(contact);
  }

  /** True while a contact who is leaving everything still holds a place to come, or a mail of it is not yet made out. */
  async isLeaving(contact: Id): Promise<boolean> {
    if (await this.invitations.hasPending(contact)) return true;
    const now = this.clock.now();
    const places = await this.placesOf(contact);
    return places.some(
      ({ invitation, subject }) => !invitation.left && subject.status === 'announced' && subject.end > now,
    );
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

  /** Exact numbers: whoever shows them puts them into the bands of the counts table first. */
  async countAnswers(subject: Pick<Subject, 'id' | 'moves'>): Promise<Readonly<Record<Answer, number>>> {
    const [answers, guests] = await Promise.all([
      this.invitations.countAnswers(subject.id, subject.moves),
      this.invitations.countGuests(subject.id),
    ]);
    const of = (answer: Answer): number => answers.get(answer) ?? 0;
    const [accepted, tentative, declined] = [of('accepted'), of('tentative'), of('declined')];
    return { accepted, tentative, declined, 'needs-action': Math.max(0, guests - accepted - tentative - declined) };
  }

  /** How many are told when the subject moves: everyone with a place but those who said that it is not for them. */
  async countToldOfMove(subject: Pick<Subject, 'id' | 'moves'>): Promise<number> {
    return (await this.countAnswers({ id: subject.id, moves: subject.moves + 1 }))['needs-action'];
  }

  async isFull(subject: Subject): Promise<boolean> {
    return subject.capacity !== null && (await this.openSeats(subject, subject.capacity)).length === 0;
  }

  /** Retention: nothing of who was invited stays. */
  forgetSubject(subject: Id): Promise<void> {
    return this.invitations.forgetSubject(subject);
  }

  forgetContact(contact: Id): Promise<void> {
    return this.invitations.forgetContact(contact);
  }

  private async freeSeat(subject: Subject): Promise<number | undefined> {
    if (subject.capacity === null) return undefined;
    const free = await this.openSeats(subject, subject.capacity);
    // Any free one, so that many who accept at once do not all reach for the same.
    return free[Math.floor(Math.random() * free.length)];
  }

  /** In this order: whoever gives up a place without a seat and takes one meanwhile is then counted twice, never not at all. */
  private async openSeats(subject: Subject, capacity: number): Promise<readonly number[]> {
    const unseated = await this.invitations.countUnseated(subject.id, subject.moves);
    return openSeats(capacity, await this.invitations.takenSeats(subject.id), unseated);
  }
}

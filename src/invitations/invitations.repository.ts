import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted } from 'mongoose';
import type { Documents, Where } from '../../libs/database/documents.js';
import { insertNew } from '../../libs/database/duplicate-key.js';
import { Aggregates, type AggregateStore } from '../../libs/outbox/aggregates.js';
import type { Stored } from '../../libs/outbox/aggregate.schema.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Invitation } from './invitation.js';
import type { InvitationEvent } from './invitations.events.js';
import { INVITATIONS } from './invitations.schema.js';

const STATE = { state: 1 } as const;

/** The door to the invitations' collection. */
@Injectable()
export class InvitationsRepository {
  readonly store: AggregateStore<Invitation, InvitationEvent>;

  constructor(
    @InjectModel(INVITATIONS) private readonly invitations: Documents<Stored<Invitation>>,
    aggregates: Aggregates,
  ) {
    this.store = aggregates.of<Invitation, InvitationEvent>(invitations);
  }

  async get(id: Id): Promise<Invitation | undefined> {
    return (await this.store.load(id))?.state;
  }

  /** By the driver itself: Mongoose has nothing to add to what is read as it is. */
  async many(ids: readonly Id[]): Promise<Invitation[]> {
    const { collection } = this.invitations;
    const found = await collection.find({ _id: { $in: [...ids] } }, { projection: STATE }).toArray();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }

  async find(subject: Id, contact: Id): Promise<Invitation | undefined> {
    const found = await this.invitations.findOne({ 'state.subject': subject, 'state.contact': contact }, STATE).lean();
    return found?.state;
  }

  /** Makes the places that are not there yet, and answers all of them: run twice, it changes nothing. */
  async ensure(subject: Id, fresh: readonly Invitation[]): Promise<Invitation[]> {
    await insertNew(
      this.invitations.collection,
      fresh.map((state) => ({ _id: state.id, version: 0, state, pending: [] })),
    );
    return this.list({
      'state.subject': subject,
      'state.contact': trusted({ $in: fresh.map(({ contact }) => contact) }),
    });
  }

  /** The guests of a subject in the order of their random ids; those of single occurrences too, where they are asked for. */
  page(subject: Id, withOccurrences: boolean, after: Id | undefined, limit: number): Promise<Invitation[]> {
    return this.list(
      {
        'state.subject': withOccurrences ? allOf(subject) : subject,
        ...(after === undefined ? {} : { _id: trusted({ $gt: after }) }),
      },
      limit,
    );
  }

  ofContact(contact: Id): Promise<Invitation[]> {
    return this.list({ 'state.contact': contact });
  }

  /** Whether something about one of a contact's places is still to be done; what was set aside is not waited for. */
  async hasPending(contact: Id): Promise<boolean> {
    const found = await this.invitations.exists({
      'state.contact': contact,
      'pending.dueAt': trusted({ $exists: true }),
    });
    return found !== null;
  }

  async takenSeats(subject: Id): Promise<number[]> {
    const found = await this.invitations
      .find({ 'state.subject': subject, 'state.seat': trusted({ $exists: true }) }, { 'state.seat': 1 })
      .lean<{ state: { seat: number } }[]>();
    return found.map(({ state }) => state.seat);
  }

  /** The seats that are held in a series: in all of it, or in the one occurrence whose key is given. */
  async takenIn(key: string): Promise<number[]> {
    const found = await this.invitations
      .find({ 'state.seats': trusted({ $gte: key, $lt: `${key}\uffff` }) }, { 'state.seats': 1 })
      .lean<{ state: { seats: string[] } }[]>();
    const held = found.flatMap(({ state }) => state.seats.filter((seat) => seat.startsWith(key)));
    return [...new Set(held.map((seat) => Number(seat.slice(seat.indexOf('#') + 1))))];
  }

  /** How many guests accept without holding a seat: they did so when there was no limit. */
  countUnseated(subject: Id, moves: number): Promise<number> {
    return this.count(subject, {
      'state.answer': 'accepted',
      'state.answeredMoves': trusted({ $gte: moves }),
      'state.seat': trusted({ $exists: false }),
    });
  }

  /** How many guests gave which answer to the present time, or said at an earlier one that it is not for them. */
  async countAnswers(subject: Id, moves: number): Promise<ReadonlyMap<string, number>> {
    const rows = await this.invitations.aggregate<{ _id: string; count: number }>([
      {
        $match: {
          ...guestsOf(subject),
          $or: [{ 'state.answeredMoves': { $gte: moves } }, { 'state.answer': 'declined', 'state.why': 'not-for-me' }],
        },
      },
      { $group: { _id: '$state.answer', count: { $sum: 1 } } },
    ]);
    return new Map(rows.map(({ _id, count }) => [_id, count]));
  }

  countGuests(subject: Id): Promise<number> {
    return this.count(subject, {});
  }

  async forgetSubject(subject: Id): Promise<void> {
    await this.invitations.deleteMany({ 'state.subject': allOf(subject) });
  }

  async forgetContact(contact: Id): Promise<void> {
    await this.invitations.deleteMany({ 'state.contact': contact });
  }

  private async count(subject: Id, more: Where<Stored<Invitation>>): Promise<number> {
    return this.invitations.countDocuments({ ...guestsOf(subject), ...more });
  }

  private async list(filter: Where<Stored<Invitation>>, limit = 0): Promise<Invitation[]> {
    const found = await this.invitations.find(filter, STATE).sort({ _id: 1 }).limit(limit).lean();
    return found.flatMap(({ state }) => (state ? [state] : []));
  }
}

const guestsOf = (subject: Id) =>
  ({ 'state.subject': subject, 'state.role': 'guest', 'state.left': false }) satisfies Where<Stored<Invitation>>;

/** Of a meeting and of each of its occurrences: their ids begin with its own and a full stop, which a slash follows. */
const allOf = (subject: Id) => trusted({ $gte: subject, $lt: `${subject}/` });

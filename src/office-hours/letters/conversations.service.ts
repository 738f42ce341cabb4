import { Injectable } from '@nestjs/common';
import { languageOf } from '../../../libs/mail/language-of.js';
import { accept, done, refuse, type Result } from '../../../libs/rules/decision.js';
import { openWithRing, sealWithRing, type SealedPlace } from '../../../libs/privacy/envelope.js';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { KeyRing } from '../../../libs/privacy/keys.js';
import { Clock } from '../../../libs/time/clock.js';
import type { BookingEvent } from '../slots/bookings.events.js';
import { BookingsService } from '../bookings/bookings.service.js';
import { write, type Conversation, type Letter } from './conversation.js';
import { ConversationsRepository } from './conversations.repository.js';
import { CONVERSATIONS } from './conversations.schema.js';

/** A letter as its readers see it. */
export type ReadLetter = Omit<Letter, 'text'> & { readonly text: string };

/** Tries to begin a conversation: a failure means that another letter began it a moment before. */
const TRIES = 3;

/** The public face of what hosts and visitors write to each other, sealed at rest. */
@Injectable()
export class Conversations {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly bookings: BookingsService,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Writes to the other side of a booking that stands. @param key of the form or mail: the same again is kept once */
  async write(
    booking: Id,
    from: Letter['from'],
    text: string,
    key: string,
  ): Promise<Result<undefined, 'unknown' | 'closed' | 'too-many'>> {
    const booked = await this.bookings.get(booking);
    if (!booked) return refuse('unknown');
    if (booked.booking.status !== 'confirmed') return refuse('closed');
    const id = this.ids.next();
    const sealed = sealWithRing(this.ring, 'letter', text, placeOf(id));
    const letter: Letter = { id, key, from, text: sealed, language: languageOf(text) ?? null, at: this.clock.now() };
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const changed = await this.conversations.store.change(booking, (state) => write(state, letter));
      if (changed.ok) return done(undefined);
      if (changed.reason === 'too-many') return refuse('too-many');
      const begun = write({ id: booking, letters: [] }, letter);
      if (begun.ok && (await this.conversations.store.create(booking, begun.state, begun.events)).ok)
        return done(undefined);
    }
    return refuse('unknown');
  }

  /** What was written, in order. */
  async of(booking: Id): Promise<readonly ReadLetter[]> {
    const conversation = (await this.conversations.store.load(booking))?.state;
    return (conversation?.letters ?? []).map((letter) => this.read(letter));
  }

  async letter(id: Id): Promise<{ readonly booking: Id; readonly letter: ReadLetter } | undefined> {
    const conversation = await this.conversations.ofLetter(id);
    const letter = conversation?.letters.find((each) => each.id === id);
    return conversation && letter && { booking: conversation.id, letter: this.read(letter) };
  }

  async forget(booking: Id): Promise<void> {
    await this.conversations.store.change(booking, () => accept<Conversation | undefined, BookingEvent>(undefined));
  }

  private read(letter: Letter): ReadLetter {
    return { ...letter, text: openWithRing(this.ring, 'letter', letter.text, placeOf(letter.id)).toString('utf8') };
  }
}

const placeOf = (id: Id): SealedPlace => ({ collection: CONVERSATIONS, id, field: 'text' });

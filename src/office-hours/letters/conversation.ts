import { accept, refuse, type Decision } from '../../../libs/rules/decision.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { DAY } from '../../../libs/time/clock.js';
import type { BookingEvent } from '../slots/bookings.events.js';

/** Characters of what a host writes. */
export const MOST_OF_A_LETTER = 2_000;
/** Letters of one side on one day: nobody's mailbox is filled through us. */
export const MOST_OF_A_DAY = 10;
/** Letters of a booking that are kept. */
const MOST_KEPT = 60;

export interface Letter {
  readonly id: Id;
  /** Names the form or mail that it came by: the same again is the same letter. */
  readonly key: string;
  readonly from: 'host' | 'visitor';
  /** Sealed. */
  readonly text: Uint8Array;
  /** What the text itself shows; null where that cannot be told. */
  readonly language: string | null;
  readonly at: Date;
}

/** What host and visitor of one booking wrote to each other; its id is the booking's. */
export interface Conversation {
  readonly id: Id;
  readonly letters: readonly Letter[];
}

/** Adds a letter, which then goes out to the other side. */
export function write(conversation: Conversation, letter: Letter): Decision<Conversation, BookingEvent, 'too-many'> {
  const { id, letters } = conversation;
  if (letters.some(({ key }) => key === letter.key)) return accept<Conversation, BookingEvent>(conversation);
  const isOfDay = ({ from, at }: Letter): boolean => from === letter.from && at.getTime() > letter.at.getTime() - DAY;
  if (letters.length >= MOST_KEPT || letters.filter(isOfDay).length >= MOST_OF_A_DAY) return refuse('too-many');
  return accept<Conversation, BookingEvent>(
    { id, letters: [...letters, letter] },
    { type: 'letter.written', data: { letter: letter.id } },
  );
}

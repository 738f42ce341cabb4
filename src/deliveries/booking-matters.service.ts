import { Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import type { Delivery, DeliveryKind } from './delivery.js';

/** Mails about a booking that are no calendar mails: what they tell is looked up as they are written. */
export const MATTER_KINDS = ['booking', 'offer', 'host-note', 'visitor-note'] as const;
export type MatterKind = (typeof MATTER_KINDS)[number];

export const isMatterKind = (kind: DeliveryKind): kind is MatterKind =>
  (MATTER_KINDS as readonly string[]).includes(kind);

/** What such a mail tells. The same row finds the same, or nothing any more. */
export interface BookingMatter {
  /** Whose page its link opens, for the visitor; the host's leads to `page`. */
  readonly booking: Id;
  readonly page: string;
  readonly title: string;
  readonly timeZone: string;
  readonly start: Date;
  readonly end: Date;
  /** How long the slot is held. */
  readonly until?: Date;
  /** A slot that is offered: by a host, or as it is earlier than what is booked. */
  readonly by?: 'list' | 'host';
  /** When the booking is now, where another slot is offered. */
  readonly booked?: { readonly start: Date; readonly end: Date };
  /** What was written to its reader. */
  readonly words?: string;
}

/** A person's answer to one of these mails. */
export interface HeardLetter {
  /** Of the mail that it answers: its kind and what it was about. */
  readonly answers: Pick<Delivery, 'kind' | 'about'>;
  /** Who wrote it, by the address that it came from. */
  readonly sender: Id;
  readonly text: string;
  /** Names the mail: the same again is kept once. */
  readonly key: string;
}

export interface BookingMatterSource {
  find(row: Pick<Delivery, 'kind' | 'about'>): Promise<BookingMatter | undefined>;
  /** @returns false for what is nobody's here to answer */
  hear(letter: HeardLetter): Promise<boolean>;
}

/** The port through which mails learn of bookings, and bookings of the answers to them. */
@Injectable()
export class BookingMatters {
  private source: BookingMatterSource | undefined;

  register(source: BookingMatterSource): void {
    this.source = source;
  }

  async find(row: Pick<Delivery, 'kind' | 'about'>): Promise<BookingMatter | undefined> {
    return this.source?.find(row);
  }

  async hear(letter: HeardLetter): Promise<boolean> {
    return (await this.source?.hear(letter)) ?? false;
  }
}

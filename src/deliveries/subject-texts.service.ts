import { Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import type { Subject } from '../invitations/subject.js';
import { BoundedCache } from './bounded-cache.js';
import { DeliveriesRepository } from './deliveries.repository.js';

/** Texts of meetings that are written of at one time. */
const MOST_TEXTS = 500;

/** What meetings and bookings said at each revision that a mail tells of; it never changes. */
@Injectable()
export class SubjectTexts {
  private readonly texts = new BoundedCache<Promise<Subject>>(MOST_TEXTS);
  private readonly kept = new BoundedCache<Promise<void>>(MOST_TEXTS);

  constructor(private readonly deliveries: DeliveriesRepository) {}

  /** Keeps the texts of a revision, so that a repeat says what the first attempt said. */
  async keep(subject: Subject): Promise<void> {
    const key = textKey(subject.id, subject.revision);
    await remembered(this.kept, key, () => this.deliveries.keepText(subject));
  }

  /** @throws where they are gone: a row never outlives the texts that it names */
  of(subject: Id, revision: number): Promise<Subject> {
    return remembered(this.texts, textKey(subject, revision), async () => {
      const text = await this.deliveries.text(subject, revision);
      if (!text) throw new Error('the texts that a delivery names are gone');
      return text;
    });
  }
}

export const textKey = (subject: Id, revision: number): string => `${subject}|${String(revision)}`;

/** What is asked for while it is on its way is waited for; what fails is asked for again. */
async function remembered<Value>(
  cache: BoundedCache<Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  try {
    return await cache.get(key, make);
  } catch (error) {
    cache.forget(key);
    throw error;
  }
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import type { Contact } from '../contacts/contact.js';

/** What someone wrote to us, and what they are answered. */
export interface Exchange {
  readonly wrote: string;
  readonly answer: string;
}

export interface CorrespondentSource {
  /** Someone who wrote to us and is no contact, as mails see them; undefined once forgotten. */
  find(id: Id): Promise<Contact | undefined>;
  exchange(about: Id): Promise<Exchange | undefined>;
  /** What a contact wrote who is being erased, also before they were one. */
  forget(contact: Contact): Promise<void>;
}

/** The port through which a mail can answer whoever wrote, contact or not, without its rows holding a word or an address. */
@Injectable()
export class Correspondents {
  private source: CorrespondentSource | undefined;

  register(source: CorrespondentSource): void {
    this.source = source;
  }

  async find(id: Id): Promise<Contact | undefined> {
    return this.source?.find(id);
  }

  async exchange(about: Id): Promise<Exchange | undefined> {
    return this.source?.exchange(about);
  }

  async forget(contact: Contact): Promise<void> {
    await this.source?.forget(contact);
  }
}

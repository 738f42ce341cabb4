import { Injectable } from '@nestjs/common';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { ContactsService } from './contacts.service.js';

/** Retention: no address stays longer than its owner wishes. Each acts on the present state and may run twice. */
@Injectable()
export class ContactsHandlers {
  constructor(private readonly contacts: ContactsService) {}

  @Handles('contacts.lapse', 'contact.unconfirmed')
  async lapse(contact: Id): Promise<NextPage> {
    const later = await this.contacts.lapse(contact);
    return later && { later };
  }

  @Handles('contacts.ask-again', 'contact.year-passed')
  async askAgain(contact: Id, entry: Entry): Promise<NextPage> {
    await this.contacts.askAgain(contact, Number(entry.data['asked']));
    return undefined;
  }

  @Handles('contacts.end-in-silence', 'contact.silent')
  async endInSilence(contact: Id, entry: Entry): Promise<NextPage> {
    await this.contacts.endInSilence(contact, Number(entry.data['asked']));
    return undefined;
  }
}

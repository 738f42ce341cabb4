import { Injectable } from '@nestjs/common';
import { type Gathering, lookingUp } from '../../libs/database/gathering.js';
import type { Id } from '../../libs/privacy/ids.js';
import type { Contact } from '../contacts/contact.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { InvitationsService, type Place } from '../invitations/invitations.service.js';
import { Correspondents } from './correspondents.js';

/** What mails are judged by, looked up at once for all that are in hand at the same moment. */
@Injectable()
export class LookUps {
  private readonly contacts: Gathering<Id, Contact | undefined>;
  private readonly places: Gathering<Id, Place | undefined>;

  constructor(
    contacts: ContactsService,
    invitations: InvitationsService,
    private readonly correspondents: Correspondents,
  ) {
    this.contacts = lookingUp((ids: readonly Id[]) => contacts.many(ids));
    this.places = lookingUp((ids: readonly Id[]) => invitations.places(ids));
  }

  /** A contact, or someone who wrote to us. */
  async recipient(id: Id): Promise<Contact | undefined> {
    return (await this.contacts.ask(id)) ?? (await this.correspondents.find(id));
  }

  /** An invitation as it is now, with what it is for. */
  place(invitation: Id): Promise<Place | undefined> {
    return this.places.ask(invitation);
  }
}

import { Injectable } from '@nestjs/common';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { PeopleService } from './people.service.js';
import { SignInService } from './sign-in.service.js';

/** What appointments cause. Whether a session still counts is looked up at every request; here its rows go away. */
@Injectable()
export class PeopleHandlers {
  constructor(
    private readonly people: PeopleService,
    private readonly contacts: ContactsService,
    private readonly signIns: SignInService,
    private readonly deliveries: DeliveriesService,
  ) {}

  @Handles('people.tell-appointed', 'person.appointed')
  async tellAppointed(id: Id): Promise<NextPage> {
    const person = await this.people.get(id);
    // Erased while they were appointed.
    if (person && !(await this.contacts.stays(person.contact))) await this.people.forgetContact(person.contact);
    else if (person && !person.revoked)
      await this.deliveries.tell(person.contact, 'appointment', id, { about: person.role });
    return undefined;
  }

  @Handles('people.end-sessions', 'person.revoked', 'person.term-ended')
  async endSessions(id: Id): Promise<NextPage> {
    await this.signIns.endAllOf(id);
    return undefined;
  }

  @Handles('people.revoke-erased', 'contact.erasing')
  async revokeErased(contact: Id): Promise<NextPage> {
    await this.people.forgetContact(contact);
    return undefined;
  }
}

import { Injectable } from '@nestjs/common';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { InvitationsService } from './invitations.service.js';
import { Subjects } from './subject.js';

/** What contacts and meetings cause in places. Each acts on the present state and may run twice. */
@Injectable()
export class InvitationsHandlers {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly contacts: ContactsService,
    private readonly subjects: Subjects,
  ) {}

  /** Whoever signed up before confirming has their places now. One that is there, even left again, is not touched. */
  @Handles('invitations.take-up-wishes', 'contact.confirmed')
  async takeUpWishes(id: Id): Promise<NextPage> {
    const contact = await this.contacts.get(id);
    if (contact?.status !== 'confirmed') return undefined;
    for (const wish of contact.wishes) {
      if (!(await this.invitations.find(wish, id))) await this.invitations.signUp(wish, id);
    }
    return undefined;
  }

  /** Whoever is erased and wished so gives up every place first, so that their calendar lets go of it. */
  @Handles('invitations.leave-all', 'contact.closing')
  async leaveAll(contact: Id): Promise<NextPage> {
    await this.invitations.leaveAll(contact);
    return undefined;
  }

  /** Retention: who was invited is forgotten a month after the end. A timer of an earlier time does nothing. */
  @Handles('invitations.forget', 'meeting.forgotten')
  async forget(meeting: Id, entry: Entry): Promise<NextPage> {
    const subject = await this.subjects.load(meeting);
    if (subject && (subject.answersTo ?? subject.moves) === entry.data['moves'])
      await this.invitations.forgetSubject(meeting);
    return undefined;
  }
}

import { Injectable } from '@nestjs/common';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { Subjects } from '../invitations/subject.js';
import { RepliesRepository } from './replies.repository.js';

/** What was written and wished goes with whom and what it was about. */
@Injectable()
export class RepliesHandlers {
  constructor(
    private readonly replies: RepliesRepository,
    private readonly subjects: Subjects,
  ) {}

  @Handles('replies.forget-contact', 'contact.erasing')
  async forgetContact(contact: Id): Promise<NextPage> {
    await this.replies.forgetContact(contact);
    return undefined;
  }

  /** A timer of an earlier time does nothing. */
  @Handles('replies.forget', 'meeting.forgotten')
  async forget(meeting: Id, entry: Entry): Promise<NextPage> {
    const subject = await this.subjects.load(meeting);
    if (!subject || (subject.answersTo ?? subject.moves) === entry.data['moves'])
      await this.replies.forgetSubject(meeting);
    return undefined;
  }
}

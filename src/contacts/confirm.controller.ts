import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Clock } from '../../libs/time/clock.js';
import type { Answer } from '../../libs/web/answers.js';
import { brokenLink } from '../../libs/web/problem.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage } from '../../libs/web/secure.js';
import { Subjects } from '../invitations/subject.js';
import type { Contact } from './contact.js';
import { confirmedPage, confirmPage } from './confirm.page.js';
import { ContactLinks } from './contact-links.service.js';
import { ContactsService } from './contacts.service.js';

/** Meetings that whoever has just confirmed is led on to. */
const NEXT = 3;

/** The link of the mail that follows a form: a page that says what will happen, and one button. */
@ApiExcludeController()
@TokenPage()
@RateLimit('link')
@Controller('confirm')
export class ConfirmController {
  constructor(
    private readonly links: ContactLinks,
    private readonly contacts: ContactsService,
    private readonly subjects: Subjects,
    private readonly clock: Clock,
  ) {}

  @Get(':token')
  async show(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const contact = await this.links.open('confirm', token);
    if (contact.status === 'confirmed') return this.confirmed(reader, contact, true);
    const wished = await Promise.all(contact.wishes.map((id) => this.subjects.load(id)));
    return confirmPage(reader, token, {
      wants: contact.wants,
      wished: wished.filter((subject) => subject !== undefined),
    });
  }

  @Post(':token')
  async confirm(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const contact = await this.links.open('confirm', token);
    const confirmed = await this.contacts.confirm(contact.id);
    if (!confirmed.ok && confirmed.reason !== 'confirmed-already') throw brokenLink();
    return this.confirmed(reader, contact, !confirmed.ok);
  }

  private async confirmed(reader: Reader, contact: Contact, already: boolean): Promise<Answer> {
    const next = await this.subjects.upcoming(this.clock.now(), NEXT);
    return confirmedPage(reader, { already, next, timeZone: contact.timeZone, wishes: contact.wishes });
  }
}

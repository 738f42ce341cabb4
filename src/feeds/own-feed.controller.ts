import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../libs/time/clock.js';
import { unlessKnown } from '../../libs/web/conditional.js';
import { brokenLink } from '../../libs/web/problem.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { TokenPage } from '../../libs/web/secure.js';
import { type Contact, feedOf } from '../contacts/contact.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { Links } from '../links.js';
import { FeedsService } from './feeds.service.js';

const ENDING = '.ics';

/**
 * One contact's own calendar. It holds their links beside what others wrote, so it travels as it is (see compress.ts);
 * whoever has it already gets nothing.
 */
@ApiExcludeController()
@TokenPage()
@RateLimit('link')
@Controller('feeds')
export class OwnFeedController {
  constructor(
    private readonly feeds: FeedsService,
    private readonly contacts: ContactsService,
    private readonly links: Links,
    private readonly clock: Clock,
  ) {}

  @Get(':file')
  async calendar(
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const contact = await this.open(file);
    const content = await this.feeds.own(contact);
    reply
      .type('text/calendar; charset=utf-8')
      .headers({ 'content-language': contact.language, 'content-disposition': 'inline; filename="meetings.ics"' });
    return unlessKnown(request, reply, content, this.clock.now());
  }

  private async open(file: string): Promise<Contact> {
    if (!file.endsWith(ENDING)) throw brokenLink();
    const opened = await this.links.open('feed', file.slice(0, -ENDING.length), async (id) => {
      const contact = await this.contacts.get(id);
      return contact && { contact, generation: feedOf(contact).generation };
    });
    if (!opened.ok) throw brokenLink();
    return opened.value.found.contact;
  }
}

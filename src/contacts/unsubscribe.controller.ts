import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Answer } from '../../libs/web/answers.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage } from '../../libs/web/secure.js';
import { ContactLinks } from './contact-links.service.js';
import { ContactsService } from './contacts.service.js';
import { subscribedPage, unsubscribedPage, unsubscribePage } from './unsubscribe.page.js';

/**
 * The link at the end of every mail. It does not expire. Mail programs post to it too (RFC 8058, one click), which does
 * the same as the button: nothing in the body is asked for.
 */
@ApiExcludeController()
@TokenPage()
@RateLimit('link')
@Controller('unsubscribe')
export class UnsubscribeController {
  constructor(
    private readonly links: ContactLinks,
    private readonly contacts: ContactsService,
  ) {}

  @Get(':token')
  async show(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { unsubscribed } = await this.links.open('unsubscribe', token);
    return unsubscribed ? unsubscribedPage(reader, token) : unsubscribePage(reader, token);
  }

  @Post(':token')
  async unsubscribe(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { id } = await this.links.open('unsubscribe', token);
    await this.contacts.unsubscribe(id);
    return unsubscribedPage(reader, token);
  }

  @Post(':token/subscribe')
  async subscribe(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { id } = await this.links.open('unsubscribe', token);
    await this.contacts.subscribeAgain(id);
    return subscribedPage(reader, token);
  }
}

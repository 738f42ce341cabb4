import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import { Clock } from '../../libs/time/clock.js';
import { KNOWN_TIME_ZONES } from '../../libs/time/zones.js';
import { type Answer, withStatus } from '../../libs/web/answers.js';
import { choice, manyOf, optionalDate, tick } from '../../libs/web/fields.js';
import { freshForm, parseForm, refusedForm } from '../../libs/web/forms.js';
import { brokenLink } from '../../libs/web/problem.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage } from '../../libs/web/secure.js';
import { WANTS } from './contact.js';
import { ContactLinks } from './contact-links.service.js';
import { ContactsService } from './contacts.service.js';
import { donePage, erasedPage, erasePage, pausePage, preferencesPage } from './me-acts.page.js';
import { ownCalendarPage } from './own-calendar.page.js';
import { pauseEnd } from './pause-end.js';

const pauseForm = z.object({ until: optionalDate() });
const eraseForm = z.object({ keepBlocked: tick(), cancelFirst: tick() });

/** What people can do with what is held about them: one button each, and pressing it twice does no more than once. */
@ApiExcludeController()
@TokenPage()
@RateLimit('link')
@Controller('me/:token')
export class MeActsController {
  constructor(
    private readonly links: ContactLinks,
    private readonly contacts: ContactsService,
    private readonly clock: Clock,
  ) {}

  @Post('preferences')
  async prefer(@CurrentReader() reader: Reader, @Param('token') token: string, @Body() body: unknown): Promise<Answer> {
    const { id } = await this.links.open('me', token);
    const form = parseForm(
      z.object({ language: choice(reader.languages), timeZone: choice(KNOWN_TIME_ZONES), wants: manyOf(WANTS) }),
      body,
    );
    if (!form.ok) return withStatus(422, preferencesPage(reader, token, form));
    await this.contacts.prefer(id, form.value);
    return donePage(reader, token, 'preferences');
  }

  @Get('feed')
  async calendar(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const contact = await this.links.open('me', token);
    return ownCalendarPage({ reader, token, feed: this.links.feed(contact) });
  }

  /** Whoever learned the address of the private feed knows nothing any more. */
  @Post('feed')
  async renewFeed(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { id } = await this.links.open('me', token);
    await this.contacts.renewFeed(id);
    return donePage(reader, token, 'feed');
  }

  @Post('still-interested')
  async stillInterested(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { id } = await this.links.open('me', token);
    await this.contacts.stillInterested(id);
    return donePage(reader, token, 'still-interested');
  }

  @Post('pause')
  async pause(@CurrentReader() reader: Reader, @Param('token') token: string, @Body() body: unknown): Promise<Answer> {
    const { id, timeZone } = await this.links.open('me', token);
    const form = parseForm(pauseForm, body);
    if (!form.ok) return withStatus(422, pausePage(reader, token, form));
    const until = pauseEnd(form.value.until, timeZone, this.clock.now());
    const paused = await this.contacts.pause(id, until);
    if (paused.ok) return donePage(reader, token, 'pause', { until, timeZone });
    if (paused.reason !== 'in-the-past' && paused.reason !== 'too-far') throw brokenLink();
    const key = `contacts.pause.${paused.reason}` as const;
    return withStatus(422, pausePage(reader, token, refusedForm(form.values, { until: { key } })));
  }

  @Post('unsubscribe')
  async unsubscribe(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { id } = await this.links.open('me', token);
    await this.contacts.unsubscribe(id);
    return donePage(reader, token, 'unsubscribe');
  }

  @Post('subscribe')
  async subscribe(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const { id } = await this.links.open('me', token);
    await this.contacts.subscribeAgain(id);
    return donePage(reader, token, 'subscribe');
  }

  /** There is no way back from erasing, so a page of its own says what goes and asks what else is wished. */
  @Get('erase')
  async askToErase(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    await this.links.open('me', token);
    return erasePage(reader, token, freshForm());
  }

  @Post('erase')
  async erase(@CurrentReader() reader: Reader, @Param('token') token: string, @Body() body: unknown): Promise<Answer> {
    const { id } = await this.links.open('me', token);
    const form = parseForm(eraseForm, body);
    if (!form.ok) return withStatus(422, erasePage(reader, token, form));
    const erased = await this.contacts.erase(id, form.value);
    if (!erased.ok) throw brokenLink();
    return erasedPage(reader, form.value);
  }
}

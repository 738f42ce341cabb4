import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../libs/time/clock.js';
import { type Content, unlessKnown } from '../../libs/web/conditional.js';
import { DEFAULT_LANGUAGE, type Language } from '../../libs/web/i18n.js';
import { PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { FeedsService } from './feeds.service.js';

const CALENDAR = 'text/calendar; charset=utf-8';
const ATOM = 'application/atom+xml; charset=utf-8';

const language = {
  name: 'language',
  required: false,
  description: 'the language of the feed, as /fr/… names it too; English where neither does. It is never negotiated',
  example: 'fr',
};
const region = {
  name: 'id',
  description: 'a region or twin region: meetings for it and for everyone',
  example: 'copargo',
};
const SHOWN = 'Meetings to come and of the last 30 days, cancelled ones marked; with ETag and Last-Modified';

/** What calendars and news readers come back to. Its address fixes its language: whoever fetches it has no other wish. */
@ApiTags('feeds')
@Controller()
export class FeedsApi {
  constructor(
    private readonly feeds: FeedsService,
    private readonly clock: Clock,
  ) {}

  @Get('meetings.ics')
  @ApiOperation({ summary: 'Meetings as a calendar to subscribe to' })
  @ApiQuery(language)
  @ApiProduces('text/calendar')
  @ApiOkResponse({ description: SHOWN })
  async calendar(
    @CurrentReader() reader: Reader,
    @Query('language') wished: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const chosen = languageOf(reader, wished);
    return this.answer(request, reply, chosen, CALENDAR, await this.feeds.calendar({ language: chosen }));
  }

  @Get('meetings.atom')
  @ApiOperation({ summary: 'Meetings as a news feed (RFC 4287)' })
  @ApiQuery(language)
  @ApiProduces('application/atom+xml')
  @ApiOkResponse({ description: SHOWN })
  async news(
    @CurrentReader() reader: Reader,
    @Query('language') wished: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const chosen = languageOf(reader, wished);
    return this.answer(request, reply, chosen, ATOM, await this.feeds.news({ language: chosen }));
  }

  @Get('regions/:id/meetings.ics')
  @ApiOperation({ summary: 'Meetings for one region as a calendar to subscribe to' })
  @ApiParam(region)
  @ApiQuery(language)
  @ApiProduces('text/calendar')
  @ApiOkResponse({ description: SHOWN })
  @ApiNotFoundResponse({ description: 'No region or twin region has this id' })
  async regionCalendar(
    @CurrentReader() reader: Reader,
    @Param('id') id: string,
    @Query('language') wished: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const feed = { language: languageOf(reader, wished), region: this.known(id) };
    return this.answer(request, reply, feed.language, CALENDAR, await this.feeds.calendar(feed));
  }

  @Get('regions/:id/meetings.atom')
  @ApiOperation({ summary: 'Meetings for one region as a news feed (RFC 4287)' })
  @ApiParam(region)
  @ApiQuery(language)
  @ApiProduces('application/atom+xml')
  @ApiOkResponse({ description: SHOWN })
  @ApiNotFoundResponse({ description: 'No region or twin region has this id' })
  async regionNews(
    @CurrentReader() reader: Reader,
    @Param('id') id: string,
    @Query('language') wished: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const feed = { language: languageOf(reader, wished), region: this.known(id) };
    return this.answer(request, reply, feed.language, ATOM, await this.feeds.news(feed));
  }

  private known(id: string): string {
    if (!this.feeds.knowsRegion(id)) throw new PageProblem(404);
    return id;
  }

  private answer(
    request: FastifyRequest,
    reply: FastifyReply,
    chosen: Language,
    type: string,
    content: Content,
  ): string {
    reply.type(type).headers({ 'content-language': chosen, 'cache-control': 'public, max-age=300' });
    return unlessKnown(request, reply, content, this.clock.now());
  }
}

function languageOf({ languages, language: own, fixed }: Reader, wished: unknown): Language {
  if (wished === undefined) return fixed ? own : DEFAULT_LANGUAGE;
  const known = languages.find((each) => each === wished);
  if (known === undefined) throw new PageProblem(404);
  return known;
}

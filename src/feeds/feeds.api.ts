import { applyDecorators, Controller, createParamDecorator, type ExecutionContext, Get } from '@nestjs/common';
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
import { unlessKnown } from '../../libs/web/conditional.js';
import { DEFAULT_LANGUAGE, type Language } from '../../libs/web/i18n.js';
import { PageProblem } from '../../libs/web/problem.js';
import type { Reader } from '../../libs/web/reader.js';
import { FeedsService } from './feeds.service.js';

const FORMS = {
  calendar: { type: 'text/calendar', is: 'as a calendar to subscribe to' },
  news: { type: 'application/atom+xml', is: 'as a news feed (RFC 4287)' },
} as const;
type Form = keyof typeof FORMS;

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

/** What a feed is, for the description of the API. */
const DescribesFeed = (form: Form, of: 'everyone' | 'a region'): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: `Meetings ${of === 'everyone' ? '' : 'for one region '}${FORMS[form].is}` }),
    ApiQuery(language),
    ApiProduces(FORMS[form].type),
    ApiOkResponse({ description: SHOWN }),
    ...(of === 'everyone'
      ? []
      : [ApiParam(region), ApiNotFoundResponse({ description: 'No region or twin region has this id' })]),
  );

/** Who asks, and where the answer goes. */
interface Asked {
  readonly request: FastifyRequest<{ Params: { id?: string }; Querystring: { language?: unknown } }>;
  readonly reply: FastifyReply;
}

const WhoAsks = createParamDecorator((_: unknown, context: ExecutionContext): Asked => {
  const http = context.switchToHttp();
  return { request: http.getRequest(), reply: http.getResponse() };
});

/** What calendars and news readers come back to. Its address fixes its language: whoever fetches it has no other wish. */
@ApiTags('feeds')
@Controller()
export class FeedsApi {
  constructor(
    private readonly feeds: FeedsService,
    private readonly clock: Clock,
  ) {}

  @Get('meetings.ics')
  @DescribesFeed('calendar', 'everyone')
  calendar(@WhoAsks() asked: Asked): Promise<string> {
    return this.answer('calendar', asked);
  }

  @Get('meetings.atom')
  @DescribesFeed('news', 'everyone')
  news(@WhoAsks() asked: Asked): Promise<string> {
    return this.answer('news', asked);
  }

  @Get('regions/:id/meetings.ics')
  @DescribesFeed('calendar', 'a region')
  regionCalendar(@WhoAsks() asked: Asked): Promise<string> {
    return this.answer('calendar', asked);
  }

  @Get('regions/:id/meetings.atom')
  @DescribesFeed('news', 'a region')
  regionNews(@WhoAsks() asked: Asked): Promise<string> {
    return this.answer('news', asked);
  }

  private async answer(form: Form, { request, reply }: Asked): Promise<string> {
    const { id } = request.params;
    const chosen = languageOf(request.reader, request.query.language);
    if (id !== undefined && !this.feeds.knowsRegion(id)) throw new PageProblem(404);
    const content = await this.feeds[form]({ language: chosen, ...(id === undefined ? {} : { region: id }) });
    reply
      .type(`${FORMS[form].type}; charset=utf-8`)
      .headers({ 'content-language': chosen, 'cache-control': 'public, max-age=300' });
    return unlessKnown(request, reply, content, this.clock.now());
  }
}

function languageOf({ languages, language: own, fixed }: Reader, wished: unknown): Language {
  if (wished === undefined) return fixed ? own : DEFAULT_LANGUAGE;
  const known = languages.find((each) => each === wished);
  if (known === undefined) throw new PageProblem(404);
  return known;
}

import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { z } from 'zod';
import { Ids, isId, type Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { nextOpen } from '../../libs/time/open-hours.js';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { honeypot, optionalChoice, shortText } from '../../libs/web/fields.js';
import { HONEYPOT } from '../../libs/web/form-fields.js';
import { freshForm, parseForm, type FormState } from '../../libs/web/forms.js';
import { liveEvent } from '../../libs/web/live.js';
import { brokenLink, PageProblem } from '../../libs/web/problem.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { LivePage, TokenPage } from '../../libs/web/secure.js';
import { Links } from '../links.js';
import { LIMITS, zoneOf, type View } from '../office-hours/pages/booking-form.js';
import { availabilityOf, type OfficeHours, TOPICS } from '../office-hours/hours/office-hours.js';
import { OfficeHoursService } from '../office-hours/hours/office-hours.service.js';
import { findRegion } from '../regions/regions.js';
import { LivePages } from './live.service.js';
import { Presence } from './presence.service.js';
import { queuePage } from './queue.page.js';
import { QueueService, type Standing } from './queue.service.js';
import { find, type NewTicket } from './queue.js';
import { ticketPage, ticketPart, type TicketProps } from './ticket.page.js';

const schemaFor = ({ languages }: OfficeHours) =>
  z.object({
    ticket: z
      .unknown()
      .optional()
      .transform((given): Id | undefined => (typeof given === 'string' && isId(given) ? given : undefined)),
    language: optionalChoice(languages),
    topic: optionalChoice(TOPICS),
    region: shortText(LIMITS.region),
    [HONEYPOT]: honeypot(),
  });
const actSchema = z.object({ act: optionalChoice(['join', 'leave', 'again']) });

/** Days in which the next opening is looked for: those of two weeks, and a holiday between. */
const AHEAD = 60;

/** The queue for visitors: whether it is open, a place in it, and the way from there to the room. */
@ApiExcludeController()
@Controller()
export class QueueController {
  constructor(
    private readonly queues: QueueService,
    private readonly hours: OfficeHoursService,
    private readonly live: LivePages,
    private readonly presence: Presence,
    private readonly links: Links,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @Get('office-hours/:id/queue')
  async show(@CurrentReader() reader: Reader, @Param('id') id: Id, @Query() query: View): Promise<Answer> {
    return this.page(reader, await this.open(id), freshForm(), query);
  }

  @RateLimit('form')
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @Post('office-hours/:id/queue')
  @HttpCode(200)
  async take(@CurrentReader() reader: Reader, @Param('id') id: Id, @Body() body: unknown): Promise<Answer> {
    const hours = await this.open(id);
    const form = parseForm(schemaFor(hours), body);
    const values: View = form.ok ? form.values : {};
    if (!form.ok) return withStatus(422, await this.page(reader, hours, form, form.values));
    // A robot gets a page and no place.
    if (form.value[HONEYPOT]) return this.page(reader, hours, freshForm(form.values), values);
    const { language, topic, region: typed, ticket = this.ids.next() } = form.value;
    const region = findRegion(typed);
    const taken = await this.queues.take(hours, {
      id: ticket,
      language: language ?? hours.languages[0] ?? reader.language,
      topic: topic ?? null,
      region: region?.id ?? null,
      country: region?.country ?? null,
    });
    if (taken.ok) return seeOther(reader.href(`/queue/${this.tokenOf(taken.value)}`));
    return withStatus(409, await this.page(reader, hours, freshForm(form.values), values, taken.reason === 'full'));
  }

  @TokenPage()
  @LivePage()
  @RateLimit('waiting')
  @Get('queue/:token')
  async ticket(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Query('still') still: unknown,
  ): Promise<Answer> {
    const standing = await this.standingOf(token);
    this.presence.seen(standing.ticket.id);
    return ticketPage(reader, this.propsOf(reader, token, standing, still === 'yes'));
  }

  @TokenPage()
  @RateLimit('waiting')
  @Get('queue/:token/events')
  async events(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { queue, ticket } = await this.standingOf(token);
    const tell = (board: Omit<Standing, 'ticket'>): Promise<string | undefined> => {
      const present = find(board.queue, ticket.id);
      const props = present && this.propsOf(reader, token, { ...board, ticket: present });
      return Promise.resolve(props && liveEvent(reader, ticketPart(reader, props)));
    };
    const seen = (): void => {
      this.presence.seen(ticket.id);
    };
    const stream = method === 'HEAD' ? undefined : this.live.listen(queue.id, tell, seen);
    sendEvents(reply, stream);
  }

  @TokenPage()
  @RateLimit('waiting')
  @Post('queue/:token')
  @HttpCode(200)
  async act(@CurrentReader() reader: Reader, @Param('token') token: string, @Body() body: unknown): Promise<Answer> {
    const standing = await this.standingOf(token);
    const form = parseForm(actSchema, body);
    const { queue, ticket, hours } = standing;
    const act = form.ok ? form.value.act : undefined;
    if (act === undefined) throw new PageProblem(422);
    if (act === 'again') {
      const { language, topic, region, country } = ticket;
      const again: NewTicket = { id: this.ids.next(), language, topic, region, country };
      const taken = await this.queues.take(hours, again);
      const next = taken.ok ? `/queue/${this.tokenOf(taken.value)}` : `/office-hours/${hours.id}/queue`;
      return seeOther(reader.href(next));
    }
    const done =
      act === 'join' ? await this.queues.join(queue, ticket.id) : await this.queues.leave(standing, ticket.id);
    if (done.ok) return seeOther(reader.href(`/queue/${token}`));
    // Whoever was too late, or was not called, sees where the ticket stands.
    const props = this.propsOf(reader, token, await this.standingOf(token));
    return withStatus(409, ticketPage(reader, props));
  }

  private async open(id: Id): Promise<OfficeHours> {
    const hours = await this.hours.get(id);
    if (!hours) throw new PageProblem(404);
    return hours;
  }

  private async page(reader: Reader, hours: OfficeHours, form: FormState, view: View, isFull = false): Promise<VNode> {
    const now = this.clock.now();
    const opens = nextOpen(availabilityOf(hours), now, AHEAD)?.from;
    return queuePage(reader, {
      board: await this.queues.of(hours),
      now,
      timeZone: zoneOf(view, reader.language, hours.timeZone),
      opens: opens === undefined ? undefined : new Date(opens),
      form,
      draft: this.ids.next(),
      isFull,
      isZoned: typeof view.timeZone === 'string' || typeof view.region === 'string',
    });
  }

  private propsOf(reader: Reader, token: string, standing: Standing, isStill = false): TicketProps {
    const { region } = standing.ticket;
    const timeZone = zoneOf(region === null ? {} : { region }, reader.language, standing.hours.timeZone);
    const room = standing.ticket.status === 'talking' ? this.queues.roomOf(standing) : '';
    return { ...standing, token, now: this.clock.now(), timeZone, room, isStill };
  }

  private tokenOf(ticket: Id): string {
    return this.links.token('queue', { id: ticket, generation: 0 });
  }

  private async standingOf(token: string): Promise<Standing> {
    const opened = await this.links.open('queue', token, async (id) => {
      const standing = await this.queues.ofTicket(id);
      return standing && { ...standing, generation: 0 };
    });
    // A ticket knows no address that a fresh link could be sent to: a new place is taken where the first one was.
    if (!opened.ok) throw brokenLink({ path: '/office-hours', label: 'office-hours.all' });
    return opened.value.found;
  }
}

/** Proxies that gather answers would keep events back. */
export function sendEvents(reply: FastifyReply, stream: ReturnType<LivePages['listen']>): void {
  reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no');
  if (stream) void reply.type('text/event-stream').send(stream);
  else void reply.status(503).send();
}

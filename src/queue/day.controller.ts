import { Body, Controller, Get, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Id } from '../../libs/privacy/ids.js';
import { Clock, DAY } from '../../libs/time/clock.js';
import { nextOpen } from '../../libs/time/open-hours.js';
import { type Answer, seeOther } from '../../libs/web/answers.js';
import { optionalChoice, optionalWholeNumber } from '../../libs/web/fields.js';
import { parseForm } from '../../libs/web/forms.js';
import { liveEvent } from '../../libs/web/live.js';
import { PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { LivePage } from '../../libs/web/secure.js';
import { ConsoleOfficeHours } from '../office-hours/console/console-office-hours.service.js';
import { availabilityOf } from '../office-hours/hours/office-hours.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../people/console.guard.js';
import { rolesWith } from '../people/person.js';
import { dayPage, dayPart, pathOfDay, type DayProps } from './day.page.js';
import { LivePages } from './live.service.js';
import { Presence } from './presence.service.js';
import { sendEvents } from './queue.controller.js';
import { QueueService, type Board } from './queue.service.js';
import { LATE_MINUTES, presentOf } from './queue.js';
import { waitingIn } from './standing.js';

const actSchema = z.object({
  act: optionalChoice(['call', 'end', 'late']),
  acts: optionalWholeNumber(0, 999_999),
  minutes: optionalChoice(LATE_MINUTES.map(String)),
  anyway: optionalChoice(['yes']),
});

/** Why nobody was called, as the page says it. */
const SAID = ['still-called', 'closed', 'engaged'] as const;
const AHEAD = 60;

/** The page of the day, for whoever leads these office hours. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/office-hours/:id/day')
export class DayController {
  constructor(
    private readonly console: ConsoleOfficeHours,
    private readonly queues: QueueService,
    private readonly live: LivePages,
    private readonly presence: Presence,
    private readonly clock: Clock,
  ) {}

  @LivePage()
  @Get()
  async show(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query('said') said: unknown,
    @Query('still') still: unknown,
  ): Promise<Answer> {
    const { hours } = await this.console.open(id, by);
    const known = SAID.find((each) => each === said);
    const props = await this.propsOf(reader, by, await this.queues.of(hours), still === 'yes');
    return dayPage(reader, by, { ...props, notice: known && reader.t(`console.queue.said.${known}`) });
  }

  @Get('events')
  async events(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { hours } = await this.console.open(id, by);
    const { queue } = await this.queues.of(hours);
    const tell = async (board: Board): Promise<string> =>
      liveEvent(reader, dayPart(reader, by, await this.propsOf(reader, by, board)));
    sendEvents(reply, method === 'HEAD' ? undefined : this.live.listen(queue.id, tell));
  }

  @Post()
  async act(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query('still') still: unknown,
    @Body() body: unknown,
  ): Promise<Answer> {
    const { hours } = await this.console.open(id, by);
    const form = parseForm(actSchema, body);
    if (!form.ok) throw new PageProblem(422);
    const { act, acts = 0, minutes, anyway } = form.value;
    const board = await this.queues.of(hours);
    const host = by.contact;
    const back = (said?: string): Answer => {
      const query = new URLSearchParams({ ...(said !== undefined && { said }), ...(still === 'yes' && { still }) });
      return seeOther(reader.href(`${pathOfDay(id)}${query.size > 0 ? `?${query.toString()}` : ''}`));
    };
    if (act === 'call' || act === 'end') {
      const done =
        act === 'call'
          ? await this.queues.callNext(board, host, acts, anyway === 'yes')
          : await this.queues.endTalk(board, host, acts);
      return back(done.ok ? undefined : SAID.find((each) => each === done.reason));
    }
    if (act !== 'late' || minutes === undefined) throw new PageProblem(422);
    await this.queues.runLate(board, host, Number(minutes));
    return back();
  }

  private async propsOf(reader: Reader, by: SignedIn, board: Board, isStill = false): Promise<DayProps> {
    const now = this.clock.now();
    const { hours, queue } = board;
    const window = { from: now.getTime() - DAY, to: now.getTime() + DAY };
    const waiting = waitingIn(queue, now).map(({ id }) => id);
    const [bookings, here, month] = await Promise.all([
      this.console.bookingsOf(reader, by, hours, window),
      this.presence.count(waiting),
      this.queues.month(hours, queue.day),
    ]);
    const ticket = presentOf(queue, by.contact);
    const opens = nextOpen(availabilityOf(hours), now, AHEAD)?.from;
    return {
      board,
      now,
      bookings: bookings
        .filter(({ isOwn, isToCome }) => isOwn && isToCome)
        .map(({ slot: { start, end }, who, note }) => ({ start, end, who, note })),
      here,
      room: ticket ? this.queues.roomOf({ queue, ticket }) : '',
      opens: opens === undefined ? undefined : new Date(opens),
      month,
      isStill,
    };
  }
}

import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { z } from 'zod';
import type { Id } from '../../libs/privacy/ids.js';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { longText } from '../../libs/web/fields.js';
import { freshForm, parseForm, type FormState } from '../../libs/web/forms.js';
import { PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../people/console.guard.js';
import { rolesWith } from '../people/person.js';
import { RegionsService } from '../regions/regions.service.js';
import { MOST_OF_AN_ANSWER, repliesPage, replyPage, type PlacedReply, type ReplyPageProps } from './replies.page.js';
import { RepliesService, type ShownReply } from './replies.service.js';

const MOST_SHOWN = 100;

const schema = z.object({ answer: longText(MOST_OF_AN_ANSWER, { required: true }) });

/** What people wrote to the team, and the answers: nobody sees from whom, or to whom. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('read-replies'))
@Controller('console/replies')
export class RepliesController {
  constructor(
    private readonly replies: RepliesService,
    private readonly regions: RegionsService,
  ) {}

  @Get()
  async list(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<VNode> {
    const latest = await this.replies.latest(MOST_SHOWN);
    return repliesPage(
      reader,
      by,
      latest.map((reply) => this.placed(reader, reply)),
    );
  }

  @Get(':id')
  show(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query('sent') sent: unknown,
  ): Promise<VNode> {
    return this.page(reader, by, id, freshForm(), sent === 'yes' ? 'sent' : undefined);
  }

  @Post(':id')
  async answer(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const form = parseForm(schema, body);
    if (!form.ok) return withStatus(422, await this.page(reader, by, id, form));
    const answered = await this.replies.answer(id, form.value.answer);
    if (answered.ok) return seeOther(reader.href(`/console/replies/${id}?sent=yes`));
    if (answered.reason === 'unknown') throw new PageProblem(404);
    return withStatus(409, await this.page(reader, by, id, freshForm(), 'already'));
  }

  private async page(
    reader: Reader,
    by: SignedIn,
    id: Id,
    form: FormState,
    notice?: ReplyPageProps['notice'],
  ): Promise<VNode> {
    const reply = await this.replies.get(id);
    if (!reply) throw new PageProblem(404);
    return replyPage(reader, by, { ...this.placed(reader, reply), form, ...(notice && { notice }) });
  }

  private placed({ language }: Reader, reply: ShownReply): PlacedReply {
    const { place } = reply;
    if (!place) return { reply, place: undefined };
    if ('region' in place) return { reply, place: this.regions.get(place.region)?.name };
    return { reply, place: new Intl.DisplayNames([language], { type: 'region' }).of(place.country) };
  }
}

import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import type { Id } from '../../libs/privacy/ids.js';
import { type Answer, withStatus } from '../../libs/web/answers.js';
import { honeypot, longText, optionalWholeNumber, shortText } from '../../libs/web/fields.js';
import { freshForm, parseForm, type FormState } from '../../libs/web/forms.js';
import { brokenLink, PageProblem } from '../../libs/web/problem.js';
import { RateLimit, RateLimiter, tooMany } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage } from '../../libs/web/secure.js';
import { RegionsService } from '../regions/regions.service.js';
import { joinedPage, joinPage, type IdeaState } from './join.page.js';
import { LONGEST_IDEA, MOST_WITH_YOU } from './participation.js';
import { ParticipationService, type Entrance } from './participation.service.js';

const region = shortText(100);
const joinSchema = z.object({ withYou: optionalWholeNumber(0, MOST_WITH_YOU), region, website: honeypot() });
const ideaSchema = z.object({ idea: longText(LONGEST_IDEA, { required: true }), region, website: honeypot() });

const has = (body: unknown, field: string): boolean => typeof body === 'object' && body !== null && field in body;

/** The page that lets people into the room, by their invitation or, where seats are not limited, without sign-up. */
@ApiExcludeController()
@Controller()
export class JoinController {
  constructor(
    private readonly participation: ParticipationService,
    private readonly regions: RegionsService,
    private readonly modules: ModuleRef,
  ) {}

  @TokenPage()
  @RateLimit('link')
  @Get('join/:token')
  async byLink(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    return this.show(reader, await this.entranceOf(token));
  }

  @TokenPage()
  @RateLimit('link')
  @Post('join/:token')
  async joinByLink(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return this.take(reader, await this.entranceOf(token), body);
  }

  @Get('meetings/:id/join')
  async withoutSignUp(@CurrentReader() reader: Reader, @Param('id') id: Id): Promise<Answer> {
    return this.show(reader, await this.openEntrance(id, undefined));
  }

  @RateLimit('form')
  @Post('meetings/:id/join')
  async joinWithoutSignUp(
    @CurrentReader() reader: Reader,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    return this.take(reader, await this.openEntrance(id, body), body);
  }

  /** What a form asks for: to come in, or to leave an idea, which goes on for a week after the end. */
  private async take(reader: Reader, entrance: Entrance, body: unknown): Promise<Answer> {
    const { phase, takesIdeas } = entrance;
    if (!takesIdeas) return this.show(reader, entrance, 409);
    if (has(body, 'idea')) return this.takeIdea(reader, entrance, body);
    if (phase !== 'open') return this.show(reader, entrance, 409);
    const form = parseForm(joinSchema, body);
    if (!form.ok) return this.show(reader, entrance, 422, form);
    const { withYou = 0, region, website: isRobot } = form.value;
    const room = isRobot ? '' : await this.participation.join(entrance, withYou);
    return joinedPage(reader, { entrance, room, withYou, form: freshForm({ region }) });
  }

  private async takeIdea(reader: Reader, entrance: Entrance, body: unknown): Promise<Answer> {
    const form = parseForm(ideaSchema, body);
    if (!form.ok) return this.show(reader, entrance, 422, form, 'asked');
    if (!form.value.website) {
      await this.limitIdeas(entrance);
      await this.participation.keepIdea(entrance, form.value.idea, reader.language);
    }
    return this.show(reader, entrance, 200, freshForm({ region: form.value.region }), 'kept');
  }

  /** One invitation cannot flood a meeting with ideas. What is counted stands for it for an hour at most. */
  private async limitIdeas({ invitation }: Entrance): Promise<void> {
    if (!invitation) return;
    const seconds = await this.modules.get(RateLimiter, { strict: false }).wait('idea', `invitation ${invitation.id}`);
    if (seconds > 0) throw tooMany(seconds);
  }

  /** A meeting that is over for good, or was cancelled, is gone; a form for it is refused with the same page. */
  private show(
    reader: Reader,
    entrance: Entrance,
    status = 200,
    form: FormState = freshForm(),
    idea?: IdeaState,
  ): Answer {
    const { phase } = entrance;
    const page = joinPage(reader, { entrance, form, regions: this.regions.suggestions(), idea });
    return withStatus(phase === 'closed' || phase === 'cancelled' ? 410 : status, page);
  }

  private async entranceOf(token: string): Promise<Entrance> {
    const entrance = await this.participation.byLink(token);
    if (!entrance.ok) throw brokenLink();
    return entrance.value;
  }

  private async openEntrance(id: Id, body: unknown): Promise<Entrance> {
    const typed = parseForm(z.object({ region }), body);
    const entrance = await this.participation.withoutSignUp(id, typed.ok ? typed.value.region : '');
    if (!entrance.ok) throw new PageProblem(404);
    return entrance.value;
  }
}

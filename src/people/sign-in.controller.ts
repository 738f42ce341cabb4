import { Body, Controller, Get, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { emailField } from '../../libs/web/fields.js';
import { freshForm, parseForm } from '../../libs/web/forms.js';
import { brokenLink, PageProblem, type WayOn } from '../../libs/web/problem.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage } from '../../libs/web/secure.js';
import { readAddress } from '../contacts/address.js';
import { inSameTime } from '../contacts/same-time.js';
import { ConsoleGuard } from './console.guard.js';
import { askedPage, askPage, signInPage } from './sign-in.page.js';
import { SignInService, type LinkRefused } from './sign-in.service.js';

const schema = z.object({ email: emailField(readAddress) });

const FRESH_LINK: WayOn = { path: '/sign-in', label: 'web.problem.sign-in' };

/** A link that was used says so; whatever else is wrong with one is nobody's business. */
const refusal = (reason: LinkRefused): PageProblem =>
  reason === 'used'
    ? new PageProblem(410, {
        title: { key: 'people.sign-in.used.title' },
        text: { key: 'people.sign-in.used.text' },
        wayOn: FRESH_LINK,
      })
    : brokenLink(FRESH_LINK);

@ApiExcludeController()
@Controller()
export class SignInController {
  constructor(private readonly signIns: SignInService) {}

  @Get('sign-in')
  ask(@CurrentReader() reader: Reader): Answer {
    return askPage(reader, freshForm());
  }

  /** The same page in the same time, whether somebody has a role under this address or not. */
  @RateLimit('sign-in')
  @Post('sign-in')
  async send(@CurrentReader() reader: Reader, @Body() body: unknown): Promise<Answer> {
    const form = parseForm(schema, body);
    if (!form.ok) return withStatus(422, askPage(reader, form));
    const { email } = form.value;
    await inSameTime(() => this.signIns.ask(email));
    return askedPage(reader);
  }

  @TokenPage()
  @RateLimit('link')
  @Get('sign-in/:token')
  async open(@CurrentReader() reader: Reader, @Param('token') token: string): Promise<Answer> {
    const opened = await this.signIns.open(token);
    if (!opened.ok) throw refusal(opened.reason);
    return signInPage(reader, opened.value.role);
  }

  @TokenPage()
  @RateLimit('link')
  @Post('sign-in/:token')
  async signIn(
    @CurrentReader() reader: Reader,
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    const signedIn = await this.signIns.signIn(token);
    if (!signedIn.ok) throw refusal(signedIn.reason);
    reply.header('set-cookie', signedIn.value.setCookie);
    return seeOther(reader.href('/console'));
  }

  @UseGuards(ConsoleGuard)
  @Post('console/sign-out')
  async signOut(
    @CurrentReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    const { setCookie } = await this.signIns.signOut(request.headers.cookie);
    reply.header('set-cookie', setCookie);
    return seeOther(reader.href('/'));
  }
}

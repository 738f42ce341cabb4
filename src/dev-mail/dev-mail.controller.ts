import { Body, Controller, Get, Header, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { VNode } from 'preact';
import { z } from 'zod';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { choice } from '../../libs/web/fields.js';
import { parseForm } from '../../libs/web/forms.js';
import { PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { asksForAnswer, CLIENT_ACTS } from './client-answer.js';
import { DevMailGuard } from './dev-mail.guard.js';
import { mailPage, mailsPage } from './dev-mail.page.js';
import { DevMailService, type MailLine } from './dev-mail.service.js';

/** A mail's own HTML may style itself and nothing else. */
const SANDBOX = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const answerSchema = z.object({ act: choice(CLIENT_ACTS) });

/** The mails that a real relay would have sent, for whoever tries this on their own machine. In English only. */
@ApiExcludeController()
@UseGuards(DevMailGuard)
@Controller('dev')
export class DevMailController {
  constructor(private readonly mails: DevMailService) {}

  @Get('mail')
  @Header('cache-control', 'no-store')
  async page(@CurrentReader() reader: Reader): Promise<VNode> {
    return mailsPage(reader, await this.mails.list());
  }

  @Get('mail.json')
  @Header('cache-control', 'no-store')
  list(): Promise<readonly MailLine[]> {
    return this.mails.list();
  }

  /** `7` is the page of mail 7; `7.json`, `7.eml` and `7.html` are its parts, its bytes and its HTML alone. */
  @Get('mail/:file')
  async mail(
    @Param('file') file: string,
    @CurrentReader() reader: Reader,
    @Query('answered') answered: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const [, number = '', ending] = /^(\d{1,9})(?:\.(json|eml|html))?$/.exec(file) ?? [];
    const [mail, raw] = await Promise.all([this.mails.find(Number(number)), this.mails.raw(Number(number))]);
    if (!mail || !raw) throw new PageProblem(404);
    reply.header('cache-control', 'no-store');
    if (ending === 'json') return mail;
    if (ending === 'eml') {
      reply.type('message/rfc822').header('content-disposition', `attachment; filename="${number}.eml"`);
      return raw;
    }
    if (ending === 'html') {
      reply.type('text/html; charset=utf-8').header('content-security-policy', SANDBOX);
      return mail.html;
    }
    return mailPage(reader, mail, {
      answers: this.mails.canAnswer && asksForAnswer(mail),
      ...(answered === 'yes' && { notice: 'sent' as const }),
    });
  }

  /** Sends what the recipient's calendar or mail server would send, by real mail to the port for incoming mail. */
  @Post('mail/:number/answer')
  async answer(
    @Param('number') number: string,
    @CurrentReader() reader: Reader,
    @Body() body: unknown,
  ): Promise<Answer> {
    const form = parseForm(answerSchema, body);
    const mail = /^\d{1,9}$/.test(number) ? await this.mails.find(Number(number)) : undefined;
    if (!mail) throw new PageProblem(404);
    if (!form.ok) throw new PageProblem(400);
    if (await this.mails.answer(mail, form.value.act)) return seeOther(`/dev/mail/${number}?answered=yes`);
    const answers = this.mails.canAnswer && asksForAnswer(mail);
    return withStatus(409, mailPage(reader, mail, { answers, notice: 'refused' }));
  }
}

import { Body, Controller, Get, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Id } from '../../../libs/privacy/ids.js';
import { type Answer, seeOther } from '../../../libs/web/answers.js';
import { parseForm } from '../../../libs/web/forms.js';
import { PageProblem } from '../../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { MailWriter } from '../../deliveries/mail-writer.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../../people/console.guard.js';
import { rolesWith } from '../../people/person.js';
import { zoneFor } from '../../regions/time-zones.js';
import { subjectOf } from '../meeting-subject.js';
import { HostTimes } from '../host-times.service.js';
import { MeetingsService } from '../meetings.service.js';
import { dryRunPage } from './console-acts.page.js';
import { progressPage } from './console-meeting.page.js';
import { closed, ConsoleMeetings, type Opened } from './console-meetings.service.js';
import { versionSchema } from './meeting-form.js';

/** Seconds after which the progress page loads itself again. */
const AGAIN = 5;

/** How a draft comes to those it is for: looked at first, announced then, and followed until all are told. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/meetings/:id')
export class ConsoleAnnouncingController {
  constructor(
    private readonly console: ConsoleMeetings,
    private readonly meetings: MeetingsService,
    private readonly writer: MailWriter,
    private readonly times: HostTimes,
  ) {}

  /** A dry run that was seen; one that was not is asked for on the meeting's page. */
  @Get('dry-run')
  async seen(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Param('id') id: Id): Promise<Answer> {
    const opened = await this.console.open(id, by);
    return opened.meeting.status === 'draft' && opened.meeting.dryRun
      ? this.dryRunPage(reader, by, opened)
      : seeOther(reader.href(`/console/meetings/${id}`));
  }

  @Post('dry-run')
  async dryRun(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Param('id') id: Id): Promise<Answer> {
    await this.console.open(id, by);
    const tried = await this.meetings.tryOut(id);
    if (!tried.ok) throw closed(tried.reason);
    return this.dryRunPage(reader, by, await this.console.open(id, by));
  }

  @Post('announce')
  async announce(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const { meeting } = await this.console.open(id, by);
    // Pressed twice, or again from the back button.
    if (meeting.status === 'announced') return this.progressOf(reader, id);
    const form = parseForm(versionSchema, body);
    const announced = await this.meetings.announce(id, form.ok ? form.value.version : undefined);
    if (announced.ok) return this.progressOf(reader, id);
    const { reason } = announced;
    if ((await this.console.open(id, by)).meeting.status === 'announced') return this.progressOf(reader, id);
    if (reason !== 'no-dry-run' && reason !== 'changed-meanwhile') throw closed(reason);
    throw new PageProblem(409, {
      title: { key: 'console.meetings.dry-run.first.title' },
      text: { key: 'console.meetings.dry-run.first.text' },
    });
  }

  @Get('progress')
  async progress(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    const { meeting } = await this.console.open(id, by);
    if (meeting.status === 'draft') return seeOther(reader.href(`/console/meetings/${id}`));
    const telling = await this.console.telling(id);
    if (telling.kind !== 'all-sent') reply.header('refresh', String(AGAIN));
    return progressPage(reader, by, meeting, telling);
  }

  private progressOf(reader: Reader, id: Id): Answer {
    return seeOther(reader.href(`/console/meetings/${id}/progress`));
  }

  private async dryRunPage(reader: Reader, by: SignedIn, opened: Opened): Promise<Answer> {
    const subject = subjectOf(opened.meeting);
    // A reader in a region where the language is spoken, as times are written in the zone of whoever reads.
    const mails = reader.languages.map((language) => ({
      language,
      ...this.writer.preview(subject, language, zoneFor({ language })),
    }));
    return dryRunPage(reader, by, {
      ...opened,
      reach: await this.console.reach(opened.meeting),
      mails,
      collides: await this.times.collides(opened.meeting),
    });
  }
}

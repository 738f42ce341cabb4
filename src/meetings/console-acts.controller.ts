import { Body, Controller, Get, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Id } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { freshForm, parseForm, refusedForm, type FormValues } from '../../libs/web/forms.js';
import { PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { MailWriter } from '../deliveries/mail-writer.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../people/console.guard.js';
import type { Occurrence } from '../invitations/series.js';
import { rolesWith } from '../people/person.js';
import { zoneFor } from '../regions/time-zones.js';
import { cancelPage, cancelPreviewPage, dryRunPage, movePage, movePreviewPage } from './console-acts.page.js';
import { progressPage } from './console-meeting.page.js';
import { ConsoleMeetings, type Opened } from './console-meetings.service.js';
import { subjectOf, type Meeting } from './meeting.js';
import type { Part } from './meeting-series.js';
import {
  cancelSchema,
  moveSchema,
  renameSchema,
  START_ERRORS,
  startOf,
  startValuesOf,
  versionSchema,
} from './meeting-form.js';
import { MeetingsService } from './meetings.service.js';
import { renamePage } from './console-series.page.js';
import { meetingAt, openOccurrences, partFields, partOf, spanFrom } from './series-form.js';

/** Seconds after which the progress page loads itself again. */
const AGAIN = 5;

/** What a meeting does to the people it is for: each is looked at before it happens. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/meetings/:id')
export class ConsoleActsController {
  constructor(
    private readonly console: ConsoleMeetings,
    private readonly meetings: MeetingsService,
    private readonly writer: MailWriter,
    private readonly clock: Clock,
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

  @Get('move')
  async moveForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query() query: unknown,
  ): Promise<Answer> {
    const opened = await this.console.open(id, by);
    const part = chosenPart(opened.meeting, query, this.clock.now());
    const values = { ...startValuesOf(meetingAt(opened.meeting, part)), ...partValues(part) };
    return movePage(reader, by, { ...opened, ...this.choices(opened), form: freshForm(values) });
  }

  @Post('move')
  async move(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const found = await this.console.open(id, by);
    const opened = { ...found, ...this.choices(found) };
    const { meeting } = opened;
    const form = parseForm(moveSchema, body);
    if (!form.ok) return withStatus(422, movePage(reader, by, { ...opened, form }));
    const { confirmed, version } = form.value;
    const part = partOf(meeting, form.value, this.clock.now());
    const start = startOf(form.value, meeting.timeZone);
    const moved = start.ok ? await this.moveTo(meeting, part, start.value, confirmed === 'yes', version) : start;
    if (moved.ok && start.ok) {
      if (confirmed === 'yes') return this.toldOf(reader, opened);
      const told = meeting.status === 'draft' ? undefined : await this.console.told(meeting, 'move', part);
      return movePreviewPage(reader, by, {
        ...opened,
        meeting: meetingAt(meeting, part),
        version: version ?? opened.version,
        form: freshForm(form.values),
        told,
        to: part ? spanFrom(meeting, start.value) : moved.value,
      });
    }
    if (moved.ok) throw new PageProblem(409);
    const { reason } = moved;
    if (reason === 'changed-meanwhile') {
      const typed = freshForm(form.values);
      const now = await this.console.open(id, by);
      return withStatus(
        409,
        movePage(reader, by, { ...now, ...this.choices(now), form: typed, changedMeanwhile: true }),
      );
    }
    if (reason === 'unknown' || reason === 'cancelled' || reason === 'over') throw closed(reason);
    return withStatus(422, movePage(reader, by, { ...opened, form: refusedForm(form.values, START_ERRORS[reason]) }));
  }

  @Get('cancel')
  async cancelForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query() query: unknown,
  ): Promise<Answer> {
    const opened = await this.console.open(id, by);
    if (opened.meeting.status !== 'announced') return seeOther(reader.href(`/console/meetings/${id}`));
    const form = freshForm(partValues(chosenPart(opened.meeting, query, this.clock.now())));
    return cancelPage(reader, by, { ...opened, ...this.choices(opened), form });
  }

  @Post('cancel')
  async cancel(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const found = await this.console.open(id, by);
    const opened = { ...found, ...this.choices(found) };
    const { meeting } = opened;
    const form = parseForm(cancelSchema, body);
    if (!form.ok) return withStatus(422, cancelPage(reader, by, { ...opened, form }));
    const { confirmed, reason, version } = form.value;
    const part = partOf(meeting, form.value, this.clock.now());
    if (meeting.status === 'cancelled' && confirmed === 'yes') return this.toldOf(reader, opened);
    if (confirmed !== 'yes') {
      const possible = part ? this.meetings.tryCancelOccurrences(meeting, part) : this.meetings.tryCancel(meeting);
      if (!possible.ok) throw closed(possible.reason);
      const told = await this.console.told(meeting, 'cancel', part);
      return cancelPreviewPage(reader, by, {
        ...opened,
        meeting: meetingAt(meeting, part),
        version: version ?? opened.version,
        form: freshForm(form.values),
        told,
      });
    }
    const cancelled = part
      ? await this.meetings.cancelOccurrences(id, part, reason, version)
      : await this.meetings.cancel(id, reason, version);
    if (cancelled.ok) return this.toldOf(reader, opened);
    if (cancelled.reason !== 'changed-meanwhile') throw closed(cancelled.reason);
    const typed = freshForm(form.values);
    const now = await this.console.open(id, by);
    return withStatus(
      409,
      cancelPage(reader, by, { ...now, ...this.choices(now), form: typed, changedMeanwhile: true }),
    );
  }

  @Get('rename')
  async renameForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query() query: unknown,
  ): Promise<Answer> {
    const opened = await this.console.open(id, by);
    const part = chosenPart(opened.meeting, query, this.clock.now());
    if (!part) return seeOther(reader.href(`/console/meetings/${id}/edit`));
    const form = freshForm({ ...partValues(part), title: meetingAt(opened.meeting, part).title });
    return renamePage(reader, by, { ...opened, ...this.choices(opened), form });
  }

  @Post('rename')
  async rename(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const opened = await this.console.open(id, by);
    const form = parseForm(renameSchema, body);
    if (!form.ok) return withStatus(422, renamePage(reader, by, { ...opened, ...this.choices(opened), form }));
    const { occurrence, title, version } = form.value;
    const part = partOf(opened.meeting, { occurrence }, this.clock.now());
    if (!part) throw new PageProblem(404);
    const renamed = await this.meetings.renameOccurrence(id, part.occurrence, title, version);
    if (renamed.ok) return this.toldOf(reader, opened);
    if (renamed.reason !== 'changed-meanwhile') throw closed(renamed.reason);
    const now = await this.console.open(id, by);
    const typed = freshForm(form.values);
    return withStatus(
      409,
      renamePage(reader, by, { ...now, ...this.choices(now), form: typed, changedMeanwhile: true }),
    );
  }

  private async moveTo(meeting: Meeting, part: Part | undefined, start: Date, confirmed: boolean, version?: number) {
    const { id } = meeting;
    if (!part) return confirmed ? this.meetings.move(id, start, version) : this.meetings.tryMove(meeting, start);
    return confirmed
      ? this.meetings.moveOccurrences(id, part, start, version)
      : this.meetings.tryMoveOccurrences(meeting, part, start);
  }

  private choices({ meeting }: Opened): { readonly occurrences: readonly Occurrence[] } {
    return { occurrences: openOccurrences(meeting, this.clock.now()) };
  }

  private progressOf(reader: Reader, id: Id): Answer {
    return seeOther(reader.href(`/console/meetings/${id}/progress`));
  }

  /** Of a draft nobody is told. */
  private toldOf(reader: Reader, { meeting }: Opened): Answer {
    return meeting.status === 'draft'
      ? seeOther(reader.href(`/console/meetings/${meeting.id}`))
      : this.progressOf(reader, meeting.id);
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
    });
  }
}

/** What a link on the page of a series means; all of a meeting that happens once. */
function chosenPart(meeting: Meeting, query: unknown, now: Date): Part | undefined {
  const read = z.object(partFields).safeParse(query);
  return partOf(meeting, read.success ? read.data : {}, now);
}

const partValues = (part: Part | undefined): FormValues => ({
  ...(part && { occurrence: part.occurrence.toISOString(), scope: part.scope }),
});

/** What is no longer possible, on a page that says so. */
const closed = (
  reason:
    | 'no-such-occurrence'
    | 'unknown'
    | 'not-a-draft'
    | 'in-the-past'
    | 'not-announced'
    | 'cancelled'
    | 'over'
    | 'changed-meanwhile',
): PageProblem => {
  if (reason === 'unknown' || reason === 'no-such-occurrence') return new PageProblem(404);
  if (reason === 'changed-meanwhile') return new PageProblem(409);
  return new PageProblem(409, {
    title: { key: 'console.meetings.closed.title' },
    text: { key: `console.meetings.closed.${reason}` },
  });
};

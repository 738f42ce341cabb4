import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { freshForm, parseForm, refusedForm, type FormState, type FormValues } from '../../../libs/web/forms.js';
import { PageProblem } from '../../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../../people/console.guard.js';
import type { Occurrence } from '../../invitations/series.js';
import { rolesWith } from '../../people/person.js';
import { HostTimes } from '../host-times.service.js';
import type { Meeting } from '../meeting.js';
import type { Part } from '../meeting-series.js';
import { MeetingsService } from '../meetings.service.js';
import { cancelPage, cancelPreviewPage, movePage, movePreviewPage, renamePage } from './console-acts.page.js';
import { closed, ConsoleMeetings, type Opened } from './console-meetings.service.js';
import { cancelSchema, moveSchema, renameSchema, START_ERRORS, startOf, startValuesOf } from './meeting-form.js';
import { meetingAt, openOccurrences, partFields, partOf, spanFrom } from './series-form.js';

/** A meeting and, if it repeats, those of its dates that can still be changed. */
interface OpenedDates extends Opened {
  readonly occurrences: readonly Occurrence[];
}

/** Changes of a meeting that people have been told of: each is looked at before it happens. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/meetings/:id')
export class ConsoleActsController {
  constructor(
    private readonly console: ConsoleMeetings,
    private readonly meetings: MeetingsService,
    private readonly times: HostTimes,
    private readonly clock: Clock,
  ) {}

  @Get('move')
  async moveForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query() query: unknown,
  ): Promise<Answer> {
    const opened = await this.open(id, by);
    if (opened.meeting.status === 'cancelled') return seeOther(reader.href(`/console/meetings/${id}`));
    const part = chosenPart(opened.meeting, query, this.clock.now());
    const values = { ...startValuesOf(meetingAt(opened.meeting, part)), ...partValues(part) };
    return movePage(reader, by, { ...opened, form: freshForm(values) });
  }

  @Post('move')
  async move(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const opened = await this.open(id, by);
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
      const to = part ? spanFrom(meeting, start.value) : moved.value;
      return movePreviewPage(reader, by, {
        ...opened,
        meeting: meetingAt(meeting, part),
        version: version ?? opened.version,
        form: freshForm(form.values),
        told,
        to,
        collides: await this.times.collides(part ? { ...to, host: meeting.host } : { ...moved.value }),
      });
    }
    if (moved.ok) throw new PageProblem(409);
    const { reason } = moved;
    if (reason === 'changed-meanwhile') return withStatus(409, movePage(reader, by, await this.again(id, by, form)));
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
    const opened = await this.open(id, by);
    if (opened.meeting.status !== 'announced') return seeOther(reader.href(`/console/meetings/${id}`));
    const form = freshForm(partValues(chosenPart(opened.meeting, query, this.clock.now())));
    return cancelPage(reader, by, { ...opened, form });
  }

  @Post('cancel')
  async cancel(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const opened = await this.open(id, by);
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
    return withStatus(409, cancelPage(reader, by, await this.again(id, by, form)));
  }

  @Get('rename')
  async renameForm(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Query() query: unknown,
  ): Promise<Answer> {
    const opened = await this.open(id, by);
    const part = chosenPart(opened.meeting, query, this.clock.now());
    if (!part) return seeOther(reader.href(`/console/meetings/${id}/edit`));
    const form = freshForm({ ...partValues(part), title: meetingAt(opened.meeting, part).title });
    return renamePage(reader, by, { ...opened, form });
  }

  @Post('rename')
  async rename(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const opened = await this.open(id, by);
    const form = parseForm(renameSchema, body);
    if (!form.ok) return withStatus(422, renamePage(reader, by, { ...opened, form }));
    const { occurrence, title, version } = form.value;
    const part = partOf(opened.meeting, { occurrence }, this.clock.now());
    if (!part) throw new PageProblem(404);
    const renamed = await this.meetings.renameOccurrence(id, part.occurrence, title, version);
    if (renamed.ok) return this.toldOf(reader, opened);
    if (renamed.reason !== 'changed-meanwhile') throw closed(renamed.reason);
    return withStatus(409, renamePage(reader, by, await this.again(id, by, form)));
  }

  private async moveTo(meeting: Meeting, part: Part | undefined, start: Date, confirmed: boolean, version?: number) {
    const { id } = meeting;
    if (!part) return confirmed ? this.meetings.move(id, start, version) : this.meetings.tryMove(meeting, start);
    return confirmed
      ? this.meetings.moveOccurrences(id, part, start, version)
      : this.meetings.tryMoveOccurrences(meeting, part, start);
  }

  private async open(id: Id, by: SignedIn): Promise<OpenedDates> {
    const opened = await this.console.open(id, by);
    return { ...opened, occurrences: openOccurrences(opened.meeting, this.clock.now()) };
  }

  /** As someone else left it meanwhile, with what was typed. */
  private async again(id: Id, by: SignedIn, { values }: Pick<FormState, 'values'>) {
    return { ...(await this.open(id, by)), form: freshForm(values), changedMeanwhile: true };
  }

  /** Of a draft nobody is told. */
  private toldOf(reader: Reader, { meeting }: Opened): Answer {
    return meeting.status === 'draft'
      ? seeOther(reader.href(`/console/meetings/${meeting.id}`))
      : seeOther(reader.href(`/console/meetings/${meeting.id}/progress`));
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

import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../../libs/web/answers.js';
import { freshForm, parseForm, refusedForm, type FormState } from '../../../libs/web/forms.js';
import { PageProblem } from '../../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { ContactsService } from '../../contacts/contacts.service.js';
import { InvitationsService } from '../../invitations/invitations.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../../people/console.guard.js';
import { hostChoices } from '../../people/host-choices.js';
import { PeopleService } from '../../people/people.service.js';
import { rolesWith } from '../../people/person.js';
import { RegionsService } from '../../regions/regions.service.js';
import { zoneChoices } from '../../regions/time-zones.js';
import { subjectOf } from '../meeting-subject.js';
import { MeetingsService } from '../meetings.service.js';
import { overviewPage } from './console-meeting.page.js';
import { editPage, meetingsPage, newMeetingPage, type Choices } from './console-meetings.page.js';
import { ConsoleMeetings, type Opened } from './console-meetings.service.js';
import {
  editSchema,
  freshValues,
  newMeetingSchema,
  START_ERRORS,
  startOf,
  timeOf,
  valuesOf,
  versionSchema,
} from './meeting-form.js';
import { recurrenceOf } from './series-form.js';

const MOST_LISTED = 200;

/** Meetings as whoever leads them makes and changes them. Announcing and what changes for people afterwards have controllers of their own. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('lead-own-meetings'))
@Controller('console/meetings')
export class ConsoleMeetingsController {
  constructor(
    private readonly console: ConsoleMeetings,
    private readonly meetings: MeetingsService,
    private readonly invitations: InvitationsService,
    private readonly people: PeopleService,
    private readonly contacts: ContactsService,
    private readonly regions: RegionsService,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  @Get()
  async list(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<Answer> {
    return meetingsPage(reader, by, await this.console.list(by, MOST_LISTED), this.clock.now());
  }

  @Get('new')
  async fresh(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<Answer> {
    const contact = await this.contacts.get(by.contact);
    const values = freshValues({
      timeZone: contact?.timeZone ?? 'UTC',
      host: by.contact,
      draft: this.ids.next(),
    });
    return this.newPage(reader, by, freshForm({ ...values, languages: [reader.language] }));
  }

  @Post('new')
  async create(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Body() body: unknown): Promise<Answer> {
    const hosts = by.role === 'host' ? [] : (await this.people.hosts()).map(({ contact }) => contact);
    const audiences = ['everyone', ...this.regions.audienceChoices().map(({ value }) => value)];
    const schema = newMeetingSchema({ languages: reader.languages, audiences, hosts: [...hosts, by.contact] });
    const form = parseForm(schema, body);
    if (!form.ok) return withStatus(422, await this.newPage(reader, by, form));
    const {
      date,
      time,
      fold,
      timeZone,
      durationMinutes,
      host = by.contact,
      draft = this.ids.next(),
      repeats,
      occurrences,
      lastDate,
      ...given
    } = form.value;
    const rule = recurrenceOf({ date, time, timeZone, repeats, occurrences, lastDate });
    if (!rule.ok) return withStatus(422, await this.newPage(reader, by, refusedForm(form.values, rule.errors)));
    const start = startOf({ date, time, fold }, timeZone);
    const made = start.ok
      ? await this.meetings.draft({
          ...given,
          ...timeOf(start.value, durationMinutes, timeZone),
          ...(rule.value && { recurrence: rule.value }),
          host,
          id: draft,
        })
      : start;
    // A form sent twice, or again from the back button, leads to the meeting that it made.
    if (made.ok || made.reason === 'exists') return seeOther(reader.href(`/console/meetings/${draft}`));
    return withStatus(422, await this.newPage(reader, by, refusedForm(form.values, START_ERRORS[made.reason])));
  }

  @Get(':id')
  async show(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Param('id') id: Id): Promise<Answer> {
    return this.overview(reader, by, await this.console.open(id, by));
  }

  @Get(':id/edit')
  async editForm(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Param('id') id: Id): Promise<Answer> {
    const opened = await this.console.open(id, by);
    const { meeting } = opened;
    const form = freshForm(valuesOf(meeting, this.meetings.roomOf(meeting)));
    return editPage(reader, by, { ...opened, form, languages: reader.languages });
  }

  @Post(':id/edit')
  async edit(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    const opened = await this.console.open(id, by);
    const { languages } = reader;
    const form = parseForm(editSchema(languages), body);
    if (!form.ok) return withStatus(422, editPage(reader, by, { ...opened, form, languages }));
    const { version, ...given } = form.value;
    const edited = await this.meetings.edit(id, given, version);
    if (edited.ok) return seeOther(reader.href(`/console/meetings/${id}`));
    if (edited.reason === 'unknown') throw new PageProblem(404);
    const now = await this.console.open(id, by);
    if (edited.reason !== 'changed-meanwhile') {
      return withStatus(
        409,
        await this.overview(reader, by, now, reader.t(`console.meetings.closed.${edited.reason}`)),
      );
    }
    const typed = freshForm(form.values);
    return withStatus(409, editPage(reader, by, { ...now, form: typed, languages, changedMeanwhile: true }));
  }

  @Post(':id/discard')
  async discard(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: Id,
    @Body() body: unknown,
  ): Promise<Answer> {
    await this.console.open(id, by);
    const form = parseForm(versionSchema, body);
    const discarded = await this.meetings.discard(id, form.ok ? form.value.version : undefined);
    // Gone already: what was asked for has happened.
    if (discarded.ok || discarded.reason === 'unknown') return seeOther(reader.href('/console/meetings'));
    const key =
      discarded.reason === 'not-a-draft' ? 'console.meetings.closed.not-a-draft' : 'console.meetings.changed.text';
    return withStatus(409, await this.overview(reader, by, await this.console.open(id, by), reader.t(key)));
  }

  private async overview(reader: Reader, by: SignedIn, { meeting, version }: Opened, notice?: string): Promise<VNode> {
    const hosts = await this.hostsFor(reader, by);
    // Once the invitations are forgotten, counting them would say that nobody was there.
    const isCounted = meeting.status !== 'draft' && meeting.room.length > 0;
    const [telling, answers, full, wishes] = isCounted
      ? await Promise.all([
          this.console.telling(meeting.id),
          this.console.answers(meeting),
          this.invitations.isFull(subjectOf(meeting)),
          this.console.wishes(meeting),
        ])
      : [];
    return overviewPage(reader, by, {
      meeting,
      version,
      now: this.clock.now(),
      room: this.meetings.roomOf(meeting),
      audience: this.audienceName(reader, meeting.audience),
      host: hosts.find(({ value }) => value === meeting.host)?.label ?? reader.t('console.meetings.host.former'),
      ...(telling && answers && wishes && { announced: { telling, answers, wishes, full: full === true } }),
      ...(notice !== undefined && { notice }),
    });
  }

  private async newPage(reader: Reader, by: SignedIn, form: FormState): Promise<VNode> {
    const typed = form.values['timeZone'];
    const offered = zoneChoices(reader.language);
    const isOffered = offered.some(({ options }) => options.some(({ value }) => value === typed));
    const choices: Choices = {
      languages: reader.languages,
      timeZones: typeof typed === 'string' && !isOffered ? [{ value: typed, label: typed }, ...offered] : offered,
      audiences: [
        { value: 'everyone', label: reader.t('console.meetings.everyone') },
        ...this.regions.audienceChoices().map(({ value, name }) => ({ value, label: name })),
      ],
      hosts: await this.hostsFor(reader, by),
    };
    return newMeetingPage(reader, by, form, choices);
  }

  private async hostsFor(reader: Reader, by: SignedIn): Promise<{ value: Id; label: string }[]> {
    return hostChoices(reader, by.contact, await this.people.hosts());
  }

  private audienceName({ t }: Reader, audience: string): string {
    if (audience === 'everyone') return t('console.meetings.everyone');
    return this.regions.audienceChoices().find(({ value }) => value === audience)?.name ?? audience;
  }
}

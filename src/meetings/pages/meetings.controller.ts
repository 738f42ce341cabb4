import { Body, Controller, Get, Header, HttpCode, Inject, Logger, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { addToCalendarLinks } from '../../../libs/calendar/add-links.js';
import { publication } from '../../../libs/calendar/publication.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { Clock } from '../../../libs/time/clock.js';
import { isTimeZone, presentName } from '../../../libs/time/zones.js';
import { type Answer, withStatus } from '../../../libs/web/answers.js';
import { unlessKnown } from '../../../libs/web/conditional.js';
import { freshForm, parseForm, refusedForm, type FormState } from '../../../libs/web/forms.js';
import { HONEYPOT } from '../../../libs/web/form-fields.js';
import { PageProblem } from '../../../libs/web/problem.js';
import { RateLimit } from '../../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../../libs/web/reader.js';
import { SETTINGS, type Settings } from '../../config.js';
import { InvitationsService } from '../../invitations/invitations.service.js';
import { meetingOf, occurrenceAt, occurrenceId } from '../../invitations/series.js';
import { Links } from '../../links.js';
import { ParticipationService } from '../../participation/participation.service.js';
import { findRegion } from '../../regions/regions.js';
import { RegionsService } from '../../regions/regions.service.js';
import { joinPhase } from '../join-phase.js';
import { subjectOf } from '../meeting-subject.js';
import type { Meeting } from '../meeting.js';
import { MeetingSubjects } from '../meeting-subjects.service.js';
import { MeetingsService } from '../meetings.service.js';
import { publicTexts, publishedMeeting } from '../published-meeting.js';
import { meetingPage } from './meeting.page.js';
import { meetingsPage } from './meetings.page.js';
import { signingUp, signUpSchema } from './sign-up.js';
import { signedUpPage } from './sign-up.page.js';
import { SignUpService } from './sign-up.service.js';

const MOST_LISTED = 50;
/** How often those who subscribe to a series should look. */
const REFRESH_MINUTES = 60;

/** Where someone says they are, to read times on their own clocks. */
interface Whereabouts {
  readonly timeZone?: unknown;
  readonly region?: unknown;
}

/** Meetings as everyone may see them: who leads them, the room and the number to call are not among it. */
@ApiExcludeController()
@Controller('meetings')
export class MeetingsController {
  private readonly log = new Logger(MeetingsController.name);

  constructor(
    private readonly meetings: MeetingsService,
    private readonly subjects: MeetingSubjects,
    private readonly invitations: InvitationsService,
    private readonly participation: ParticipationService,
    private readonly signUps: SignUpService,
    private readonly regions: RegionsService,
    private readonly links: Links,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  async list(@CurrentReader() reader: Reader, @Query() query: Whereabouts): Promise<Answer> {
    const [upcoming, past] = await Promise.all([this.meetings.upcoming(MOST_LISTED), this.meetings.past(MOST_LISTED)]);
    return meetingsPage(reader, {
      upcoming,
      past,
      timeZone: zoneOf(query),
      now: this.clock.now(),
      feeds: this.feedsIn(reader.language),
    });
  }

  /** The page of a meeting, or with `.ics` the meeting as a calendar takes it without an address. */
  @Get(':id')
  async show(
    @CurrentReader() reader: Reader,
    @Param('id') id: string,
    @Query() query: Whereabouts,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer | string> {
    if (!id.endsWith('.ics')) {
      const values = { region: given(query.region), timeZone: given(query.timeZone), language: reader.language };
      return this.page(reader, await this.open(id), freshForm(values), zoneOf(query));
    }
    const meeting = await this.open(id.slice(0, -'.ics'.length));
    if (!reader.fixed) reply.header('vary', 'Accept-Language');
    reply
      .type('text/calendar; charset=utf-8; method=PUBLISH')
      .header('cache-control', 'no-cache')
      .header('content-disposition', 'attachment; filename="meeting.ics"')
      .header('content-language', reader.language);
    const file = { body: this.file(reader, meeting), modified: meeting.changedAt };
    return unlessKnown(request, reply, file, this.clock.now());
  }

  @RateLimit('sign-up')
  @Post(':id')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async signUp(@CurrentReader() reader: Reader, @Param('id') id: Id, @Body() body: unknown): Promise<Answer> {
    const meeting = await this.open(id);
    const phase = joinPhase(meeting, this.clock.now());
    if (phase !== 'before' && phase !== 'open') return withStatus(409, await this.page(reader, meeting, freshForm()));
    const form = parseForm(signUpSchema(reader.languages), body);
    if (!form.ok) return withStatus(422, await this.page(reader, meeting, form));
    if (!form.value[HONEYPOT]) {
      const wished = this.wishedOf(meeting, form.value.occurrence);
      if (!wished) {
        const refused = refusedForm(form.values, { occurrence: { key: 'error.not-in-list' } });
        return withStatus(422, await this.page(reader, meeting, refused));
      }
      const page = { language: reader.language, timeZone: meeting.timeZone };
      const saved = await this.succeeds(() => this.signUps.signUp(wished, signingUp(form.value, page)));
      if (!saved) return withStatus(503, await this.page(reader, meeting, freshForm(form.values), undefined, true));
    }
    return signedUpPage(reader, meeting);
  }

  /** What is signed up to: the meeting, or each of the dates that were chosen; undefined where one is none, or over. */
  private wishedOf({ id, series }: Meeting, chosen: readonly Date[]): readonly Id[] | undefined {
    if (!series || chosen.length === 0) return [id];
    const now = this.clock.now();
    const found = chosen.map((original) => occurrenceAt(series, original));
    const open = found.filter((each) => each?.cancelled === null && each.end > now);
    return open.length === chosen.length ? chosen.map((original) => occurrenceId(id, original)) : undefined;
  }

  /** A draft is nobody's business yet. One occurrence is shown on the page of its meeting. */
  private async open(id: Id): Promise<Meeting> {
    const meeting = await this.meetings.get(meetingOf(id));
    if (!meeting || meeting.status === 'draft') throw new PageProblem(404);
    return meeting;
  }

  private async page(
    reader: Reader,
    meeting: Meeting,
    form: FormState,
    timeZone?: string,
    notSaved = false,
  ): Promise<VNode> {
    const phase = joinPhase(meeting, this.clock.now());
    const isOver = phase === 'ideas' || phase === 'closed';
    const page = this.links.page(`meetings/${meeting.id}`);
    return meetingPage(reader, {
      meeting,
      phase,
      form,
      notSaved,
      timeZones: [
        ...(timeZone === undefined ? [] : [timeZone]),
        meeting.timeZone,
        ...this.subjects.timeZonesOf(meeting),
      ],
      full: phase !== 'cancelled' && !isOver && (await this.invitations.isFull(subjectOf(meeting))),
      calendars: addToCalendarLinks({
        ...publicTexts(meeting, { t: reader.t, page }),
        ...{ title: meeting.title, start: meeting.start, end: meeting.end },
      }),
      address: page,
      now: this.clock.now(),
      view: isOver || meeting.series ? await this.participation.forMeeting(meeting) : undefined,
    });
  }

  private feedsIn(language: string): Parameters<typeof meetingsPage>[1]['feeds'] {
    return {
      calendar: this.links.page(`${language}/meetings.ics`),
      news: this.links.page(`${language}/meetings.atom`),
      regions: this.regions.audienceChoices().map(({ value, name }) => ({
        name,
        calendar: this.links.page(`${language}/regions/${value}/meetings.ics`),
      })),
    };
  }

  private file({ language, t }: Reader, meeting: Meeting): string {
    const page = this.links.page(`meetings/${meeting.id}`);
    return publication({
      meetings: [publishedMeeting(meeting, { language, t, page, organizer: this.settings.MAIL_FROM })],
      // Of a series it is one to subscribe to: its dates change.
      ...(meeting.series && { feed: { name: meeting.title, refreshMinutes: REFRESH_MINUTES } }),
    });
  }

  /** A failure of ours ends with the form and what was typed. Its message could hold an address. */
  private async succeeds(save: () => Promise<void>): Promise<boolean> {
    try {
      await save();
      return true;
    } catch (error) {
      this.log.error({
        msg: 'a sign-up could not be saved',
        error: error instanceof Error ? error.name : typeof error,
      });
      return false;
    }
  }
}

const given = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 80).toWellFormed() : '');

/** The reader's zone, where the address of the page names it or their region. */
function zoneOf({ timeZone, region }: Whereabouts): string | undefined {
  if (typeof timeZone === 'string' && isTimeZone(timeZone)) return presentName(timeZone);
  return typeof region === 'string' ? findRegion(region)?.timeZone : undefined;
}

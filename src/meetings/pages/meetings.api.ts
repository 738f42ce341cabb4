import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Clock } from '../../../libs/time/clock.js';
import { Links } from '../../links.js';
import type { Meeting } from '../meeting.js';
import { repeatsOf } from '../published-series.js';
import { MeetingsService } from '../meetings.service.js';

const MOST_LISTED = 100;

const meetingSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  status: z.enum(['announced', 'held', 'cancelled']),
  start: z.string().describe('ISO 8601, UTC'),
  end: z.string().describe('ISO 8601, UTC'),
  timeZone: z.string().describe('IANA time zone in which people agreed on the time'),
  repeats: z
    .strictObject({
      frequency: z.enum(['weekly', 'fortnightly', 'monthly']),
      next: z.array(
        z.strictObject({
          occurrence: z.string().describe('the start that the rule gives it, ISO 8601, UTC; it names this date'),
          start: z.string(),
          end: z.string(),
          title: z.string(),
          cancelled: z.boolean(),
        }),
      ),
      more: z.number().int().describe('how many come after these'),
    })
    .optional()
    .describe('of a meeting that repeats: its dates to come; start and end are those of the next'),
  languages: z.array(z.string()).describe('spoken in the meeting'),
  audience: z.string().describe('everyone, or the id of a region or twin region'),
  capacity: z.number().int().nullable().describe('how many may accept; null: as many as wish'),
  page: z.string().describe('where people sign up'),
  calendar: z.string().describe('the meeting as an iCalendar file'),
});
const meetingList = z.strictObject({
  upcoming: z.array(meetingSchema).describe('announced and not over, soonest first'),
  past: z.array(meetingSchema).describe('held, latest first'),
});

/** What everyone may know of meetings: no room, no number to call, nobody's name. */
@ApiTags('meetings')
@Controller('api/v1/meetings')
export class MeetingsApi {
  constructor(
    private readonly meetings: MeetingsService,
    private readonly links: Links,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Meetings to come and held' })
  @ApiOkResponse({ standardSchema: meetingList })
  async list(): Promise<z.output<typeof meetingList>> {
    const [upcoming, past] = await Promise.all([this.meetings.upcoming(MOST_LISTED), this.meetings.past(MOST_LISTED)]);
    return {
      upcoming: upcoming.map((meeting) => this.shown(meeting)),
      past: past.map((meeting) => this.shown(meeting)),
    };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One meeting' })
  @ApiParam({ name: 'id' })
  @ApiOkResponse({ standardSchema: meetingSchema })
  @ApiNotFoundResponse({ description: 'No meeting that was announced has this id' })
  async one(@Param('id') id: string): Promise<z.output<typeof meetingSchema>> {
    const meeting = await this.meetings.get(id);
    if (!meeting || meeting.status === 'draft') throw new NotFoundException('No meeting has this id');
    return this.shown(meeting);
  }

  private shown(meeting: Meeting): z.output<typeof meetingSchema> {
    const page = this.links.page(`meetings/${meeting.id}`);
    const held = meeting.end <= this.clock.now();
    return {
      id: meeting.id,
      title: meeting.title,
      description: meeting.description,
      status: meeting.status === 'cancelled' ? 'cancelled' : held ? 'held' : 'announced',
      start: meeting.start.toISOString(),
      end: meeting.end.toISOString(),
      timeZone: meeting.timeZone,
      ...(meeting.series && { repeats: repeatsOf(meeting.series, meeting, this.clock.now()) }),
      languages: [...meeting.languages],
      audience: meeting.audience,
      capacity: meeting.capacity,
      page,
      calendar: `${page}.ics`,
    };
  }
}

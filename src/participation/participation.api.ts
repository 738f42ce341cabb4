import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { Banded, PlaceLevel, PublicCount, Table } from '../../libs/privacy/bands.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import { meetingOf, readOccurrenceId } from '../invitations/series.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { ParticipationService } from './participation.service.js';

/** Meetings whose participation is told of, the latest. */
const LATEST = 100;

const count = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fewer-than'), n: z.literal(10) }),
    z.strictObject({ kind: z.literal('about'), n: z.number().describe('rounded to 5') }),
  ])
  .describe('never exact: "fewer than 10", or about so many');
const table = z.strictObject({
  total: count,
  places: z
    .array(
      z.strictObject({
        level: z.enum(['region', 'country', 'twin']).optional(),
        id: z.string().optional().describe('of the region, country or twin region; absent: everywhere else'),
        partial: z.boolean().describe('others of the same place are counted in another line'),
        count,
      }),
    )
    .describe('a place too small to be told falls back to its country, its twin region, or everywhere else'),
});
const counts = z.strictObject({
  meetingsHeld: z.number(),
  answersReleased: z.number(),
  participation: z.array(
    z.strictObject({
      meeting: z.string(),
      occurrence: z
        .string()
        .optional()
        .describe('of a meeting that repeats: the start that its rule gives this date, in UTC'),
      signedUp: table.describe('those who joined by their invitation, with those beside them'),
      withoutSignUp: table,
    }),
  ),
});

type Places = z.output<typeof table>;

@ApiTags('counts')
@Controller('api/v1/counts')
export class ParticipationApi {
  constructor(
    private readonly participation: ParticipationService,
    private readonly meetings: MeetingsService,
    private readonly feedback: FeedbackService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What is anonymous: meetings held, answers released, participation in bands' })
  @ApiOkResponse({ standardSchema: counts })
  async all(): Promise<z.output<typeof counts>> {
    const [past, upcoming, meetingsHeld, answersReleased] = await Promise.all([
      this.meetings.past(LATEST),
      this.meetings.upcoming(LATEST),
      this.meetings.countHeld(),
      this.feedback.answersReleased(),
    ]);
    // Of those to come, series have dates that are over.
    const counted = await this.participation.ofMeetings([...past, ...upcoming]);
    const participation = [...counted].map(([id, of]) => ({
      meeting: meetingOf(id),
      ...occurrenceIn(id),
      signedUp: placesOf(of.signedUp),
      withoutSignUp: placesOf(of.withoutSignUp),
    }));
    return { meetingsHeld, answersReleased, participation };
  }
}

const occurrenceIn = (counted: string): { readonly occurrence?: string } => {
  const one = readOccurrenceId(counted);
  return one ? { occurrence: one.original.toISOString() } : {};
};

const placesOf = ({ total, cells }: Table<PlaceLevel, PublicCount>): Places => ({ total, places: cells.map(cellOf) });

const cellOf = ({ level, id, partial, count }: Banded<PlaceLevel, PublicCount>): Places['places'][number] => ({
  ...(level && { level }),
  ...(id !== undefined && { id }),
  partial,
  count: count.kind === 'about' ? count : { kind: 'fewer-than', n: 10 },
});

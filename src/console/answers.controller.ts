import { Readable } from 'node:stream';
import { Controller, Get, Header, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type Answer, withStatus } from '../../libs/web/answers.js';
import { freshForm, parseForm } from '../../libs/web/forms.js';
import { PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from '../people/console.guard.js';
import { may, rolesWith } from '../people/person.js';
import { filterSchema, placeValue, queryOf, type Offered } from './answers-filter.js';
import { answersPage } from './answers.page.js';

/** The released answers, by topic, language and place. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Controller('console')
export class AnswersController {
  constructor(private readonly feedback: FeedbackService) {}

  @Roles(...rolesWith('read-answers'))
  @Get('answers')
  async read(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Query() query: unknown): Promise<Answer> {
    const [offered, released, choices] = await Promise.all([
      this.offered(),
      this.feedback.answersReleased(),
      this.feedback.tally('choice'),
    ]);
    const form = parseForm(filterSchema(offered), query);
    const canDownload = may(by.role, 'download-answers');
    const shown = { offered, released, choices, canDownload };
    if (!form.ok) return withStatus(422, answersPage(reader, by, { ...shown, form, found: undefined }));
    const { page = 1, ...filter } = form.value;
    const found = await this.feedback.answers({ ...queryOf(filter), page });
    return answersPage(reader, by, { ...shown, form: freshForm(form.values), found });
  }

  /** All that fit, as a file for a spreadsheet in which nothing counts as a formula. */
  @Roles(...rolesWith('download-answers'))
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="answers.csv"')
  @Get('answers.csv')
  async download(@Query() query: unknown): Promise<StreamableFile> {
    const form = parseForm(filterSchema(await this.offered()), query);
    if (!form.ok) throw new PageProblem(400);
    return new StreamableFile(Readable.from(this.feedback.answersCsv(queryOf(form.value)), { objectMode: false }));
  }

  /** Only what some released answer has is offered. */
  private async offered(): Promise<Offered> {
    const [topics, languages, regions, countries] = await Promise.all([
      this.feedback.tally('topic'),
      this.feedback.tally('language'),
      this.feedback.tally('place.region'),
      this.feedback.tally('place.country'),
    ]);
    return {
      topics,
      languages: [...languages.keys()].sort(),
      places: [
        ...[...regions.keys()].sort().map((region) => placeValue({ region })),
        ...[...countries.keys()].sort().map((country) => placeValue({ country })),
      ],
    };
  }
}

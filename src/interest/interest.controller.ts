import { Body, Controller, Get, Logger, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { freshForm, parseForm } from '../../libs/web/forms.js';
import { RateLimit } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { isEmpty } from '../feedback/feedback.js';
import { interestIn, split } from './interest.js';
import { addressLeftPage, answersKeptPage, interestPage } from './interest.page.js';
import { InterestService } from './interest.service.js';

/** The form that everything begins with. */
@ApiExcludeController()
@Controller('get-involved')
export class InterestController {
  private readonly log = new Logger(InterestController.name);

  constructor(private readonly interest: InterestService) {}

  @Get()
  show(@CurrentReader() reader: Reader): Answer {
    return interestPage(reader, freshForm({ wants: ['meetings'] }));
  }

  @RateLimit('form')
  @Post()
  async take(@CurrentReader() reader: Reader, @Body() body: unknown): Promise<Answer> {
    const form = parseForm(interestIn(reader.languages), body);
    if (!form.ok) return withStatus(422, interestPage(reader, form));
    const typed = freshForm(form.values);
    const { isRobot, answers, left } = split(form.value, reader.language);
    const thanks = left ? '/get-involved/look-into-your-mailbox' : '/get-involved/thanks';
    if (isRobot) return seeOther(reader.href(thanks));
    if (isEmpty(answers) && !left) return withStatus(422, interestPage(reader, typed, 'empty'));

    if (!(await this.succeeds(() => this.interest.keepAnswers(answers))))
      return withStatus(503, interestPage(reader, typed, 'nothing-saved'));
    if (left && !(await this.succeeds(() => this.interest.keepAddress(left))))
      return withStatus(503, interestPage(reader, typed, isEmpty(answers) ? 'nothing-saved' : 'address-not-saved'));
    return seeOther(reader.href(thanks));
  }

  @Get('thanks')
  thanks(@CurrentReader() reader: Reader): Answer {
    return answersKeptPage(reader);
  }

  @Get('look-into-your-mailbox')
  addressLeft(@CurrentReader() reader: Reader): Answer {
    return addressLeftPage(reader);
  }

  /** A failure of ours ends with the form and what was typed, not with an empty page. Its message could quote an answer. */
  private async succeeds(save: () => Promise<void>): Promise<boolean> {
    try {
      await save();
      return true;
    } catch (error) {
      this.log.error({ msg: 'a form could not be saved', error: error instanceof Error ? error.name : typeof error });
      return false;
    }
  }
}

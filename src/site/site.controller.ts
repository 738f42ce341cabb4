import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Answer } from '../../libs/web/answers.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { SETTINGS, type Settings } from '../config.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { RegionsService } from '../regions/regions.service.js';
import { basicsPage } from './basics.page.js';
import { contactPage, imprintPage } from './contact.page.js';
import { homePage } from './home.page.js';
import { privacyPage } from './privacy.page.js';

/** Meetings to come on the home page; all of them are under /meetings. */
const NEXT = 3;

/** The public pages that belong to no feature. */
@ApiExcludeController()
@Controller()
export class SiteController {
  constructor(
    private readonly regions: RegionsService,
    private readonly meetings: MeetingsService,
    private readonly feedback: FeedbackService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  async home(@CurrentReader() reader: Reader): Promise<Answer> {
    const [next, held, answers] = await Promise.all([
      this.meetings.upcoming(NEXT),
      this.meetings.countHeld(),
      this.feedback.answersReleased(),
    ]);
    return homePage(reader, { twins: this.regions.twins, next, held, answers });
  }

  @Get('basics')
  basics(@CurrentReader() reader: Reader): Answer {
    return basicsPage(reader, this.regions.twins);
  }

  @Get('privacy')
  privacy(@CurrentReader() reader: Reader): Answer {
    return privacyPage(reader, this.settings.CONTACT_EMAIL);
  }

  @Get('imprint')
  imprint(@CurrentReader() reader: Reader): Answer {
    return imprintPage(reader, this.settings.MAIL_FROM.name, this.settings.CONTACT_EMAIL);
  }

  @Get('contact')
  contact(@CurrentReader() reader: Reader): Answer {
    return contactPage(reader, this.settings.CONTACT_EMAIL);
  }
}

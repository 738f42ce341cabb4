import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { consoleTable, PLACES } from '../../libs/privacy/bands.js';
import { Quarantine } from '../../libs/outbox/quarantine.js';
import { Clock } from '../../libs/time/clock.js';
import type { Answer } from '../../libs/web/answers.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import { HourlyCounts } from '../meetings/hourly-counts.service.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { placed } from '../participation/participation.js';
import { ConsoleGuard, CurrentPerson, type SignedIn } from '../people/console.guard.js';
import { PeopleService } from '../people/people.service.js';
import { may } from '../people/person.js';
import { attention } from './attention.js';
import { overviewPage, type Concerned } from './overview.page.js';

const MOST_MEETINGS = 200;
const NEXT = 5;

/** Where everyone with a role begins: what waits for them, what comes next, and how it stands. */
@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Controller('console')
export class OverviewController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly meetings: MeetingsService,
    private readonly people: PeopleService,
    private readonly deliveries: DeliveriesService,
    private readonly feedback: FeedbackService,
    private readonly quarantine: Quarantine,
    private readonly hourly: HourlyCounts,
    private readonly clock: Clock,
  ) {}

  @Get()
  async show(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn): Promise<Answer> {
    const [found, contact, upcoming, held, released, concerned] = await Promise.all([
      this.found(by),
      this.contacts.get(by.contact),
      this.meetings.upcoming(MOST_MEETINGS),
      this.meetings.countHeld(),
      this.feedback.answersReleased(),
      may(by.role, 'see-people') ? this.concerned() : undefined,
    ]);
    return overviewPage(reader, by, {
      attention: attention(found, this.clock.now()),
      next: upcoming.filter(({ host }) => this.leads(by, host)).slice(0, NEXT),
      timeZone: contact?.timeZone ?? 'UTC',
      held,
      released,
      concerned,
    });
  }

  private async found(by: SignedIn) {
    const seesOutbox = may(by.role, 'see-outbox');
    const [self, meetings, people, troubled, setAside] = await Promise.all([
      this.people.get(by.person),
      this.meetings.all(MOST_MEETINGS),
      may(by.role, 'see-people') ? this.people.list() : [],
      seesOutbox ? this.deliveries.troubled(1) : [],
      seesOutbox ? this.quarantine.entries(1) : [],
    ]);
    return {
      self,
      meetings: meetings.filter(({ host }) => this.leads(by, host)),
      people: people.filter(({ id }) => id !== by.person),
      mailsInTrouble: troubled.length > 0,
      entriesSetAside: setAside.length > 0,
    };
  }

  private leads({ role, contact }: SignedIn, host: string): boolean {
    return may(role, 'lead-all-meetings') || host === contact;
  }

  /** Whom an announcement to everyone would reach, counted once an hour so that nobody sees one person come. */
  private concerned(): Promise<Concerned> {
    return this.hourly.get('everyone', async () => {
      const rows = await this.contacts.countAudience({});
      const places = rows.map(({ region, country, count }) => placed({ region, country, people: count }));
      const languages = rows.map(({ language, count }) => ({ language, n: count }));
      return { places: consoleTable(places, PLACES), languages: consoleTable(languages, ['language']) };
    });
  }
}

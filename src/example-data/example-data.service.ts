import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Documents } from '../../libs/database/documents.js';
import { insertNew } from '../../libs/database/duplicate-key.js';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { Catalogue } from '../../libs/web/i18n.js';
import { SETTINGS, type Settings } from '../config.js';
import type { Contact } from '../contacts/contact.js';
import { ContactsService } from '../contacts/contacts.service.js';
import { MeetingsService } from '../meetings/meetings.service.js';
import { PeopleService } from '../people/people.service.js';
import { EXAMPLE_DATA } from './example-data.schema.js';
import { exampleMeeting, nextStep, type ExampleData } from './example-meeting.js';

/** Steps that one start may take: replace, make, announce, and a look whether all is well. */
const MOST_STEPS = 5;

/** Something to look at in a fresh installation: one announced meeting to come, hosted by the first administrator. */
@Injectable()
export class ExampleDataService implements OnApplicationBootstrap {
  constructor(
    @InjectModel(EXAMPLE_DATA) private readonly examples: Documents<ExampleData>,
    private readonly meetings: MeetingsService,
    private readonly people: PeopleService,
    private readonly contacts: ContactsService,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.EXAMPLE_DATA) await this.ensure();
  }

  /** Each step may be taken by several processes at once, or again after a kill: the outcome is one meeting. */
  async ensure(): Promise<void> {
    const contact = await this.people.ensureAdministrator();
    const host = contact === undefined ? undefined : await this.contacts.get(contact);
    if (!host) return;
    for (let step = 0; step < MOST_STEPS; step++) if (!(await this.step(host))) return;
  }

  /** @returns whether there may be more to do */
  private async step(host: Contact): Promise<boolean> {
    const example = (await this.examples.findById('meeting').lean()) ?? undefined;
    const meeting = example && (await this.meetings.get(example.meeting));
    const hasMeetings = (await this.meetings.all(1)).length > 0;
    switch (nextStep(example, meeting, hasMeetings, this.clock.now())) {
      case 'nothing':
        return false;
      case 'begin':
        await insertNew(this.examples.collection, [{ _id: 'meeting', round: 0, meeting: this.ids.next() }]);
        return true;
      case 'replace':
        if (example) await this.replace(example);
        return true;
      case 'make':
        if (example) await this.meetings.draft(this.exampleFor(host, example));
        return true;
      case 'announce':
        if (example) await this.announce(example);
        return true;
    }
  }

  /** The first process to say so decides which meeting comes next. */
  private async replace({ round }: ExampleData): Promise<void> {
    const next = { round: round + 1, meeting: this.ids.next() };
    await this.examples.updateOne({ _id: 'meeting', round }, { $set: next });
  }

  private async announce({ meeting }: ExampleData): Promise<void> {
    await this.meetings.tryOut(meeting);
    await this.meetings.announce(meeting);
  }

  private exampleFor(host: Contact, { meeting }: ExampleData) {
    const t = this.catalogue.translator(host.language);
    const texts = { title: t('console.example.title'), description: t('console.example.description') };
    return exampleMeeting(meeting, host, texts, this.clock.now());
  }
}

import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import { Clock } from '../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { choice, dateField, emailField, shortText } from '../../libs/web/fields.js';
import { freshForm, parseForm, refusedForm, type FormErrors, type FormState } from '../../libs/web/forms.js';
import { notYourRole, PageProblem } from '../../libs/web/problem.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { readAddress } from '../contacts/address.js';
import { RegionsService } from '../regions/regions.service.js';
import { ConsoleGuard, CurrentPerson, Roles, type SignedIn } from './console.guard.js';
import { peoplePage, revokePage, type Listed } from './people.page.js';
import { PeopleService } from './people.service.js';
import { mayAppoint, ROLES, rolesWith, termBetween, termOf, type Person } from './person.js';

const schema = z.object({
  email: emailField(readAddress),
  role: choice(ROLES),
  region: shortText(100),
  mandate: shortText(200, { required: true }),
  resolution: shortText(200, { required: true }),
  from: dateField(),
  until: dateField(),
});

/** What a rule refuses, beside the field it is about. */
const REFUSED = {
  'not-yours': { role: { key: 'people.error.not-yours' } },
  'ends-before-it-begins': { until: { key: 'people.error.ends-before-it-begins' } },
  over: { until: { key: 'people.error.over' } },
  closing: { email: { key: 'people.error.closing' } },
  exists: { email: { key: 'error.invalid' } },
} as const satisfies Readonly<Record<string, FormErrors>>;

/** What the page of people says at its head after it was done. */
const DONE = ['appointed', 'revoked'] as const;

@ApiExcludeController()
@UseGuards(ConsoleGuard)
@Roles(...rolesWith('see-people'))
@Controller('console/people')
export class PeopleController {
  constructor(
    private readonly people: PeopleService,
    private readonly regions: RegionsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  async list(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Query('done') done: unknown,
  ): Promise<Answer> {
    const today = this.clock.now().toISOString().slice(0, 10);
    return this.page(
      reader,
      by,
      freshForm({ from: today }),
      DONE.find((known) => known === done),
    );
  }

  @Post()
  async appoint(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Body() body: unknown,
  ): Promise<Answer> {
    const form = parseForm(schema, body);
    if (!form.ok) return withStatus(422, await this.page(reader, by, form));
    const { from, until, ...given } = form.value;
    const { language } = reader;
    const outcome = await this.people.appoint({ ...given, ...termBetween(from, until), language }, by.role);
    if (outcome.ok) return seeOther(reader.href('/console/people?done=appointed'));
    return withStatus(422, await this.page(reader, by, refusedForm(form.values, REFUSED[outcome.reason])));
  }

  @Get(':id/revoke')
  async ask(@CurrentReader() reader: Reader, @CurrentPerson() by: SignedIn, @Param('id') id: string): Promise<Answer> {
    const person = await this.people.get(id);
    if (!person) throw new PageProblem(404);
    if (!mayAppoint(by.role, person.role)) throw notYourRole();
    return revokePage(reader, by, this.shown(person, by));
  }

  @Post(':id/revoke')
  async revoke(
    @CurrentReader() reader: Reader,
    @CurrentPerson() by: SignedIn,
    @Param('id') id: string,
  ): Promise<Answer> {
    const outcome = await this.people.revoke(id, by.role);
    if (outcome.ok) return seeOther(reader.href('/console/people?done=revoked'));
    if (outcome.reason === 'unknown') throw new PageProblem(404);
    if (outcome.reason === 'not-yours') throw notYourRole();
    throw new PageProblem(409, {
      title: { key: 'people.revoke.last.title' },
      text: { key: 'people.revoke.last.text' },
    });
  }

  private async page(reader: Reader, by: SignedIn, form: FormState, done?: (typeof DONE)[number]) {
    const people = await this.people.list();
    const roles = ROLES.filter((role) => mayAppoint(by.role, role));
    const regions = this.regions.suggestions();
    return peoplePage(reader, by, {
      people: people.map((person) => this.shown(person, by)),
      form,
      roles,
      regions,
      done,
    });
  }

  private shown(person: Person, by: SignedIn): Listed {
    const term = termOf(person, this.clock.now());
    return {
      person,
      term,
      region: this.people.regionOf(person),
      isSelf: person.id === by.person,
      canRevoke: (term === 'running' || term === 'coming') && mayAppoint(by.role, person.role),
    };
  }
}

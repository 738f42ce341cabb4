import type { TestingModule } from '@nestjs/testing';
import type { Id } from '../../libs/privacy/ids.js';
import { DAY, plus } from '../../libs/time/clock.js';
import { PeopleService } from '../../src/people/people.service.js';
import type { Person } from '../../src/people/person.js';
import type { Answer, Filled, Visitor } from './visitor.js';

/** Appoints a host without a page or a mail. @param until the last day of the term */
export async function appointHost(
  app: TestingModule,
  name: string,
  now: Date,
  until: Date | null = null,
): Promise<Person> {
  const address = `${name}@hosts.example`;
  const appointed = await app.get(PeopleService, { strict: false }).appoint(
    {
      ...{ email: { address, canonical: address }, role: 'host', region: '', mandate: '', resolution: name },
      ...{ from: plus(now, -DAY), until, language: 'en' },
    },
    'administrator',
  );
  if (!appointed.ok) throw new Error(appointed.reason);
  return appointed.value;
}

/** Two hosts that share office hours; gives their contacts. */
export async function appointTwo(app: TestingModule, now: Date): Promise<readonly Id[]> {
  const [ada, bea] = [await appointHost(app, 'ada', now), await appointHost(app, 'bea', now)];
  return [ada.contact, bea.contact];
}

/** A form filled in: some evenings of the week from a day that is to be given. */
export const OFFICE_HOURS: Filled = {
  title: 'Pilot concepts',
  description: 'Bring one idea.',
  timeZone: 'Europe/Berlin',
  ...{ mon: '18:00-20:00', tue: '16:00-18:00, 19:00-20:00', wed: '', thu: '18:00-20:00', fri: '', sat: '', sun: '' },
  ...{ everyWeeks: '1', until: '', slotMinutes: '20', bufferMinutes: '10', leadMinutes: '60', horizonDays: '28' },
  ...{ seats: '1', language: ['en', 'fr'], exceptions: '', maxPerDay: '', room: '' },
};

/** The same hours on each day of the week. */
export const everyDay = (hours: string): Filled =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, hours]));

/** Saves office hours by their form; gives the path of their public page. */
export async function offerHours(host: Visitor, fields: Filled): Promise<string> {
  await host.open('/console/office-hours/new');
  const saved = await host.submit({ ...OFFICE_HOURS, ...fields });
  const { pathname } = saved.url;
  if (!/^\/console\/office-hours\/(?!new)[^/]+$/.test(pathname))
    throw new Error(`not saved: ${saved.seen}\n${saved.text}`);
  return pathname.replace('/console', '');
}

/** The starts of the free slots on a page. */
export const slotsOn = (page: Answer): readonly string[] =>
  page.forms.flatMap(({ controls }) => controls.get('slot')?.options ?? []);

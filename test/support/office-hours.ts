import type { Answer, Filled, Visitor } from './visitor.js';

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

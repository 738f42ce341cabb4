import { z } from 'zod';
import { readExceptions, readRanges, writeRanges, type DayRange } from '../../../libs/time/availability.js';
import { readOutsideAddress } from '../../../libs/outside/address-rules.js';
import type { Result } from '../../../libs/rules/decision.js';
import { type Id, isId } from '../../../libs/privacy/ids.js';
import { isTimeZone, presentName } from '../../../libs/time/zones.js';
import {
  choice,
  dateField,
  longText,
  manyOf,
  optionalChoice,
  optionalDate,
  optionalWholeNumber,
  shortText,
  wholeNumber,
} from '../../../libs/web/fields.js';
import type { FormValues } from '../../../libs/web/forms.js';
import type { Language, TextKey, TextValues } from '../../../libs/web/i18n.js';
import { readRoom } from '../../meetings/room.js';
import { type OfficeHours, TOPICS } from '../hours/office-hours.js';
import { slotField } from '../pages/booking-form.js';
import type { GivenOfficeHours } from '../hours/office-hours.service.js';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Limits of the fields, for the form to show. Minutes go in fives. */
export const LIMITS = {
  title: 120,
  description: 2000,
  ranges: 200,
  exceptions: 6000,
  room: 500,
  calendar: 2000,
  slot: { min: 5, max: 480 },
  buffer: { min: 0, max: 240 },
  lead: { min: 0, max: 20_160 },
  horizon: { min: 1, max: 180 },
  seats: { min: 1, max: 100 },
  perDay: { min: 1, max: 100 },
} as const;

const refusing = (context: z.RefinementCtx, key: TextKey, values?: TextValues): never => {
  context.addIssue({ code: 'custom', message: key, ...(values && { params: values }) });
  return z.NEVER;
};

const read = <Value>(result: Result<Value, string>, context: z.RefinementCtx): Value =>
  result.ok ? result.value : refusing(context, `console.office-hours.error.${result.reason}` as TextKey);

const ranges = () => shortText(LIMITS.ranges).transform((text, context) => read(readRanges(text), context));

const inFives = <Value extends number>(minutes: z.ZodType<Value>) =>
  minutes.transform((value, context): number =>
    value % 5 === 0 ? value : refusing(context, 'console.office-hours.error.not-in-fives'),
  );

const timeZone = shortText(64, { required: true }).transform((text, context): string =>
  isTimeZone(text) ? presentName(text) : refusing(context, 'console.meetings.error.zone'),
);

const room = shortText(LIMITS.room).transform((text, context): string => {
  const address = text === '' ? undefined : readRoom(text);
  if (!address) return '';
  return address.ok ? address.value : refusing(context, 'console.meetings.error.room');
});

/** Where someone's own calendar can be read; empty where none was given. */
const calendarUrl = () =>
  shortText(LIMITS.calendar).transform((text, context): string => {
    if (text === '') return '';
    const address = readOutsideAddress(text);
    return address.ok ? address.value.href : refusing(context, `console.calendar.error.${address.reason}`);
  });

/** The form that changes nothing but one's calendar. */
export const calendarSchema = z.object({
  calendarUrl: calendarUrl().transform((address, context): string =>
    address === '' ? refusing(context, 'error.required') : address,
  ),
});

/** @param lists what can be chosen now */
export const officeHoursSchema = (lists: {
  readonly languages: readonly Language[];
  readonly hosts: readonly Id[];
  readonly regions: readonly string[];
}) =>
  z
    .object({
      title: shortText(LIMITS.title, { required: true }),
      description: longText(LIMITS.description),
      timeZone,
      mon: ranges(),
      tue: ranges(),
      wed: ranges(),
      thu: ranges(),
      fri: ranges(),
      sat: ranges(),
      sun: ranges(),
      everyWeeks: choice(['1', '2']),
      from: dateField(),
      until: optionalDate(),
      slotMinutes: inFives(wholeNumber(LIMITS.slot.min, LIMITS.slot.max)),
      bufferMinutes: inFives(wholeNumber(LIMITS.buffer.min, LIMITS.buffer.max)),
      leadMinutes: wholeNumber(LIMITS.lead.min, LIMITS.lead.max),
      horizonDays: wholeNumber(LIMITS.horizon.min, LIMITS.horizon.max),
      seats: wholeNumber(LIMITS.seats.min, LIMITS.seats.max),
      language: manyOf(lists.languages).transform((chosen, context) =>
        chosen.length > 0 ? chosen : refusing(context, 'error.choose'),
      ),
      exceptions: longText(LIMITS.exceptions).transform((text, context) => read(readExceptions(text), context)),
      maxPerDay: optionalWholeNumber(LIMITS.perDay.min, LIMITS.perDay.max),
      topics: manyOf(TOPICS),
      /** Left out: whoever creates it. */
      hosts: manyOf(lists.hosts),
      firstRegions: manyOf(lists.regions),
      firstUntil: optionalDate(),
      room,
      /** Of whoever saves; empty: as it is. */
      calendarUrl: calendarUrl(),
      /** The id that this form will make; a form sent twice makes one. */
      draft: z
        .unknown()
        .optional()
        .transform((given): Id | undefined => (typeof given === 'string' && isId(given) ? given : undefined)),
      version: optionalWholeNumber(0, 999_999_999),
    })
    .superRefine((form, context) => {
      const refused = (path: string, message: TextKey): void => {
        context.addIssue({ code: 'custom', message, path: [path] });
      };
      if (form.until !== undefined && form.until < form.from) refused('until', 'console.office-hours.error.until');
      if (form.firstRegions.length > 0 && form.firstUntil === undefined) refused('firstUntil', 'error.required');
      if (DAYS.every((day) => form[day].length === 0) && form.exceptions.size === 0)
        refused('mon', 'console.office-hours.error.no-time');
    });

export type OfficeHoursForm = z.output<ReturnType<typeof officeHoursSchema>>;

/** @param creator who leads them where no host was chosen */
export const detailsOf = (form: OfficeHoursForm, creator: Id): GivenOfficeHours => ({
  title: form.title,
  description: form.description,
  timeZone: form.timeZone,
  week: DAYS.map((day) => form[day]),
  everyWeeks: Number(form.everyWeeks),
  from: form.from,
  until: form.until ?? null,
  exceptions: [...form.exceptions].map(([day, on]) => ({ day, ranges: on })),
  slotMinutes: form.slotMinutes,
  bufferMinutes: form.bufferMinutes,
  leadMinutes: form.leadMinutes,
  horizonDays: form.horizonDays,
  seats: form.seats,
  languages: form.language,
  maxPerDay: form.maxPerDay ?? null,
  topics: form.topics,
  hosts: form.hosts.length === 0 ? [creator] : form.hosts,
  firstRegions: form.firstRegions,
  firstUntil: form.firstUntil ?? null,
  room: form.room,
});

/** What the form shows before anyone has typed. */
export const freshValues = (known: {
  readonly timeZone: string;
  readonly from: string;
  readonly language: string;
  readonly hosts: string;
  readonly draft: Id;
}): FormValues => ({
  everyWeeks: '1',
  slotMinutes: '30',
  bufferMinutes: '0',
  leadMinutes: '120',
  horizonDays: '28',
  seats: '1',
  ...known,
});

/** @param address of the room, opened */
export const valuesOf = (hours: OfficeHours, address: string): FormValues => ({
  title: hours.title,
  description: hours.description,
  timeZone: hours.timeZone,
  ...Object.fromEntries(DAYS.map((day, index) => [day, writeRanges(hours.week[index] ?? [])])),
  everyWeeks: String(hours.everyWeeks),
  from: hours.from,
  until: hours.until ?? '',
  slotMinutes: String(hours.slotMinutes),
  bufferMinutes: String(hours.bufferMinutes),
  leadMinutes: String(hours.leadMinutes),
  horizonDays: String(hours.horizonDays),
  seats: String(hours.seats),
  language: hours.languages,
  exceptions: hours.exceptions.map(({ day, ranges: on }) => lineOf(day, on)).join('\n'),
  maxPerDay: hours.maxPerDay === null ? '' : String(hours.maxPerDay),
  topics: hours.topics,
  hosts: hours.hosts,
  firstRegions: hours.firstRegions,
  firstUntil: hours.firstUntil ?? '',
  room: address,
});

const lineOf = (day: string, on: readonly DayRange[]): string => `${day} ${writeRanges(on)}`.trim();

const confirmed = optionalChoice(['yes']);
export const consoleMoveSchema = z.object({ slot: slotField(), confirmed });
export const consoleCancelSchema = z.object({ reason: shortText(500), confirmed });

import { z } from 'zod';
import { done, refuse, type Result } from '../../../libs/rules/decision.js';
import { MINUTE, plus } from '../../../libs/time/clock.js';
import { isTimeZone, onTheClock, presentName, wallClock } from '../../../libs/time/zones.js';
import {
  choice,
  dateField,
  longText,
  manyOf,
  optionalChoice,
  optionalWholeNumber,
  shortText,
  timeField,
  wholeNumber,
} from '../../../libs/web/fields.js';
import { isStrings, type FormErrors, type FormValues } from '../../../libs/web/forms.js';
import type { TextKey, TextValues } from '../../../libs/web/i18n.js';
import { type Id, isId } from '../../../libs/privacy/ids.js';
import { occurrenceField } from '../../invitations/occurrence-field.js';
import type { Meeting, MeetingTime } from '../meeting.js';
import { readRoom } from '../room.js';
import { partFields, repeatFields } from './series-form.js';

/** Limits of the fields, for the form to show. */
export const LIMITS = {
  title: 120,
  description: 4000,
  room: 500,
  dialIn: 200,
  reason: 500,
  duration: { min: 1, max: 1440 },
  capacity: { min: 1, max: 10_000 },
  reminders: { most: 5, min: 2, max: 40_320 },
} as const;

/** A day and an hour before. */
const DEFAULT_REMINDERS = ['1440', '60'];

/** What can be ticked: a week, two days, a day, an hour and a quarter before, in minutes. */
export const USUAL_REMINDERS = [10_080, 2880, 1440, 60, 15] as const;

type Refuse = (key: TextKey, values?: TextValues) => never;

/** A text field that is read further; its sentence stands beside the field. */
const read = <Value>(max: number, further: (text: string, refuse: Refuse) => Value) =>
  shortText(max).transform((text, context): Value => {
    let refused: z.core.$ZodRawIssue | undefined;
    try {
      return further(text, (key, values) => {
        refused = { code: 'custom', message: key, input: text, ...(values && { params: values }) };
        throw new Error(key);
      });
    } catch (error) {
      if (!refused) throw error;
      context.issues.push(refused);
      return z.NEVER;
    }
  });

/** A zone by any name that is in use; read as its present one. */
const timeZone = read(64, (text, refused) => {
  if (text === '') return refused('error.choose');
  return isTimeZone(text) ? presentName(text) : refused('console.meetings.error.zone');
});

/** Empty: a fresh room. */
const room = read(LIMITS.room, (text, refused) => {
  if (text === '') return '';
  const address = readRoom(text);
  return address.ok ? address.value : refused('console.meetings.error.room');
});

/**
 * Minutes before the start, each ticked by itself or all in one text with commas; the earliest reminder first. Left out:
 * the default. Empty: none.
 */
const reminders = z
  .unknown()
  .optional()
  .transform((given): unknown => (isStrings(given) ? given.filter((each) => each !== '').join() : given))
  .transform((given): unknown => given ?? DEFAULT_REMINDERS.join())
  .pipe(
    read(100, (text, refused): readonly number[] => {
      const { most, min, max } = LIMITS.reminders;
      const parts = text === '' ? [] : text.split(',').map((part) => part.trim());
      const minutes = [...new Set(parts)].map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : Number.NaN));
      if (minutes.length > most) return refused('console.meetings.error.reminders-many', { most });
      // NaN is neither below nor above.
      if (!minutes.every((each) => each >= min && each <= max)) {
        return refused('console.meetings.error.reminders', { min, max });
      }
      return minutes.sort((a, b) => b - a);
    }),
  );

const capacity = optionalWholeNumber(LIMITS.capacity.min, LIMITS.capacity.max).transform((seats) => seats ?? null);

/** The version that a form showed; left out by whoever acts on what is there. */
const version = optionalWholeNumber(0, 999_999_999);

/** What may be changed without moving a meeting. */
const details = (languages: readonly string[]) => ({
  title: shortText(LIMITS.title, { required: true }),
  description: longText(LIMITS.description),
  languages: manyOf(languages),
  room,
  dialIn: shortText(LIMITS.dialIn),
  capacity,
  reminders,
});

const start = { date: dateField(), time: timeField(), fold: optionalChoice(['earlier', 'later']) };

/** @param lists what can be chosen now */
export const newMeetingSchema = (lists: {
  readonly languages: readonly string[];
  readonly audiences: readonly string[];
  readonly hosts: readonly Id[];
}) =>
  z.object({
    ...details(lists.languages),
    ...start,
    ...repeatFields,
    timeZone,
    durationMinutes: wholeNumber(LIMITS.duration.min, LIMITS.duration.max),
    audience: choice(lists.audiences),
    /** Left out: whoever creates it. */
    host: optionalChoice(lists.hosts),
    /** The id that this form will make; a form sent twice makes one meeting. */
    draft: z
      .unknown()
      .optional()
      .transform((given): Id | undefined => (typeof given === 'string' && isId(given) ? given : undefined)),
  });

export const editSchema = (languages: readonly string[]) => z.object({ ...details(languages), version });

const confirmed = optionalChoice(['yes']);

export const moveSchema = z.object({ ...start, ...partFields, confirmed, version });

export const cancelSchema = z.object({ reason: shortText(LIMITS.reason), ...partFields, confirmed, version });

/** One occurrence may have a title of its own. */
export const renameSchema = z.object({
  title: shortText(LIMITS.title, { required: true }),
  occurrence: occurrenceField,
  version,
});

/** For acts of one button. */
export const versionSchema = z.object({ version });

export interface TypedStart {
  readonly date: string;
  readonly time: string;
  readonly fold?: 'earlier' | 'later' | undefined;
}

/** The instant of what was typed, or the field that needs attention: clocks skip this time, or show it twice. */
export function startOf({ date, time, fold }: TypedStart, zone: string): Result<Date, 'gap' | 'fold'> {
  const clock = wallClock(date, time, zone);
  switch (clock.kind) {
    case 'exact':
      return done(clock.at);
    case 'gap':
      return refuse('gap');
    case 'fold':
      return fold === undefined ? refuse('fold') : done(clock[fold]);
  }
}

export type StartRefusal =
  'gap' | 'fold' | 'in-the-past' | 'same-time' | 'ends-before-it-starts' | 'not-a-series' | 'no-such-occurrence';

/** Where each refusal of a rule shows in a form with a start. */
export const START_ERRORS: Readonly<Record<StartRefusal, FormErrors>> = {
  gap: { time: { key: 'console.meetings.error.gap' } },
  fold: { fold: { key: 'console.meetings.error.fold' } },
  'in-the-past': { date: { key: 'console.meetings.error.past' } },
  'same-time': { time: { key: 'console.meetings.error.same-time' } },
  'ends-before-it-starts': { durationMinutes: { key: 'error.required' } },
  'not-a-series': { date: { key: 'console.meetings.error.repeats' } },
  'no-such-occurrence': { occurrence: { key: 'error.not-in-list' } },
};

/** Start and end of a new meeting. */
export const timeOf = (at: Date, durationMinutes: number, zone: string): MeetingTime => ({
  start: at,
  end: plus(at, durationMinutes * MINUTE),
  timeZone: zone,
});

/** What the form shows before anyone has typed. */
export const freshValues = (known: {
  readonly timeZone: string;
  readonly host: Id;
  readonly draft: Id;
}): FormValues => ({
  durationMinutes: '60',
  repeats: 'none',
  audience: 'everyone',
  reminders: DEFAULT_REMINDERS,
  ...known,
});

/** @param address of the room, opened */
export const valuesOf = (meeting: Meeting, address: string): FormValues => ({
  title: meeting.title,
  description: meeting.description,
  languages: meeting.languages,
  room: address,
  dialIn: meeting.dialIn,
  capacity: meeting.capacity === null ? '' : String(meeting.capacity),
  reminders: meeting.reminders.map(String),
});

export const startValuesOf = ({ start: at, timeZone: zone }: MeetingTime): FormValues => ({ ...onTheClock(at, zone) });

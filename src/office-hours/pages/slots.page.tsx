import type { VNode } from 'preact';
import { formatDay, formatTime, formatWhen } from '../../../libs/time/when.js';
import { cityOf } from '../../../libs/time/city-names.js';
import { offsetAt, offsetsOf } from '../../../libs/time/offsets.js';
import type { FreeSlot } from '../../../libs/time/slots.js';
import type { FormState } from '../../../libs/web/forms.js';
import type { Reader } from '../../../libs/web/reader.js';
import { byDay, type Week } from './slot-week.js';

/** The free slots of a week and how they are shown. */
export interface Slots {
  readonly week: Week;
  readonly free: readonly FreeSlot[];
  /** The first free slot after the week. */
  readonly next: FreeSlot | undefined;
  /** The reader's. */
  readonly timeZone: string;
  /** That of the office hours. */
  readonly hostZone: string;
  /** The page itself, without language and query, and what its links keep. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** False for the present week: there is nothing before it. */
  readonly hasBefore: boolean;
}

export const weekLink = ({ path, query }: Slots, day: string): string =>
  `${path}?${new URLSearchParams({ ...query, week: day }).toString()}`;

/** More slots than this make a week too heavy for a slow phone, unless they are shown closer. */
const MANY = 150;

/** True for a week whose page leaves out what can be said once: the host's clock at each slot, and the list of zones. */
export const isFull = ({ free }: Slots): boolean => free.length > MANY;

/** Every free slot of a week as a radio button, by day. Days without any say when the next one is. */
export const SlotPicker = ({
  reader,
  form,
  slots,
}: {
  readonly reader: Reader;
  readonly form: FormState;
  readonly slots: Slots;
}): VNode => {
  const { t, language } = reader;
  const { week, free, next, timeZone, hostZone } = slots;
  const days = byDay(week, free, timeZone);
  const error = form.errors['slot'];
  const chosen = form.values['slot'];
  const areTwoZones = free.some(({ start }) => ahead(start, hostZone, timeZone) !== 0);
  const areCloser = areTwoZones && isFull(slots);
  return (
    <div id="field-slot" class="slots" tabIndex={-1}>
      <p>
        {t('office-hours.clock', { city: cityOf(timeZone, language) })}
        {areTwoZones && (
          <>
            {' '}
            {t(areCloser ? 'office-hours.clock.day' : 'office-hours.clock.host', { city: cityOf(hostZone, language) })}
          </>
        )}
      </p>
      {error && (
        <div class="error" id="field-slot-error">
          {t(error.key, error.values)}
        </div>
      )}
      {week.days.map((day) => {
        const slotsOfDay = days.get(day) ?? [];
        const later =
          slotsOfDay.length === 0 ? (free.find((slot) => dayAfter(slot, day, timeZone)) ?? next) : undefined;
        const noon = new Date(`${day}T12:00:00Z`);
        return (
          <fieldset key={day}>
            <legend>
              {formatDay(noon, 'UTC', language)}
              {areCloser && <small> {spans(slotsOfDay, slots, language)}</small>}
            </legend>
            {slotsOfDay.length === 0 && (
              <p class="soft">
                {later === undefined
                  ? t('office-hours.day.none')
                  : t('office-hours.day.next', { when: formatWhen(new Date(later.start), timeZone, language) })}
              </p>
            )}
            {slotsOfDay.map(({ start }) => (
              <label key={start}>
                <input type="radio" name="slot" value={isoOf(start)} checked={isSame(chosen, start)} />
                {clock(start, timeZone, language)}
                {areTwoZones && !areCloser && <small>{clock(start, hostZone, language)}</small>}
              </label>
            ))}
          </fieldset>
        );
      })}
    </div>
  );
};

/** From when to when a day's slots are on the host's clock: two spans where one of both clocks is changed meanwhile. */
function spans(slotsOfDay: readonly FreeSlot[], { timeZone, hostZone }: Slots, language: string): string {
  const apart = Map.groupBy(slotsOfDay, ({ start }) => ahead(start, hostZone, timeZone));
  return [...apart.values()]
    .map((stretch) => [stretch[0]?.start ?? 0, stretch.at(-1)?.end ?? 0])
    .map((ends) => ends.map((end) => clock(end, hostZone, language)).join('–'))
    .join(', ');
}

/** Milliseconds by which one clock is ahead of another. */
const ahead = (instant: number, timeZone: string, other: string): number =>
  offsetAt(offsetsOf(timeZone), instant) - offsetAt(offsetsOf(other), instant);

/** To the weeks around, outside the form. */
export const WeekLinks = ({ reader, slots }: { readonly reader: Reader; readonly slots: Slots }): VNode => (
  <nav class="actions" aria-label={reader.t('office-hours.weeks')}>
    {slots.hasBefore && (
      <a href={reader.href(weekLink(slots, slots.week.before))}>{reader.t('office-hours.week.before')}</a>
    )}
    <a href={reader.href(weekLink(slots, slots.week.after))}>{reader.t('office-hours.week.after')}</a>
  </nav>
);

export const isoOf = (start: number): string => new Date(start).toISOString();

const clock = (start: number, timeZone: string, language: string): string =>
  formatTime(new Date(start), timeZone, language);

const dayAfter = ({ start }: FreeSlot, day: string, timeZone: string): boolean =>
  new Date(start).getTime() >
  Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds - 1;

const isSame = (chosen: FormState['values'][string] | undefined, start: number): boolean =>
  typeof chosen === 'string' && Date.parse(chosen) === start;

import { accept, type Decision } from '../../../libs/rules/decision.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { marker } from '../../../libs/privacy/marker.js';
import { DAY } from '../../../libs/time/clock.js';
import { onTheClock } from '../../../libs/time/zones.js';
import type { BookingEvent } from '../slots/bookings.events.js';
import type { OfficeHours } from '../hours/office-hours.js';

/** Days after a slot's end in which its host can say that nobody came, or take it back. */
export const SAID_WITHIN_DAYS = 7;
/** Days after a month in which something of it may still be said. */
const OPEN_DAYS = SAID_WITHIN_DAYS + 2;

/**
 * How often nobody came to some office hours in a month. While the month is open, a marker stands for each booking, so that
 * it counts once and can be taken back; then secret and markers are destroyed, and the number remains.
 */
export interface NoShows {
  readonly id: string;
  readonly officeHours: Id;
  /** `YYYY-MM`, in the zone of the office hours. */
  readonly month: string;
  readonly count: number;
  readonly open?: { readonly secret: Uint8Array; readonly markers: readonly string[] };
}

export const noShowsId = (officeHours: Id, month: string): string => `${officeHours}.${month}`;

/** The month in which a slot counts. */
export const monthOf = (start: Date, { timeZone }: Pick<OfficeHours, 'timeZone'>): string =>
  onTheClock(start, timeZone).date.slice(0, 7);

/** Whether something may be said of a slot now. */
export const canBeSaid = ({ end }: { readonly end: Date }, now: Date): boolean =>
  end <= now && now.getTime() < end.getTime() + SAID_WITHIN_DAYS * DAY;

/** A month begins with a secret of its own, and the timer that destroys it. */
export function begin(
  officeHours: Id,
  month: string,
  secret: Uint8Array,
): { readonly state: NoShows; readonly events: readonly BookingEvent[] } {
  const id = noShowsId(officeHours, month);
  const next = Temporal.PlainYearMonth.from(month).add({ months: 1 }).toPlainDate({ day: 1 });
  const dueAt = new Date(next.add({ days: OPEN_DAYS }).toZonedDateTime('UTC').epochMilliseconds);
  return {
    state: { id, officeHours, month, count: 0, open: { secret, markers: [] } },
    events: [{ type: 'no-shows.closing', data: {}, dueAt }],
  };
}

/** Said of the same booking again, it changes nothing; after the month is closed, neither. */
export function say(noShows: NoShows, booking: Id, missed: boolean): Decision<NoShows, BookingEvent, never> {
  const { open } = noShows;
  if (!open || isMissed(noShows, booking) === missed) return accept<NoShows, BookingEvent>(noShows);
  const own = marker(open.secret, booking);
  const others = open.markers.filter((each) => each !== own);
  const markers = missed ? [...others, own].sort() : others;
  return accept<NoShows, BookingEvent>({ ...noShows, count: markers.length, open: { ...open, markers } });
}

/** Whether it was said of this booking; undefined once nobody can know any more. */
export const isMissed = ({ open }: NoShows, booking: Id): boolean | undefined =>
  open?.markers.includes(marker(open.secret, booking));

/** Nothing leads from the number to a booking any more. */
export function close({ open: _open, ...rest }: NoShows): Decision<NoShows, BookingEvent, never> {
  return accept<NoShows, BookingEvent>(rest);
}

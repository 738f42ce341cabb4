import type { VNode } from 'preact';
import { cityOf } from '../../../libs/time/city-names.js';
import { formatDay, formatSpan } from '../../../libs/time/when.js';
import { Actions, Button, ButtonLink, Card, Facts, Form, Notice } from '../../../libs/web/components.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import type { OfficeHours } from '../hours/office-hours.js';
import type { Week } from '../pages/slot-week.js';
import type { Slot } from '../slots/slot.js';
import { CALENDAR_PATH, type ShownCalendar } from './host-calendar.page.js';

/** One booking as its host sees it. */
export interface ShownBooking {
  readonly id: string;
  readonly slot: Slot;
  readonly who: string;
  readonly note: string;
  /** By role and place or mandate; whoever reads is "you". */
  readonly host: string;
  readonly isOwn: boolean;
  readonly isToCome: boolean;
  /** Whoever reads is busy then by their own calendar. */
  readonly collides: boolean;
}

interface WeekProps {
  readonly hours: OfficeHours;
  readonly week: Week;
  readonly bookings: readonly ShownBooking[];
  readonly hosts: readonly string[];
  readonly room: string;
  /** Of whoever reads; absent for those who do not share these office hours. */
  readonly calendar: ShownCalendar | undefined;
  readonly notice: string | undefined;
}

/** A host's week: what is booked, by whom only as far as it helps to be ready. */
export const hostWeekPage = (
  reader: Reader,
  { csrf }: SignedIn,
  { hours, week, bookings, hosts, room, calendar, notice }: WeekProps,
): VNode => {
  const { t, language } = reader;
  const path = `/console/office-hours/${hours.id}`;
  const day = (date: string): string => formatDay(new Date(`${date}T12:00:00Z`), 'UTC', language);
  return (
    <ConsolePage reader={reader} csrf={csrf} title={hours.title} path={path}>
      <h1>{hours.title}</h1>
      {notice !== undefined && <Notice>{notice}</Notice>}
      <Actions>
        <ButtonLink href={reader.href(`${path}/day`)}>{t('console.queue.title')}</ButtonLink>
      </Actions>
      {calendar?.needsCare === true && (
        <Notice kind="warning" title={t('console.calendar.title')}>
          <a href={reader.href(CALENDAR_PATH)}>{calendar.text}</a>
        </Notice>
      )}
      <p>{t('console.office-hours.who')}</p>
      <h2>
        {day(week.days[0] ?? '')} – {day(week.days.at(-1) ?? '')}
      </h2>
      <nav class="actions" aria-label={t('office-hours.weeks')}>
        <a href={reader.href(`${path}?week=${week.before}`)}>{t('office-hours.week.before')}</a>
        <a href={reader.href(`${path}?week=${week.after}`)}>{t('office-hours.week.after')}</a>
      </nav>
      {bookings.length === 0 && <p>{t('console.office-hours.week.none')}</p>}
      {bookings.map((booking) => (
        <BookingCard key={booking.id} reader={reader} csrf={csrf} hours={hours} booking={booking} path={path} />
      ))}
      <h2>{t('console.office-hours.facts')}</h2>
      <Facts
        facts={[
          [t('console.office-hours.field.hosts'), hosts.join(', ')],
          [t('console.office-hours.field.timeZone'), cityOf(hours.timeZone, language)],
          [t('console.office-hours.field.slotMinutes'), t('office-hours.length', { minutes: hours.slotMinutes })],
          [t('console.office-hours.field.room'), room === '' ? t('console.office-hours.room.fresh') : room],
          ...(calendar
            ? [[t('console.calendar.title'), <a href={reader.href(CALENDAR_PATH)}>{calendar.text}</a>] as const]
            : []),
        ]}
      />
      <Actions>
        <ButtonLink kind="secondary" href={reader.href(`${path}/edit`)}>
          {t('console.office-hours.edit')}
        </ButtonLink>
        <ButtonLink kind="secondary" href={reader.href(`/office-hours/${hours.id}`)}>
          {t('console.meetings.public-page')}
        </ButtonLink>
      </Actions>
    </ConsolePage>
  );
};

const BookingCard = ({
  reader,
  csrf,
  hours,
  booking,
  path,
}: {
  readonly reader: Reader;
  readonly csrf: string;
  readonly hours: OfficeHours;
  readonly booking: ShownBooking;
  readonly path: string;
}): VNode => {
  const { t, language } = reader;
  const { slot, who, note, host, isOwn, isToCome, id } = booking;
  const own = `${path}/bookings/${id}`;
  return (
    <Card level={3} title={formatSpan(slot.start, slot.end, hours.timeZone, language)}>
      <p>{who}</p>
      {note !== '' && <blockquote lang="">{note}</blockquote>}
      <p class="soft">{t('console.office-hours.with', { host })}</p>
      <p>
        <a href={reader.href(own)}>{t('console.bookings.open')}</a>
      </p>
      {booking.collides && <p>{t('console.calendar.collides')}</p>}
      {isToCome && (
        <Actions>
          <ButtonLink kind="secondary" href={reader.href(`${own}/move`)}>
            {t('console.meetings.move')}
          </ButtonLink>
          <ButtonLink kind="secondary" href={reader.href(`${own}/cancel`)}>
            {t('console.office-hours.cancel')}
          </ButtonLink>
          {!isOwn && hours.hosts.length > 1 && (
            <Form reader={reader} action={`${own}/take-over`} csrf={csrf}>
              <Button kind="secondary">{t('console.office-hours.take-over')}</Button>
            </Form>
          )}
        </Actions>
      )}
    </Card>
  );
};

export const spanOf = (reader: Reader, { start, end }: Pick<Slot, 'start' | 'end'>, hours: OfficeHours): string =>
  formatSpan(start, end, hours.timeZone, reader.language);

import type { VNode } from 'preact';
import { cityOf } from '../../../libs/time/city-names.js';
import { DAY } from '../../../libs/time/clock.js';
import type { Interval } from '../../../libs/time/slots.js';
import { formatDay, formatTime, formatWhen } from '../../../libs/time/when.js';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form, Notice } from '../../../libs/web/components.js';
import { TextField } from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import type { TextKey } from '../../../libs/web/i18n.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import { isStale, standingOf, type HostCalendar, type Trouble } from '../calendars/host-calendar.js';
import type { OwnCalendar } from '../calendars/host-calendars.service.js';
import { dayOf, weekFrom } from '../pages/slot-week.js';
import { LIMITS } from './office-hours-form.js';

export const CALENDAR_PATH = '/console/calendar';
/** What the page counts, in days. */
const COUNTED_DAYS = 28;

interface CalendarPageProps {
  readonly own: OwnCalendar | undefined;
  readonly form: FormState;
  readonly now: Date;
  readonly wasRemoved: boolean;
}

/** A host's own calendar: where it is read, how that goes, and what came of it. The address itself is not shown again. */
export const calendarPage = (
  reader: Reader,
  { csrf }: SignedIn,
  { own, form, now, wasRemoved }: CalendarPageProps,
): VNode => {
  const { t } = reader;
  const label = t('console.calendar.field');
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.calendar.title')} path={CALENDAR_PATH}>
      <h1>{t('console.calendar.title')}</h1>
      <p class="lead">{t('console.calendar.lead')}</p>
      {wasRemoved && !own && <Notice kind="success">{t('console.calendar.removed')}</Notice>}
      {own && <Present reader={reader} csrf={csrf} own={own} now={now} />}
      <ErrorSummary reader={reader} form={form} labels={{ calendarUrl: label }} />
      {own && <h2>{t('console.calendar.replace')}</h2>}
      <Form reader={reader} action={CALENDAR_PATH} csrf={csrf} autocomplete="off">
        <TextField
          reader={reader}
          form={form}
          name="calendarUrl"
          label={label}
          type="url"
          hint={t('console.calendar.hint')}
          max={LIMITS.calendar}
          required
        />
        <Actions>
          <Button kind={own ? 'secondary' : 'primary'}>{t('console.calendar.save')}</Button>
        </Actions>
      </Form>
      <p class="soft">{t('console.calendar.what-counts')}</p>
      <p class="soft">{t('console.calendar.kept')}</p>
    </ConsolePage>
  );
};

const Present = ({
  reader,
  csrf,
  own: { calendar, hostname, busy },
  now,
}: {
  readonly reader: Reader;
  readonly csrf: string;
  readonly own: OwnCalendar;
  readonly now: Date;
}): VNode => {
  const { t, language } = reader;
  const { readAt, timeZone } = calendar;
  const counted = busy.filter(({ from, to }) => to > now.getTime() && from < now.getTime() + COUNTED_DAYS * DAY);
  return (
    <>
      <HowItGoes reader={reader} calendar={calendar} now={now} />
      <Facts
        facts={[
          [t('console.calendar.fact.host'), hostname],
          [
            t('console.calendar.fact.read'),
            readAt ? formatWhen(readAt, timeZone, language) : t('console.calendar.fact.never'),
          ],
          ...(calendar.busy
            ? [[t('console.calendar.fact.count'), t('console.calendar.count', { count: counted.length })] as const]
            : []),
        ]}
      />
      {calendar.busy && <BusyWeek reader={reader} busy={busy} timeZone={timeZone} now={now} />}
      <Actions>
        {standingOf(calendar) === 'waiting' ? (
          <ButtonLink href={reader.href(CALENDAR_PATH)}>{t('console.calendar.look-again')}</ButtonLink>
        ) : (
          <Form reader={reader} action={`${CALENDAR_PATH}/read`} csrf={csrf}>
            <Button>{t('console.calendar.read-again')}</Button>
          </Form>
        )}
        <Form reader={reader} action={`${CALENDAR_PATH}/remove`} csrf={csrf}>
          <Button kind="danger">{t('console.calendar.remove')}</Button>
        </Form>
      </Actions>
    </>
  );
};

/** What is wrong, and what holds meanwhile; nothing where all is well. */
const HowItGoes = ({
  reader: { t },
  calendar,
  now,
}: {
  readonly reader: Reader;
  readonly calendar: HostCalendar;
  readonly now: Date;
}): VNode | null => {
  const standing = standingOf(calendar);
  const stale = isStale(calendar, now) && <p>{t('console.calendar.stale')}</p>;
  if (standing === 'read') return stale ? <Notice kind="warning">{stale}</Notice> : null;
  if (standing === 'waiting') {
    return <Notice>{t(calendar.busy ? 'console.calendar.waiting.known' : 'console.calendar.waiting')}</Notice>;
  }
  return (
    <Notice kind="warning" title={calendar.trouble ? t(troubleText(calendar.trouble.kind)) : ''}>
      <p>{t(`console.calendar.${standing}`)}</p>
      {stale}
    </Notice>
  );
};

function troubleText(trouble: Trouble): TextKey {
  switch (trouble) {
    case 'not-an-address':
      return 'console.calendar.trouble.refused-address';
    case 'too-many-redirects':
      return 'console.calendar.trouble.server-trouble';
    case 'too-deep':
      return 'console.calendar.trouble.not-a-calendar';
    default:
      return `console.calendar.trouble.${trouble}`;
  }
}

/** Seven days from midnight to midnight, as bars and as times to read. */
const BusyWeek = ({
  reader: { t, language },
  busy,
  timeZone,
  now,
}: {
  readonly reader: Reader;
  readonly busy: readonly Interval[];
  readonly timeZone: string;
  readonly now: Date;
}): VNode => {
  const { days } = weekFrom(dayOf(now.getTime(), timeZone), timeZone);
  const clock = (instant: number): string => formatTime(new Date(instant), timeZone, language);
  return (
    <figure class="bars busy-week">
      <figcaption>
        {t('console.calendar.week')}
        <small>{t('console.calendar.clock', { city: cityOf(timeZone, language) })}</small>
      </figcaption>
      <ul>
        {days.map((day) => {
          const { from: midnight, to: next } = dayWindow(day, timeZone);
          const within = busy
            .filter(({ from, to }) => from < next && to > midnight)
            .map(({ from, to }) => ({ from: Math.max(from, midnight), to: Math.min(to, next) }));
          const times = within.map(({ from, to }) =>
            from === midnight && to === next
              ? t('console.calendar.day.all')
              : `${clock(from)}–${to === next ? '24:00' : clock(to)}`,
          );
          const share = (instant: number): number =>
            Math.round(((instant - midnight) / (next - midnight)) * 1_000) / 10;
          return (
            <li key={day}>
              <span>{formatDay(new Date(`${day}T12:00:00Z`), 'UTC', language)}</span>
              <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect width="100" height="8" class="track" />
                {within.map(({ from, to }) => (
                  <rect key={from} x={share(from)} width={share(to) - share(from)} height="8" />
                ))}
              </svg>
              <b>
                {times.length === 0
                  ? t('console.calendar.day.none')
                  : times.flatMap((time, index) => [index > 0 && ', ', <span key={time}>{time}</span>])}
              </b>
            </li>
          );
        })}
      </ul>
    </figure>
  );
};

function dayWindow(day: string, timeZone: string): Interval {
  const date = Temporal.PlainDate.from(day);
  const midnight = (at: Temporal.PlainDate): number => at.toZonedDateTime(timeZone).epochMilliseconds;
  return { from: midnight(date), to: midnight(date.add({ days: 1 })) };
}

/** How someone's own calendar stands, for them alone. */
export interface ShownCalendar {
  readonly text: string;
  /** It cannot be used, or has not been read for long. */
  readonly needsCare: boolean;
}

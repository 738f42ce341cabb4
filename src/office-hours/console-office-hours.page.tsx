import type { VNode } from 'preact';
import { writeRanges } from '../../libs/time/availability.js';
import { cityOf } from '../../libs/time/city-names.js';
import { formatDay, formatSpan } from '../../libs/time/when.js';
import { Actions, Button, ButtonLink, Card, ErrorSummary, Facts, Form, Notice } from '../../libs/web/components.js';
import {
  CheckboxGroup,
  DateField,
  HiddenField,
  NumberField,
  SelectField,
  TextArea,
  TextField,
  type Option,
  type OptionGroup,
} from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import type { SignedIn } from '../people/console.guard.js';
import { CALENDAR_PATH } from './host-calendar.page.js';
import { DAYS, LIMITS } from './office-hours-form.js';
import { TOPICS, type OfficeHours } from './office-hours.js';
import type { Week } from './slot-week.js';
import type { Slot } from './slot.js';

export const consoleListPage = (reader: Reader, { csrf, role }: SignedIn, all: readonly OfficeHours[]): VNode => {
  const { t } = reader;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('console.office-hours.title')}>
      <h1>{t('console.office-hours.title')}</h1>
      {role === 'host' && <p>{t('console.office-hours.own')}</p>}
      <Actions>
        <ButtonLink href={reader.href('/console/office-hours/new')}>{t('console.office-hours.new')}</ButtonLink>
        <ButtonLink kind="secondary" href={reader.href(CALENDAR_PATH)}>
          {t('console.calendar.open')}
        </ButtonLink>
      </Actions>
      {all.length === 0 ? (
        <p>{t('console.office-hours.none')}</p>
      ) : (
        all.map((hours) => (
          <Card key={hours.id} title={hours.title} href={reader.href(`/console/office-hours/${hours.id}`)}>
            {weekOf(reader, hours).map((line) => (
              <p key={line}>{line}</p>
            ))}
            <p class="soft">
              {t('office-hours.length', { minutes: hours.slotMinutes })} · {cityOf(hours.timeZone, reader.language)}
            </p>
          </Card>
        ))
      )}
    </ConsolePage>
  );
};

/** "Monday, Thursday: 18:00–20:00", a line for each kind of day. */
function weekOf({ t }: Reader, { week }: OfficeHours): readonly string[] {
  const days = DAYS.map((day, index) => ({ day, value: writeRanges(week[index] ?? []).replaceAll('-', '–') }));
  const open = Map.groupBy(days, ({ value }) => value);
  open.delete('');
  return [...open].map(([value, same]) => {
    const name = same.map(({ day }) => t(`console.office-hours.field.${day}`)).join(', ');
    return t('web.pair', { name, value });
  });
}

/** How someone's own calendar stands, for them alone. */
export interface ShownCalendar {
  readonly text: string;
  /** It cannot be used, or has not been read for long. */
  readonly needsCare: boolean;
}

export interface Choices {
  readonly languages: readonly string[];
  readonly timeZones: readonly (Option | OptionGroup)[];
  readonly hosts: readonly Option[];
  readonly regions: readonly Option[];
}

interface FormPageProps {
  readonly form: FormState;
  readonly choices: Choices;
  readonly calendar: ShownCalendar;
  /** Absent for new ones. */
  readonly editing?: { readonly id: string; readonly version: number; readonly changedMeanwhile: boolean };
}

export const officeHoursFormPage = (
  reader: Reader,
  { csrf, role }: SignedIn,
  { form, choices, calendar, editing }: FormPageProps,
): VNode => {
  const { t, language } = reader;
  const field = { reader, form };
  const labels = Object.fromEntries(FIELDS.map((name) => [name, t(`console.office-hours.field.${name}`)]));
  const title = t(editing ? 'console.office-hours.edit' : 'console.office-hours.new');
  const action = editing ? `/console/office-hours/${editing.id}/edit` : '/console/office-hours/new';
  const draft = form.values['draft'];
  const label = (name: (typeof FIELDS)[number]) => ({ ...field, name, label: labels[name] });
  return (
    <ConsolePage reader={reader} csrf={csrf} title={title} path={action}>
      <h1>{title}</h1>
      <p class="lead">{t(editing ? 'console.office-hours.edit.lead' : 'console.office-hours.new.lead')}</p>
      {editing?.changedMeanwhile === true && (
        <Notice kind="warning" title={t('console.meetings.changed.title')}>
          {t('console.office-hours.changed')}
        </Notice>
      )}
      <ErrorSummary reader={reader} form={form} labels={labels} />
      <Form reader={reader} action={action} csrf={csrf} autocomplete="off">
        {typeof draft === 'string' && <HiddenField name="draft" value={draft} />}
        {editing && <HiddenField name="version" value={String(editing.version)} />}
        <TextField {...label('title')} max={LIMITS.title} required />
        <TextArea
          {...label('description')}
          hint={t('console.office-hours.hint.description')}
          max={LIMITS.description}
        />
        <SelectField {...label('timeZone')} options={choices.timeZones} required />
        <h2>{t('console.office-hours.week')}</h2>
        <p class="hint">{t('console.office-hours.hint.ranges')}</p>
        {DAYS.map((day) => (
          <TextField key={day} {...label(day)} max={LIMITS.ranges} />
        ))}
        <SelectField
          {...label('everyWeeks')}
          options={(['1', '2'] as const).map((value) => ({ value, label: t(`console.office-hours.every.${value}`) }))}
          required
        />
        <DateField {...label('from')} required />
        <DateField {...label('until')} />
        <TextArea {...label('exceptions')} hint={t('console.office-hours.hint.exceptions')} max={LIMITS.exceptions} />
        <h2>{t('console.office-hours.slots')}</h2>
        <NumberField {...label('slotMinutes')} {...LIMITS.slot} hint={t('console.office-hours.hint.fives')} required />
        <NumberField
          {...label('bufferMinutes')}
          {...LIMITS.buffer}
          hint={t('console.office-hours.hint.buffer')}
          required
        />
        <NumberField {...label('leadMinutes')} {...LIMITS.lead} hint={t('console.office-hours.hint.lead')} required />
        <NumberField
          {...label('horizonDays')}
          {...LIMITS.horizon}
          hint={t('console.office-hours.hint.horizon')}
          required
        />
        <NumberField {...label('seats')} {...LIMITS.seats} hint={t('console.office-hours.hint.seats')} required />
        <NumberField {...label('maxPerDay')} {...LIMITS.perDay} hint={t('console.office-hours.hint.maxPerDay')} />
        <h2>{t('console.office-hours.for-whom')}</h2>
        <CheckboxGroup
          {...label('language')}
          options={choices.languages.map((value) => ({ value, label: nameOfLanguage(value, language) }))}
          required
        />
        <CheckboxGroup
          {...label('topics')}
          hint={t('console.office-hours.hint.topics')}
          options={TOPICS.map((value) => ({ value, label: t(`office-hours.topic.${value}`) }))}
        />
        {role !== 'host' && (
          <CheckboxGroup {...label('hosts')} hint={t('console.office-hours.hint.hosts')} options={choices.hosts} />
        )}
        <CheckboxGroup
          {...label('firstRegions')}
          hint={t('console.office-hours.hint.firstRegions')}
          options={choices.regions}
        />
        <DateField {...label('firstUntil')} />
        <TextField {...label('room')} type="url" hint={t('console.office-hours.hint.room')} max={LIMITS.room} />
        <TextField
          {...label('calendarUrl')}
          type="url"
          hint={`${t('console.calendar.hint.form')} ${t('console.calendar.now', { calendar: calendar.text })}`}
          max={LIMITS.calendar}
        />
        <Actions>
          <Button>{t('console.meetings.save')}</Button>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

const FIELDS = [
  ...(['title', 'description', 'timeZone', ...DAYS, 'everyWeeks', 'from', 'until', 'exceptions'] as const),
  ...(['slotMinutes', 'bufferMinutes', 'leadMinutes', 'horizonDays', 'seats', 'maxPerDay'] as const),
  ...(['language', 'topics', 'hosts', 'firstRegions', 'firstUntil', 'room', 'calendarUrl'] as const),
] as const;

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

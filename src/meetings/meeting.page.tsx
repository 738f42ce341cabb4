import type { ComponentChildren, VNode } from 'preact';
import type { AddToCalendarLinks } from '../../libs/calendar/add-links.js';
import { subscribeLinks } from '../../libs/calendar/subscribe-links.js';
import type { PlaceLevel, PublicCount, Table } from '../../libs/privacy/bands.js';
import { formatSpan } from '../../libs/time/when.js';
import { Actions, Bars, Button, ButtonLink, ErrorSummary, Facts, Form, Notice } from '../../libs/web/components.js';
import { countText } from '../../libs/web/count-text.js';
import { EmailField, HoneypotField, SelectField, TextField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { nameOfLanguage, namesOfLanguages } from '../../libs/web/i18n.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import type { ToShare } from '../feeds/share-links.js';
import { Share } from '../feeds/subscribe.js';
import { barsOf } from '../participation/participation.js';
import type { ParticipationView } from '../participation/participation.service.js';
import { countryChoices } from '../regions/countries.js';
import { REGIONS } from '../regions/regions.js';
import { zoneChoices } from '../regions/time-zones.js';
import type { JoinPhase, Meeting } from './meeting.js';
import { DayStrip } from './day-strip.page.js';
import { clocksDiffer, partOfDay } from './day-strip.js';
import { DateChoices, DatesText } from './meeting-dates.page.js';
import { LONGEST_REGION } from './sign-up.js';

/** Dates of a series whose counts are shown, the latest. */
const MOST_HELD = 6;

interface MeetingProps {
  readonly meeting: Meeting;
  readonly phase: JoinPhase;
  readonly form: FormState;
  /** A failure of ours kept the form from being saved. */
  readonly notSaved: boolean;
  /** The reader's where it is known, the meeting's, and those of its regions. */
  readonly timeZones: readonly string[];
  readonly full: boolean;
  readonly now: Date;
  readonly calendars: AddToCalendarLinks;
  /** Its own address, absolute. */
  readonly address: string;
  /** What remains, once it is over. */
  readonly view: ParticipationView | undefined;
}

/** In characters; search engines cut off what is longer. */
const LONGEST_IN_SHORT = 150;

/** The public page of a meeting, before, while, and after. */
export const meetingPage = (reader: Reader, props: MeetingProps): VNode => {
  const { t } = reader;
  const { meeting, phase, view } = props;
  const path = `/meetings/${meeting.id}`;
  const isOpen = phase === 'before' || phase === 'open';
  return (
    <Page reader={reader} title={meeting.title} description={inShort(reader, props)} path={path}>
      <h1>{meeting.title}</h1>
      {phase === 'cancelled' && (
        <Notice kind="warning" title={t('meetings.cancelled.title')}>
          {meeting.cancelReason === '' ? t('meetings.cancelled.text') : meeting.cancelReason}
        </Notice>
      )}
      {!isOpen && phase !== 'cancelled' && <Notice>{t('meetings.over')}</Notice>}
      <About reader={reader} {...props} />
      {isOpen && (
        <>
          <WithoutAddress reader={reader} {...props} path={path} />
          <SignUp reader={reader} {...props} path={path} />
          <h2>{t('feeds.share.title')}</h2>
          <Share reader={reader} share={toShare(reader, props)} />
        </>
      )}
      {view && <Remains reader={reader} meeting={meeting} view={view} />}
      {phase === 'ideas' && meeting.capacity === null && (
        <Actions>
          <ButtonLink href={reader.href(`${path}/join`)}>{t('meetings.leave-idea')}</ButtonLink>
        </Actions>
      )}
      <p>
        <a href={reader.href('/meetings')}>{t('meetings.all')}</a>
      </p>
    </Page>
  );
};

/** What search engines and those who are sent the address see first: whether it takes place, when, and what it is about. */
const inShort = ({ t, language }: Reader, { meeting, phase }: MeetingProps): string => {
  const when = formatSpan(meeting.start, meeting.end, meeting.timeZone, language);
  const parts = [phase === 'cancelled' ? t('meetings.cancelled.title') : '', when, meeting.description];
  return Array.from(parts.filter((part) => part !== '').join(' · '))
    .slice(0, LONGEST_IN_SHORT)
    .join('');
};

const toShare = ({ t, language }: Reader, { meeting, address }: MeetingProps): ToShare => ({
  subject: t('feeds.share.subject', { title: meeting.title }),
  lines: [meeting.title, formatSpan(meeting.start, meeting.end, meeting.timeZone, language), address],
});

const About = ({ reader, meeting, phase, timeZones, full, now }: MeetingProps & { readonly reader: Reader }): VNode => {
  const { t, language } = reader;
  const zones = [...new Set(timeZones)];
  const isDrawn = phase !== 'cancelled' && clocksDiffer(meeting.start, zones);
  const times = zones.map((zone) => (
    <div key={zone}>
      {formatSpan(meeting.start, meeting.end, zone, language)}
      {isDrawn && <DayStrip {...partOfDay(meeting.start, meeting.end, zone)} />}
    </div>
  ));
  const facts: (readonly [string, ComponentChildren])[] = [
    ...(meeting.series
      ? [[t('meetings.dates.list'), <DatesText reader={reader} meeting={meeting} now={now} />] as const]
      : []),
    [
      t(meeting.series ? 'meetings.dates.next' : 'meetings.when'),
      phase === 'cancelled' ? (
        <s>{times}</s>
      ) : isDrawn ? (
        [...times, <small key="strip">{t('meetings.day-strip')}</small>]
      ) : (
        times
      ),
    ],
    ...(meeting.languages.length === 0
      ? []
      : [[t('meetings.spoken'), namesOfLanguages(meeting.languages, language)] as const]),
    ...(meeting.capacity === null
      ? []
      : [
          [
            t('meetings.seats'),
            full ? t('meetings.full') : t('meetings.seats.of', { capacity: meeting.capacity }),
          ] as const,
        ]),
  ];
  return (
    <>
      {meeting.description.split('\n').map((line, index) => (
        <p key={index}>{line}</p>
      ))}
      <Facts facts={facts} />
    </>
  );
};

/** Taking the meeting into a calendar, and joining it, without leaving anything. */
const WithoutAddress = ({
  reader,
  meeting,
  phase,
  calendars,
  address,
  path,
}: MeetingProps & { readonly reader: Reader; readonly path: string }): VNode => {
  const { t } = reader;
  return (
    <>
      {phase === 'open' && meeting.capacity === null && (
        <Actions>
          <ButtonLink href={reader.href(`${path}/join`)}>{t('meetings.join')}</ButtonLink>
        </Actions>
      )}
      <h2>{t('meetings.add')}</h2>
      <p>{t(meeting.capacity === null ? 'meetings.add.lead' : 'meetings.add.lead.seats')}</p>
      <ul>
        <li>
          <a href={subscribeLinks(`${address}.ics`, meeting.title).webcal}>{t('feeds.follow')}</a>
        </li>
        <li>
          <a href={calendars.google} rel="noreferrer noopener">
            Google Calendar
          </a>
        </li>
        <li>
          <a href={calendars.outlook} rel="noreferrer noopener">
            Outlook.com
          </a>
        </li>
        <li>
          <a href={calendars.office365} rel="noreferrer noopener">
            Microsoft 365
          </a>
        </li>
        <li>
          <a href={reader.href(`${path}.ics`)}>{t('meetings.add.file')}</a>
        </li>
      </ul>
    </>
  );
};

const SignUp = ({
  reader,
  meeting,
  now,
  timeZones,
  form,
  full,
  notSaved,
  path,
}: MeetingProps & { readonly reader: Reader; readonly path: string }): VNode => {
  const { t, language } = reader;
  const field = { reader, form };
  const labels = {
    email: t('interest.field.email'),
    region: t('interest.field.region'),
    country: t('interest.field.country'),
    language: t('interest.field.language'),
    timeZone: t('interest.field.timeZone'),
    occurrence: t('meetings.dates'),
  };
  return (
    <>
      <h2 id="sign-up">{t('meetings.sign-up')}</h2>
      <p>{t('meetings.sign-up.lead')}</p>
      {full && <p>{t('meetings.full.lead')}</p>}
      {notSaved && (
        <Notice kind="warning" title={t('web.problem.503.title')}>
          {t('web.problem.503.text')}
        </Notice>
      )}
      <ErrorSummary reader={reader} form={form} labels={labels} />
      <Form reader={reader} action={path}>
        <HoneypotField reader={reader} />
        <EmailField {...field} label={labels.email} hint={t('interest.promise.nobody-sees')} required />
        <DateChoices {...field} meeting={meeting} now={now} timeZone={timeZones[0] ?? meeting.timeZone} />
        <TextField
          {...field}
          name="region"
          label={labels.region}
          hint={t('interest.hint.region')}
          max={LONGEST_REGION}
          suggestions={REGIONS.map(({ name }) => name)}
        />
        <SelectField
          {...field}
          name="country"
          label={labels.country}
          empty={t('interest.empty-choice')}
          options={countryChoices(language).map(({ country, name }) => ({ value: country, label: name }))}
        />
        <SelectField
          {...field}
          name="language"
          label={labels.language}
          options={reader.languages.map((value) => ({ value, label: nameOfLanguage(value) }))}
          required
        />
        <SelectField
          {...field}
          name="timeZone"
          label={labels.timeZone}
          hint={t('interest.hint.timeZone')}
          empty={t('interest.by-place')}
          options={zoneChoices(language)}
        />
        <p>{t('meetings.promise')}</p>
        <Actions>
          <Button>{t('meetings.sign-up.button')}</Button>
        </Actions>
      </Form>
    </>
  );
};

/** Counts in bands, and ideas as they were released. */
const Remains = ({
  reader,
  meeting,
  view,
}: {
  readonly reader: Reader;
  readonly meeting: Meeting;
  readonly view: ParticipationView;
}): VNode | null => {
  const { t } = reader;
  const { counts, ideas } = view;
  const dates = (view.dates ?? []).slice(0, MOST_HELD);
  if (meeting.series && dates.length === 0) return null;
  return (
    <>
      {counts && (
        <>
          <h2>{t('meetings.participation')}</h2>
          <p>{t('meetings.participation.lead')}</p>
          <Counted reader={reader} caption={t('meetings.participation.signed-up')} table={counts.signedUp} />
          <Counted reader={reader} caption={t('meetings.participation.without')} table={counts.withoutSignUp} />
        </>
      )}
      {dates.length > 0 && <h2>{t('meetings.participation')}</h2>}
      {dates.map(({ start, end, counts: of }) => (
        <section key={start.toISOString()}>
          <h3>{formatSpan(start, end, meeting.timeZone, reader.language)}</h3>
          <Counted reader={reader} caption={t('meetings.participation.signed-up')} table={of.signedUp} />
          <Counted reader={reader} caption={t('meetings.participation.without')} table={of.withoutSignUp} />
        </section>
      ))}
      <h2>{t('meetings.ideas')}</h2>
      {ideas.length === 0 ? (
        <p>{t('meetings.ideas.none')}</p>
      ) : (
        <>
          <p>{t('meetings.ideas.lead')}</p>
          {ideas.map(({ id, text = '', language }) => (
            <blockquote key={id} {...(language !== undefined && { lang: language })}>
              {text}
            </blockquote>
          ))}
        </>
      )}
    </>
  );
};

const Counted = ({
  reader,
  caption,
  table,
}: {
  readonly reader: Reader;
  readonly caption: string;
  readonly table: Table<PlaceLevel, PublicCount>;
}): VNode =>
  table.cells.length > 1 ? (
    <Bars
      caption={reader.t('web.pair', { name: caption, value: countText(reader.t, table.total) })}
      bars={barsOf(table, reader)}
    />
  ) : (
    <Facts facts={[[caption, countText(reader.t, table.total)]]} />
  );

/** The same whatever is known of the address. */
export const signedUpPage = (reader: Reader, meeting: Meeting): VNode => {
  const { t } = reader;
  const path = `/meetings/${meeting.id}`;
  return (
    <Page reader={reader} title={t('interest.mailbox.title')} noIndex path={path}>
      <h1>{t('interest.mailbox.title')}</h1>
      <p class="lead">{meeting.title}</p>
      <Notice kind="success">{t('meetings.signed-up.sent')}</Notice>
      <p>{t('meetings.signed-up.then')}</p>
      <p class="soft">{t('interest.mailbox.nothing-came')}</p>
      <Actions>
        <ButtonLink href={reader.href(path)}>{t('participation.to-meeting')}</ButtonLink>
        <ButtonLink kind="secondary" href={reader.href('/meetings')}>
          {t('meetings.all')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};

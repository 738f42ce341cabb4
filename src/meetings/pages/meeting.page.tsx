import type { ComponentChildren, VNode } from 'preact';
import type { AddToCalendarLinks } from '../../../libs/calendar/add-links.js';
import { subscribeLinks } from '../../../libs/calendar/subscribe-links.js';
import { formatSpan } from '../../../libs/time/when.js';
import { Actions, ButtonLink, Facts, Notice } from '../../../libs/web/components.js';
import type { FormState } from '../../../libs/web/forms.js';
import { namesOfLanguages } from '../../../libs/web/i18n.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { ToShare } from '../../feeds/share-links.js';
import { Share } from '../../feeds/subscribe.js';
import type { ParticipationView } from '../../participation/participation.service.js';
import type { JoinPhase } from '../join-phase.js';
import type { Meeting } from '../meeting.js';
import { clocksDiffer, partOfDay } from './day-strip.js';
import { DayStrip } from './day-strip.page.js';
import { DatesText } from './meeting-dates.page.js';
import { Remains } from './remains.page.js';
import { SignUp } from './sign-up.page.js';

interface MeetingProps {
  readonly meeting: Meeting;
  readonly phase: JoinPhase;
  readonly form: FormState;
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

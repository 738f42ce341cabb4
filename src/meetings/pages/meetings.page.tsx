import type { VNode } from 'preact';
import { subscribeLinks } from '../../../libs/calendar/subscribe-links.js';
import { formatForReader, formatSpan } from '../../../libs/time/when.js';
import { Actions, ButtonLink, Card } from '../../../libs/web/components.js';
import { namesOfLanguages } from '../../../libs/web/i18n.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import { Subscribe } from '../../feeds/subscribe.js';
import type { Meeting } from '../meeting.js';
import { DatesText } from './meeting-dates.page.js';

interface MeetingsProps {
  /** Soonest first. */
  readonly upcoming: readonly Meeting[];
  /** Latest first. */
  readonly past: readonly Meeting[];
  /** The reader's, where it is known. */
  readonly timeZone: string | undefined;
  readonly now: Date;
  /** Absolute addresses of feeds in the reader's language. */
  readonly feeds: {
    readonly calendar: string;
    readonly news: string;
    readonly regions: readonly { readonly name: string; readonly calendar: string }[];
  };
}

export const meetingsPage = (reader: Reader, { upcoming, past, timeZone, now, feeds }: MeetingsProps): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('meetings.title')} description={t('meetings.description')} feed={feeds.news}>
      <h1>{t('meetings.title')}</h1>
      <p class="lead">{t('meetings.lead')}</p>
      <h2>{t('meetings.upcoming')}</h2>
      {upcoming.length === 0 ? (
        <>
          <p>{t('meetings.none')}</p>
          <Actions>
            <ButtonLink href={reader.href('/get-involved')}>{t('web.nav.get-involved')}</ButtonLink>
          </Actions>
        </>
      ) : (
        upcoming.map((meeting) => (
          <Card key={meeting.id} level={3} title={meeting.title} href={reader.href(`/meetings/${meeting.id}`)}>
            <When reader={reader} meeting={meeting} timeZone={timeZone} />
            {meeting.series && (
              <p>
                <DatesText reader={reader} meeting={meeting} now={now} />
              </p>
            )}
            {meeting.start <= now && <p>{t('meetings.now')}</p>}
            {meeting.languages.length > 0 && (
              <p class="soft">
                {t('meetings.spoken')}
                {t('mail.colon')} {namesOfLanguages(meeting.languages, reader.language)}
              </p>
            )}
          </Card>
        ))
      )}
      <Feeds reader={reader} feeds={feeds} />
      {past.length > 0 && (
        <>
          <h2>{t('meetings.past')}</h2>
          <p>{t('meetings.past.lead')}</p>
          <ul>
            {past.map((meeting) => (
              <li key={meeting.id}>
                <a href={reader.href(`/meetings/${meeting.id}`)}>{meeting.title}</a>
                <br />
                <span class="soft">
                  {formatSpan(meeting.start, meeting.end, timeZone ?? meeting.timeZone, reader.language)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  );
};

const Feeds = ({ reader, feeds }: Pick<MeetingsProps, 'feeds'> & { readonly reader: Reader }): VNode => {
  const { t } = reader;
  return (
    <>
      <h2 id="subscribe">{t('feeds.subscribe.title')}</h2>
      <p>{t('feeds.subscribe.lead')}</p>
      <Subscribe reader={reader} address={feeds.calendar} name={t('feeds.name')} />
      <p>{t('feeds.subscribe.regions')}</p>
      <ul>
        {feeds.regions.map(({ name, calendar }) => (
          <li key={calendar}>
            <a href={subscribeLinks(calendar, name).webcal}>{name}</a>
          </li>
        ))}
      </ul>
      <p>
        <a href={feeds.news}>{t('feeds.subscribe.atom')}</a>
      </p>
    </>
  );
};

const When = ({
  reader,
  meeting,
  timeZone,
}: {
  readonly reader: Reader;
  readonly meeting: Meeting;
  readonly timeZone: string | undefined;
}): VNode => {
  const when = formatForReader(meeting, timeZone ?? meeting.timeZone, reader.language);
  return (
    <p>
      {when.reader}
      {when.meeting !== undefined && (
        <>
          <br />
          <span class="soft">{when.meeting}</span>
        </>
      )}
    </p>
  );
};

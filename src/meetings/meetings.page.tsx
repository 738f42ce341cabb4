import type { VNode } from 'preact';
import { formatForReader, formatSpan } from '../../libs/time/when.js';
import { Actions, ButtonLink, Card } from '../../libs/web/components.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import type { Meeting } from './meeting.js';

interface MeetingsProps {
  /** Soonest first. */
  readonly upcoming: readonly Meeting[];
  /** Latest first. */
  readonly past: readonly Meeting[];
  /** The reader's, where it is known. */
  readonly timeZone: string | undefined;
  readonly now: Date;
}

export const meetingsPage = (reader: Reader, { upcoming, past, timeZone, now }: MeetingsProps): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('meetings.title')} description={t('meetings.description')}>
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
            {meeting.start <= now && <p>{t('meetings.now')}</p>}
            {meeting.languages.length > 0 && (
              <p class="soft">
                {t('meetings.spoken')}:{' '}
                {meeting.languages.map((each) => nameOfLanguage(each, reader.language)).join(', ')}
              </p>
            )}
          </Card>
        ))
      )}
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

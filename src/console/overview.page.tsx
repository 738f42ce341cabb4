import type { VNode } from 'preact';
import type { ConsoleCount, PlaceLevel, Table } from '../../libs/privacy/bands.js';
import { cityOf } from '../../libs/time/city-names.js';
import { formatForReader, formatWhen } from '../../libs/time/when.js';
import { Actions, Bars, ButtonLink, Card, Cards, Facts, Notice } from '../../libs/web/components.js';
import { countText } from '../../libs/web/count-text.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import type { Meeting } from '../meetings/meeting.js';
import { barLength, barsOf } from '../participation/participation.js';
import type { SignedIn } from '../people/console.guard.js';
import { may } from '../people/person.js';
import type { Attention } from './attention.js';

/** Those who hear of meetings, in the bands of the console. */
export interface Concerned {
  readonly places: Table<PlaceLevel, ConsoleCount>;
  readonly languages: Table<'language', ConsoleCount>;
}

interface OverviewProps {
  readonly attention: readonly Attention[];
  readonly next: readonly Meeting[];
  /** The reader's own. */
  readonly timeZone: string;
  readonly held: number;
  readonly released: number;
  /** For those who may see it. */
  readonly concerned: Concerned | undefined;
}

export const overviewPage = (reader: Reader, by: SignedIn, props: OverviewProps): VNode => {
  const { t } = reader;
  return (
    <ConsolePage reader={reader} csrf={by.csrf} title={t('console.overview.title')} wide>
      <h1>{t('console.overview.title')}</h1>
      <p class="soft">
        {t('console.overview.role', { role: t(`people.role.${by.role}`) })}{' '}
        {t('console.overview.zone', { zone: cityOf(props.timeZone, reader.language) })}{' '}
        <a href={reader.href('/me')}>{t('console.overview.zone.change')}</a>
      </p>
      <AttentionPart reader={reader} {...props} />
      <Actions>
        <ButtonLink href={reader.href('/console/meetings/new')}>{t('console.overview.new-meeting')}</ButtonLink>
        {may(by.role, 'see-people') && (
          <ButtonLink kind="secondary" href={reader.href('/console/people')}>
            {t('people.appoint')}
          </ButtonLink>
        )}
        <ButtonLink kind="secondary" href={reader.href('/console/answers')}>
          {t('console.overview.read-answers')}
        </ButtonLink>
      </Actions>
      <NextPart reader={reader} {...props} />
      <h2>{t('console.overview.so-far')}</h2>
      <Facts
        facts={[
          [t('console.overview.held'), props.held.toLocaleString(reader.language)],
          [t('console.overview.released'), props.released.toLocaleString(reader.language)],
        ]}
      />
      {props.concerned && <ConcernedPart reader={reader} concerned={props.concerned} />}
    </ConsolePage>
  );
};

const AttentionPart = ({ reader, attention, timeZone }: OverviewProps & { readonly reader: Reader }): VNode =>
  attention.length === 0 ? (
    <Notice kind="success">{reader.t('console.attention.none')}</Notice>
  ) : (
    <Notice title={reader.t('console.attention.title')}>
      <ul>
        {attention.map((each, index) => (
          <li key={index}>
            <AttentionLine reader={reader} each={each} timeZone={timeZone} />
          </li>
        ))}
      </ul>
    </Notice>
  );

const AttentionLine = ({
  reader,
  each,
  timeZone,
}: {
  readonly reader: Reader;
  readonly each: Attention;
  readonly timeZone: string;
}): VNode => {
  const { t } = reader;
  switch (each.kind) {
    case 'mails':
      return <a href={reader.href('/console/outbox')}>{t('console.attention.mails')}</a>;
    case 'entries':
      return <a href={reader.href('/console/outbox')}>{t('console.attention.entries')}</a>;
    case 'terms':
      return <a href={reader.href('/console/people')}>{t('console.attention.terms')}</a>;
    case 'draft':
      return (
        <a href={reader.href(`/console/meetings/${each.meeting.id}`)}>
          {t('console.attention.draft', { title: each.meeting.title })}
        </a>
      );
    case 'own-term':
      return <>{t('console.attention.own-term', { when: formatWhen(each.until, timeZone, reader.language) })}</>;
  }
};

const NextPart = ({ reader, next, timeZone }: OverviewProps & { readonly reader: Reader }): VNode => (
  <>
    <h2>{reader.t('console.overview.next')}</h2>
    {next.length === 0 ? (
      <p>{reader.t('console.overview.no-next')}</p>
    ) : (
      <Cards>
        {next.map((meeting) => (
          <Card key={meeting.id} level={3} title={meeting.title} href={reader.href(`/console/meetings/${meeting.id}`)}>
            <p>{formatForReader(meeting, timeZone, reader.language).reader}</p>
          </Card>
        ))}
      </Cards>
    )}
  </>
);

const ConcernedPart = ({
  reader,
  concerned: { places, languages },
}: {
  readonly reader: Reader;
  readonly concerned: Concerned;
}): VNode => {
  const { t, language: shownIn } = reader;
  const other = t(languages.cells.length > 1 ? 'console.overview.people.other' : 'participation.all');
  return (
    <>
      <h2>{t('console.overview.people')}</h2>
      <p>
        {t('console.overview.people.total', { count: countText(t, places.total) })}{' '}
        <span class="soft">{t('console.overview.people.hourly')}</span>
      </p>
      <Bars caption={t('console.overview.people.places')} bars={barsOf(places, reader)} />
      <Bars
        caption={t('console.overview.people.languages')}
        bars={languages.cells.map(({ id, count }) => ({
          label: id === undefined ? other : nameOfLanguage(id, shownIn),
          value: barLength(count),
          text: countText(t, count),
        }))}
      />
    </>
  );
};

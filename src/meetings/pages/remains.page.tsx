import type { VNode } from 'preact';
import type { PlaceLevel, PublicCount, Table } from '../../../libs/privacy/bands.js';
import { formatSpan } from '../../../libs/time/when.js';
import { Bars, Facts } from '../../../libs/web/components.js';
import { countText } from '../../../libs/web/count-text.js';
import type { Reader } from '../../../libs/web/reader.js';
import { barsOf } from '../../participation/participation.js';
import type { ParticipationView } from '../../participation/participation.service.js';
import type { Meeting } from '../meeting.js';

/** Dates of a series whose counts are shown, the latest. */
const MOST_HELD = 6;

/** Counts in bands, and ideas as they were released. */
export const Remains = ({
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

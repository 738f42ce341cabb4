import type { VNode } from 'preact';
import { MINUTE, plus } from '../../../libs/time/clock.js';
import { formatForReader, formatWhen } from '../../../libs/time/when.js';
import type { Reader } from '../../../libs/web/reader.js';
import { OPENS_BEFORE } from '../../invitations/subject.js';

/** On the reader's clock, and on that of the office hours where it shows something else. */
export const When = ({
  reader,
  times,
  timeZone,
}: {
  readonly reader: Reader;
  readonly times: Parameters<typeof formatForReader>[0];
  readonly timeZone: string;
}): VNode => {
  const when = formatForReader(times, timeZone, reader.language);
  return (
    <>
      <div>{when.reader}</div>
      {when.meeting !== undefined && <div class="soft">{when.meeting}</div>}
    </>
  );
};

export const Room = ({
  reader,
  room,
  start,
  timeZone,
}: {
  readonly reader: Reader;
  readonly room: string | undefined;
  readonly start: Date;
  readonly timeZone: string;
}): VNode => {
  const { t, language } = reader;
  if (room === undefined) {
    const opens = plus(start, -OPENS_BEFORE * MINUTE);
    return <>{t('bookings.room.opens', { when: formatWhen(opens, timeZone, language) })}</>;
  }
  return (
    <a class="button primary" href={room} rel="noreferrer noopener">
      {t('participation.joined.room')}
    </a>
  );
};

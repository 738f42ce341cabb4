import type { VNode } from 'preact';
import { Actions, ButtonLink, Facts, Notice } from '../../../libs/web/components.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { timesOf } from '../slots/slot.js';
import type { Booked } from '../slots/slots.repository.js';
import { Room, When } from './booking-facts.page.js';

export interface HostProps extends Booked {
  readonly hours: OfficeHours;
  readonly timeZone: string;
  readonly who: string;
  readonly note: string;
  readonly now: Date;
  readonly room: string | undefined;
  readonly path: string;
}

/** What a host sees by the link of their own mail, without signing in. */
export const hostedPage = (reader: Reader, props: HostProps): VNode => {
  const { t } = reader;
  const { hours, booking, slot, timeZone, who, note, room, now, path } = props;
  const { start, end } = timesOf(slot, booking);
  return (
    <Page reader={reader} title={hours.title} noIndex path={path}>
      <h1>{hours.title}</h1>
      {booking.status === 'cancelled' && (
        <Notice kind="warning" title={t('bookings.cancelled.title')}>
          {booking.cancelReason === '' ? t('bookings.cancelled.text') : booking.cancelReason}
        </Notice>
      )}
      <Facts
        facts={[
          [
            t('bookings.when'),
            <When reader={reader} times={{ start, end, timeZone: hours.timeZone }} timeZone={timeZone} />,
          ],
          [t('bookings.who'), who],
          ...(note === '' ? [] : [[t('bookings.note'), note] as const]),
          ...(booking.status === 'confirmed' && end > now
            ? [[t('bookings.room'), <Room reader={reader} room={room} start={start} timeZone={timeZone} />] as const]
            : []),
        ]}
      />
      <p class="soft">{t('bookings.host.signs-in')}</p>
      <Actions>
        <ButtonLink kind="secondary" href={reader.href(`/console/office-hours/${hours.id}`)}>
          {t('bookings.host.console')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};

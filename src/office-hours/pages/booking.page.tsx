import type { VNode } from 'preact';
import { formatForReader, formatWhen } from '../../../libs/time/when.js';
import { Actions, Button, ButtonLink, Facts, Form, Notice } from '../../../libs/web/components.js';
import { HiddenField } from '../../../libs/web/form-fields.js';
import { nameOfLanguage } from '../../../libs/web/i18n.js';
import { Page } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { timesOf, type Slot, type SlotOffer } from '../slots/slot.js';
import type { Booked } from '../slots/slots.repository.js';
import { Room, When } from './booking-facts.page.js';
import { placeOf } from './who.js';

export const SAVED = ['confirmed', 'moved', 'cancelled', 'kept', 'offer-gone'] as const;

export type Saved = (typeof SAVED)[number];

export interface BookingProps extends Booked {
  readonly hours: OfficeHours;
  readonly now: Date;
  /** What a button has just done. */
  readonly saved: Saved | undefined;
  /** Another slot that is held for this booking. */
  readonly offered: { readonly slot: Slot; readonly offer: SlotOffer } | undefined;
  readonly path: string;
  readonly timeZone: string;
  /** The room's address while it is open. */
  readonly room: string | undefined;
  readonly note: string;
}

/** What someone booked, and all that can be done with it. It names nobody. */
export function bookingPage(reader: Reader, props: BookingProps): VNode {
  const { t } = reader;
  const { hours, booking, slot, now, path } = props;
  const isOver = timesOf(slot, booking).end <= now;
  const isLive = booking.status === 'held' || booking.status === 'confirmed';
  return (
    <Page reader={reader} title={hours.title} noIndex path={path}>
      <h1>{hours.title}</h1>
      <State reader={reader} {...props} />
      {booking.status === 'confirmed' && !isOver && <Offered reader={reader} {...props} />}
      <About reader={reader} {...props} />
      {booking.status === 'held' && booking.heldUntil > now && (
        <Form reader={reader} action={path}>
          <p>{t('bookings.confirm.text')}</p>
          <Actions>
            <Button>{t('bookings.confirm')}</Button>
          </Actions>
        </Form>
      )}
      {isLive && !isOver && (
        <>
          <h2>{t('bookings.change')}</h2>
          {booking.status === 'confirmed' && slot.start > now && <Earlier reader={reader} {...props} />}
          {booking.status === 'confirmed' && (
            <Actions>
              <ButtonLink kind="secondary" href={reader.href(`${path}/move`)}>
                {t('bookings.move')}
              </ButtonLink>
            </Actions>
          )}
          <Form reader={reader} action={`${path}/cancel`}>
            <p>{t(booking.status === 'held' ? 'bookings.cancel.text.held' : 'bookings.cancel.text')}</p>
            <Actions>
              <Button kind="danger">{t('bookings.cancel')}</Button>
            </Actions>
          </Form>
        </>
      )}
      {(!isLive || isOver) && (
        <>
          <Actions>
            <ButtonLink href={reader.href(`/office-hours/${hours.id}`)}>{t('bookings.again')}</ButtonLink>
          </Actions>
          <Form reader={reader} action={`${path}/delete`}>
            <p>{t('bookings.delete.text')}</p>
            <Actions>
              <Button kind="secondary">{t('bookings.delete')}</Button>
            </Actions>
          </Form>
        </>
      )}
      <p class="soft">{t('invitations.promise')}</p>
    </Page>
  );
}

/** Of one that was cancelled: confirming is a booking's first revision, and cancelling one more. */
const wasBooked = ({ revision }: Booked['booking']): boolean => revision > 1;

/** One button moves there, the other lets the next have it; doing nothing changes nothing. */
const Offered = ({
  reader,
  offered,
  hours,
  timeZone,
  saved,
  path,
}: BookingProps & { readonly reader: Reader }): VNode | null => {
  const { t, language } = reader;
  if (!offered) {
    return saved === 'offer-gone' ? (
      <Notice kind="warning" title={t('bookings.offer.gone.title')}>
        {t('bookings.offer.gone.text')}
      </Notice>
    ) : saved === 'kept' ? (
      <Notice>{t('bookings.offer.kept')}</Notice>
    ) : null;
  }
  const { slot, offer } = offered;
  const when = formatForReader({ ...slot, timeZone: hours.timeZone }, timeZone, language);
  return (
    <section>
      <h2>{t(`bookings.offer.${offer.by}.title`)}</h2>
      <Facts
        facts={[
          [
            t('bookings.offer.when'),
            <>
              <div>{when.reader}</div>
              {when.meeting !== undefined && <div class="soft">{when.meeting}</div>}
            </>,
          ],
          [t('bookings.offer.until'), formatWhen(offer.until, timeZone, language)],
        ]}
      />
      <p>{t('bookings.offer.text')}</p>
      <Form reader={reader} action={`${path}/take`}>
        <Actions>
          <Button>{t('bookings.offer.take')}</Button>
        </Actions>
      </Form>
      <Form reader={reader} action={`${path}/keep`}>
        <Actions>
          <Button kind="secondary">{t('bookings.offer.keep')}</Button>
        </Actions>
      </Form>
    </section>
  );
};

const Earlier = ({ reader, booking, path }: BookingProps & { readonly reader: Reader }): VNode => {
  const { t } = reader;
  const isOn = booking.earlierSince !== undefined;
  return (
    <Form reader={reader} action={`${path}/earlier`}>
      <p>{t(isOn ? 'bookings.earlier.on' : 'bookings.earlier.text')}</p>
      {!isOn && <HiddenField name="wish" value="yes" />}
      <Actions>
        <Button kind="secondary">{t(isOn ? 'bookings.earlier.stop' : 'bookings.earlier.wish')}</Button>
      </Actions>
    </Form>
  );
};

const State = ({ reader, booking, slot, now, saved, timeZone }: BookingProps & { readonly reader: Reader }): VNode => {
  const { t, language } = reader;
  if (booking.status === 'cancelled') {
    return (
      <Notice kind={saved === 'cancelled' ? 'success' : 'warning'} title={t('bookings.cancelled.title')}>
        {booking.cancelReason === ''
          ? t(wasBooked(booking) ? 'bookings.cancelled.text' : 'bookings.cancelled.held')
          : booking.cancelReason}
      </Notice>
    );
  }
  if (booking.status === 'expired' || (booking.status === 'held' && booking.heldUntil <= now)) {
    return (
      <Notice kind="warning" title={t('bookings.expired.title')}>
        {t('bookings.expired.text')}
      </Notice>
    );
  }
  if (timesOf(slot, booking).end <= now) return <Notice>{t('bookings.over')}</Notice>;
  if (booking.status === 'held') {
    return (
      <Notice title={t('bookings.held.title')}>
        {t('bookings.held.text', { when: formatWhen(booking.heldUntil, timeZone, language) })}
      </Notice>
    );
  }
  return (
    <Notice kind="success" title={t(saved === 'moved' ? 'bookings.moved.title' : 'bookings.confirmed.title')}>
      {t('bookings.confirmed.text')}
    </Notice>
  );
};

const About = ({
  reader,
  hours,
  booking,
  slot,
  now,
  timeZone,
  room,
  note,
}: BookingProps & { readonly reader: Reader }): VNode => {
  const { t, language } = reader;
  const { start, end } = timesOf(slot, booking);
  const isToCome = booking.status === 'confirmed' && end > now;
  const place = placeOf(language, booking);
  return (
    <Facts
      facts={[
        [
          t('bookings.when'),
          <When reader={reader} times={{ start, end, timeZone: hours.timeZone }} timeZone={timeZone} />,
        ],
        [t('bookings.language'), nameOfLanguage(booking.language, language)],
        ...(place === undefined ? [] : [[t('interest.field.region'), place] as const]),
        ...(booking.topic === null ? [] : [[t('bookings.topic'), t(`office-hours.topic.${booking.topic}`)] as const]),
        ...(note === '' ? [] : [[t('bookings.note'), note] as const]),
        ...(isToCome
          ? [[t('bookings.room'), <Room reader={reader} room={room} start={start} timeZone={timeZone} />] as const]
          : []),
      ]}
    />
  );
};

export const deletedPage = (reader: Reader): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('bookings.deleted.title')} noIndex path="/office-hours">
      <h1>{t('bookings.deleted.title')}</h1>
      <p>{t('bookings.deleted.text')}</p>
      <p>
        <a href={reader.href('/office-hours')}>{t('office-hours.all')}</a>
      </p>
    </Page>
  );
};

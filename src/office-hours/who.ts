import { nameOfLanguage } from '../../libs/web/i18n.js';
import type { Reader } from '../../libs/web/reader.js';
import { countryName, isCountry } from '../regions/countries.js';
import { regionOf } from '../regions/regions.js';
import type { Booking } from './slot.js';

/** "Someone from Copargo, in French, about pilots": all that a host is told of a visitor. */
export function whoOf(
  { t, language }: Reader,
  booking: Pick<Booking, 'region' | 'country' | 'language' | 'topic'>,
): string {
  const region = booking.region === null ? undefined : regionOf(booking.region)?.name;
  const country =
    booking.country !== null && isCountry(booking.country) ? countryName(booking.country, language) : undefined;
  const place = region ?? country;
  return [
    place === undefined ? t('bookings.someone') : t('bookings.someone.from', { place }),
    nameOfLanguage(booking.language, language),
    ...(booking.topic === null ? [] : [t(`office-hours.topic.${booking.topic}`)]),
  ].join(' · ');
}

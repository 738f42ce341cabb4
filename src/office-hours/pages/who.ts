import { type Language, nameOfLanguage } from '../../../libs/web/i18n.js';
import type { Reader } from '../../../libs/web/reader.js';
import { countryName, isCountry } from '../../regions/countries.js';
import { regionOf } from '../../regions/regions.js';
import type { Booking } from '../slots/slot.js';

/** "Someone from Copargo, in French, about pilots": all that a host is told of a visitor. */
export function whoOf(
  { t, language }: Reader,
  booking: Pick<Booking, 'region' | 'country' | 'language' | 'topic'>,
): string {
  const place = placeOf(language, booking);
  return [
    place === undefined ? t('bookings.someone') : t('bookings.someone.from', { place }),
    nameOfLanguage(booking.language, language),
    ...(booking.topic === null ? [] : [t(`office-hours.topic.${booking.topic}`)]),
  ].join(' · ');
}

/** The region or country by its name, where one is known. */
export function placeOf(
  language: Language,
  { region, country }: Pick<Booking, 'region' | 'country'>,
): string | undefined {
  const name = region === null ? undefined : regionOf(region)?.name;
  return name ?? (country !== null && isCountry(country) ? countryName(country, language) : undefined);
}

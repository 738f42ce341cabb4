import { cityOf } from '../../libs/time/city-names.js';
import type { Country } from './countries.js';
import type { RegionId } from './region.js';
import { regionOf, REGIONS } from './regions.js';

/**
 * What is offered: enough that everybody finds their hour, and few enough for a slow phone. By continent (UN M49, which
 * Intl can name).
 */
// prettier-ignore
const OFFERED: readonly (readonly [continent: string, zones: readonly string[]])[] = [
  ['002', [
    'Africa/Abidjan', 'Africa/Accra', 'Africa/Algiers', 'Africa/Cairo', 'Africa/Casablanca', 'Africa/Dakar', 'Africa/Douala',
    'Africa/Johannesburg', 'Africa/Kampala', 'Africa/Kigali', 'Africa/Kinshasa', 'Africa/Lagos', 'Africa/Lome', 'Africa/Nairobi',
    'Africa/Niamey', 'Africa/Ouagadougou', 'Africa/Porto-Novo', 'Africa/Tunis',
  ]],
  ['150', [
    'Atlantic/Reykjavik', 'Europe/Athens', 'Europe/Berlin', 'Europe/Brussels', 'Europe/Istanbul', 'Europe/Kyiv',
    'Europe/Lisbon', 'Europe/London', 'Europe/Madrid', 'Europe/Moscow', 'Europe/Paris', 'Europe/Rome', 'Europe/Zurich',
  ]],
  ['019', [
    'America/Argentina/Buenos_Aires', 'America/Bogota', 'America/Caracas', 'America/Chicago', 'America/Denver',
    'America/Guayaquil', 'America/Halifax', 'America/La_Paz', 'America/Lima', 'America/Los_Angeles', 'America/Mexico_City',
    'America/New_York', 'America/Santiago', 'America/Sao_Paulo', 'America/St_Johns', 'America/Toronto', 'Pacific/Honolulu',
  ]],
  ['142', [
    'Asia/Dhaka', 'Asia/Dubai', 'Asia/Jakarta', 'Asia/Jerusalem', 'Asia/Karachi', 'Asia/Kathmandu', 'Asia/Kolkata',
    'Asia/Manila', 'Asia/Shanghai', 'Asia/Tashkent', 'Asia/Tehran', 'Asia/Tokyo', 'Asia/Yangon',
  ]],
  ['009', ['Australia/Adelaide', 'Australia/Perth', 'Australia/Sydney', 'Pacific/Apia', 'Pacific/Auckland', 'Pacific/Fiji']],
];

/** Where a country has several zones: the one most of its people live in. */
const MAIN: Partial<Record<Country, string>> = {
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CY: 'Asia/Nicosia',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  FM: 'Pacific/Ponape',
  GL: 'America/Nuuk',
  ID: 'Asia/Jakarta',
  KI: 'Pacific/Tarawa',
  KZ: 'Asia/Almaty',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PF: 'Pacific/Tahiti',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Hebron',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  UM: 'Pacific/Wake',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
};

/**
 * The zone of someone who chose none: their region's, their country's, that of a region which speaks their language, or
 * `otherwise` that of what they look at, whose times at least stand beside it.
 */
export function zoneFor({
  region,
  country,
  language,
  otherwise = 'UTC',
}: {
  readonly region?: RegionId | null | undefined;
  readonly country?: Country | null | undefined;
  readonly language: string;
  readonly otherwise?: string;
}): string {
  const place = region === undefined || region === null ? undefined : regionOf(region);
  if (place) return place.timeZone;
  const ofCountry = country === undefined || country === null ? undefined : (MAIN[country] ?? firstZoneOf(country));
  return ofCountry ?? REGIONS.find(({ languages }) => languages[0] === language)?.timeZone ?? otherwise;
}

/** In TypeScript's description of Intl.Locale this one is still missing. */
const firstZoneOf = (country: Country): string | undefined =>
  (new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones(): string[] | undefined }).getTimeZones()?.[0];

export interface ZoneGroup {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

const groups = new Map<string, readonly ZoneGroup[]>();

/** Zones by the name of a city, for a select field. Made once per language. */
export function zoneChoices(language: string): readonly ZoneGroup[] {
  const made = groups.get(language);
  if (made) return made;
  const names = new Intl.DisplayNames(language, { type: 'region' });
  const list = OFFERED.map(([continent, zones]) => ({
    label: names.of(continent) ?? continent,
    options: zones.map((value) => ({ value, label: cityOf(value, language) })),
  }));
  groups.set(language, list);
  return list;
}

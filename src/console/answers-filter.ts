import { z } from 'zod';
import { optionalChoice, optionalWholeNumber } from '../../libs/web/fields.js';
import { TOPICS, type Place, type Topic } from '../feedback/feedback.js';

/** What can be chosen, as there are answers for it. */
export interface Offered {
  readonly topics: ReadonlyMap<string, number>;
  readonly languages: readonly string[];
  /** As `placeValue` writes them. */
  readonly places: readonly string[];
}

export interface Filter {
  readonly topic: Topic | undefined;
  readonly language: string | undefined;
  readonly place: string | undefined;
}

const LAST_PAGE = 100_000;

/** The fields of an address such as `/console/answers?topic=questions&place=region:copargo&page=2`. */
export const filterSchema = ({ languages, places }: Pick<Offered, 'languages' | 'places'>) =>
  z.object({
    topic: optionalChoice(TOPICS),
    language: optionalChoice(languages),
    place: optionalChoice(places),
    page: optionalWholeNumber(1, LAST_PAGE),
  });

export const placeValue = (place: Place): string =>
  'region' in place ? `region:${place.region}` : `country:${place.country}`;

export function placeOf(value: string): Place {
  const [level, id = ''] = value.split(':');
  return level === 'region' ? { region: id } : { country: id };
}

export const queryOf = ({ topic, language, place }: Filter) => ({
  topic,
  language,
  place: place === undefined ? undefined : placeOf(place),
});

/** The address of a page of what was found; empty choices are left out. */
export function addressOf(path: string, values: Readonly<Record<string, unknown>>, page?: number): string {
  const query = new URLSearchParams();
  for (const name of ['topic', 'language', 'place']) {
    const value = values[name];
    if (typeof value === 'string' && value !== '') query.set(name, value);
  }
  if (page !== undefined && page > 1) query.set('page', String(page));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

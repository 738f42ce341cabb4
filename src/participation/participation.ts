import type { Id } from '../../libs/privacy/ids.js';
import {
  PLACES,
  publicTable,
  type Banded,
  type ConsoleCount,
  type PlaceLevel,
  type PublicCount,
  type Row,
  type Table,
} from '../../libs/privacy/bands.js';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { countText } from '../../libs/web/count-text.js';
import type { Reader } from '../../libs/web/reader.js';
import type { Meeting } from '../meetings/meeting.js';
import { countryName, isCountry } from '../regions/countries.js';
import { regionOf, twinRegionOf, twinRegionWith } from '../regions/regions.js';

/** How many came from one place: all that is known once a count is closed. */
export interface Came {
  /** A region that ships with the product; null for any other place. */
  readonly region: string | null;
  readonly country: string | null;
  readonly people: number;
}

/** A meeting's count, apart for those who joined by their invitation and those who came without sign-up. */
export interface Count {
  readonly signedUp: readonly Came[];
  readonly withoutSignUp: readonly Came[];
}

/** What the public may see of it: two tables of different people, in bands. */
export interface PublicCounts {
  readonly signedUp: Table<PlaceLevel, PublicCount>;
  readonly withoutSignUp: Table<PlaceLevel, PublicCount>;
}

/** How many people may sit with one who joins. */
export const MOST_WITH_YOU = 99;
/** Characters of an idea. */
export const LONGEST_IDEA = 500;
/** Nobody joins after the end; this leaves time for those who pressed the button just before it. */
const GRACE_MINUTES = 5;

export const closesAt = ({ end }: Pick<Meeting, 'end'>): Date => plus(end, GRACE_MINUTES * MINUTE);

/** Counts are shown after the meeting, so that nobody can watch one person come in. */
export const isCounted = ({ status, end }: Pick<Meeting, 'status' | 'end'>, now: Date): boolean =>
  status === 'announced' && end <= now;

/** Those without an address join at the meeting's page, unless its seats are limited. */
export const takesEveryone = ({ status, capacity }: Pick<Meeting, 'status' | 'capacity'>): boolean =>
  status !== 'draft' && capacity === null;

export const publicCounts = ({ signedUp, withoutSignUp }: Count): PublicCounts => ({
  signedUp: publicTable(signedUp.map(placed), PLACES),
  withoutSignUp: publicTable(withoutSignUp.map(placed), PLACES),
});

/** One line of a table by place: a region that is too small falls back to its country, its pair, or all. */
export function placed({ region, country, people }: Came): Row<PlaceLevel> {
  const known = region === null ? undefined : regionOf(region);
  return {
    n: people,
    region: known?.id,
    country: known?.country ?? country ?? undefined,
    twin: known && twinRegionWith(known.id)?.id,
  };
}

/** A table as bars. */
export const barsOf = (
  { cells }: Table<PlaceLevel, PublicCount | ConsoleCount>,
  reader: Pick<Reader, 't' | 'language'>,
): readonly { readonly label: string; readonly value: number; readonly text: string }[] =>
  cells.map((cell) => ({
    label: placeText(cell, cells.length, reader),
    value: barLength(cell.count),
    text: countText(reader.t, cell.count),
  }));

function placeText(
  { level, id, partial }: Omit<Banded<PlaceLevel, unknown>, 'count'>,
  cells: number,
  { t, language }: Pick<Reader, 't' | 'language'>,
): string {
  if (level === undefined || id === undefined) return t(cells > 1 ? 'participation.elsewhere' : 'participation.all');
  const place = nameOf(level, id, language);
  return partial ? t('participation.elsewhere-in', { place }) : place;
}

function nameOf(level: PlaceLevel, id: string, language: string): string {
  if (level === 'region') return regionOf(id)?.name ?? id;
  if (level === 'country') return isCountry(id) ? countryName(id, language) : id;
  return (
    twinRegionOf(id)
      ?.regions.map(({ name }) => name)
      .join(' + ') ?? id
  );
}

/** Fewer than so many are drawn as half of that, as nobody may know better. */
export const barLength = (count: PublicCount | ConsoleCount): number =>
  count.kind === 'about' ? count.n : count.kind === 'between' ? (count.from + count.to) / 2 : count.n / 2;

/** One count that a marker or a place stands for, before the meeting's count is closed. */
export interface Join extends Came {
  readonly _id: string;
  readonly meeting: Id;
  readonly withoutSignUp: boolean;
}

/** Whoever joins by an invitation is counted once: a repeat replaces what stands under the marker. */
export const joinId = (meeting: Id, marker: string): string => `${meeting}|${marker}`;

/** Those without sign-up are added up per place, as nothing tells them apart. */
export const placeId = (meeting: Id, region: string | null): string => `${meeting}|place|${region ?? ''}`;

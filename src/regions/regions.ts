import { z } from 'zod';
import type { Country } from './countries.js';
import regionsFile from './data/regions.json' with { type: 'json' };
import twinRegionsFile from './data/twin-regions.json' with { type: 'json' };
import { pairSchema, type Region, type RegionId, regionSchema, type TwinTotals, twinTotals } from './region.js';

export interface TwinRegion {
  readonly id: string;
  readonly regions: readonly [Region, Region];
  readonly totals: TwinTotals;
}

/** Who a meeting is for: everyone with an address, or those of these regions. */
export type Audience = 'everyone' | readonly RegionId[];

export const REGIONS: readonly Region[] = z.array(regionSchema).parse(regionsFile);

export const TWIN_REGIONS: readonly TwinRegion[] = z
  .array(pairSchema)
  .parse(twinRegionsFile)
  .map((pair) => {
    const regions = [known(pair.regions[0]), known(pair.regions[1])] as const;
    return { id: pair.id, regions, totals: twinTotals(regions) };
  });

/** Later ones give way: a region is found by the first whose name or id it is. */
const KNOWN_AS: ReadonlyMap<string, Region> = new Map(
  REGIONS.toReversed().flatMap((region) => [region.name, region.id].map((word) => [fold(word), region] as const)),
);

function known(id: RegionId): Region {
  const region = regionOf(id);
  if (!region) throw new Error(`twin-regions.json names a region that regions.json lacks: ${id}`);
  return region;
}

export function regionOf(id: string): Region | undefined {
  return REGIONS.find((region) => region.id === id);
}

export function twinRegionOf(id: string): TwinRegion | undefined {
  return TWIN_REGIONS.find((twin) => twin.id === id);
}

/** The pair that a region belongs to: the step between country and everyone when counts are too small to show. */
export function twinRegionWith(region: RegionId): TwinRegion | undefined {
  return TWIN_REGIONS.find((twin) => twin.regions.some(({ id }) => id === region));
}

export function countryOf(region: RegionId): Country | undefined {
  return regionOf(region)?.country;
}

/**
 * The region that someone means who typed this: equal to a name or an id, ignoring case, accents and outer spaces.
 * Anything else is a place we do not know, and is kept as typed by whoever asks.
 */
export function findRegion(typed: string): Region | undefined {
  return KNOWN_AS.get(fold(typed));
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** The audience behind a form's value: `everyone`, a region's id or a pair's. Undefined: there is none of this name. */
export function audienceOf(value: string): Audience | undefined {
  if (value === 'everyone') return 'everyone';
  if (regionOf(value)) return [value];
  return twinRegionOf(value)?.regions.map(({ id }) => id);
}

/** True where a contact of this region (undefined: a place we do not know) belongs to the audience. */
export function isInAudience(audience: Audience, region: RegionId | undefined): boolean {
  return audience === 'everyone' || (region !== undefined && audience.includes(region));
}

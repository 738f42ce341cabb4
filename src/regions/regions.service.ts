import { Injectable } from '@nestjs/common';
import type { Region, RegionId } from './region.js';
import {
  type Audience,
  audienceOf,
  findRegion,
  regionOf,
  REGIONS,
  TWIN_REGIONS,
  type TwinRegion,
  twinRegionOf,
  twinRegionWith,
} from './regions.js';

/** The places the movement knows, as other features ask for them. */
@Injectable()
export class RegionsService {
  readonly all: readonly Region[] = REGIONS;
  readonly twins: readonly TwinRegion[] = TWIN_REGIONS;

  get(id: RegionId): Region | undefined {
    return regionOf(id);
  }

  twin(id: string): TwinRegion | undefined {
    return twinRegionOf(id);
  }

  /** The pair that this region belongs to. */
  twinWith(region: RegionId): TwinRegion | undefined {
    return twinRegionWith(region);
  }

  /** The region that someone means who typed this; undefined for a place we do not know. */
  find(typed: string): Region | undefined {
    return findRegion(typed);
  }

  audience(value: string): Audience | undefined {
    return audienceOf(value);
  }

  /** What can be chosen as `audience`, beside everyone: pairs first, each region after. */
  audienceChoices(): readonly { readonly value: string; readonly name: string }[] {
    return [
      ...this.twins.map(({ id, regions }) => ({ value: id, name: regions.map(({ name }) => name).join(' + ') })),
      ...this.all.map(({ id, name }) => ({ value: id, name })),
    ];
  }

  /** Names to suggest under a `region` field, which takes any other place as typed. */
  suggestions(): readonly string[] {
    return this.all.map(({ name }) => name);
  }
}

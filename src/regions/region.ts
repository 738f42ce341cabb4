import { z } from 'zod';
import { COUNTRIES } from './countries.js';

/** A slug: what stands in addresses, filters and counts. Never shown to people. */
export type RegionId = string;

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

/** One figure with where it comes from. Figures nobody has for a place itself are those of its country or nearest station. */
export const factSchema = z.strictObject({
  value: z.number().nonnegative(),
  year: z.string().regex(/^\d{4}(–\d{4})?$/),
  about: z.enum(['place', 'country', 'station']),
  source: z.string().min(1),
});

export const factsSchema = z.strictObject({
  population: factSchema,
  areaHa: factSchema,
  co2TonnesPerPerson: factSchema.describe('t of CO2 per person and year, fossil, without land use'),
  gdpUsdPerPerson: factSchema.describe('US dollars of that year per person and year'),
  rainfallMmPerYear: factSchema,
  meanTemperatureC: factSchema,
});
export type FactName = keyof z.output<typeof factsSchema>;

export const regionSchema = z.strictObject({
  id: slug,
  name: z.string().min(1),
  country: z.enum(COUNTRIES).describe('ISO 3166-1 alpha-2'),
  timeZone: z
    .string()
    .regex(/^[A-Z]\w+\/[\w/+-]+$/)
    .describe('IANA time zone'),
  languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).describe('ISO 639, the most used in public life first'),
  facts: factsSchema,
});
export type Region = z.output<typeof regionSchema>;

export const pairSchema = z.strictObject({ id: slug, regions: z.tuple([slug, slug]) });

/** What a twin region amounts to: always added up from its two places, never typed in. */
export interface TwinTotals {
  readonly population: number;
  readonly areaHa: number;
  readonly co2TonnesPerYear: number;
  readonly co2TonnesPerPerson: number;
  readonly gdpUsdPerYear: number;
  readonly gdpUsdPerPerson: number;
}

/** Totals are exact sums of the facts; whoever shows them rounds. */
export function twinTotals(places: readonly [Region, Region]): TwinTotals {
  const people = (region: Region) => region.facts.population.value;
  const sum = (of: (region: Region) => number) => of(places[0]) + of(places[1]);
  const population = sum(people);
  const co2TonnesPerYear = sum((region) => people(region) * region.facts.co2TonnesPerPerson.value);
  const gdpUsdPerYear = sum((region) => people(region) * region.facts.gdpUsdPerPerson.value);
  return {
    population,
    areaHa: sum((region) => region.facts.areaHa.value),
    co2TonnesPerYear,
    co2TonnesPerPerson: co2TonnesPerYear / population,
    gdpUsdPerYear,
    gdpUsdPerPerson: gdpUsdPerYear / population,
  };
}

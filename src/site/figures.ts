import type { FactName, Region, TwinTotals } from '../regions/region.js';
import type { TwinRegion } from '../regions/regions.js';

/** Numbers as a reader of this language writes them; at most one digit after the point, and none where it says nothing. */
export const numberIn = (language: string, value: number): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: value < 100 ? 1 : 0 }).format(value);

/** A sum of rounded figures is told no finer than three digits. */
export const roughly = (value: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return Math.round(value / step) * step;
};

/** What is compared side by side, in the order in which it is told. */
export const COMPARED: readonly FactName[] = [
  'co2TonnesPerPerson',
  'gdpUsdPerPerson',
  'population',
  'areaHa',
  'rainfallMmPerYear',
  'meanTemperatureC',
];

export interface Comparison {
  readonly fact: FactName;
  readonly places: readonly { readonly region: Region; readonly value: number }[];
}

export const compared = ({ regions }: TwinRegion): readonly Comparison[] =>
  COMPARED.map((fact) => ({ fact, places: regions.map((region) => ({ region, value: region.facts[fact].value })) }));

/** What both places together amount to, as it is told. */
export const TOTALS = [
  'population',
  'areaHa',
  'co2TonnesPerYear',
  'co2TonnesPerPerson',
  'gdpUsdPerPerson',
] as const satisfies readonly (keyof TwinTotals)[];

/** A total as it is told: what was counted stays as it is, what comes of rounded figures is told roughly. */
export const told = (value: number): number => (Number.isInteger(value) || value < 100 ? value : roughly(value));

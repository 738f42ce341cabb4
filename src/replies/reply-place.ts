import type { Contact } from '../contacts/contact.js';

/** People who share a place at least, before a reply is said to come from there: fewer could be guessed at. */
const LEAST = 5;

export interface Neighbours {
  readonly region: string | null;
  readonly country: string | null;
  readonly count: number;
}

/** Where a reply is said to come from. */
export type ReplyPlace = { readonly region: string } | { readonly country: string } | undefined;

/** The region where enough people live who hear from us, else the country, else nothing. */
export function placeOf(
  sender: Pick<Contact, 'region' | 'country'> | undefined,
  all: readonly Neighbours[],
): ReplyPlace {
  if (!sender) return undefined;
  const { region, country } = sender;
  const sum = (rows: readonly Neighbours[]): number => rows.reduce((total, { count }) => total + count, 0);
  if (region !== null && sum(all.filter((each) => each.region === region)) >= LEAST) return { region };
  if (country !== null && sum(all.filter((each) => each.country === country)) >= LEAST) return { country };
  return undefined;
}

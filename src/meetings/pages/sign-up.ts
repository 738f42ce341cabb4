import { z } from 'zod';
import { KNOWN_TIME_ZONES } from '../../../libs/time/zones.js';
import { emailField, honeypot, optionalChoice, shortText } from '../../../libs/web/fields.js';
import { HONEYPOT } from '../../../libs/web/form-fields.js';
import type { Language } from '../../../libs/web/i18n.js';
import { readAddress, type Address } from '../../contacts/address.js';
import { type Country, COUNTRIES } from '../../regions/countries.js';
import { occurrencesField } from '../../invitations/occurrence-field.js';
import { findRegion } from '../../regions/regions.js';
import { zoneFor } from '../../regions/time-zones.js';

/** Characters of a place as it is typed. */
export const LONGEST_REGION = 80;

/** The form on the page of a meeting. Only the address must be there. */
export const signUpSchema = (languages: readonly Language[]) =>
  z.object({
    email: emailField(readAddress),
    region: shortText(LONGEST_REGION),
    country: optionalChoice(COUNTRIES),
    language: optionalChoice(languages),
    timeZone: optionalChoice(KNOWN_TIME_ZONES),
    /** Of a meeting that repeats; none: all of it. */
    occurrence: occurrencesField,
    [HONEYPOT]: honeypot(),
  });

export type SignUpForm = z.output<ReturnType<typeof signUpSchema>>;

/** Who signs up: an address and where it is from. It wants this meeting and nothing else. */
export interface SigningUp extends Address {
  readonly language: Language;
  readonly timeZone: string;
  readonly region: string | null;
  readonly country: Country | null;
  readonly place: string | null;
}

/** @param page its language and the meeting's zone, for those who chose none */
export function signingUp(
  given: SignUpForm,
  page: { readonly language: Language; readonly timeZone: string },
): SigningUp {
  const region = findRegion(given.region);
  const country = region?.country ?? given.country;
  const spoken = given.language ?? page.language;
  return {
    ...given.email,
    language: spoken,
    timeZone: given.timeZone ?? zoneFor({ region: region?.id, country, language: spoken, otherwise: page.timeZone }),
    region: region?.id ?? null,
    country: country ?? null,
    place: region === undefined && given.region !== '' ? given.region : null,
  };
}

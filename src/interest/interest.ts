import { z } from 'zod';
import { KNOWN_TIME_ZONES } from '../../libs/time/zones.js';
import { honeypot, longText, manyOf, optionalChoice, optionalEmail, shortText } from '../../libs/web/fields.js';
import { HONEYPOT } from '../../libs/web/form-fields.js';
import type { Language } from '../../libs/web/i18n.js';
import { type Address, readAddress } from '../contacts/address.js';
import { type Want, WANTS } from '../contacts/contact.js';
import type { NewForm } from '../feedback/feedback.js';
import { type Country, COUNTRIES } from '../regions/countries.js';
import { findRegion } from '../regions/regions.js';
import { zoneFor } from '../regions/time-zones.js';

/** What people might share. */
export const CONTRIBUTIONS = ['start-up', 'discussions', 'materials', 'pilots'] as const;

export const LONG_ANSWERS = ['howToStart', 'entryPoint', 'questions', 'suggestions'] as const;

/** Characters, as the pages say them. All long answers together fit into one request in any script. */
export const LIMITS = { region: 80, targetGroup: 200, answer: 1500 } as const;

/** The form as it is posted. Everything is optional. */
const interestForm = (languages: readonly Language[]) =>
  z.object({
    region: shortText(LIMITS.region),
    country: optionalChoice(COUNTRIES),
    language: optionalChoice(languages),
    timeZone: optionalChoice(KNOWN_TIME_ZONES),
    contributions: manyOf(CONTRIBUTIONS),
    targetGroup: shortText(LIMITS.targetGroup),
    howToStart: longText(LIMITS.answer),
    entryPoint: longText(LIMITS.answer),
    questions: longText(LIMITS.answer),
    suggestions: longText(LIMITS.answer),
    email: optionalEmail(readAddress),
    wants: manyOf(WANTS),
    [HONEYPOT]: honeypot(),
  });

export type Interest = z.output<ReturnType<typeof interestForm>>;

const forms = new Map<string, ReturnType<typeof interestForm>>();

/** The schema for a site that speaks these languages. Made once. */
export function interestIn(languages: readonly Language[]): ReturnType<typeof interestForm> {
  const key = languages.join();
  const form = forms.get(key) ?? interestForm(languages);
  forms.set(key, form);
  return form;
}

/** An address left by the form and what belongs to it: a contact to be. */
export interface LeftAddress extends Address {
  readonly language: Language;
  readonly timeZone: string;
  readonly region: string | null;
  readonly country: Country | null;
  readonly place: string | null;
  readonly wants: readonly Want[];
}

export interface Split {
  readonly isRobot: boolean;
  /** The anonymous answers; they share nothing with the address but place and language. */
  readonly answers: NewForm;
  readonly left: LeftAddress | undefined;
}

/**
 * Splits the form at once into what is anonymous and what is not.
 * @param language of the page, for those who chose none
 */
export function split(given: Interest, language: Language): Split {
  const region = findRegion(given.region);
  const country = region?.country ?? given.country;
  const spoken = given.language ?? language;
  const { contributions, targetGroup, howToStart, entryPoint, questions, suggestions } = given;
  return {
    isRobot: given[HONEYPOT],
    answers: {
      pool: 'interest',
      region: region?.id,
      country,
      language: spoken,
      fields: { contributions, targetGroup, howToStart, entryPoint, questions, suggestions },
    },
    left: given.email && {
      ...given.email,
      language: spoken,
      timeZone: given.timeZone ?? zoneFor({ region: region?.id, country, language: spoken }),
      region: region?.id ?? null,
      country: country ?? null,
      place: region === undefined && given.region !== '' ? given.region : null,
      // Whoever leaves an address and ticks nothing wishes to hear of something: meetings are what there is first.
      wants: given.wants.length === 0 ? ['meetings'] : given.wants,
    },
  };
}

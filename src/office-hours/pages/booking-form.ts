import { z } from 'zod';
import { isTimeZone, KNOWN_TIME_ZONES, presentName } from '../../../libs/time/zones.js';
import { emailField, honeypot, longText, optionalChoice, shortText, tick } from '../../../libs/web/fields.js';
import { HONEYPOT } from '../../../libs/web/form-fields.js';
import type { Language, TextKey } from '../../../libs/web/i18n.js';
import { readAddress } from '../../contacts/address.js';
import { findRegion } from '../../regions/regions.js';
import { zoneFor } from '../../regions/time-zones.js';
import { TOPICS } from '../hours/office-hours.js';

/** Characters, as the pages say them. */
export const LIMITS = { note: 500, region: 80 } as const;

/** The start of a slot as an ISO instant in UTC. */
export function slotField() {
  return shortText(40).transform((text, context): Date => {
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.0+)?)?Z$/.test(text) ? new Date(text) : undefined;
    if (at !== undefined && !Number.isNaN(at.getTime())) return at;
    context.addIssue({ code: 'custom', message: 'office-hours.error.choose' satisfies TextKey });
    return z.NEVER;
  });
}

/** The form on the page of office hours, but for the address: whoever comes by their own fresh link leaves none. */
export const bookingSchema = (languages: readonly Language[]) =>
  z.object({
    slot: slotField(),
    language: optionalChoice(languages),
    timeZone: optionalChoice(KNOWN_TIME_ZONES),
    topic: optionalChoice(TOPICS),
    note: longText(LIMITS.note),
    region: shortText(LIMITS.region),
    earlier: tick(),
    [HONEYPOT]: honeypot(),
  });

export const addressSchema = z.object({ email: emailField(readAddress) });

export const moveSchema = z.object({ slot: slotField() });

export const wishSchema = z.object({ wish: optionalChoice(['yes']) });

/** What an address of a page may say about how to show it. */
export interface View {
  readonly timeZone?: unknown;
  readonly region?: unknown;
  readonly week?: unknown;
}

/** The reader's zone: the one they chose, their region's, that of a region where their language is spoken, or the hosts'. */
export function zoneOf({ timeZone, region }: View, language: Language, hosts: string): string {
  if (typeof timeZone === 'string' && isTimeZone(timeZone)) return presentName(timeZone);
  const found = typeof region === 'string' ? findRegion(region.slice(0, LIMITS.region)) : undefined;
  return found?.timeZone ?? zoneFor({ language, otherwise: hosts });
}

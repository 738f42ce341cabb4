import { createHmac, type KeyObject } from 'node:crypto';
import type { KeyRing } from './keys.js';

/**
 * What stands in the database in place of a value that must be found again: HMAC-SHA-256 (RFC 2104) over its canonical
 * form, one key per field, as 43 characters of base64url. `canonical` is what the caller calls equal: for an address NFC,
 * lower case, the domain as A-label.
 */
export function blindIndex(ring: KeyRing, field: string, canonical: string): string {
  return hashed(ring.current(purposeOf(field)).key, canonical);
}

/** The values under every key that is held, the current first: a look-up while keys change asks for any of them. */
export const blindIndexes = (ring: KeyRing, field: string, canonical: string): readonly string[] =>
  ring.all(purposeOf(field)).map(({ key }) => hashed(key, canonical));

const purposeOf = (field: string): string => `blind-index/${field}`;

const hashed = (key: KeyObject, canonical: string): string =>
  createHmac('sha256', key).update(canonical, 'utf8').digest('base64url');

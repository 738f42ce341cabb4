import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What a form of the console carries to show that it came from a page of this session. Computed, so nothing is stored. */
export const csrfToken = (key: KeyObject, session: string): string =>
  createHmac('sha256', key).update('csrf:').update(session).digest('base64url');

export function isCsrfToken(key: KeyObject, session: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const [expected, offered] = [Buffer.from(csrfToken(key, session)), Buffer.from(given)];
  return expected.length === offered.length && timingSafeEqual(expected, offered);
}

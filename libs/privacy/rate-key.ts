import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { KeyRing } from './keys.js';

/**
 * The name under which requests of one network address are counted: HMAC(address, a key derived from SECRET_KEY and the
 * day in UTC). Yesterday's names cannot be joined to today's, and without the key none leads back to an address.
 */
export class RateKeys {
  #day = '';
  #key: KeyObject | undefined;

  constructor(private readonly ring: KeyRing) {}

  keyFor(ip: string, now: Date): string {
    return createHmac('sha256', this.#keyOf(now.toISOString().slice(0, 10)))
      .update(ip, 'utf8')
      .digest('base64url');
  }

  #keyOf(day: string): KeyObject {
    if (this.#key && this.#day === day) return this.#key;
    const key = createSecretKey(createHmac('sha256', this.ring.current('rate').key).update(day).digest());
    this.#day = day;
    this.#key = key;
    return key;
  }
}

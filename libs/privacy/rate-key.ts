import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isIPv6 } from 'node:net';
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
      .update(networkOf(ip), 'utf8')
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

/**
 * Of IPv6 the first 64 bits: one household or one rented machine has all addresses behind them (RFC 6177, RFC 7421), and
 * would otherwise have a limit of its own for each. An IPv4 address inside IPv6 is that IPv4 address. Some proxies name the
 * port beside the address, a new one for each connection: it does not count. Anything that is no address stands for itself.
 */
function networkOf(name: string): string {
  const ip = name.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  const address = ip.replace(/%.*$/s, '');
  if (!isIPv6(address)) return ip;
  const inside = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1];
  if (inside !== undefined) return inside;
  // Written in one way: an IPv4 tail as two words, no leading zeros, one `::` at most.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return `${[...before, ...missing, ...after].slice(0, 4).join(':')}::/64`;
}

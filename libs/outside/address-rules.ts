import { isIP } from 'node:net';
import { done, refuse, type Result } from '../rules/decision.js';

/**
 * `not-an-address`: not an http, https or webcal address as people paste it. `refused-address`: one that leads, or could
 * lead, into a private network, to another kind of server, or that holds a password.
 */
export type AddressRefusal = 'not-an-address' | 'refused-address';

const LONGEST = 2_000;
const SCHEMES: Readonly<Record<string, string>> = {
  'webcal:': 'https:',
  'webcals:': 'https:',
  'http:': '',
  'https:': '',
};

/**
 * Reads an address that a person gives for us to fetch. Only the usual ports: what listens on others is rarely meant for
 * everyone, and a fetch must not become a way to knock at them. No user and password: they would be kept and sent for
 * somebody else, and make one host look like another. Odd ways to write an IPv4 address (`0x7f.1`, `2130706433`) are read
 * as browsers read them, and judged as what they are.
 */
export function readOutsideAddress(text: string): Result<URL, AddressRefusal> {
  const given = text.trim();
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(given)?.[0].toLowerCase();
  const meant = scheme === undefined ? undefined : SCHEMES[scheme];
  if (scheme === undefined || meant === undefined || given.length > LONGEST) return refuse('not-an-address');
  const written = meant === '' ? given : `${meant}${given.slice(scheme.length)}`;
  if (!URL.canParse(written)) return refuse('not-an-address');
  const address = new URL(written);
  address.hash = '';
  // A name may end in a full stop; certificates and servers know it without.
  if (address.hostname.endsWith('.')) address.hostname = address.hostname.slice(0, -1);
  if (address.username !== '' || address.password !== '') return refuse('refused-address');
  if (!isUsualPort(address) || !mayBePublic(address.hostname)) return refuse('refused-address');
  return done(address);
}

/** The scheme's own port is left out. */
const isUsualPort = ({ port }: URL): boolean => port === '' || port === '80' || port === '443';

export const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);

/** Names that never belong to the public (RFC 6761, RFC 6762, RFC 8375, RFC 7686, and what networks use at home). */
const PRIVATE_NAMES: ReadonlySet<string> = new Set([
  ...['localhost', 'localdomain', 'local', 'internal', 'intranet', 'private', 'corp', 'home', 'lan'],
  ...['home.arpa', 'test', 'invalid', 'onion', 'alt'],
]);

/** Whether a host may be looked up at all; what its name leads to is judged by isPublicAddress. */
function mayBePublic(hostname: string): boolean {
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0) return isPublicAddress(literal);
  const labels = hostname.split('.');
  // A single label is a machine nearby, or a whole country.
  if (labels.length < 2 || labels.includes('')) return false;
  return !PRIVATE_NAMES.has(labels.slice(-1).join('.')) && !PRIVATE_NAMES.has(labels.slice(-2).join('.'));
}

/** IPv4 that is not the public's, by the registry of special addresses (RFC 6890 and what it was updated by). */
const NOT_PUBLIC_V4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind a carrier's address translation
  ['127.0.0.0', 8], // this machine
  ['168.63.129.16', 32], // what Azure's machines ask for their own settings
  ['169.254.0.0', 16], // link-local, and what clouds tell their machines there
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

/**
 * Of IPv6, what is handed out to the public is 2000::/3. Everything else is refused by that alone: loopback, unspecified,
 * IPv4 inside (::ffff:0:0/96, ::/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local, link-local, site-local,
 * multicast. Within it are these exceptions.
 */
const NOT_PUBLIC_V6: readonly (readonly [network: readonly number[], bits: number])[] = [
  [[0x2001, 0x0000], 23], // protocol assignments: Teredo, benchmarks, ORCHID
  [[0x2001, 0x0db8], 32], // documentation
  [[0x2002, 0x0000], 16], // 6to4: an IPv4 address inside
  [[0x3fff, 0x0000], 20], // documentation
];

/** Whether an IP address as a resolver gives it is one that everyone can reach. False for what is none. */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address);
  if (kind === 4)
    return !NOT_PUBLIC_V4.some(([network, bits]) => sharesBits(numberOf(address), numberOf(network), bits));
  // A zone id names an interface of this machine.
  if (kind !== 6 || address.includes('%')) return false;
  const words = wordsOf(address);
  const [first = 0, second = 0] = words;
  if (first >>> 13 !== 1) return false;
  const begin = first * 0x1_0000 + second;
  return !NOT_PUBLIC_V6.some(([[a = 0, b = 0], bits]) => sharesBits(begin, a * 0x1_0000 + b, bits));
}

/** Of 32 bits each */
const sharesBits = (a: number, b: number, bits: number): boolean =>
  Math.floor(a / 2 ** (32 - bits)) === Math.floor(b / 2 ** (32 - bits));

const numberOf = (dotted: string): number => dotted.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** The eight words of an IPv6 address. URL writes it without an IPv4 tail and with one `::` at most. */
function wordsOf(address: string): readonly number[] {
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').map((word) => parseInt(word, 16)));
  const [before, after] = [words(head), words(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
